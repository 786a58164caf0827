//! Random deeds at an event with ticket types and sessions, by which rules it registers whatever they are.

use std::sync::Mutex;

use diesel::prelude::*;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::json;
use turnout::audit::Actor;
use turnout::clock::Timestamp;
use turnout::error::{Error, Result};
use turnout::events::{self, Capacity, Held, Revision, SessionDraft, TicketTypeDraft, TicketVisibility};
use turnout::registrations::{self, Attendee, Hand, Registration, Source, Wish};
use turnout::store::schema::registrations as rows;
use turnout::store::{Db, EventId, RegistrationId, SessionId, Store, TicketTypeId};

use crate::support::TestApp;
use crate::support::parts::{session, ticket_type};

/// Something to be done under the lock of an event.
type Deed = Box<dyn FnOnce(&mut Db) -> Result<()> + Send>;

/// An event at which anything may happen.
pub(super) struct Place {
    pub event: EventId,
    types: Vec<TicketTypeId>,
    sessions: Vec<SessionId>,
    /// Everybody who ever registered.
    people: Mutex<Vec<RegistrationId>>,
}

impl Place {
    pub(super) fn new(app: &TestApp, random: &mut StdRng, slug: &str, minutes: i64) -> (Self, String) {
        let starts_at = app.clock.now().plus(chrono::TimeDelta::minutes(minutes));
        let waitlist = ["auto", "offer", "auto", "offer", "off"][random.random_range(0..5_usize)];
        let fields = json!({
            "slug": slug, "capacity": random.random_range(0..6),
            "starts_at": starts_at.to_string(), "ends_at": starts_at.plus(chrono::TimeDelta::days(2)).to_string(),
            "registration": {
                "waitlist": waitlist,
                "approval": random.random_bool(0.3), "pending_holds_seat": random.random_bool(0.7),
                "verify_email": random.random_bool(0.3), "offer_hours": 1,
            },
        });
        let event = app.published_event(&fields);
        let few = |random: &mut StdRng| random.random_bool(0.7).then(|| random.random_range(0..4));
        let types = (0..2).map(|n| {
            let capacity = few(random);
            ticket_type(app, &event, &format!("Type {n}"), capacity, n == 1 && random.random_bool(0.5))
        });
        let types = types.map(|id| id.parse().unwrap()).collect();
        let sessions = (0..2).map(|n| session(app, &event, &format!("Session {n}"), few(random)));
        let sessions = sessions.map(|id| id.parse().unwrap()).collect();
        let event = event["id"].as_str().unwrap().parse().unwrap();
        (Self { event, types, sessions, people: Mutex::default() }, fields.to_string())
    }

    fn somebody(&self, random: &mut StdRng) -> Option<RegistrationId> {
        let people = self.people.lock().unwrap();
        (!people.is_empty()).then(|| people[random.random_range(0..people.len())])
    }

    /// Does something, whatever comes to mind; what it was, and whether it was refused. `names` are new in each round.
    pub(super) fn anything(&self, store: &Store, random: &mut StdRng, names: &str, now: Timestamp) -> String {
        let (what, done) = match (random.random_range(0..22), self.somebody(random)) {
            (0..=6, _) | (_, None) => self.register(store, random, names, now),
            (7..=8, _) => self.change_capacity(store, random, now),
            (9, _) => (
                "time passes".to_owned(),
                self.write(store, {
                    let event = self.event;
                    move |db| registrations::expire(db, event, now).map(drop)
                }),
            ),
            (kind, Some(id)) => self.decide(store, kind, id, random, now),
        };
        match done {
            Ok(()) => what,
            // What a rule refuses, or what somebody else was quicker at.
            Err(Error::Refused(refusal)) => format!("{what}: {}", refusal.code()),
            Err(fault) => panic!("{what}: {fault}"),
        }
    }

    fn write(&self, store: &Store, work: impl FnOnce(&mut Db) -> Result<()> + Send + 'static) -> Result<()> {
        store.write_here(self.event.uuid(), work)
    }

    fn register(&self, store: &Store, random: &mut StdRng, names: &str, now: Timestamp) -> (String, Result<()>) {
        let name = format!("{names}{}", random.random_range(0..14));
        let ticket_type = self.types[random.random_range(0..self.types.len())];
        let sessions: Vec<SessionId> = self.sessions.iter().copied().filter(|_| random.random_bool(0.4)).collect();
        let what = format!("{name} registers with {ticket_type} and {sessions:?}");
        let wish = wish(&name, ticket_type, sessions, random.random_bool(0.2));
        let event = self.event;
        let placed = store.write_here(event.uuid(), move |db| {
            let held = Held::by_id(db, event)?;
            registrations::place(db, &Actor::ANONYMOUS, &held, wish, now)
        });
        let placed = placed.map(|placed| {
            if let registrations::Placed::New(registration) = placed {
                self.people.lock().unwrap().push(registration.id);
            }
        });
        (what, placed)
    }

