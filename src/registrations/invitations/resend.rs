//! The letter of an invitation, once more.

use super::invite::{free_to_invite, invites, tell};
use super::{GuestTerms, Invitation, InvitationRefusal, InvitationState};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::mail::outbox;
use crate::store::{Db, GuestInvitationId};

/// Sends the letter of an invitation again, with another time to answer if that is given. One that has expired is open
/// again; a seat is kept for it no more.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `invitation_accepted`, `…_declined`, `…_revoked`; `event_cancelled`,
/// `event_ended`, `registration_elsewhere`; of an expired one `already_registered` and `already_invited`; `Invalid` for a
/// time that is over, or behind the event.
pub fn resend_invitation(
    db: &mut Db,
    by: &Actor,
    id: GuestInvitationId,
    answer_by: Option<Timestamp>,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Invitation> {
    let (held, mut invitation) = Invitation::hold(db, id, expected)?;
    invites(&held.event, now)?;
    let terms = GuestTerms { answer_by, keep_seats_until: None };
    match invitation.state_at(now) {
        InvitationState::Invited => {
            if answer_by.is_some() {
                invitation.expires_at = terms.check(&held.event, now)?;
            }
        }
        InvitationState::Expired => {
            // Its own row may say that it is open still.
            if invitation.state == InvitationState::Expired {
                free_to_invite(db, &held, &invitation.email_key, now)?;
            }
            invitation.expires_at = terms.check(&held.event, now)?;
            invitation.state = InvitationState::Invited;
        }
        closed => return Err(InvitationRefusal::Closed(closed).into()),
    }
    invitation.seat_until = invitation.seat_until.map(|until| until.min(invitation.expires_at));
    invitation.save(db, now)?;
    // What has not left yet would be the same letter twice.
    outbox::withdraw_about(db, id.uuid(), now)?;
    tell(db, &invitation, now)?;
    audit::record(db, by, held.event.scope(), "invitation.resent", id.uuid(), now)?;
    Ok(invitation)
}
