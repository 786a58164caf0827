//! An event becomes known.

use std::sync::Arc;

use super::{Event, EventRefusal, EventStatus, Held};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::store::{Db, EventId};

/// Publishes a draft. Registration opens with it, unless its window begins later.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `not_a_draft`.
pub fn publish(db: &mut Db, by: &Actor, event: EventId, expected: Option<i64>, now: Timestamp) -> Result<Event> {
    let mut event = Arc::unwrap_or_clone(Held::by_id(db, event)?.event);
    expect_version(expected, event.version)?;
    if event.status != EventStatus::Draft {
        return Err(EventRefusal::NotADraft { status: event.status.as_str() }.into());
    }
    event.status = EventStatus::Published;
    event.published_at = Some(now);
    event.save(db, now)?;
    audit::record(db, by, event.scope(), "event.published", event.id.uuid(), now)?;
    Ok(event)
}
