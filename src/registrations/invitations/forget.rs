//! Everything personal is taken out of an invitation: the row and what became of it stay.

use diesel::prelude::*;

use super::revoke::close;
use super::{Invitation, InvitationState};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Held;
use crate::mail::outbox;
use crate::registrations::{Registration, waitlist};
use crate::store::schema::guest_invitations;
use crate::store::{Db, GuestInvitationId};

/// What stands in the place of a name.
const ERASED: &str = "erased";

/// Erases what is known of somebody who was invited, for good: names, address, what they wrote, and to whom letters went.
/// An open invitation is revoked first; a registration that came of it stays as it is. Done once: again is nothing.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`, if that is given.
pub fn erase_invitation(
    db: &mut Db,
    by: &Actor,
    id: GuestInvitationId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Invitation> {
    let (held, invitation) = Invitation::hold(db, id, expected)?;
    if is_forgotten(&invitation) {
        return Ok(invitation);
    }
    let erased = forget(db, by, &held, invitation, now)?;
    audit::record(db, by, held.event.scope(), "invitation.erased", id.uuid(), now)?;
    Ok(erased)
}

/// The same of all invitations of somebody whose registration is being erased.
pub(in crate::registrations) fn forget_invitations(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    erased: &Registration,
    now: Timestamp,
) -> Result<()> {
    let of_event = guest_invitations::event_id.eq(erased.event_id);
    let theirs = of_event.and(guest_invitations::email_key.eq(erased.address_key()?));
    let invitations: Vec<Invitation> = Invitation::query()
        .filter(guest_invitations::registration_id.eq(erased.id).or(theirs.nullable()))
        .order(guest_invitations::id)
        .load(db)?;
    // The address may be forgotten already, with another registration of the same person.
    let mut known = invitations.into_iter().filter(|invitation| !is_forgotten(invitation));
    known.try_for_each(|invitation| forget(db, by, held, invitation, now).map(drop))
}

/// What stands in the place of an address that was erased (RFC 2606 §2).
fn nowhere(id: GuestInvitationId) -> String {
    format!("erased-{id}@erased.invalid")
}

fn is_forgotten(invitation: &Invitation) -> bool {
    invitation.email == nowhere(invitation.id)
}

fn forget(db: &mut Db, by: &Actor, held: &Held, mut known: Invitation, now: Timestamp) -> Result<Invitation> {
    if known.state == InvitationState::Invited && close(db, by, held, &mut known, InvitationState::Revoked, now)? {
        waitlist::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
    }
    let nowhere = nowhere(known.id);
    outbox::withdraw_about(db, known.id.uuid(), now)?;
    outbox::forget_recipient_about(db, known.id.uuid(), &nowhere)?;
    let mut forgotten = Invitation {
        email: nowhere.clone(),
        email_key: nowhere,
        first_name: ERASED.to_owned(),
        last_name: None,
        organization: None,
        word: None,
        search_key: String::new(),
        ..known
    };
    forgotten.save(db, now)?;
    Ok(forgotten)
}
