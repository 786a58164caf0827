//! An event and its people, for tests.

use chrono::TimeDelta;
use tempfile::TempDir;

use super::compose;
use super::preview::somebody;
use crate::access::Caller;
use crate::audit::Actor;
use crate::checkins::{self, Admission, CheckInList, Direction, Scan};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{self, Draft, Event, EventStatus, Held, Location, Visibility, Waitlist};
use crate::keys::Keys;
use crate::mail::{Letter, Message, MessageKind};
use crate::organizations;
use crate::registrations::{self, Attendee, Placed, Registration, Source, Wish};
use crate::store::{self, Db, EventId, Json, MessageId, OrganizationId, Store};
use crate::values::{Language, Secret};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse::<chrono::DateTime<chrono::Utc>>().unwrap().into()
}

pub(crate) fn keys() -> Keys {
    Keys::derive(&Secret::new("0123456789abcdef0123456789abcdef")).unwrap()
}

pub(crate) fn public_url() -> &'static str {
    "https://turnout.example"
}

fn place() -> Location {
    Location {
        name: Some("Musée national".to_owned()),
        city: Some("Luxembourg".to_owned()),
        country: Some("LU".to_owned()),
        ..Location::default()
    }
}

/// A published event that is in no database.
pub(crate) fn event() -> Event {
    let now = at("2026-05-01T10:00:00Z");
    Event {
        id: EventId::new(),
        organization_id: OrganizationId::new(),
        slug: "night".to_owned(),
        title: "Night of the Museums".to_owned(),
        summary: "All houses open.".to_owned(),
        description: String::new(),
        status: EventStatus::Published,
        visibility: Visibility::Public,
        starts_at: at("2026-06-08T07:00:00Z"),
        ends_at: at("2026-06-08T15:00:00Z"),
        timezone: "Europe/Luxembourg".to_owned(),
        location: Json(place()),
        languages: Json(vec![Language::English]),
        contact_email: Some("hello@museum.example".to_owned()),
        registration_opens_at: None,
        registration_closes_at: None,
        waitlist: Waitlist::Auto,
        search_key: String::new(),
        published_at: Some(now),
        created_at: now,
        updated_at: now,
        version: 1,
        registration_mode: crate::events::RegistrationMode::BuiltIn,
        external_url: None,
        approval: false,
        pending_holds_seat: true,
        verify_email: false,
        offer_hours: 24,
        edit_until: None,
        series_id: None,
        edition: None,
    }
}

/// A confirmed registration that is in no database.
pub(crate) fn registration() -> Registration {
    let now = at("2026-05-01T10:00:00Z");
    Registration {
        email: "camille@museum.example".to_owned(),
        email_key: Some("camille@museum.example".to_owned()),
        source: Source::Api,
        ..somebody(EventId::new(), Language::English, now)
    }
}

/// A published event in a database of its own.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) event: Event,
    pub(crate) now: Timestamp,
    _folder: TempDir,
}

