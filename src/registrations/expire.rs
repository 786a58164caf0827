//! Time is over for an offer, or for an address to be verified.

use diesel::prelude::*;

use super::transition::{Hand, Transition, change};
use super::{Registration, RegistrationStatus, waitlist};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{EventStatus, Held};
use crate::store::schema::{events, registrations};
use crate::store::{Db, EventId};

/// How many are ended in one transaction.
const BATCH: i64 = 500;

/// The events at which time is over for somebody; at most a hundred. Those of cancelled events stay as they are.
pub fn due(db: &mut Db, now: Timestamp) -> Result<Vec<EventId>> {
    let over = registrations::expires_at
        .le(now)
        .or(registrations::status.eq(RegistrationStatus::Offered).and(events::starts_at.le(now)));
    Ok(registrations::table
        .inner_join(events::table.on(events::id.eq(registrations::event_id)))
        .filter(registrations::expires_at.is_not_null())
        .filter(events::status.eq(EventStatus::Published))
        .filter(over)
        .select(registrations::event_id)
        .distinct()
        .limit(100)
        .load(db)?)
}

/// Ends what is over at one event, and gives the seats that are free then to those who wait. Whoever comes first does it:
/// it is read again under the event's lock. Returns how many have ended.
pub fn expire(db: &mut Db, event: EventId, now: Timestamp) -> Result<usize> {
    let held = Held::by_id(db, event)?;
    let mut over: Vec<Registration> = Registration::query()
        .filter(registrations::event_id.eq(event))
        .filter(registrations::expires_at.is_not_null())
        .order((registrations::expires_at, registrations::id))
        .limit(BATCH)
        .load(db)?;
    over.retain(|registration| registration.is_over(&held.event, now));
    let ended = over.len();
    for registration in over {
        end(db, &held, registration, now)?;
    }
    if ended > 0 {
        waitlist::move_up(db, &Actor::SYSTEM, event, now)?;
    }
    Ok(ended)
}

/// Ends one whose time is over.
pub(super) fn end(db: &mut Db, held: &Held, over: Registration, now: Timestamp) -> Result<()> {
    let way = (Transition::Expire, RegistrationStatus::Expired);
    change(db, &Actor::SYSTEM, held, over, way, Hand::default(), now).map(drop)
}
