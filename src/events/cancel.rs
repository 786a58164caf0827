//! An event will not take place.

use std::sync::Arc;

use super::announcement::announce_cancellation;
use super::{Event, EventRefusal, EventStatus, Held};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::store::{Db, EventId};

/// Cancels a published event. Its registrations stay as they are; everybody is told.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `not_published`; `event_cancelled`; `event_archived`.
pub fn cancel(db: &mut Db, by: &Actor, event: EventId, expected: Option<i64>, now: Timestamp) -> Result<Event> {
    let mut event = Arc::unwrap_or_clone(Held::by_id(db, event)?.event);
    expect_version(expected, event.version)?;
    match event.status {
        EventStatus::Draft => return Err(EventRefusal::NotPublished.into()),
        EventStatus::Cancelled => return Err(EventRefusal::EventCancelled.into()),
        EventStatus::Archived => return Err(EventRefusal::EventArchived.into()),
        EventStatus::Published => event.status = EventStatus::Cancelled,
    }
    event.save(db, now)?;
    announce_cancellation(db, &event, now)?;
    audit::record(db, by, event.scope(), "event.cancelled", event.id.uuid(), now)?;
    Ok(event)
}
