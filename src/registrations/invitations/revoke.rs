//! An invitation is taken back.

use super::{Invitation, InvitationRefusal, InvitationState};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Held;
use crate::mail::outbox;
use crate::registrations::waitlist;
use crate::store::{Db, GuestInvitationId};

/// Takes an invitation back: its link leads nowhere any more, and what was kept goes to those who wait.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `invitation_accepted`, `…_declined`, `…_revoked`, `…_expired`.
pub fn revoke_invitation(
    db: &mut Db,
    by: &Actor,
    id: GuestInvitationId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Invitation> {
    let (held, mut invitation) = Invitation::hold(db, id, expected)?;
    if invitation.state != InvitationState::Invited {
        return Err(InvitationRefusal::Closed(invitation.state).into());
    }
    if close(db, by, &held, &mut invitation, InvitationState::Revoked, now)? {
        waitlist::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
    }
    Ok(invitation)
}

/// Ends an open invitation, as revoked or as expired; whether a seat was kept for it that others can have now.
pub(super) fn close(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    invitation: &mut Invitation,
    state: InvitationState,
    now: Timestamp,
) -> Result<bool> {
    let kept = invitation.let_seat_go(db, held)?;
    invitation.state = state;
    invitation.save(db, now)?;
    outbox::withdraw_about(db, invitation.id.uuid(), now)?;
    let deed = if state == InvitationState::Expired { "invitation.expired" } else { "invitation.revoked" };
    audit::record(db, by, held.event.scope(), deed, invitation.id.uuid(), now)?;
    Ok(kept)
}
