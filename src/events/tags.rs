//! Words by which events are found.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::error::Result;
use crate::store::schema::event_tags;
use crate::store::{Db, EventId};
use crate::values::Slug;

/// The tags of each of these events, in alphabetical order.
pub fn tags_of(db: &mut Db, events: &[EventId]) -> Result<HashMap<EventId, Vec<String>>> {
    let rows: Vec<(EventId, String)> = event_tags::table
        .filter(event_tags::event_id.eq_any(events))
        .order((event_tags::event_id, event_tags::tag))
        .select((event_tags::event_id, event_tags::tag))
        .load(db)?;
    let mut tags: HashMap<EventId, Vec<String>> = HashMap::new();
    for (event, tag) in rows {
        tags.entry(event).or_default().push(tag);
    }
    Ok(tags)
}

/// Gives an event these tags and no others.
pub(super) fn replace_tags(db: &mut Db, event: EventId, tags: &[Slug]) -> Result<()> {
    diesel::delete(event_tags::table.filter(event_tags::event_id.eq(event))).execute(db)?;
    let mut words: Vec<&str> = tags.iter().map(Slug::as_str).collect();
    words.sort_unstable();
    words.dedup();
    for word in words {
        diesel::insert_into(event_tags::table)
            .values((event_tags::event_id.eq(event), event_tags::tag.eq(word)))
            .execute(db)?;
    }
    Ok(())
}
