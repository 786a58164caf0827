//! Somebody gives a place up.

use super::transition::{Hand, Transition, change};
use super::{Registration, RegistrationRefusal, RegistrationStatus, waitlist};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::{Db, RegistrationId};

/// Cancels a registration, tells its attendee, and lets the next who waits move up.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `already_cancelled`; `event_ended`.
pub fn cancel(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    expected: Option<i64>,
    hand: Hand,
    now: Timestamp,
) -> Result<Registration> {
    let (held, found) = Registration::hold(db, registration, expected)?;
    if !found.status.is_live() {
        return Err(RegistrationRefusal::AlreadyCancelled.into());
    }
    if now >= held.event.ends_at {
        return Err(RegistrationRefusal::EventEnded.into());
    }
    // Of a group that waits, fewer seats are enough from now on.
    let may_help = found.seated || found.group_id.is_some();
    let cancelled = change(db, by, &held, found, (Transition::Cancel, RegistrationStatus::Cancelled), hand, now)?;
    if may_help {
        waitlist::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
    }
    Ok(cancelled)
}
