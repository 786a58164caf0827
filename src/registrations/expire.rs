//! Time is over for an offer, or for an address to be verified.

use diesel::prelude::*;

use super::transition::{Hand, Transition, change};
use super::{Registration, RegistrationStatus, waitlist};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{AccessCode, EventStatus, Held};
use crate::store::schema::{events, registrations};
use crate::store::{Db, EventId, RegistrationId};

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
        .filter(events::status.ne(EventStatus::Cancelled))
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
    let of_event = Registration::query()
        .filter(registrations::event_id.eq(event))
        .filter(registrations::expires_at.is_not_null())
        .order((registrations::expires_at, registrations::id))
        .limit(BATCH);
    let over = of_event.load(db)?;
    end_all(db, &held, over, now)
}

/// Ends what is over of those who came with a code that cannot be used so many times more, so that somebody else can use
/// it. Returns how many have ended.
pub(super) fn end_uses(db: &mut Db, held: &Held, code: &AccessCode, people: i64, now: Timestamp) -> Result<usize> {
    if code.max_uses.is_none_or(|most| code.used + people <= most) {
        return Ok(0);
    }
    let with_code = Registration::query()
        .filter(registrations::event_id.eq(held.event.id))
        .filter(registrations::access_code_id.eq(code.id))
        .filter(registrations::expires_at.is_not_null())
        .limit(BATCH);
    let over = with_code.load(db)?;
    end_all(db, held, over, now)
}

/// Ends those of these whose time is over. Who leads a group goes last: those of it who go as well inherit nothing.
fn end_all(db: &mut Db, held: &Held, mut over: Vec<Registration>, now: Timestamp) -> Result<usize> {
    over.retain(|registration| registration.is_over(&held.event, now));
    over.sort_by_key(Registration::leads);
    let ids: Vec<RegistrationId> = over.iter().map(|registration| registration.id).collect();
    for id in &ids {
        // Read again: whose lead has just ended has been changed.
        let registration = Registration::find(db, *id)?;
        end(db, held, registration, now)?;
    }
    if !ids.is_empty() {
        waitlist::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
    }
    Ok(ids.len())
}

/// Ends one whose time is over.
pub(super) fn end(db: &mut Db, held: &Held, over: Registration, now: Timestamp) -> Result<()> {
    let way = (Transition::Expire, RegistrationStatus::Expired);
    change(db, &Actor::SYSTEM, held, over, way, Hand::default(), now).map(drop)
}
