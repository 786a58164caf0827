//! An event is put away.

use std::sync::Arc;

use super::{Event, EventRefusal, EventStatus, Held};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::store::{Db, EventId};

/// Archives an event that has taken place: it leaves the public list, and keeps its address, its numbers and its people.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `not_published`; `event_cancelled`; `event_not_over`; `event_archived`.
pub fn archive(db: &mut Db, by: &Actor, event: EventId, expected: Option<i64>, now: Timestamp) -> Result<Event> {
    let mut event = Arc::unwrap_or_clone(Held::by_id(db, event)?.event);
    expect_version(expected, event.version)?;
    match event.status {
        EventStatus::Draft => return Err(EventRefusal::NotPublished.into()),
        EventStatus::Cancelled => return Err(EventRefusal::EventCancelled.into()),
        EventStatus::Archived => return Err(EventRefusal::EventArchived.into()),
        EventStatus::Published if now < event.ends_at => {
            return Err(EventRefusal::EventNotOver { ends_at: event.ends_at }.into());
        }
        EventStatus::Published => event.status = EventStatus::Archived,
    }
    event.save(db, now)?;
    audit::record(db, by, event.scope(), "event.archived", event.id.uuid(), now)?;
    Ok(event)
}
