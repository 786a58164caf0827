//! The seats that an event owns.

use diesel::prelude::*;

use super::Event;
use crate::error::{Error, Result};
use crate::store::schema::quotas;
use crate::store::{Db, EventId, QuotaId, lock_quotas};
use crate::values::Fault;

/// An event and its seats, nobody else's to change until the end of the transaction.
///
/// Every write on an event begins with this: it is the one lock that an event has.
#[derive(Debug, Clone)]
pub struct Held {
    /// The event, read under the lock.
    pub event: Event,
    /// Its seats, read under the lock.
    pub seats: Quota,
}

impl Held {
    /// Takes hold of the event with this id.
    pub fn by_id(db: &mut Db, id: EventId) -> Result<Self> {
        let seats = Quota::lock(db, id)?;
        Ok(Self { event: Event::find(db, id)?, seats })
    }

    /// Takes hold of the event with this id or slug.
    pub fn by_name(db: &mut Db, id_or_slug: &str) -> Result<Self> {
        let id = Event::id_by_name(db, id_or_slug)?;
        Self::by_id(db, id)
    }
}

/// How many seats there are: 0 to 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity(i64);

impl TryFrom<i64> for Capacity {
    type Error = Fault;

    fn try_from(seats: i64) -> Result<Self, Fault> {
        if (0..=1_000_000).contains(&seats) {
            Ok(Self(seats))
        } else {
            Err(Fault::new("out_of_range", "a capacity is a whole number from 0 to 1000000, or null for no limit"))
        }
    }
}

impl From<Capacity> for i64 {
    fn from(capacity: Capacity) -> Self {
        capacity.0
    }
}

/// Seats: how many there are, and how many are taken. `taken` always equals the number of registrations that hold one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = quotas, treat_none_as_default_value = false)]
pub struct Quota {
    /// Its id.
    pub id: QuotaId,
    /// Whose seats they are.
    pub event_id: EventId,
    /// How many there are; none: no limit.
    pub capacity: Option<i64>,
    /// How many are taken.
    pub taken: i64,
}

impl Quota {
    /// The event's own seats.
    pub fn of(db: &mut Db, event: EventId) -> Result<Self> {
        Self::query().filter(quotas::event_id.eq(event)).first(db).optional()?.ok_or(Error::NotFound("event"))
    }

    /// The seats of each of these events.
    pub fn of_all(db: &mut Db, events: &[EventId]) -> Result<Vec<Self>> {
        Ok(Self::query().filter(quotas::event_id.eq_any(events)).load(db)?)
    }

    /// The event's own seats, and the event's lock until the end of the transaction.
    pub(super) fn lock(db: &mut Db, event: EventId) -> Result<Self> {
        let (id, capacity, taken) = lock_quotas(db, event)?.into_iter().next().ok_or(Error::NotFound("event"))?;
        Ok(Self { id, event_id: event, capacity, taken })
    }

    /// How many are free; none: no limit.
    pub fn available(&self) -> Option<i64> {
        self.capacity.map(|capacity| (capacity - self.taken).max(0))
    }
}
