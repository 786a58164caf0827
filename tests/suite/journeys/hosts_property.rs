//! Random hosts, roles, calls and queries over all routes, with tokens and sessions: whoever may see no names never sees
//! one.

use std::collections::HashMap;
use std::sync::LazyLock;

use diesel::prelude::*;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};
use turnout::access::{Account, Attempt, Entry, Grant, issue_token, open_account, sign_in};
use turnout::audit::Actor;
use turnout::checkins::open_list;
use turnout::events::{self, DataAccess, Held, HostRole, HostState};
use turnout::organizations::{Organization, Role, found};
use turnout::registrations::{Attendee, Placed, Source, Wish, place};
use turnout::store::schema::{event_hosts, events as event_rows, members};
use turnout::store::{AccountId, Db, EventId, MemberId, OrganizationId};
use turnout::values::Language;

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
        assert!(seen.names_in_sessions > 10 && seen.names_in_queries > 10, "{seen:?}");
    }
}

/// What happened in all worlds together.
#[derive(Debug, Default)]
struct Seen {
    names: usize,
    names_in_sessions: usize,
    names_in_queries: usize,
    numbers: usize,
    refused: usize,
}

/// Whoever calls.
struct Somebody {
    /// As the history has them.
    name: String,
    shows: Shows,
}

