//! Somebody who has no place any more gets one again.

use super::reserve::free_code;
use super::transition::{Hand, Transition, change};
use super::{Registration, RegistrationRefusal, RegistrationStatus};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{EventRefusal, EventStatus};
use crate::store::{Db, RegistrationId};

/// Confirms a registration that was cancelled, rejected or has expired, if there is a seat, and tells its attendee.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `erased`, `event_ended`, `event_cancelled`, `not_now`; `sold_out`
/// and `code_used_up` unless the hand is forceful; `already_registered` if the address has another registration meanwhile.
pub fn restore(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    expected: Option<i64>,
    hand: Hand,
    now: Timestamp,
) -> Result<Registration> {
    let (held, found) = Registration::hold(db, registration, expected)?;
    if found.is_erased() {
        return Err(RegistrationRefusal::Erased.into());
    }
    if held.event.status == EventStatus::Cancelled {
        return Err(EventRefusal::EventCancelled.into());
    }
    if now >= held.event.ends_at {
        return Err(RegistrationRefusal::EventEnded.into());
    }
    let found = free_code(db, &held, found, now)?;
    let found = Registration { reason: None, ..found };
    change(db, by, &held, found, (Transition::Restore, RegistrationStatus::Confirmed), hand, now)
}
