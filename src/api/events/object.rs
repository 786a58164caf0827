//! An event, as it goes over the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::host_object::HostObject;
use crate::access::{Caller, Deed, permissions};
use crate::api::body::{Field, Nested};
use crate::api::issues::{Issues, text};
use crate::clock::Timestamp;
use crate::error::{Error, Result, if_found};
use crate::events::{
    Edition, EditionNumber, Event, EventStatus, Host, Location, OfferHours, Quota, RegistrationMode, RegistrationRules,
    RegistrationState, Series, Visibility, Waitlist, tags_of,
};
use crate::registrations;
use crate::store::{Db, EventId, OrganizationId, SeriesId};
use crate::values::{Country, Fault, Language, Line};

/// An event.
#[derive(Serialize, ToSchema)]
#[schema(as = Event)]
pub(crate) struct EventObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    slug: String,
    title: String,
    summary: String,
    /// Markdown.
    description: String,
    status: EventStatus,
    visibility: Visibility,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    starts_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    ends_at: Timestamp,
    /// An IANA name: everything that a person reads is shown in this zone.
    timezone: String,
    location: LocationObject,
    languages: Vec<Language>,
    contact_email: Option<String>,
    /// None: no limit.
    capacity: Option<i64>,
    seats: SeatsObject,
    registration: RegistrationWindow,
    hosts: Vec<HostObject>,
    tags: Vec<String>,
    /// The series of which it is an edition.
    series: Option<SeriesName>,
    /// Which one of the series, from 1.
    edition: Option<i64>,
    /// What the caller may do to it.
    permissions: Vec<Deed>,
    version: i64,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
}

/// A series, by its name.
#[derive(Serialize, ToSchema)]
pub(crate) struct SeriesName {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    slug: String,
    title: String,
}

/// Where an event takes place.
#[derive(Serialize, ToSchema)]
#[schema(as = Location)]
pub(crate) struct LocationObject {
    name: Option<String>,
    address: Option<String>,
    city: Option<String>,
    /// Two letters.
    country: Option<String>,
    online_url: Option<String>,
}

/// The seats of an event, at the moment of the answer.
#[derive(Serialize, ToSchema)]
#[schema(as = Seats)]
pub(crate) struct SeatsObject {
    /// None: no limit.
    capacity: Option<i64>,
    /// Seats that registrations hold.
    taken: i64,
    /// Seats that are free; none: no limit.
    available: Option<i64>,
    /// Registrations that wait for a seat.
    waitlisted: i64,
    /// How many more than the capacity somebody has let in on purpose.
    overbooked: i64,
}

/// When and how one can register.
#[derive(Serialize, ToSchema)]
pub(crate) struct RegistrationWindow {
    /// None: as soon as the event is published.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    opens_at: Option<Timestamp>,
    /// None: when the event ends.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    closes_at: Option<Timestamp>,
    waitlist: Waitlist,
    mode: RegistrationMode,
    /// Where one registers, if `mode` is `external`.
    external_url: Option<String>,
    /// Whether somebody looks at each registration before it is confirmed.
    approval: bool,
    /// Whether who waits for that has a seat meanwhile.
    pending_holds_seat: bool,
    /// Whether addresses are verified before anything is held for them.
    verify_email: bool,
    /// How long an offered seat is held.
    offer_hours: i64,
    /// Until when attendees change their registration themselves; none: until the event begins.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    edit_until: Option<Timestamp>,
    /// `closed` if one does not register at all; of one that is elsewhere, the window alone: never `full` or `waitlist`.
    state: RegistrationState,
}

impl SeatsObject {
    /// The seats of an event, and how many wait for one.
    pub(crate) fn new(seats: Option<&Quota>, waitlisted: i64) -> Self {
        Self {
            capacity: seats.and_then(|seats| seats.capacity),
            taken: seats.map_or(0, |seats| seats.taken),
            available: seats.and_then(Quota::available),
            waitlisted,
            overbooked: seats.map_or(0, |seats| seats.allowed),
        }
    }
}

impl EventObject {
    /// One event, as this caller has it.
    pub(crate) fn of(db: &mut Db, caller: &Caller, event: Event, now: Timestamp) -> Result<Self> {
        let mut objects = Self::of_all(db, caller, vec![event], now)?;
        objects.pop().ok_or(Error::NotFound("event"))
    }

