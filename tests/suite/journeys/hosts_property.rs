//! Random hosts, roles and calls over all routes: whoever may see no names never sees one.

use diesel::prelude::*;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};
use turnout::access::{Grant, issue_token};
use turnout::audit::Actor;
use turnout::checkins::open_list;
use turnout::events::{self, DataAccess, Held, HostRole, HostState};
use turnout::organizations::{Role, found};
use turnout::registrations::{Attendee, Placed, Source, Wish, place};
use turnout::store::schema::{event_hosts, events as event_rows};
use turnout::store::{Db, EventId, OrganizationId};

use crate::support::{Answer, TestApp, on_both_databases};

const SEEDS: u64 = 120;
const CALLS: usize = 90;
const ROLES: [Role; 4] = [Role::Owner, Role::Editor, Role::Door, Role::Viewer];
const STATES: [&str; 3] = ["invited", "accepted", "declined"];

on_both_databases! {
    fn nobody_sees_a_person_who_may_see_none(database: Database) {
        let app = TestApp::start(database);
        let mut seen = Seen::default();
        for seed in 0..SEEDS {
            World::new(&app, seed).go(&mut seen);
        }
        // The test would be blind if nobody ever saw anything, or was never refused.
        assert!(seen.names > 20 && seen.numbers > 4 && seen.refused > 500, "{seen:?}");
    }
}

/// What happened in all worlds together.
#[derive(Debug, Default)]
struct Seen {
    names: usize,
    numbers: usize,
    refused: usize,
}

/// Whoever calls.
struct Somebody {
    organization: OrganizationId,
    role: Role,
    token: String,
}

/// An attendee's words, which nobody else has.
struct Person {
    registration: String,
    name: String,
    code: String,
    address: String,
    phone: String,
}

/// An event with hosts, people and callers of its own.
struct World<'a> {
    app: &'a TestApp,
    random: StdRng,
    event: EventId,
    slugs: Vec<String>,
    list: String,
    ids: Vec<String>,
    callers: Vec<Somebody>,
    people: Vec<Person>,
    history: Vec<String>,
}

/// What may be seen of the people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sight {
    Nothing,
    Names,
    Everything,
}

impl<'a> World<'a> {
    fn new(app: &'a TestApp, seed: u64) -> Self {
        let mut dice = StdRng::seed_from_u64(seed);
        let (visibility, draft) =
            (*["public", "unlisted", "private"].choose(&mut dice).unwrap(), dice.random_bool(0.2));
        let now = app.clock.now();
        let made =
            app.app.store.write_here(uuid::Uuid::nil(), move |db| make(db, &mut dice, seed, visibility, draft, now));
        let (event, slugs, callers, people, list) = made.unwrap();
        let mut world = Self {
            app,
            random: StdRng::seed_from_u64(seed + 1_000_000),
            event,
            slugs,
            list: list.clone(),
            ids: people.iter().map(|person| person.registration.clone()).collect(),
            callers,
            people,
            history: vec![format!("seed {seed}: {visibility}, draft {draft}")],
        };
        world.ids.push(list);
        world
    }

    fn go(&mut self, seen: &mut Seen) {
        for _ in 0..CALLS {
            let (method, route) = turnout::api::ROUTES[self.random.random_range(0..turnout::api::ROUTES.len())];
            let caller = self.random.random_range(0..self.callers.len());
            let sight = self.sight(&self.callers[caller]);
            let path = self.fill(route);
            let body = self.body(route);
            let request = self.app.request(Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(), &path);
            let request = request.bearer_auth(&self.callers[caller].token).header("If-Match", "*");
            let answer = Answer::of(if method == "get" { request } else { request.json(&body) });
            let somebody = &self.callers[caller];
            self.history.push(format!(
                "{} of {} with {sight:?}: {method} {path} {body} -> {}",
                somebody.role, somebody.organization, answer.status
            ));
            self.learn(&answer);
            self.judge(route, sight, &answer, seen);
        }
    }

