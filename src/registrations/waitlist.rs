//! The waiting list: first come, first served, by itself.

use std::collections::HashMap;

use chrono::TimeDelta;
use diesel::prelude::*;

use super::transition::{Hand, Transition, change};
use super::{Registration, RegistrationStatus};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{EventStatus, Held, Waitlist};
use crate::store::schema::registrations;
use crate::store::{Db, EventId, RegistrationId};

/// The rank behind everybody who waits. The event is locked, so nobody else gets the same.
pub(super) fn next_rank(db: &mut Db, event: EventId) -> Result<i64> {
    let last: Option<i64> = registrations::table
        .filter(registrations::event_id.eq(event))
        .filter(registrations::waitlist_rank.is_not_null())
        .order(registrations::waitlist_rank.desc())
        .select(registrations::waitlist_rank.assume_not_null())
        .first(db)
        .optional()?;
    Ok(last.unwrap_or(0) + 1)
}

/// The place of a registration among those who wait, from 1; none if it does not wait.
pub fn position(db: &mut Db, registration: &Registration) -> Result<Option<i64>> {
    let Some(rank) = registration.waitlist_rank else { return Ok(None) };
    let ahead: i64 = registrations::table
        .filter(registrations::event_id.eq(registration.event_id))
        .filter(registrations::waitlist_rank.le(rank))
        .count()
        .get_result(db)?;
    Ok(Some(ahead))
}

/// The place of everybody who waits for an event, from 1.
pub fn positions(db: &mut Db, event: EventId) -> Result<HashMap<RegistrationId, i64>> {
    let line: Vec<RegistrationId> = registrations::table
        .filter(registrations::event_id.eq(event))
        .filter(registrations::waitlist_rank.is_not_null())
        .order(registrations::waitlist_rank)
        .select(registrations::id)
        .load(db)?;
    Ok(line.into_iter().zip(1..).collect())
}

/// How many wait for each of these events.
pub fn waiting(db: &mut Db, events: &[EventId]) -> Result<Vec<(EventId, i64)>> {
    Ok(registrations::table
        .filter(registrations::event_id.eq_any(events))
        .filter(registrations::waitlist_rank.is_not_null())
        .group_by(registrations::event_id)
        .select((registrations::event_id, diesel::dsl::count_star()))
        .load(db)?)
}

/// How many of those who wait are looked at in one go.
const LOOK: i64 = 500;

/// Gives free seats to those who wait, in their order, until there is no seat or nobody left; tells each by letter. Who
/// wants a part of the event that is full is passed by those behind who want another. Nobody moves up once the event has
/// begun. Whoever waits keeps their turn when the list takes nobody new any more. Returns how many moved.
pub fn move_up(db: &mut Db, by: &Actor, event: EventId, now: Timestamp) -> Result<usize> {
    let held = Held::by_id(db, event)?;
    let event = &held.event;
    if event.status != EventStatus::Published || now >= event.starts_at {
        return Ok(0);
    }
    let (mut moved, mut free) = (0, held.seats.available());
    let mut behind = i64::MIN;
    while free != Some(0) {
        let waiting: Vec<Registration> = Registration::query()
            .filter(registrations::event_id.eq(event.id))
            .filter(registrations::waitlist_rank.gt(behind))
            .order(registrations::waitlist_rank)
            .limit(LOOK)
            .load(db)?;
        let Some(last) = waiting.last() else { break };
        behind = last.waitlist_rank.unwrap_or(i64::MAX);
        for next in waiting {
            if free == Some(0) {
                break;
            }
            if offer_or_confirm(db, by, &held, next, now)? {
                moved += 1;
                free = free.map(|seats| seats - 1);
            }
        }
    }
    Ok(moved)
}

/// Whether there was a seat for this one.
fn offer_or_confirm(db: &mut Db, by: &Actor, held: &Held, mut next: Registration, now: Timestamp) -> Result<bool> {
    let way = if held.event.waitlist == Waitlist::Offer {
        let until = now.plus(TimeDelta::hours(held.event.offer_hours));
        next.expires_at = Some(until.min(held.event.starts_at));
        (Transition::Offer, RegistrationStatus::Offered)
    } else {
        (Transition::Promote, RegistrationStatus::Confirmed)
    };
    match change(db, by, held, next, way, Hand::default(), now) {
        Ok(_) => Ok(true),
        Err(Error::Refused(refusal)) if refusal.code() == "sold_out" => Ok(false),
        Err(other) => Err(other),
    }
}