    /// A page of events, with as many queries as for one.
    pub(crate) fn of_all(db: &mut Db, caller: &Caller, events: Vec<Event>, now: Timestamp) -> Result<Vec<Self>> {
        let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
        let seats = Quota::of_all(db, &ids)?;
        let waiting = registrations::waiting(db, &ids)?;
        let (mut hosts, mut tags) = (Host::of_all(db, &ids)?, tags_of(db, &ids)?);
        let permissions = permissions(db, caller, &events)?;
        let series = Series::of_events(db, &events)?;
        Ok(events
            .into_iter()
            .zip(permissions)
            .map(|(event, permissions)| {
                let seats = seats.iter().find(|quota| quota.event_id == event.id);
                let waitlisted = waiting.iter().find(|(id, _)| *id == event.id).map_or(0, |(_, count)| *count);
                let hosts = hosts.remove(&event.id).unwrap_or_default();
                let tags = tags.remove(&event.id).unwrap_or_default();
                let series = event.series_id.and_then(|id| series.get(&id)).map(SeriesName::of);
                Self {
                    tags,
                    series,
                    permissions,
                    ..Self::new(event, SeatsObject::new(seats, waitlisted), seats, hosts, now)
                }
            })
            .collect())
    }

    fn new(event: Event, shown: SeatsObject, seats: Option<&Quota>, hosts: Vec<Host>, now: Timestamp) -> Self {
        let location = event.location.0.clone();
        Self {
            id: event.id.to_string(),
            status: event.status,
            visibility: event.visibility,
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            location: LocationObject {
                name: location.name,
                address: location.address,
                city: location.city,
                country: location.country,
                online_url: location.online_url,
            },
            capacity: shown.capacity,
            seats: shown,
            registration: RegistrationWindow {
                opens_at: event.registration_opens_at,
                closes_at: event.registration_closes_at,
                waitlist: event.waitlist,
                mode: event.registration_mode,
                external_url: event.external_url.clone(),
                approval: event.approval,
                pending_holds_seat: event.pending_holds_seat,
                verify_email: event.verify_email,
                offer_hours: event.offer_hours,
                edit_until: event.edit_until,
                state: event.registration_state(seats, now),
            },
            hosts: hosts.into_iter().map(Into::into).collect(),
            tags: Vec::new(),
            series: None,
            edition: event.edition,
            permissions: Vec::new(),
            version: event.version,
            created_at: event.created_at,
            updated_at: event.updated_at,
            slug: event.slug,
            title: event.title,
            summary: event.summary,
            description: event.description,
            timezone: event.timezone,
            languages: event.languages.0,
            contact_email: event.contact_email,
        }
    }

    /// What `If-Match` speaks of.
    pub(crate) fn version(&self) -> i64 {
        self.version
    }

    /// Where it is read.
    pub(crate) fn address(&self) -> String {
        format!("/api/v1/events/{}", self.id)
    }
}

impl SeriesName {
    fn of(series: &Series) -> Self {
        Self { id: series.id.to_string(), slug: series.slug.clone(), title: series.title.clone() }
    }
}

/// What a request says of an event.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct EventFields {
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub title: Field<String>,
    /// Made from the title if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub slug: Field<String>,
    /// At most 1,000 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub summary: Field<String>,
    /// Markdown, at most 20,000 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub description: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<Visibility>)]
    pub visibility: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    pub starts_at: Field<String>,
    /// After `starts_at`.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    pub ends_at: Field<String>,
    /// An IANA name; `Europe/Luxembourg` if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub timezone: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<LocationFields>)]
    pub location: Nested<LocationFields>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<Language>>)]
    pub languages: Field<Vec<String>>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub contact_email: Field<String>,
    /// 0 to 1,000,000; null: no limit.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub capacity: Field<i64>,
    #[serde(default)]
    #[schema(value_type = Option<RegistrationWindowFields>)]
    pub registration: Nested<RegistrationWindowFields>,
    /// Slugs, at most 20.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub tags: Field<Vec<String>>,
    /// Id or slug of the series of the organization of which it is an edition; null: of none.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub series: Field<String>,
    /// Which one of the series, 1 to 10,000; the next one, if not given.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub edition: Field<i64>,
}

/// What a request says of the series of an event.
pub(super) struct EditionFields {
    #[allow(clippy::option_option, reason = "it stays, it is emptied, or it is replaced: as in a revision")]
    series: Option<Option<String>>,
    number: Option<EditionNumber>,
}

