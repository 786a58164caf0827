//! The waiting list: first come, first served, by itself.

use std::collections::HashMap;

use diesel::prelude::*;

use super::seats::take;
use super::{Registration, RegistrationStatus};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{EventStatus, Held};
use crate::mail::{MessageKind, outbox};
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

/// Gives free seats to those who wait, in their order, until there is no seat or nobody left; tells each by letter.
/// Nobody moves up once the event has begun. Whoever waits keeps their turn when the list takes nobody new any more.
/// Returns how many moved.
pub fn move_up(db: &mut Db, by: &Actor, event: EventId, now: Timestamp) -> Result<usize> {
    let Held { event, seats } = Held::by_id(db, event)?;
    if event.status != EventStatus::Published || now >= event.starts_at {
        return Ok(0);
    }
    let mut moved = 0;
    while let Some(next) = first_in_line(db, event.id)? {
        if !take(db, &seats)? {
            break;
        }
        diesel::update(registrations::table.filter(registrations::id.eq(next.id)))
            .set((
                registrations::status.eq(RegistrationStatus::Confirmed),
                registrations::waitlist_rank.eq(None::<i64>),
                registrations::updated_at.eq(now),
                registrations::version.eq(registrations::version + 1),
            ))
            .execute(db)?;
        outbox::post(db, MessageKind::Promoted, event.id, next.id, &next.email, now)?;
        audit::record(db, by, event.scope(), "registration.promoted", next.id.uuid(), now)?;
        moved += 1;
    }
    Ok(moved)
}

fn first_in_line(db: &mut Db, event: EventId) -> Result<Option<Registration>> {
    Ok(Registration::query()
        .filter(registrations::event_id.eq(event))
        .filter(registrations::waitlist_rank.is_not_null())
        .order(registrations::waitlist_rank)
        .first(db)
        .optional()?)
}
