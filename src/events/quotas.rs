//! The seats that an event owns.

use std::sync::Arc;

use diesel::prelude::*;

use super::{Event, EventRefusal, catalog};
use crate::error::{Error, Result, if_found};
use crate::store::schema::quotas;
use crate::store::{CatalogId, Db, EventId, QuotaId, QuotaRow, SessionId, TicketTypeId, lock_quotas};
use crate::values::Fault;

/// An event and its seats, nobody else's to change until the end of the transaction.
///
/// Every write on an event begins with this: it is the one lock that an event has.
#[derive(Debug, Clone)]
pub struct Held {
    /// The event, as it is under the lock.
    pub event: Arc<Event>,
    /// Its own seats, read under the lock.
    pub seats: Quota,
    /// The seats of its ticket types and sessions, in the order of their ids, read under the lock.
    pub parts: Vec<Quota>,
}

impl Held {
    /// Takes hold of the event with this id.
    pub fn by_id(db: &mut Db, id: EventId) -> Result<Self> {
        let (own, parts): (Vec<Quota>, Vec<Quota>) =
            Quota::lock(db, id)?.into_iter().partition(|quota| quota.part_of_event().is_none());
        let seats = own.into_iter().next().ok_or(Error::NotFound("event"))?;
        Ok(Self { event: catalog::event_of(db, &seats)?, seats, parts })
    }

    /// An event and its seats as they are now, without taking hold of them: to be read, no more.
    pub fn seen(db: &mut Db, event: Event) -> Result<Self> {
        Ok(Self { seats: Quota::of(db, event.id)?, parts: Quota::of_parts(db, event.id)?, event: event.into() })
    }

    /// The seats of a part of the event.
    pub fn part(&self, part: Part) -> Option<&Quota> {
        self.parts.iter().find(|quota| quota.part_of_event() == Some(part))
    }

    /// The quotas under which a registration with this ticket type and these sessions stands, the event's own first.
    pub fn quotas_of<'a>(
        &'a self,
        ticket_type: Option<TicketTypeId>,
        sessions: &[SessionId],
    ) -> impl Iterator<Item = &'a Quota> {
        let concerned = move |quota: &&Quota| match quota.part_of_event() {
            Some(Part::TicketType(id)) => ticket_type == Some(id),
            Some(Part::Session(id)) => sessions.contains(&id),
            None => false,
        };
        std::iter::once(&self.seats).chain(self.parts.iter().filter(concerned))
    }

    /// Takes hold of the event with this id or slug.
    pub fn by_name(db: &mut Db, id_or_slug: &str) -> Result<Self> {
        let id = Event::id_by_name(db, id_or_slug)?;
        Self::by_id(db, id)
    }

    /// The same, of which somebody remembers that it was `remembered` when they looked last: a look-up less if it still is.
    pub fn by_remembered_name(db: &mut Db, id_or_slug: &str, remembered: EventId) -> Result<Self> {
        match if_found(Self::by_id(db, remembered))? {
            Some(held) if held.event.is_called(id_or_slug) => Ok(held),
            _ => Self::by_name(db, id_or_slug),
        }
    }
}

/// How many seats there are: 0 to 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity(i64);

impl Capacity {
    /// No seat.
    pub const NONE: Self = Self(0);
}

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
    /// The ticket type whose seats they are, if they are one's.
    pub ticket_type_id: Option<TicketTypeId>,
    /// The session whose seats they are, if they are one's.
    pub session_id: Option<SessionId>,
    /// How many are kept for access codes, and not given out yet.
    pub held: i64,
    /// How many more than the capacity somebody has let in on purpose.
    pub allowed: i64,
    /// The stamp of the event and of what it offers and asks; none: not stamped yet, and for its parts.
    pub catalog: Option<CatalogId>,
}

/// A part of an event that owns seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A ticket type.
    TicketType(TicketTypeId),
    /// A session.
    Session(SessionId),
}

impl Quota {
    /// A new one, with no seat taken.
    pub(super) fn new(event: EventId, part: Option<Part>, capacity: Option<i64>) -> Self {
        let (ticket_type_id, session_id) = match part {
            Some(Part::TicketType(id)) => (Some(id), None),
            Some(Part::Session(id)) => (None, Some(id)),
            None => (None, None),
        };
        Self {
            id: QuotaId::new(),
            event_id: event,
            capacity,
            taken: 0,
            ticket_type_id,
            session_id,
            held: 0,
            allowed: 0,
            catalog: part.is_none().then(CatalogId::new),
        }
    }

    /// Whose seats they are; none: the event's own.
    pub fn part_of_event(&self) -> Option<Part> {
        self.ticket_type_id.map(Part::TicketType).or(self.session_id.map(Part::Session))
    }

    /// The event's own seats.
    pub fn of(db: &mut Db, event: EventId) -> Result<Self> {
        let own = Self::of_all(db, &[event])?;
        own.into_iter().next().ok_or(Error::NotFound("event"))
    }

    /// The own seats of each of these events.
    pub fn of_all(db: &mut Db, events: &[EventId]) -> Result<Vec<Self>> {
        Ok(Self::query()
            .filter(quotas::event_id.eq_any(events))
            .filter(quotas::ticket_type_id.is_null().and(quotas::session_id.is_null()))
            .load(db)?)
    }

    /// The seats of an event's ticket types and sessions, in the order of their ids.
    pub fn of_parts(db: &mut Db, event: EventId) -> Result<Vec<Self>> {
        Ok(Self::query()
            .filter(quotas::event_id.eq(event))
            .filter(quotas::ticket_type_id.is_not_null().or(quotas::session_id.is_not_null()))
            .order(quotas::id)
            .load(db)?)
    }

    /// All seats of an event, and the event's lock until the end of the transaction.
    fn lock(db: &mut Db, event: EventId) -> Result<Vec<Self>> {
        let rows = lock_quotas(db, event)?.into_iter();
        let quota = |(id, capacity, taken, ticket_type_id, session_id, held, allowed, catalog): QuotaRow| Self {
            id,
            event_id: event,
            capacity,
            taken,
            ticket_type_id,
            session_id,
            held,
            allowed,
            catalog,
        };
        Ok(rows.map(quota).collect())
    }

    /// Changes how many there are.
    ///
    /// # Errors
    /// `capacity_below_taken`, unless `force`: then the quota is overbooked until enough people have left.
    pub(super) fn set_capacity(&mut self, db: &mut Db, capacity: Option<i64>, force: bool) -> Result<()> {
        if capacity == self.capacity {
            return Ok(());
        }
        if let Some(capacity) = capacity.filter(|capacity| *capacity < self.taken + self.held && !force) {
            return Err(EventRefusal::CapacityBelowTaken { taken: self.taken + self.held, capacity }.into());
        }
        self.capacity = capacity;
        self.allowed = capacity.map_or(0, |capacity| (self.taken - capacity).max(0));
        diesel::update(quotas::table.filter(quotas::id.eq(self.id)))
            .set((quotas::capacity.eq(self.capacity), quotas::allowed.eq(self.allowed)))
            .execute(db)?;
        Ok(())
    }

    /// How many are free for anybody; none: no limit.
    pub fn available(&self) -> Option<i64> {
        self.capacity.map(|capacity| (capacity - self.taken - self.held).max(0))
    }
}
