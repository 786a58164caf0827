//! An event, and what it offers and asks, as whoever registers needs them: whole, and all the time.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use diesel::prelude::*;

use super::{ConsentText, Event, Held, Question, Quota, Session, TicketType};
use crate::error::Result;
use crate::store::schema::quotas;
use crate::store::{CatalogId, Db, EventId};

/// What an event offers and asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    /// Its kinds of admission, in their order.
    pub ticket_types: Vec<TicketType>,
    /// Its parts, in their order.
    pub sessions: Vec<Session>,
    /// What is asked, retired questions among them.
    pub questions: Vec<Question>,
    /// The last edition of each text to which people are asked to consent.
    pub texts: Vec<ConsentText>,
}

/// How many of them are remembered.
const REMEMBERED: usize = 500;

/// What was read of events, by their stamps. An event has a new stamp after each change of itself and of what it offers and
/// asks, in the transaction of the change; a stamp is never used twice. So what was read under one is true for as long as
/// the event has it, on whichever instance, and also when the change that made it is undone.
struct Known<T>(LazyLock<Mutex<HashMap<CatalogId, Arc<T>>>>);

static CATALOGS: Known<Catalog> = Known(LazyLock::new(Mutex::default));
static EVENTS: Known<Event> = Known(LazyLock::new(Mutex::default));

impl<T: PartialEq + Debug> Known<T> {
    /// What was read under this stamp, or is read now.
    fn get(&self, stamp: Option<CatalogId>, mut read: impl FnMut() -> Result<T>) -> Result<Arc<T>> {
        let Some(stamp) = stamp else { return read().map(Arc::new) };
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&stamp).cloned();
        if let Some(known) = known {
            debug_assert_eq!(read().ok().as_ref(), Some(&*known), "a change made no new stamp");
            return Ok(known);
        }
        let new = Arc::new(read()?);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(stamp, new.clone());
        Ok(new)
    }
}

impl Catalog {
    /// That of an event that is held, or seen.
    pub fn of(db: &mut Db, held: &Held) -> Result<Arc<Self>> {
        CATALOGS.get(held.seats.catalog, || Self::load(db, held.event.id))
    }

    fn load(db: &mut Db, event: EventId) -> Result<Self> {
        Ok(Self {
            ticket_types: TicketType::of_event(db, event)?,
            sessions: Session::of_event(db, event)?,
            questions: Question::of_event(db, event)?,
            texts: ConsentText::asked(db, event)?,
        })
    }
}

/// An event whose own seats are these, read under its lock.
pub(super) fn event_of(db: &mut Db, seats: &Quota) -> Result<Arc<Event>> {
    EVENTS.get(seats.catalog, || Event::find(db, seats.event_id))
}

/// Gives an event that is held a new stamp: every deed does this that changes it, or what it offers and asks.
pub(super) fn changed(db: &mut Db, event: EventId) -> Result<()> {
    let own = quotas::event_id.eq(event).and(quotas::ticket_type_id.is_null()).and(quotas::session_id.is_null());
    diesel::update(quotas::table.filter(own)).set(quotas::catalog.eq(Some(CatalogId::new()))).execute(db)?;
    Ok(())
}
