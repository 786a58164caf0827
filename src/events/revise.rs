//! A change to an event.

use std::sync::Arc;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::announcement::{Told, announce_change};
use super::draft::{check, search_key_of};
use super::series::join;
use super::tags::{replace_tags, tags_of};
use super::{
    Capacity, Edition, Event, EventRefusal, EventStatus, Held, Location, RegistrationRules, Visibility, Waitlist,
};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::store::schema::events;
use crate::store::{Db, EventId, Json};
use crate::values::{EmailAddress, Language, Line, Prose, Slug, TimeZone};

/// What is to change; what is `None` stays. A field that can be emptied is an option in an option.
#[derive(Debug, Clone, Default)]
pub struct Revision {
    /// Its name for people.
    pub title: Option<Line<200>>,
    /// Its name in addresses.
    pub slug: Option<Slug>,
    /// One or two sentences.
    pub summary: Option<Prose<1000>>,
    /// Markdown.
    pub description: Option<Prose<20_000>>,
    /// Who finds it.
    pub visibility: Option<Visibility>,
    /// When it begins.
    pub starts_at: Option<Timestamp>,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
    /// The zone.
    pub timezone: Option<TimeZone>,
    /// Where it takes place, as a whole.
    pub location: Option<Location>,
    /// The languages spoken there.
    pub languages: Option<Vec<Language>>,
    /// Whom to ask.
    pub contact_email: Option<Option<EmailAddress>>,
    /// How many seats.
    pub capacity: Option<Option<Capacity>>,
    /// When registration opens.
    pub registration_opens_at: Option<Option<Timestamp>>,
    /// When registration closes.
    pub registration_closes_at: Option<Option<Timestamp>>,
    /// What happens to people who come when it is full.
    pub waitlist: Option<Waitlist>,
    /// How one registers.
    pub rules: RegistrationRules,
    /// Words by which it is found.
    pub tags: Option<Vec<Slug>>,
    /// The series of which it is an edition, if of any.
    pub edition: Option<Option<Edition>>,
    /// Whether the capacity may fall below what is taken.
    pub force: bool,
    /// Whether those who are registered are kept in the dark if its time or place changes.
    pub quietly: bool,
}

/// Changes an event; those who are registered are told of another time or place. Whoever calls this lets waiting people move up afterwards: there may be seats for them now.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `Invalid` as for a draft; `slug_taken`; `event_cancelled`;
/// `event_archived`; `capacity_below_taken`; `edition_taken`.
pub fn revise(
    db: &mut Db,
    by: &Actor,
    event: EventId,
    revision: Revision,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Event> {
    let Held { event, mut seats, .. } = Held::by_id(db, event)?;
    let mut event = Arc::unwrap_or_clone(event);
    expect_version(expected, event.version)?;
    match event.status {
        EventStatus::Cancelled => return Err(EventRefusal::EventCancelled.into()),
        EventStatus::Archived => return Err(EventRefusal::EventArchived.into()),
        EventStatus::Draft | EventStatus::Published => {}
    }
    let capacity = revision.capacity.map_or(seats.capacity, |new| new.map(Into::into));
    let (tags, edition, revision_force) = (revision.tags.clone(), revision.edition, revision.force);
    let (quietly, told) = (revision.quietly, Told::of(&event));
    let before = described(db, &event, seats.capacity)?;
    apply(&mut event, revision);
    check(&event)?;
    let same_slug = events::table.filter(events::slug.eq(&event.slug)).filter(events::id.ne(event.id));
    if same_slug.count().get_result::<i64>(db)? > 0 {
        return Err(EventRefusal::SlugTaken { slug: event.slug }.into());
    }
    event.search_key = search_key_of(&event);
    if let Some(edition) = edition {
        join(db, &mut event, edition)?;
    }
    event.save(db, now)?;
    if !quietly {
        announce_change(db, told, &event, now)?;
    }
    seats.set_capacity(db, capacity, revision_force)?;
    if let Some(tags) = tags {
        replace_tags(db, event.id, &tags)?;
    }
    let changes = Changes::between(&before, &described(db, &event, capacity)?);
    audit::record_changes(db, by, event.scope(), "event.revised", event.id.uuid(), changes, now)?;
    Ok(event)
}

/// An event as the audit trail tells of it, under the names that the API has for its fields.
fn described(db: &mut Db, event: &Event, capacity: Option<i64>) -> Result<Value> {
    Ok(json!({
        "title": event.title,
        "slug": event.slug,
        "summary": event.summary,
        "description": event.description,
        "visibility": event.visibility,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "timezone": event.timezone,
        "location": event.location.0,
        "languages": event.languages.0,
        "contact_email": event.contact_email,
        "capacity": capacity,
        "registration.opens_at": event.registration_opens_at,
        "registration.closes_at": event.registration_closes_at,
        "registration.waitlist": event.waitlist,
        "registration.mode": event.registration_mode,
        "registration.external_url": event.external_url,
        "registration.approval": event.approval,
        "registration.pending_holds_seat": event.pending_holds_seat,
        "registration.verify_email": event.verify_email,
        "registration.offer_hours": event.offer_hours,
        "registration.edit_until": event.edit_until,
        "series": event.series_id,
        "edition": event.edition,
        "tags": tags_of(db, &[event.id])?.remove(&event.id).unwrap_or_default(),
    }))
}

fn apply(event: &mut Event, revision: Revision) {
    fn set<T>(field: &mut T, value: Option<T>) {
        if let Some(value) = value {
            *field = value;
        }
    }
    set(&mut event.title, revision.title.map(Into::into));
    set(&mut event.slug, revision.slug.map(|slug| slug.to_string()));
    set(&mut event.summary, revision.summary.map(Into::into));
    set(&mut event.description, revision.description.map(Into::into));
    set(&mut event.visibility, revision.visibility);
    set(&mut event.starts_at, revision.starts_at);
    set(&mut event.ends_at, revision.ends_at);
    set(&mut event.timezone, revision.timezone.map(|zone| zone.name().to_owned()));
    set(&mut event.location, revision.location.map(Json));
    set(&mut event.languages, revision.languages.map(Json));
    set(&mut event.contact_email, revision.contact_email.map(|address| address.map(|a| a.to_string())));
    set(&mut event.registration_opens_at, revision.registration_opens_at);
    set(&mut event.registration_closes_at, revision.registration_closes_at);
    set(&mut event.waitlist, revision.waitlist);
    revision.rules.apply(event);
}
