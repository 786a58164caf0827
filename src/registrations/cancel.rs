//! Somebody gives a place up.

use diesel::prelude::*;

use super::{Registration, RegistrationRefusal, RegistrationStatus, seats, waitlist};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Held;
use crate::mail::{MessageKind, outbox};
use crate::store::schema::registrations;
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
    now: Timestamp,
) -> Result<Registration> {
    let event = Registration::find(db, registration)?.event_id;
    let held = Held::by_id(db, event)?;
    // Read again under the lock: somebody may have been quicker.
    let found = Registration::find(db, registration)?;
    let event = &held.event;
    if expected.is_some_and(|version| version != found.version) {
        return Err(Error::VersionMismatch { current: found.version });
    }
    if found.status == RegistrationStatus::Cancelled {
        return Err(RegistrationRefusal::AlreadyCancelled.into());
    }
    if now >= event.ends_at {
        return Err(RegistrationRefusal::EventEnded.into());
    }
    let cancelled = Registration {
        status: RegistrationStatus::Cancelled,
        waitlist_rank: None,
        email_key: None,
        updated_at: now,
        version: found.version + 1,
        ..found.clone()
    };
    diesel::update(registrations::table.filter(registrations::id.eq(cancelled.id)))
        .set((
            registrations::status.eq(cancelled.status),
            registrations::waitlist_rank.eq(cancelled.waitlist_rank),
            registrations::email_key.eq(&cancelled.email_key),
            registrations::updated_at.eq(cancelled.updated_at),
            registrations::version.eq(cancelled.version),
        ))
        .execute(db)?;
    outbox::post(db, MessageKind::Cancelled, event.id, cancelled.id, &cancelled.email, now)?;
    audit::record(db, by, event.scope(), "registration.cancelled", cancelled.id.uuid(), now)?;
    if found.status.holds_seat() {
        seats::give_back(db, &held.seats)?;
        waitlist::move_up(db, &Actor::SYSTEM, event.id, now)?;
    }
    Ok(cancelled)
}
