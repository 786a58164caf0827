//! A new event.

use diesel::prelude::*;

use super::hosts::insert_host;
use super::series::join;
use super::tags::replace_tags;
use super::{
    Capacity, DataAccess, Edition, Event, EventRefusal, EventStatus, HostRole, HostState, Location, Quota,
    RegistrationMode, RegistrationRules, Visibility, Waitlist, check_mode,
};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result};
use crate::organizations::Organization;
use crate::store::schema::{events, quotas};
use crate::store::{Db, EventId, Json, OrganizationId, unless_taken};
use crate::values::{EmailAddress, Language, Line, Prose, Slug, TimeZone, search_key};

/// What an organizer says of a new event.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its name for people.
    pub title: Line<200>,
    /// Its name in addresses; made from the title if not given.
    pub slug: Option<Slug>,
    /// One or two sentences.
    pub summary: Option<Prose<1000>>,
    /// Markdown.
    pub description: Option<Prose<20_000>>,
    /// Who finds it; everybody, if not given.
    pub visibility: Option<Visibility>,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// The zone; the organization's, if not given.
    pub timezone: Option<TimeZone>,
    /// Where it takes place.
    pub location: Location,
    /// The languages spoken there; the organization's, if there are none.
    pub languages: Vec<Language>,
    /// Whom to ask; as the organization says, if not given.
    pub contact_email: Option<EmailAddress>,
    /// How many seats; no limit, if not given.
    pub capacity: Option<Capacity>,
    /// When registration opens.
    pub registration_opens_at: Option<Timestamp>,
    /// When registration closes.
    pub registration_closes_at: Option<Timestamp>,
    /// What happens to people who come when it is full; they are refused, if not given.
    pub waitlist: Option<Waitlist>,
    /// How one registers.
    pub rules: RegistrationRules,
    /// Words by which it is found.
    pub tags: Vec<Slug>,
}

/// Drafts an event of `organization`, which says what the draft does not.
///
/// # Errors
/// `Invalid` for an end that is not after the start, a window that closes before it opens, or a registration that is
/// elsewhere without saying where;
/// `slug_taken` if a slug was asked for that another event has.
pub fn draft(db: &mut Db, by: &Actor, organization: OrganizationId, draft: Draft, now: Timestamp) -> Result<Event> {
    draft_edition(db, by, organization, (draft, None), now)
}

/// The same, as an edition of a series of the organization, or of none.
///
/// # Errors
/// As [`draft`]; `edition_taken`.
pub fn draft_edition(
    db: &mut Db,
    by: &Actor,
    organization: OrganizationId,
    (draft, edition): (Draft, Option<Edition>),
    now: Timestamp,
) -> Result<Event> {
    let defaults = Organization::find(db, organization)?;
    let asked_for_slug = draft.slug.is_some();
    let slug = draft.slug.unwrap_or_else(|| Slug::from_title(&draft.title, "event"));
    let languages = if draft.languages.is_empty() { vec![defaults.default_language] } else { draft.languages };
    let mut event = Event {
        id: EventId::new(),
        organization_id: organization,
        slug: slug.to_string(),
        title: draft.title.into(),
        summary: draft.summary.map(Into::into).unwrap_or_default(),
        description: draft.description.map(Into::into).unwrap_or_default(),
        status: EventStatus::Draft,
        visibility: draft.visibility.unwrap_or(Visibility::Public),
        starts_at: draft.starts_at,
        ends_at: draft.ends_at,
        timezone: draft.timezone.map_or(defaults.default_timezone, |zone| zone.name().to_owned()),
        location: Json(draft.location),
        languages: Json(languages),
        contact_email: draft.contact_email.map(|a| a.to_string()).or(defaults.contact_email),
        registration_opens_at: draft.registration_opens_at,
        registration_closes_at: draft.registration_closes_at,
        waitlist: draft.waitlist.unwrap_or(Waitlist::Off),
        search_key: String::new(),
        published_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
        registration_mode: RegistrationMode::BuiltIn,
        external_url: None,
        approval: false,
        pending_holds_seat: true,
        verify_email: false,
        offer_hours: 24,
        edit_until: None,
        series_id: None,
        edition: None,
    };
    draft.rules.apply(&mut event);
    check(&event)?;
    event.search_key = search_key_of(&event);
    insert(db, &mut event, &slug, asked_for_slug)?;
    if edition.is_some() {
        join(db, &mut event, edition)?;
    }
    let quota = Quota::new(event.id, None, draft.capacity.map(Into::into));
    diesel::insert_into(quotas::table).values(&quota).execute(db)?;
    replace_tags(db, event.id, &draft.tags)?;
    insert_host(db, event.id, organization, (HostRole::Owner, DataAccess::Full), HostState::Accepted, now)?;
    audit::record(db, by, event.scope(), "event.drafted", event.id.uuid(), now)?;
    Ok(event)
}

/// Writes a new event down, under its slug or, unless that one was asked for, under the next that is free.
pub(super) fn insert(db: &mut Db, event: &mut Event, slug: &Slug, asked_for_slug: bool) -> Result<()> {
    for number in 2.. {
        let inserted = unless_taken(db, |db| diesel::insert_into(events::table).values(&*event).execute(db))?;
        if inserted.is_some() {
            break;
        }
        if asked_for_slug {
            return Err(EventRefusal::SlugTaken { slug: event.slug.clone() }.into());
        }
        // Editions share a title: behind the first few, guess, so that the hundredth needs few tries.
        let guess = if number <= 20 { number } else { number * number };
        event.slug = slug.numbered(guess).to_string();
    }
    Ok(())
}

/// The times of an event, as far as they are known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// When it begins.
    pub starts_at: Option<Timestamp>,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
    /// When registration opens.
    pub opens_at: Option<Timestamp>,
    /// When registration closes.
    pub closes_at: Option<Timestamp>,
}

impl Times {
    /// The rules that hold between them; all broken ones at once.
    pub fn check(&self) -> Vec<FieldIssue> {
        let mut issues = Vec::new();
        let mut issue = |pointer: &str, code, detail: &str| {
            issues.push(FieldIssue { pointer: pointer.to_owned(), code, detail: detail.to_owned() });
        };
        if self.starts_at.zip(self.ends_at).is_some_and(|(starts, ends)| ends <= starts) {
            issue("/ends_at", "ends_before_start", "an event ends after it starts");
        }
        if self.opens_at.zip(self.closes_at).is_some_and(|(opens, closes)| closes <= opens) {
            issue("/registration/closes_at", "closes_before_open", "registration closes after it opens");
        }
        issues
    }
}

/// Whether the times of an event, and its rules, go together.
pub(super) fn check(event: &Event) -> Result<()> {
    let times = Times {
        starts_at: Some(event.starts_at),
        ends_at: Some(event.ends_at),
        opens_at: event.registration_opens_at,
        closes_at: event.registration_closes_at,
    };
    let mut issues = times.check();
    issues.extend(check_mode(event.registration_mode, event.external_url.as_deref()));
    if issues.is_empty() { Ok(()) } else { Err(Error::Invalid(issues)) }
}

/// By what `q` finds an event.
pub(super) fn search_key_of(event: &Event) -> String {
    search_key(&format!("{} {} {}", event.title, event.summary, event.location.0.one_line()))
}
