//! What an event offers and asks, as whoever registers needs it: whole, and all the time.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use diesel::prelude::*;

use super::{ConsentText, Held, Question, Session, TicketType};
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

/// How many events' catalogs are remembered.
const REMEMBERED: usize = 500;

/// Catalogs by their stamps. A catalog has a new stamp after each change, in the transaction of the change; a stamp is
/// never used twice. So what was read under one is true for as long as the event has it, on whichever instance, and
/// also when the change that made it is undone.
static KNOWN: LazyLock<Mutex<HashMap<CatalogId, Arc<Catalog>>>> = LazyLock::new(Mutex::default);

impl Catalog {
    /// That of an event that is held, or seen.
    pub fn of(db: &mut Db, held: &Held) -> Result<Arc<Self>> {
        let Some(stamp) = held.seats.catalog else { return Ok(Arc::new(Self::load(db, held.event.id)?)) };
        let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&stamp).cloned();
        if let Some(catalog) = known {
            debug_assert_eq!(
                Self::load(db, held.event.id).ok().as_ref(),
                Some(&*catalog),
                "a change made no new stamp"
            );
            return Ok(catalog);
        }
        let catalog = Arc::new(Self::load(db, held.event.id)?);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(stamp, catalog.clone());
        Ok(catalog)
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

/// Gives the catalog of an event that is held a new stamp: every deed does this that changes what is in it.
pub(super) fn changed(db: &mut Db, held: &Held) -> Result<()> {
    let own = quotas::table.filter(quotas::id.eq(held.seats.id));
    diesel::update(own).set(quotas::catalog.eq(Some(CatalogId::new()))).execute(db)?;
    Ok(())
}
