//! A seat is held for somebody: they take it, or they do not want it.

use super::transition::{Hand, Transition, change, still_on};
use super::{Registration, RegistrationRefusal, RegistrationStatus, waitlist};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::{Db, RegistrationId};

/// Takes the offered seat.
///
/// # Errors
/// `VersionMismatch`; `not_now` if none is offered; `too_late`; `event_cancelled`; `event_ended`.
pub fn accept(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Registration> {
    let (held, found) = Registration::hold(db, registration, expected)?;
    still_on(&held.event, now)?;
    if found.is_over(&held.event, now) {
        return Err(RegistrationRefusal::TooLate.into());
    }
    let way = (Transition::AcceptOffer, RegistrationStatus::Confirmed);
    change(db, by, &held, found, way, Hand::default(), now)
}

/// Gives the offered seat to the next who waits.
///
/// # Errors
/// As [`accept`].
pub fn decline(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Registration> {
    let (held, found) = Registration::hold(db, registration, expected)?;
    still_on(&held.event, now)?;
    if found.is_over(&held.event, now) {
        return Err(RegistrationRefusal::TooLate.into());
    }
    let way = (Transition::DeclineOffer, RegistrationStatus::Cancelled);
    let declined = change(db, by, &held, found, way, Hand::default(), now)?;
    waitlist::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
    Ok(declined)
}