    fn decide(
        &self,
        store: &Store,
        kind: u32,
        id: RegistrationId,
        random: &mut StdRng,
        now: Timestamp,
    ) -> (String, Result<()>) {
        let (by, event) = (Actor::SYSTEM, self.event);
        let hand = Hand { force: random.random_bool(0.2), silent: false };
        let number = random.random_range(0..=100_i64);
        let other = self.somebody(random).unwrap_or(id);
        let (what, deed): (_, Deed) = match kind {
            10..=11 => {
                ("cancel", Box::new(move |db| registrations::cancel(db, &by, id, None, Hand::default(), now).map(drop)))
            }
            12 => ("approve", Box::new(move |db| registrations::approve(db, &by, id, None, hand, now).map(drop))),
            13 if number < 50 => {
                ("reject", Box::new(move |db| registrations::reject(db, &by, id, None, None, now).map(drop)))
            }
            13 => (
                "reject two",
                Box::new(move |db| registrations::reject_all(db, &by, event, vec![id, other], None, now).map(drop)),
            ),
            14..=15 => ("verify", Box::new(move |db| registrations::verify(db, &by, id, None, now).map(drop))),
            16 => ("accept", Box::new(move |db| registrations::accept(db, &by, id, None, now).map(drop))),
            17..=18 => ("decline", Box::new(move |db| registrations::decline(db, &by, id, None, now).map(drop))),
            19..=20 if number < 60 => (
                "promote",
                Box::new(move |db| {
                    registrations::promote(db, &by, id, None, ("a reason".parse().unwrap(), hand), now).map(drop)
                }),
            ),
            19..=20 => (
                "prioritize",
                Box::new(move |db| {
                    registrations::prioritize(db, &by, id, None, number.try_into().unwrap(), now).map(drop)
                }),
            ),
            _ => ("group", Box::new(move |db| group(db, event, [id, other]))),
        };
        (format!("{what} {id} {} {other}", hand.force), self.write(store, deed))
    }

    fn change_capacity(&self, store: &Store, random: &mut StdRng, now: Timestamp) -> (String, Result<()>) {
        let capacity: Capacity = random.random_range(0..7).try_into().unwrap();
        let (which, force) = (random.random_range(0..3_u32), random.random_bool(0.3));
        let (event, index) = (self.event, random.random_range(0..2_usize));
        let (kind, session) = (self.types[index], self.sessions[index]);
        let done = self.write(store, move |db| {
            let held = Held::by_id(db, event)?;
            match which {
                0 => {
                    let revision = Revision { capacity: Some(Some(capacity)), force, ..Revision::default() };
                    events::revise(db, &Actor::SYSTEM, event, revision, None, now)?;
                }
                1 => {
                    let draft = type_draft(&events::TicketType::find(db, event, kind)?, capacity);
                    events::revise_ticket_type(db, &Actor::SYSTEM, &held, kind, draft, (None, force), now)?;
                }
                _ => {
                    let draft = session_draft(&events::Session::find(db, event, session)?, capacity);
                    events::revise_session(db, &Actor::SYSTEM, &held, session, draft, (None, force), now)?;
                }
            }
            registrations::move_up(db, &Actor::SYSTEM, event, now).map(drop)
        });
        (format!("capacity {which} {index} {capacity:?} {force}"), done)
    }
}

/// Two who wait, and belong to no group, wait as one from now on.
fn group(db: &mut Db, event: EventId, both: [RegistrationId; 2]) -> Result<()> {
    Held::by_id(db, event)?;
    let found = [Registration::find(db, both[0])?, Registration::find(db, both[1])?];
    if both[0] != both[1] && found.iter().all(|one| one.waitlist_rank.is_some() && one.group_id.is_none()) {
        diesel::update(rows::table.filter(rows::id.eq_any(both))).set(rows::group_id.eq(both[0])).execute(db)?;
    }
    Ok(())
}

fn type_draft(kind: &events::TicketType, capacity: Capacity) -> TicketTypeDraft {
    TicketTypeDraft {
        name: kind.name.parse().unwrap(),
        description: None,
        visibility: TicketVisibility::Public,
        opens_at: None,
        closes_at: None,
        group: (1, 20),
        approval: kind.approval,
        sessions: Vec::new(),
        capacity: Some(capacity),
        position: None,
    }
}

fn session_draft(session: &events::Session, capacity: Capacity) -> SessionDraft {
    SessionDraft {
        title: session.title.parse().unwrap(),
        description: None,
        room: None,
        starts_at: session.starts_at,
        ends_at: session.ends_at,
        capacity: Some(capacity),
        overlap_allowed: true,
        position: None,
    }
}

fn wish(name: &str, ticket_type: TicketTypeId, sessions: Vec<SessionId>, vouched: bool) -> Wish {
    let attendee = Attendee {
        first_name: "Guest".parse().unwrap(),
        last_name: None,
        email: format!("{name}@museum.example").parse().unwrap(),
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
        ticket_type: Some(ticket_type),
        sessions,
        via: None,
        vouched,
        answers: turnout::registrations::Answers::new(),
        consents: Vec::new(),
        by_hand: None,
    }
}