    /// What the caller may see, told from the rows alone, before they call.
    fn sight(&self, caller: &Somebody) -> Sight {
        let (event, organization) = (self.event, caller.organization);
        let (owner, host): (Option<OrganizationId>, Option<(HostState, DataAccess)>) = self
            .app
            .app
            .store
            .read_here(|db| {
                let owner = event_rows::table.filter(event_rows::id.eq(event)).select(event_rows::organization_id);
                let host = event_hosts::table
                    .filter(event_hosts::event_id.eq(event))
                    .filter(event_hosts::organization_id.eq(organization))
                    .select((event_hosts::state, event_hosts::data_access));
                Ok((owner.first(db).optional()?, host.first(db).optional()?))
            })
            .unwrap();
        let belongs = owner == Some(organization) || host == Some((HostState::Accepted, DataAccess::Full));
        match caller.role {
            _ if !belongs => Sight::Nothing,
            Role::Door => Sight::Names,
            Role::Owner | Role::Editor | Role::Viewer => Sight::Everything,
        }
    }

    fn fill(&mut self, route: &str) -> String {
        let id = self.ids.choose(&mut self.random).unwrap().clone();
        let organization = self.slugs.choose(&mut self.random).unwrap().clone();
        let via = self.slugs.choose(&mut self.random).unwrap();
        let mut path = route
            .replace("{event}", &self.event.to_string())
            .replace("{list}", &self.list)
            .replace("{organization}", &organization);
        // Whatever else there is a hole for gets an id of something.
        while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
            path.replace_range(from..=to, &id);
        }
        if route.ends_with("/registrations") && self.random.random_bool(0.3) {
            path = format!("{path}?via={via}");
        }
        path
    }

    fn body(&mut self, route: &str) -> Value {
        let organization = self.slugs.choose(&mut self.random).unwrap().clone();
        let role = *["co_host", "venue", "partner"].choose(&mut self.random).unwrap();
        let data_access = *["full", "aggregate", "none"].choose(&mut self.random).unwrap();
        let person = self.people.choose(&mut self.random).unwrap();
        match route.rsplit('/').next().unwrap() {
            "hosts" => json!({ "organization": organization, "role": role, "data_access": data_access }),
            "{organization}" => json!({ "role": role, "data_access": data_access }),
            // As a scanner does, which has read a ticket: without the code, which would come back in no answer.
            "check-ins" => json!({ "registration_id": person.registration }),
            "annul" => json!({ "reason": "by mistake" }),
            "registrations" => {
                let email = format!("caller{}@elsewhere.example", self.random.random_range(0..5));
                json!({ "attendee": { "first_name": "Caller", "email": email } })
            }
            "events" => {
                json!({ "title": "New", "starts_at": "2026-06-08T09:00:00Z", "ends_at": "2026-06-08T10:00:00Z" })
            }
            _ => json!({}),
        }
    }

    /// Ids that were answered lead on to other routes.
    fn learn(&mut self, answer: &Answer) {
        let Ok(body) = serde_json::from_str::<Value>(&answer.body) else { return };
        let rows = body["data"].as_array().cloned().unwrap_or_default();
        for object in rows.iter().chain([&body]) {
            for name in ["id", "check_in_id"] {
                if let Some(id) =
                    object[name].as_str().filter(|id| self.ids.len() < 30 && !self.ids.iter().any(|i| i == id))
                {
                    self.ids.push(id.to_owned());
                }
            }
        }
    }

    fn judge(&self, route: &str, sight: Sight, answer: &Answer, seen: &mut Seen) {
        let history = || self.history.join("\n");
        let text = format!("{:?} {}", answer.headers, answer.body);
        for person in &self.people {
            let tells = |words: &str| text.contains(words);
            let (named, placed) =
                (tells(&person.name) || tells(&person.code), tells(&person.address) || tells(&person.phone));
            assert!(!placed || sight == Sight::Everything, "an address: {text}\n{}", history());
            assert!(!named || sight >= Sight::Names, "a name: {text}\n{}", history());
            seen.names += usize::from(named);
        }
        // A picture of a ticket tells nothing to the eye, and everything to a scanner.
        if route.contains("/ticket") && !route.contains("/ticket-types") && sight < Sight::Everything {
            assert!(matches!(answer.status, 401 | 403 | 404), "{}", history());
        }
        assert!(answer.status < 500, "{text}\n{}", history());
        seen.refused += usize::from(matches!(answer.status, 403 | 404));
        let counts = ["/statistics", "/status", "/check-in-lists", "/check-in-status", "/arrivals"]
            .iter()
            .any(|end| route.ends_with(end));
        seen.numbers += usize::from(sight == Sight::Nothing && answer.status == 200 && counts);
    }
}

