//! Everything personal is taken out of a registration: the row and its numbers stay.

use super::invitations::forget_invitations;
use super::transfer::withdraw_consents;
use super::transition::{Hand, save};
use super::{Registration, RegistrationRefusal, cancel, given};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::mail::outbox;
use crate::store::{Db, KeptReply, RegistrationId};

/// What stands in the place of a name.
const ERASED: &str = "erased";

/// Erases what is known of the person behind a registration, for good: names, addresses, answers, notes, to whom letters
/// went, and what is kept of replies that name it. A place at an event that is still to come is given up first. Done once:
/// again is nothing.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `event_going_on` for who has a place at an event that has begun and is not over.
pub fn erase(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Registration> {
    let (held, mut found) = Registration::hold(db, registration, expected)?;
    if found.is_erased() {
        return Ok(found);
    }
    if found.status.is_live() && now < held.event.ends_at {
        if now >= held.event.starts_at {
            return Err(RegistrationRefusal::EventGoingOn.into());
        }
        // There is no address left to write to.
        found = cancel(db, by, found.id, None, Hand { silent: true, ..Hand::default() }, now)?;
    }
    outbox::withdraw(db, found.id, now)?;
    outbox::forget_recipient(db, found.id, &Registration::erased_address(found.id))?;
    given::forget(db, found.id)?;
    withdraw_consents(db, found.id, now)?;
    forget_invitations(db, by, &held, &found, now)?;
    let erased = Registration {
        first_name: ERASED.to_owned(),
        last_name: None,
        email: Registration::erased_address(found.id),
        email_key: None,
        organization: None,
        job_title: None,
        phone: None,
        country: None,
        external_ref: None,
        search_key: String::new(),
        ticket_epoch: found.ticket_epoch + 1,
        answers: None,
        note: None,
        tags: None,
        reason: None,
        ..found
    };
    let erased = save(db, erased, now)?;
    KeptReply::forget_about(db, held.event.id.uuid(), erased.id.uuid())?;
    audit::record(db, by, held.event.scope(), "registration.erased", erased.id.uuid(), now)?;
    Ok(erased)
}
