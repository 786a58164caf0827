//! A Turnout to measure, on SQLite in a folder that is thrown away.

use chrono::TimeDelta;
use serde_json::json;
use tempfile::TempDir;
use turnout::access::{self, Grant};
use turnout::app::App;
use turnout::audit::Actor;
use turnout::checkins::{CheckInList, open_list};
use turnout::clock::Clock;
use turnout::config::Settings;
use turnout::error::Result;
use turnout::events::{self, Draft, Event, Held, Location};
use turnout::organizations::{self, Role};
use turnout::registrations::{Attendee, Source, Wish};
use turnout::store::{Db, RegistrationId};

/// How many people come to an event, as to Digital Day.
pub(crate) const PEOPLE: usize = 350;
/// How many events there are besides the first.
const EVENTS: usize = 130;

/// A Turnout with published events that have no limit.
pub(crate) struct World {
    pub app: App,
    pub event: Event,
    pub events: Vec<Event>,
    pub list: CheckInList,
    pub token: String,
    pub folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// The same with other settings.
    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        // On the disk on which the rest of the build is: a commit that costs nothing would say nothing.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let overrides =
            json!({ "data_dir": folder.path(), "http": { "registration_rate_limit": 0, "sign_in_rate_limit": 0 } });
        let mut settings = Settings::load(None, &overrides).unwrap();
        change(&mut settings);
        let app = App::assemble(&settings, Clock::system()).unwrap();
        let now = app.clock.now();
        let made = app.store.write_here(uuid::Uuid::nil(), move |db| {
            let by = Actor::COMMAND_LINE;
            let cluster = organizations::found(db, &by, "ICT Cluster".parse().unwrap(), None, now)?;
            let token =
                access::issue_token(db, &by, cluster.id, Grant::whole("bench".parse().unwrap(), Role::Owner), now)?.1;
            let event = events::draft(db, &by, cluster.id, draft(now), now)?;
            let list = open_list(db, &by, &event, "Entrance", now)?;
            let event = events::publish(db, &by, event.id, None, now)?;
            let others: Result<Vec<Event>> = (0..EVENTS)
                .map(|number| {
                    let slug = Some(format!("rush-{number}").parse().unwrap());
                    let event = events::draft(db, &by, cluster.id, Draft { slug, ..draft(now) }, now)?;
                    events::publish(db, &by, event.id, None, now)
                })
                .collect();
            Ok((event, others?, list, token.reveal().to_owned()))
        });
        let (event, events, list, token) = made.unwrap();
        Self { app, event, events, list, token, folder }
    }

    /// For which event the person with this number registers: one after the other fills up.
    pub(crate) fn event_of(&self, number: usize) -> &Event {
        &self.events[number / PEOPLE % self.events.len()]
    }

    pub(crate) fn database(&self) -> std::path::PathBuf {
        self.folder.path().join("turnout.sqlite")
    }

    /// The same file, opened by hand with the same settings.
    pub(crate) fn by_hand(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.database()).unwrap();
        connection
            .execute_batch(
                "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                 PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000;
                 PRAGMA temp_store = MEMORY;",
            )
            .unwrap();
        connection.set_prepared_statement_cache_capacity(64);
        connection
    }
}

fn draft(now: turnout::clock::Timestamp) -> Draft {
    Draft {
        title: "Digital Day".parse().unwrap(),
        slug: None,
        summary: None,
        description: None,
        visibility: None,
        starts_at: now.plus(TimeDelta::days(30)),
        ends_at: now.plus(TimeDelta::days(31)),
        timezone: None,
        location: Location::default(),
        languages: Vec::new(),
        contact_email: None,
        capacity: None,
        registration_opens_at: None,
        registration_closes_at: None,
        waitlist: None,
        rules: turnout::events::RegistrationRules::default(),
        tags: Vec::new(),
    }
}

/// Somebody who wants to come.
pub(crate) fn wish(number: usize) -> Wish {
    let attendee = Attendee {
        first_name: "Camille".parse().unwrap(),
        last_name: Some("Weber".parse().unwrap()),
        email: address(number).parse().unwrap(),
        organization: Some("Musée Dräi Eechelen".parse().unwrap()),
        job_title: None,
        phone: Some("+352 621 123 456".parse().unwrap()),
        country: Some("LU".parse().unwrap()),
    };
    Wish {
        attendee,
        locale: None,
        external_ref: None,
        source: Source::Api,
        ticket_type: None,
        sessions: Vec::new(),
        via: None,
        answers: turnout::registrations::Answers::new(),
        consents: Vec::new(),
        vouched: false,
        by_hand: None,
    }
}

/// Their address: in no order, as addresses are.
pub(crate) fn address(number: usize) -> String {
    format!("{:08x}.{number}@museum.example", (number as u32).wrapping_mul(2_654_435_761))
}

/// A code of their own: a million random ones at one event would have two that are the same.
fn code(mut number: usize) -> String {
    let letters = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    let digit = |_| {
        let letter = letters[number % letters.len()];
        number /= letters.len();
        char::from(letter)
    };
    (0..8).map(digit).collect()
}

/// The row of a registration, written by hand as `registrations::place` writes it; returns its id.
pub(crate) fn insert_registration(db: &rusqlite::Connection, event: uuid::Uuid, number: usize, now: i64) -> uuid::Uuid {
    insert_registration_with(db, event, number, now, (None, None))
}

/// The same of somebody with a ticket type and answers.
pub(crate) fn insert_registration_with(
    db: &rusqlite::Connection,
    event: uuid::Uuid,
    number: usize,
    now: i64,
    (kind, answers): (Option<uuid::Uuid>, Option<&str>),
) -> uuid::Uuid {
    let (id, email) = (RegistrationId::new().uuid(), address(number));
    db.prepare_cached(
        "INSERT INTO registrations VALUES (?, ?, ?, 'confirmed', 'Camille', 'Weber', ?, ?, 'Musée Dräi Eechelen', NULL, \
         '+352 621 123 456', 'LU', 'en', NULL, 'api', NULL, 1, ?, ?, ?, 1, NULL, 1, ?, NULL, ?, NULL, NULL, NULL, NULL, NULL, NULL)",
    )
    .unwrap()
    .execute(rusqlite::params![
        id.as_bytes(),
        event.as_bytes(),
        code(number),
        email,
        email,
        format!("camille weber {email} musee drai eechelen"),
        now,
        now,
        kind.as_ref().map(uuid::Uuid::as_bytes),
        answers
    ])
    .unwrap();
    id
}

/// Registers so many people, many to a transaction; returns their ids.
pub(crate) fn register(world: &World, numbers: std::ops::Range<usize>) -> Vec<turnout::registrations::Registration> {
    let mut all = Vec::new();
    let numbers: Vec<usize> = numbers.collect();
    for part in numbers.chunks(2000) {
        let (part, event, clock) = (part.to_vec(), world.event.id, world.app.clock.clone());
        let work = move |db: &mut Db| -> Result<Vec<_>> {
            let held = Held::by_id(db, event)?;
            part.into_iter()
                .map(|number| {
                    let placed = turnout::registrations::place(db, &Actor::SYSTEM, &held, wish(number), clock.now())?;
                    let turnout::registrations::Placed::New(registration) = placed else { panic!("twice") };
                    Ok(registration)
                })
                .collect()
        };
        all.extend(world.app.store.write_here(world.event.id.uuid(), work).unwrap());
    }
    all
}
