//! An event.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{EventRefusal, Host, Quota, RegistrationState, catalog};
use crate::audit::Scope;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::store::schema::events;
use crate::store::{Db, EventId, Json, OrganizationId, SeriesId, on_each_database};
use crate::text_enum;
use crate::values::{Language, Slug, TimeZone};

text_enum! {
    /// Where an event is in its life.
    pub enum EventStatus {
        /// Being prepared: its organization alone sees it.
        Draft = "draft",
        /// Announced.
        Published = "published",
        /// It will not take place.
        Cancelled = "cancelled",
        /// It is over and put away: whoever has its address reads it, and nothing changes about it any more.
        Archived = "archived",
    }
}

text_enum! {
    /// Who finds a published event.
    pub enum Visibility {
        /// Everybody.
        Public = "public",
        /// Whoever has its address.
        Unlisted = "unlisted",
        /// Its organization.
        Private = "private",
    }
}

text_enum! {
    /// What happens to people who come when an event is full.
    pub enum Waitlist {
        /// They are refused.
        Off = "off",
        /// They wait, and are confirmed by themselves, in the order in which they came.
        Auto = "auto",
        /// They wait, and are offered a seat that they accept or decline in time.
        Offer = "offer",
    }
}

text_enum! {
    /// How one registers for an event.
    pub enum RegistrationMode {
        /// Here.
        BuiltIn = "built_in",
        /// Elsewhere: there is a link.
        External = "external",
        /// Not at all: the event is announced, no more.
        None = "none",
    }
}

/// Where an event takes place. All parts may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// The building.
    pub name: Option<String>,
    /// Street and number.
    pub address: Option<String>,
    /// The town.
    pub city: Option<String>,
    /// Two letters.
    pub country: Option<String>,
    /// Where it can be followed from afar.
    pub online_url: Option<String>,
}

impl Location {
    /// The parts that are there, in one line.
    pub fn one_line(&self) -> String {
        let parts = [&self.name, &self.address, &self.city, &self.country];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// What people register for.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = events, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// The organization that owns it.
    pub organization_id: OrganizationId,
    /// Its name in addresses; unique.
    pub slug: String,
    /// Its name for people.
    pub title: String,
    /// One or two sentences.
    pub summary: String,
    /// Markdown.
    pub description: String,
    /// Where it is in its life.
    pub status: EventStatus,
    /// Who finds it.
    pub visibility: Visibility,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends; after it begins.
    pub ends_at: Timestamp,
    /// The IANA name of the zone in which its people live.
    pub timezone: String,
    /// Where it takes place.
    pub location: Json<Location>,
    /// The languages spoken there.
    pub languages: Json<Vec<Language>>,
    /// Whom to ask.
    pub contact_email: Option<String>,
    /// When registration opens; when it is published, if not set.
    pub registration_opens_at: Option<Timestamp>,
    /// When registration closes; when it ends, if not set.
    pub registration_closes_at: Option<Timestamp>,
    /// What happens to people who come when it is full.
    pub waitlist: Waitlist,
    /// By what `q` finds it.
    pub search_key: String,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// When it was drafted.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
    /// How one registers.
    pub registration_mode: RegistrationMode,
    /// Where one registers, if elsewhere.
    pub external_url: Option<String>,
    /// Whether somebody looks at each registration before it is confirmed.
    pub approval: bool,
    /// Whether who waits for that has a seat meanwhile.
    pub pending_holds_seat: bool,
    /// Whether an address is verified before anything is held for it.
    pub verify_email: bool,
    /// How long an offered seat is held: 1 to 720 hours.
    pub offer_hours: i64,
    /// Until when attendees change their registration themselves; until the event begins, if not set.
    pub edit_until: Option<Timestamp>,
    /// The series of which it is an edition.
    pub series_id: Option<SeriesId>,
    /// Which one of the series it is, from 1; none where it belongs to none.
    pub edition: Option<i64>,
}

impl Event {
    /// The event with this id.
    pub fn find(db: &mut Db, id: EventId) -> Result<Self> {
        let found = on_each_database!(db, |c| Self::query().filter(events::id.eq(id)).first(c));
        found.optional()?.ok_or(Error::NotFound("event"))
    }