impl EditionFields {
    /// What is said, and what is wrong with it.
    pub(super) fn read(series: Field<String>, edition: Field<i64>, issues: &mut Issues) -> Self {
        Self {
            series: issues.clearable("/series", series, Ok),
            number: issues.change("/edition", edition, EditionNumber::try_from),
        }
    }

    /// Which edition an event of this organization is from now on, if that is said; `before` is its series so far.
    ///
    /// # Errors
    /// `Invalid`: `unknown_series`, or `no_series` of which it could be an edition.
    #[allow(clippy::option_option, reason = "it stays, it is emptied, or it is replaced: as in a revision")]
    pub(super) fn of(
        self,
        db: &mut Db,
        organization: OrganizationId,
        before: Option<SeriesId>,
    ) -> Result<Option<Option<Edition>>> {
        let number = self.number;
        let series = match (self.series, before) {
            (Some(Some(name)), _) => match if_found(Series::find(db, organization, &name))? {
                Some(found) => found.id,
                None => return Err(Error::invalid("/series", "unknown_series", "the organization has no such series")),
            },
            (None, Some(before)) if number.is_some() => before,
            (_, _) if number.is_some() => {
                return Err(Error::invalid("/edition", "no_series", "it is an edition of no series"));
            }
            (Some(None), _) => return Ok(Some(None)),
            (None, _) => return Ok(None),
        };
        Ok(Some(Some(Edition { series, number })))
    }
}

/// What a request says of where an event takes place.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct LocationFields {
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    address: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    city: Field<String>,
    /// Two letters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    country: Field<String>,
    /// A web address.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    online_url: Field<String>,
}

/// What a request says of when and how one can register.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct RegistrationWindowFields {
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    pub opens_at: Field<String>,
    /// After `opens_at`.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    pub closes_at: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<Waitlist>)]
    pub waitlist: Field<String>,
    /// `built_in` if not given.
    #[serde(default)]
    #[schema(value_type = Option<RegistrationMode>)]
    mode: Field<String>,
    /// A web address of at most 500 characters; needed if `mode` is `external`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    external_url: Field<String>,
    /// Whether somebody looks at each registration before it is confirmed; false if not given.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    approval: Field<bool>,
    /// Whether who waits for that has a seat meanwhile; true if not given.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pending_holds_seat: Field<bool>,
    /// Whether addresses are verified before anything is held for them; false if not given.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    verify_email: Field<bool>,
    /// How long an offered seat is held: 1 to 720; 24 if not given.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    offer_hours: Field<i64>,
    /// Until when attendees change their registration themselves; null: until the event begins.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    edit_until: Field<String>,
}

impl LocationFields {
    /// The place, and what is wrong with it.
    pub(crate) fn read(self, issues: &mut Issues) -> Location {
        let line = |issues: &mut Issues, pointer: &str, field| {
            issues.optional(pointer, field, text::<Line<200>>).map(String::from)
        };
        Location {
            name: line(issues, "/location/name", self.name),
            address: line(issues, "/location/address", self.address),
            city: line(issues, "/location/city", self.city),
            country: issues.optional("/location/country", self.country, text::<Country>).map(String::from),
            online_url: issues.optional("/location/online_url", self.online_url, web_address),
        }
    }
}

/// The rules of registration, and what is wrong with them.
pub(super) fn rules(fields: RegistrationWindowFields, issues: &mut Issues) -> RegistrationRules {
    let flag = |issues: &mut Issues, pointer: &str, field| issues.change(pointer, field, Ok);
    RegistrationRules {
        mode: issues.change("/registration/mode", fields.mode, text),
        external_url: issues.clearable("/registration/external_url", fields.external_url, web_address),
        approval: flag(issues, "/registration/approval", fields.approval),
        pending_holds_seat: flag(issues, "/registration/pending_holds_seat", fields.pending_holds_seat),
        verify_email: flag(issues, "/registration/verify_email", fields.verify_email),
        offer_hours: issues.change("/registration/offer_hours", fields.offer_hours, OfferHours::try_from),
        edit_until: issues.clearable("/registration/edit_until", fields.edit_until, text::<Timestamp>),
    }
}

fn web_address(address: String) -> Result<String, Fault> {
    // The parser drops line breaks and tabs without a word, and what we keep is not what it has read.
    let fine = address.len() <= 500
        && !address.chars().any(|c| c.is_control() || c.is_whitespace())
        && url::Url::parse(&address).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if fine { Ok(address) } else { Err(Fault::new("invalid_url", "this is a web address of at most 500 characters")) }
}