type Made = (EventId, Vec<String>, Vec<Somebody>, Vec<Person>, String);

/// An event of one of four organizations, some of the others asked to host it, people, and a token of each role at each.
fn make(
    db: &mut Db,
    random: &mut StdRng,
    seed: u64,
    visibility: &str,
    draft: bool,
    now: turnout::clock::Timestamp,
) -> turnout::error::Result<Made> {
    let by = Actor::COMMAND_LINE;
    let mut organizations = Vec::new();
    for number in 0..5 {
        let slug = format!("house-{seed}-{number}");
        organizations.push(found(db, &by, "House".parse().unwrap(), Some(slug.parse().unwrap()), now)?);
    }
    let mut event = events::draft(db, &by, organizations[0].id, a_draft(seed, visibility, now), now)?;
    let list = open_list(db, &by, &event, "Entrance", now)?;
    let through = ask(db, random, &event, &organizations[1..], now)?;
    let mut people = Vec::new();
    if !draft {
        event = events::publish(db, &by, event.id, None, now)?;
        let held = Held::by_id(db, event.id)?;
        for number in 0..3 {
            let via = if number == 0 { through } else { None };
            if let Placed::New(registration) = place(db, &by, &held, Wish { via, ..wish(seed, number) }, now)? {
                people.push(Person {
                    registration: registration.id.to_string(),
                    name: registration.first_name,
                    code: registration.code,
                    address: registration.email,
                    phone: registration.phone.unwrap(),
                });
            }
        }
    }
    if people.is_empty() {
        let none = || "nobody-is-there".to_owned();
        people.push(Person {
            registration: list.id.to_string(),
            name: none(),
            code: none(),
            address: none(),
            phone: none(),
        });
    }
    let mut callers = Vec::new();
    for organization in &organizations {
        for role in ROLES {
            let token = issue_token(db, &by, organization.id, Grant::whole("test".parse().unwrap(), role), now)?.1;
            callers.push(Somebody { organization: organization.id, role, token: token.reveal().to_owned() });
        }
    }
    let slugs = organizations.into_iter().map(|organization| organization.slug).collect();
    Ok((event.id, slugs, callers, people, list.id.to_string()))
}

/// Asks some organizations, and answers for them; one that has accepted, if there is one.
fn ask(
    db: &mut Db,
    random: &mut StdRng,
    event: &events::Event,
    organizations: &[turnout::organizations::Organization],
    now: turnout::clock::Timestamp,
) -> turnout::error::Result<Option<OrganizationId>> {
    use turnout::events::HostingAnswer::{Accept, Decline};
    let by = Actor::COMMAND_LINE;
    let mut accepted = None;
    for organization in organizations.iter().filter(|_| random.random_bool(0.8)).collect::<Vec<_>>() {
        let part = (
            *[HostRole::CoHost, HostRole::Venue, HostRole::Partner].choose(random).unwrap(),
            *DataAccess::ALL.choose(random).unwrap(),
        );
        events::invite_host(db, &by, event.id, organization.id, part, now)?;
        let answer = match *STATES.choose(random).unwrap() {
            "accepted" => Accept,
            "declined" => Decline,
            _ => continue,
        };
        events::answer_hosting(db, &by, event.id, organization.id, (answer, None), now)?;
        if answer == Accept {
            accepted = Some(organization.id);
        }
    }
    Ok(accepted)
}

fn wish(seed: u64, number: usize) -> Wish {
    let attendee = Attendee {
        first_name: format!("Zyxname{seed}x{number}").parse().unwrap(),
        last_name: Some(format!("Zyxlast{seed}x{number}").parse().unwrap()),
        email: format!("zyxmail{seed}x{number}@private.example").parse().unwrap(),
        organization: None,
        job_title: None,
        phone: Some(format!("+352 {seed:06} {number:06}").parse().unwrap()),
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

fn a_draft(seed: u64, visibility: &str, now: turnout::clock::Timestamp) -> events::Draft {
    events::Draft {
        title: format!("Night {seed}").parse().unwrap(),
        slug: Some(format!("night-{seed}").parse().unwrap()),
        summary: None,
        description: None,
        visibility: Some(visibility.parse().unwrap()),
        starts_at: now.plus(chrono::TimeDelta::days(30)),
        ends_at: now.plus(chrono::TimeDelta::days(31)),
        timezone: None,
        location: events::Location::default(),
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
