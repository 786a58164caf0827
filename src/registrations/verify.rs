//! Somebody shows that an address is theirs.

use super::reserve::free_code;
use super::transition::{Hand, Transition, change, still_on, wanted};
use super::{Registration, RegistrationRefusal, RegistrationStatus, waitlist};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{TicketType, Waitlist};
use crate::store::{Db, RegistrationId};

/// Brings a registration whose address is verified where it would be had it just come in: to a seat if there is one, else
/// on the waiting list if the event has one.
///
/// # Errors
/// `VersionMismatch`; `not_now`; `too_late`; `event_cancelled`; `event_ended`; `sold_out`, and `code_used_up` if the code
/// with which it came was used up meanwhile: it stays unverified then.
pub fn verify(
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
    let found = free_code(db, &held, found, now)?;
    let kind = found.ticket_type_id.map(|kind| TicketType::find(db, held.event.id, kind)).transpose()?;
    let to = wanted(&held.event, kind.as_ref());
    let mut waits = found.clone();
    match change(db, by, &held, found, (Transition::Verify, to), Hand::default(), now) {
        Err(Error::Refused(refusal)) if refusal.code() == "sold_out" && held.event.waitlist != Waitlist::Off => {
            waits.waitlist_rank = Some(waitlist::next_rank(db, held.event.id)?);
            let way = (Transition::Verify, RegistrationStatus::Waitlisted);
            change(db, by, &held, waits, way, Hand::default(), now)
        }
        done => done,
    }
}
