//! An organizer lets somebody in out of order.

use super::transition::{Hand, Transition, change, still_on};
use super::{Registration, RegistrationStatus, waitlist};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::{Db, RegistrationId};
use crate::values::Line;

/// Confirms somebody who waits, whoever is ahead, and also once the event has begun; the reason is kept.
///
/// # Errors
/// `VersionMismatch`; `not_now`; `sold_out` unless by force; `event_cancelled`; `event_ended`.
pub fn promote(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    expected: Option<i64>,
    (reason, hand): (Line<500>, Hand),
    now: Timestamp,
) -> Result<Registration> {
    let (held, mut found) = Registration::hold(db, registration, expected)?;
    still_on(&held.event, now)?;
    found.reason = Some(reason.into());
    let way = (Transition::Promote, RegistrationStatus::Confirmed);
    let promoted = change(db, by, &held, found, way, hand, now)?;
    if promoted.group_id.is_some() {
        // The others of the group wait for fewer seats from now on.
        waitlist::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
    }
    Ok(promoted)
}
