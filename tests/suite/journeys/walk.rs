//! Random walks through the life of an event: after every step, the rows are what a simple model says.

use chrono::TimeDelta;
use diesel::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use turnout::audit::Actor;
use turnout::events::{self, Event, Revision};
use turnout::registrations::{self, Attendee, Hand, Placed, Source, Wish};
use turnout::store::{Db, EventId};

use super::walk_model::{Model, Person};
use crate::support::{TestApp, on_both_databases};

const SEEDS: u64 = 100;
const STEPS: usize = 40;

on_both_databases! {
    fn a_hundred_random_walks_keep_every_promise(database: Database) {
        let app = TestApp::start(database);
        for seed in 0..SEEDS {
            Walk::new(&app, seed).go();
        }
    }
}

/// One walk, on an event of its own.
struct Walk<'a> {
    app: &'a TestApp,
    random: StdRng,
    event: EventId,
    model: Model,
    history: Vec<String>,
}

impl<'a> Walk<'a> {
    fn new(app: &'a TestApp, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let capacity = random.random_range(0..5);
        let waits = random.random_bool(0.8);
        // Soon: the walk goes past the start, and not past the end.
        let starts_at = app.clock.now().plus(TimeDelta::minutes(90));
        let event = app.published_event(&json!({
            "title": format!("Walk {seed}"),
            "starts_at": starts_at.to_string(),
            "ends_at": starts_at.plus(TimeDelta::days(2)).to_string(),
            "capacity": capacity,
            "registration": { "waitlist": if waits { "auto" } else { "off" } },
        }));
        let event = event["id"].as_str().unwrap().parse().unwrap();
        let history = vec![format!("seed {seed}: capacity {capacity}, waiting list {waits}")];
        Self { app, random, event, model: Model::new(capacity, waits, starts_at), history }
    }

    fn go(&mut self) {
        for _ in 0..STEPS {
            self.step();
            self.app.advance(TimeDelta::minutes(self.random.random_range(0..7)));
            self.compare();
        }
    }

    fn step(&mut self) {
        match self.random.random_range(0..10) {
            0..=4 => self.register(),
            5..=7 => self.cancel(),
            _ => self.change_capacity(),
        }
    }

    fn register(&mut self) {
        // Few addresses, so that many come twice; and written in two ways.
        let name = format!("guest{}", self.random.random_range(0..12));
        let email = if self.random.random_bool(0.5) { name.clone() } else { name.to_uppercase() } + "@museum.example";
        self.history.push(format!("{email} registers"));
        let (event, now) = (self.event, self.app.clock.now());
        let placed = self.write(move |db| {
            let held = events::Held::by_id(db, event)?;
            registrations::place(db, &Actor::ANONYMOUS, &held, wish(&email), now)
        });
        let said = match placed {
            Ok(Placed::New(registration)) => Ok(Some(registration.id)),
            Ok(Placed::Before(_)) => Ok(None),
            Err(error) => Err(error.to_string()),
        };
        self.model.register(&name, now, &said, &self.history);
    }

    fn cancel(&mut self) {
        if self.model.people.is_empty() {
            return;
        }
        let index = self.random.random_range(0..self.model.people.len());
        let id = self.model.people[index].id;
        self.history.push(format!("{} cancels", self.model.people[index].name));
        let now = self.app.clock.now();
        let cancelled =
            self.write(move |db| registrations::cancel(db, &Actor::ANONYMOUS, id, None, Hand::default(), now));
        self.model.cancel(index, now, cancelled.is_ok(), &self.history);
    }

    fn change_capacity(&mut self) {
        let capacity: i64 = self.random.random_range(0..9);
        self.history.push(format!("capacity {capacity}"));
        let (event, now) = (self.event, self.app.clock.now());
        let changed = self.write(move |db| {
            let revision = Revision { capacity: Some(Some(capacity.try_into().unwrap())), ..Revision::default() };
            events::revise(db, &Actor::SYSTEM, event, revision, None, now)?;
            registrations::move_up(db, &Actor::SYSTEM, event, now)
        });
        self.model.change_capacity(capacity, now, changed.is_ok(), &self.history);
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> turnout::error::Result<T> + Send + 'static,
    ) -> turnout::error::Result<T> {
        self.app.app.store.write_here(self.event.uuid(), work)
    }

    /// The rows are what the model says, and the model keeps the promises.
    fn compare(&self) {
        use turnout::store::schema::messages;
        let event = self.event;
        let (event, people, seats, letters) = self
            .app
            .app
            .store
            .read_here(|db| {
                let event = Event::find(db, event)?;
                let rows = registrations::Filter::default().after(db, event.id, None, 1_000)?;
                let places = registrations::positions(db, event.id)?;
                let people: Vec<Person> = rows
                    .into_iter()
                    .map(|row| Person {
                        name: row.email.to_lowercase().split('@').next().unwrap().to_owned(),
                        id: row.id,
                        status: row.status,
                        place: places.get(&row.id).copied(),
                    })
                    .collect();
                let seats = events::Quota::of(db, event.id)?;
                let letters: Vec<(turnout::mail::MessageKind, turnout::store::RegistrationId)> = messages::table
                    .filter(messages::event_id.eq(event.id))
                    .order(messages::id)
                    .select((messages::kind, messages::registration_id.assume_not_null()))
                    .load(db)?;
                Ok((event, people, seats, letters))
            })
            .unwrap();
        let history = self.history.join("\n");
        assert_eq!(people, self.model.people(), "{history}");
        assert_eq!(letters, self.model.letters, "a letter for each change, in order\n{history}");
        let capacity = seats.capacity.unwrap();
        assert_eq!((seats.taken, capacity), (self.model.taken(), self.model.capacity), "{history}");
        assert!(seats.taken <= capacity, "{history}");
        let before_the_start = self.app.clock.now() < event.starts_at;
        let somebody_waits = people.iter().any(|person| person.place.is_some());
        assert!(!(before_the_start && somebody_waits && seats.taken < capacity), "a seat is free\n{history}");
    }
}

fn wish(email: &str) -> Wish {
    let attendee = Attendee {
        first_name: "Guest".parse().unwrap(),
        last_name: None,
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
        answers: turnout::registrations::Answers::new(),
        consents: Vec::new(),
        vouched: false,
        by_hand: None,
    }
}