    /// The event with this id or slug.
    pub fn find_by_name(db: &mut Db, id_or_slug: &str) -> Result<Self> {
        if let Ok(id) = id_or_slug.parse() {
            return Self::find(db, id);
        }
        let slug = slug(id_or_slug)?;
        Self::query().filter(events::slug.eq(slug.as_str())).first(db).optional()?.ok_or(Error::NotFound("event"))
    }

    /// The event with this id or slug, if this organization owns it or has agreed to host it.
    pub fn find_hosted(db: &mut Db, id_or_slug: &str, organization: OrganizationId) -> Result<Self> {
        let event = Self::find_by_name(db, id_or_slug)?;
        match Host::access_of(db, &[event.id], &[organization])?.as_slice() {
            [] => Err(Error::NotFound("event")),
            _ => Ok(event),
        }
    }

    /// The id of the event with this id or slug.
    pub fn id_by_name(db: &mut Db, id_or_slug: &str) -> Result<EventId> {
        if let Ok(id) = id_or_slug.parse() {
            return Ok(id);
        }
        let slug = slug(id_or_slug)?;
        let of_slug = events::table.filter(events::slug.eq(slug.as_str())).select(events::id);
        let id = on_each_database!(db, |c| of_slug.first(c));
        id.optional()?.ok_or(Error::NotFound("event"))
    }

    /// Whether it has this id or slug.
    pub(super) fn is_called(&self, id_or_slug: &str) -> bool {
        match id_or_slug.parse::<EventId>() {
            Ok(id) => id == self.id,
            Err(_) => slug(id_or_slug).is_ok_and(|slug| slug.as_str() == self.slug),
        }
    }

    /// Whose trail its deeds belong to.
    pub fn scope(&self) -> Scope {
        Scope { organization: Some(self.organization_id), event: Some(self.id) }
    }

    /// Its zone.
    pub fn tz(&self) -> chrono_tz::Tz {
        self.timezone.parse().map_or(chrono_tz::UTC, TimeZone::tz)
    }

    /// Whether everybody may read it by its address.
    pub fn is_announced(&self) -> bool {
        self.status != EventStatus::Draft && self.visibility != Visibility::Private
    }

    /// Whether the registration of somebody new can begin now.
    ///
    /// # Errors
    /// `registration_not_open`, `registration_closed` or `event_cancelled`.
    pub fn open_for_registration(&self, now: Timestamp) -> Result<(), EventRefusal> {
        match self.registration_state(None, now) {
            RegistrationState::NotOpen => {
                Err(EventRefusal::RegistrationNotOpen { opens_at: self.registration_opens_at })
            }
            RegistrationState::Closed if self.status == EventStatus::Cancelled => Err(EventRefusal::EventCancelled),
            RegistrationState::Closed => Err(EventRefusal::RegistrationClosed),
            RegistrationState::Open | RegistrationState::Full | RegistrationState::Waitlist => Ok(()),
        }
    }

    /// Where registration stands; `seats` decide between open, full and waitlist.
    pub fn registration_state(&self, seats: Option<&Quota>, now: Timestamp) -> RegistrationState {
        super::window::registration_state(self, seats, now)
    }

    /// Writes a changed event down that is held, as its next version.
    pub(super) fn save(&mut self, db: &mut Db, now: Timestamp) -> Result<()> {
        self.updated_at = now;
        self.version += 1;
        let changed =
            diesel::update(events::table.filter(events::id.eq(self.id)).filter(events::version.eq(self.version - 1)))
                .set(&*self)
                .execute(db)?;
        if changed == 1 { catalog::changed(db, self.id) } else { Err(Error::Busy) }
    }
}

/// What is no slug names no event, and is not asked for: PostgreSQL does not take every text.
fn slug(name: &str) -> Result<Slug> {
    name.parse().map_err(|_| Error::NotFound("event"))
}