impl Fixture {
    pub(crate) fn new(capacity: Option<i64>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(store::Location::Sqlite(folder.path().join("turnout.db"))).unwrap();
        let now = at("2026-05-01T10:00:00Z");
        let event = write(&store, move |db| {
            let by = Actor::COMMAND_LINE;
            let organization = organizations::found(db, &by, "Museums".parse().unwrap(), None, now)?;
            let drafted = events::draft(db, &by, organization.id, draft(capacity), now)?;
            checkins::open_list(db, &by, &drafted, "Entrance", now)?;
            events::publish(db, &by, drafted.id, None, now)
        });
        Self { store, event, now, _folder: folder }
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Db) -> Result<T>) -> Result<T> {
        self.store.read_here(work)
    }

    pub(crate) fn write<T: Send + 'static>(&self, work: impl FnOnce(&mut Db) -> Result<T> + Send + 'static) -> T {
        write(&self.store, work)
    }

    pub(crate) fn register(&self, first_name: &str, email: &str) -> Registration {
        let (event, wish, now) = (self.event.id, wish(first_name, email), self.now);
        match self.write(move |db| {
            let held = Held::by_id(db, event)?;
            registrations::place(db, &Actor::ANONYMOUS, &held, wish, now)
        }) {
            Placed::New(registration) | Placed::Before(registration) => registration,
        }
    }

    pub(crate) fn register_many(&self, count: usize) {
        let (event, now) = (self.event.id, self.now);
        self.write(move |db| {
            for _ in 0..count {
                let email = format!("{}@museum.example", MessageId::new());
                let held = Held::by_id(db, event)?;
                registrations::place(db, &Actor::ANONYMOUS, &held, wish("Jos", &email), now)?;
            }
            Ok(())
        });
    }

    pub(crate) fn open_list(&self, name: &'static str) {
        let (event, now) = (self.event.clone(), self.now);
        self.write(move |db| checkins::open_list(db, &Actor::COMMAND_LINE, &event, name, now));
    }

    pub(crate) fn check_in(&self, registration: &Registration, list: usize, time: &str) {
        self.pass(registration, list, Direction::Entry, at(time));
    }

    pub(crate) fn check_out(&self, registration: &Registration, list: usize, time: &str) {
        self.pass(registration, list, Direction::Exit, at(time));
    }

    fn pass(&self, registration: &Registration, list: usize, direction: Direction, now: Timestamp) {
        let scan = Scan::Registration(registration.id);
        let admission = Admission { scan, direction: Some(direction), nonce: None, occurred_at: None, answers: None };
        let event = self.event.id;
        let reason = self.write(move |db| {
            let list = CheckInList::of_event(db, event)?.swap_remove(list);
            let held = Held::by_id(db, list.event_id)?;
            Ok(checkins::admit(db, &Caller::COMMAND_LINE, &held, list.id, &admission, now)?.reason)
        });
        assert_eq!(reason, None);
    }

    pub(crate) fn message(&self, registration: &Registration, kind: MessageKind) -> Message {
        let about = (Some(registration.event_id), Some(registration.id), None);
        Message::new(kind, about, &registration.email, self.now)
    }

    pub(crate) fn letter(&self, registration: &Registration, kind: MessageKind) -> Letter {
        let message = self.message(registration, kind);
        self.read(|db| compose(db, &keys(), public_url(), &message)).unwrap()
    }
}

fn write<T: Send + 'static>(store: &Store, work: impl FnOnce(&mut Db) -> Result<T> + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(store.write(uuid::Uuid::nil(), work)).unwrap()
}

fn wish(first_name: &str, email: &str) -> Wish {
    let attendee = Attendee {
        first_name: first_name.parse().unwrap(),
        last_name: Some("Weber".parse().unwrap()),
        email: email.parse().unwrap(),
        organization: None,
        job_title: None,
        phone: None,
        country: None,
    };
    Wish {
        attendee,
        locale: None,
        external_ref: None,
        source: Source::Api,
        ticket_type: None,
        sessions: Vec::new(),
        via: None,
        answers: crate::registrations::Answers::new(),
        consents: Vec::new(),
        vouched: false,
        by_hand: None,
    }
}

fn draft(capacity: Option<i64>) -> Draft {
    let starts_at = at("2026-06-08T07:00:00Z");
    Draft {
        title: "Night of the Museums".parse().unwrap(),
        slug: None,
        summary: None,
        description: None,
        visibility: None,
        starts_at,
        ends_at: starts_at.plus(TimeDelta::hours(8)),
        timezone: None,
        location: place(),
        languages: vec![Language::English],
        contact_email: Some("hello@museum.example".parse().unwrap()),
        capacity: capacity.map(|seats| seats.try_into().unwrap()),
        registration_opens_at: None,
        registration_closes_at: None,
        waitlist: Some(Waitlist::Auto),
        rules: crate::events::RegistrationRules::default(),
        tags: Vec::new(),
    }
}