/// How they show who they are.
enum Shows {
    /// By a token of an organization.
    Token(OrganizationId, Role, String),
    /// By the session of a member, of a whole organization or of one event.
    Session(AccountId, String),
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
        let (event, organizations, mut callers, people, list) = made.unwrap();
        let slugs = organizations.iter().map(|organization| organization.slug.clone()).collect();
        callers.extend(members_of(app, seed, event, &organizations));
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
            let path = if method == "get" { self.asked(route, path) } else { path };
            let method_name = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let request = match &self.callers[caller].shows {
                Shows::Token(_, _, token) => self.app.request(method_name, &path).bearer_auth(token),
                Shows::Session(_, cookie) => self.app.request_with(cookie, method_name, &path),
            };
            let request = request.header("If-Match", "*");
            let answer = Answer::of(if method == "get" { request } else { request.json(&body) });
            let somebody = &self.callers[caller];
            self.history.push(format!("{} with {sight:?}: {method} {path} {body} -> {}", somebody.name, answer.status));
            self.learn(&answer);
            let before = seen.names;
            self.judge(route, sight, &answer, seen);
            let names = seen.names - before;
            let in_session = matches!(self.callers[caller].shows, Shows::Session(..));
            seen.names_in_sessions += if in_session { names } else { 0 };
            seen.names_in_queries += if path.contains('?') { names } else { 0 };
        }
    }

    /// What the caller may see, told from the rows alone, before they call.
    fn sight(&self, caller: &Somebody) -> Sight {
        let parts = match &caller.shows {
            Shows::Token(organization, role, _) => vec![(*organization, *role)],
            Shows::Session(account, _) => self.parts(*account),
        };
        parts.into_iter().map(|part| self.sight_of(part)).max().unwrap_or(Sight::Nothing)
    }

    /// What a person is where, as far as it counts at the event.
    fn parts(&self, account: AccountId) -> Vec<(OrganizationId, Role)> {
        let event = self.event;
        let rows = self.app.app.store.read_here(|db| {
            let here = members::event_id.is_null().or(members::event_id.eq(event).assume_not_null());
            let rows = members::table.filter(members::account_id.eq(account)).filter(here);
            Ok(rows.select((members::organization_id, members::role)).load(db)?)
        });
        rows.unwrap()
    }

    fn sight_of(&self, (organization, role): (OrganizationId, Role)) -> Sight {
        let event = self.event;
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
        match role {
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

    /// The path with some of the query parameters that the document has for its route.
    fn asked(&mut self, route: &str, path: String) -> String {
        let parameters: Vec<String> = PARAMETERS.get(route).cloned().unwrap_or_default();
        let mut path = path;
        for name in parameters {
            if path.contains(&format!("{name}=")) || self.random.random_bool(0.7) {
                continue;
            }
            let values: &[&str] = match name.as_str() {
                "q" => &["zyx", "Zyxname", "private.example"],
                "limit" => &["1", "500"],
                "status" => &["confirmed", "confirmed,cancelled"],
                "attended" | "silent" | "hidden" => &["true", "false"],
                "updated_since" | "from" => &["2000-01-01T00:00:00Z"],
                "to" => &["2100-01-01T00:00:00Z"],
                "columns" => &["first_name,last_name,email", "code,phone"],
                "headers" => &["keys", "labels"],
                "dialect" => &["rfc4180", "excel"],
                "layout" => &["long", "wide"],
                "locale" => &["fr", "de"],
                "deed" => &["registration", "check_in", "denied"],
                "actor" => &["member", "token", "device"],
                "kind" => &["confirmed", "pending"],
                "source" => &["api", "web"],
                _ => continue,
            };
            let value = values.choose(&mut self.random).unwrap();
            let before = if path.contains('?') { '&' } else { '?' };
            path = format!("{path}{before}{name}={value}");
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

type Made = (EventId, Vec<Organization>, Vec<Somebody>, Vec<Person>, String);

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
            let name = format!("a token, {role} of {}", organization.slug);
            callers.push(Somebody { name, shows: Shows::Token(organization.id, role, token.reveal().to_owned()) });
        }
    }
    Ok((event.id, organizations, callers, people, list.id.to_string()))
}

/// People who are signed in: of each organization somebody with a role at all of it, and helpers at the event and at
/// another one alone; also of those that do not host it.
fn members_of(app: &TestApp, seed: u64, event: EventId, organizations: &[Organization]) -> Vec<Somebody> {
    // One password for everybody: a hash takes its time, on purpose.
    let anybody = app.account("anybody@private-people.example");
    let other = app.app.store.write_here(uuid::Uuid::nil(), {
        let (owner, now) = (organizations[0].id, app.clock.now());
        move |db| {
            let slug = Some(format!("other-night-{seed}").parse().unwrap());
            let other = events::Draft { slug, ..a_draft(seed, "private", now) };
            Ok(events::draft(db, &Actor::COMMAND_LINE, owner, other, now)?.id)
        }
    });
    let other = other.unwrap();
    let parts: Vec<(Organization, Option<EventId>, Role)> = organizations
        .iter()
        .flat_map(|organization| {
            let role = ROLES[usize::try_from(seed).unwrap() % ROLES.len()];
            let helps = [(Some(event), Role::Door), (Some(event), Role::Editor), (Some(other), Role::Editor)];
            let all = [(None, role)].into_iter().chain(helps);
            all.map(|(event, role)| (organization.clone(), event, role)).collect::<Vec<_>>()
        })
        .collect();
    let (api, now) = (app.app.api.clone(), app.clock.now());
    let signed_in = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
        let by = Actor::COMMAND_LINE;
        let hash = Account::find(db, anybody)?.password_hash().cloned().unwrap();
        let mut callers = Vec::new();
        for (number, (organization, event, role)) in parts.into_iter().enumerate() {
            let email = format!("caller{seed}x{number}@private-people.example").parse().unwrap();
            let name = "Caller".parse().unwrap();
            let account = open_account(db, &by, email, name, Language::English, Some(hash.clone()), now)?.id;
            // Not by the deed, which knows better: a host may have been removed since.
            diesel::insert_into(members::table)
                .values((
                    members::id.eq(MemberId::new()),
                    members::organization_id.eq(organization.id),
                    members::account_id.eq(account),
                    members::event_id.eq(event),
                    members::role.eq(role),
                    members::created_at.eq(now),
                    members::updated_at.eq(now),
                    members::version.eq(1),
                ))
                .execute(db)?;
            let attempt =
                Attempt { account, recognized_by: hash.clone(), proof: None, user_agent: String::new(), before: None };
            let Entry::Open(_, token) = sign_in(db, &api.keys, &by, &attempt, now)? else {
                panic!("nobody is signed in")
            };
            let name = format!("a member, {role} of {} at {event:?}", organization.slug);
            callers
                .push(Somebody { name, shows: Shows::Session(account, format!("turnout_session={}", token.reveal())) });
        }
        Ok(callers)
    });
    signed_in.unwrap()
}

/// The query parameters of the routes that read.
static PARAMETERS: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let document: Value = serde_json::from_str(&turnout::api::openapi().to_json().unwrap()).unwrap();
    let of_one = |(path, item): (&String, &Value)| {
        let all = item["get"]["parameters"].as_array().cloned().unwrap_or_default();
        let asked = all.iter().filter(|parameter| parameter["in"] == "query");
        let names = asked.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect();
        (path.clone(), names)
    };
    document["paths"].as_object().unwrap().iter().map(of_one).collect()
});

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
