//! Who may call what: every route of the API, by everybody.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use crate::support::{Answer, Database, TestApp, on_both_databases};

/// What each caller gets: (method, path, [statuses in the order of `CALLERS`]). A route of the document without a row
/// here fails the test. The event is published and public; the owner calls last, as their call may change things.
#[rustfmt::skip]
const MATRIX: &[(&str, &str, [u16; 9])] = &[
    //                                                     nobody garbage revoked strangr other  own    door viewer owner
    ("get",    "/api/v1/events",                           [200,   401,   401,   200,   200,   200,   200,   200,   200]),
    ("post",   "/api/v1/events",                           [401,   401,   401,   201,   403,   403,   403,   403,   201]),
    ("get",    "/api/v1/events/{event}",                   [200,   401,   401,   200,   200,   200,   200,   200,   200]),
    ("patch",  "/api/v1/events/{event}",                   [401,   401,   401,   404,   404,   404,   403,   403,   200]),
    ("delete", "/api/v1/events/{event}",                   [401,   401,   401,   404,   404,   404,   403,   403,   409]),
    ("post",   "/api/v1/events/{event}/publish",           [401,   401,   401,   404,   404,   404,   403,   403,   409]),
    ("post",   "/api/v1/events/{event}/cancel",            [401,   401,   401,   404,   404,   404,   403,   403,   200]),
    ("get",    "/api/v1/events/{event}/calendar.ics",      [200,   401,   401,   200,   200,   200,   200,   200,   200]),
    ("get",    "/api/v1/calendar.ics",                     [200,   401,   401,   200,   200,   200,   200,   200,   200]),
    ("get",    "/api/v1/events/{event}/registrations",     [401,   401,   401,   404,   404,   404,   403,   200,   200]),
    ("post",   "/api/v1/events/{event}/registrations",     [201,   401,   401,   201,   201,   201,   201,   201,   201]),
    ("get",    "/api/v1/registrations/{id}",               [401,   401,   401,   404,   404,   200,   403,   200,   200]),
    ("post",   "/api/v1/registrations/{id}/cancel",        [401,   401,   401,   404,   404,   200,   403,   403,   409]),
    ("get",    "/api/v1/registrations/{id}/ticket",        [401,   401,   401,   404,   404,   200,   403,   200,   200]),
    ("get",    "/api/v1/registrations/{id}/ticket.svg",    [401,   401,   401,   404,   404,   200,   403,   200,   200]),
    ("get",    "/api/v1/registrations/{id}/ticket.png",    [401,   401,   401,   404,   404,   200,   403,   200,   200]),
    ("get",    "/api/v1/registrations/{id}/calendar.ics",  [401,   401,   401,   404,   404,   200,   403,   200,   200]),
    ("get",    "/api/v1/events/{event}/check-in-lists",    [401,   401,   401,   404,   404,   404,   200,   200,   200]),
    ("get",    "/api/v1/check-in-lists/{list}/check-ins",  [401,   401,   401,   404,   404,   404,   200,   200,   200]),
    ("post",   "/api/v1/check-in-lists/{list}/check-ins",  [401,   401,   401,   404,   404,   404,   200,   403,   200]),
    ("get",    "/api/v1/check-in-lists/{list}/status",     [401,   401,   401,   404,   404,   404,   200,   200,   200]),
    ("post",   "/api/v1/check-ins/{id}/annul",             [401,   401,   401,   404,   404,   404,   403,   403,   200]),
    ("get",    "/api/v1/events/{event}/participants.csv",  [401,   401,   401,   404,   404,   404,   403,   200,   200]),
    ("get",    "/api/v1/events/{event}/attendance.csv",    [401,   401,   401,   404,   404,   404,   403,   200,   200]),
    ("get",    "/api/v1/events/{event}/messages",          [401,   401,   401,   404,   404,   404,   403,   200,   200]),
    ("post",   "/api/v1/messages/{id}/retry",              [401,   401,   401,   404,   404,   404,   403,   403,   409]),
];

const CALLERS: [&str; 9] = ["nobody", "garbage", "revoked", "stranger", "other", "own", "door", "viewer", "owner"];

const NOTHING: &str = "0190b5a0-7b1c-7000-8000-000000000000";

/// The routes of the document.
fn documented() -> BTreeSet<(String, String)> {
    let document: Value = serde_json::from_str(&turnout::api::openapi().to_json().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let methods = |(path, item): (&String, &Value)| -> Vec<(String, String)> {
        item.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())).collect()
    };
    paths.iter().flat_map(methods).collect()
}

/// An event with somebody who was let in, and everybody who may come by.
struct World {
    app: TestApp,
    event: Value,
    registration: Value,
    list: String,
    check_in: Value,
    message: Value,
    tokens: Vec<Option<String>>,
}

impl World {
    fn new(database: Database, visibility: &str) -> Self {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({ "visibility": visibility }));
        let wish = |email: &str| json!({ "attendee": { "first_name": "Ada", "email": email } });
        let path = "/api/v1/events/digital-day/registrations";
        let registration = app.post_as_owner(path, &wish("ada@museum.example")).ok(201);
        let other = app.post_as_owner(path, &wish("ben@museum.example")).ok(201);
        let list = app.list_of("digital-day");
        let scan = json!({ "code": registration["code"] });
        let check_in = app.post_as_owner(&format!("/api/v1/check-in-lists/{list}/check-ins"), &scan).ok(200);
        let message = app.get_as_owner("/api/v1/events/digital-day/messages").ok(200)["data"][0].take();
        let revoked = app.token_of("ict-cluster", Role::Owner);
        revoke_the_last_token(&app);
        let tokens = vec![
            None,
            Some("turnout_nobody_has_ever_issued_this".to_owned()),
            Some(revoked),
            Some(app.organization_with_token("Museum", "museum", Role::Owner)),
            Some(app.manage_token(&other)),
            Some(app.manage_token(&registration)),
            Some(app.token_of("ict-cluster", Role::Door)),
            Some(app.token_of("ict-cluster", Role::Viewer)),
            Some(app.token.clone()),
        ];
        Self {
            app,
            event,
            registration,
            list,
            check_in: check_in["check_in_id"].clone(),
            message: message["id"].clone(),
            tokens,
        }
    }

    /// A path of the document, leading to what there is, or to nothing.
    fn fill(&self, path: &str, nothing: bool) -> String {
        let thing = |id: &Value| if nothing { NOTHING.to_owned() } else { id.as_str().unwrap().to_owned() };
        let id = if path.contains("/check-ins/{id}") {
            &self.check_in
        } else if path.contains("/messages/{id}") {
            &self.message
        } else {
            &self.registration["id"]
        };
        path.replace("{event}", &thing(&self.event["id"]))
            .replace("{list}", &thing(&json!(self.list)))
            .replace("{id}", &thing(id))
    }

    fn call(&self, caller: usize, method: &str, path: &str) -> Answer {
        let mut request = self.app.request(Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(), path);
        if let Some(token) = &self.tokens[caller] {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body(caller, method, path) {
            request = request.header("If-Match", "*").json(&body);
        }
        Answer::of(request)
    }
}

fn body(caller: usize, method: &str, path: &str) -> Option<Value> {
    Some(match (method, path.rsplit('/').next().unwrap()) {
        ("get" | "delete", _) => return None,
        ("post", "events") => {
            json!({ "title": "X", "starts_at": "2026-06-08T09:00:00Z", "ends_at": "2026-06-08T10:00:00Z" })
        }
        ("post", "registrations") => {
            json!({ "attendee": { "first_name": "X", "email": format!("{}@example.org", CALLERS[caller]) } })
        }
        ("post", "check-ins") => json!({ "ticket": "x" }),
        ("post", "annul") => json!({ "reason": "x" }),
        _ => json!({}),
    })
}

/// There is no route for this yet: the row is marked, as a route will.
fn revoke_the_last_token(app: &TestApp) {
    use diesel::prelude::*;
    use turnout::store::schema::api_tokens;
    let now = app.clock.now();
    let revoked = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
        let last: uuid::Uuid = {
            let ids = api_tokens::table.order(api_tokens::id.desc()).select(api_tokens::id);
            ids.first::<turnout::store::ApiTokenId>(db)?.uuid()
        };
        let last = turnout::store::ApiTokenId::from(last);
        let row = api_tokens::table.filter(api_tokens::id.eq(last));
        Ok(diesel::update(row).set(api_tokens::revoked_at.eq(Some(now))).execute(db)?)
    });
    assert_eq!(revoked.unwrap(), 1);
}

/// A body without what differs between any two answers.
fn without_number(answer: &Answer) -> Value {
    let mut problem: Value = serde_json::from_str(&answer.body).unwrap();
    problem["request_id"] = json!("");
    problem
}

#[test]
fn every_route_of_the_document_has_a_row() {
    let rows: BTreeSet<(String, String)> =
        MATRIX.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(documented(), rows);
    assert_eq!(rows.len(), MATRIX.len(), "a route has two rows");
}

#[test]
fn every_route_is_in_the_document() {
    let routes = turnout::api::ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned()));
    assert_eq!(documented(), routes.collect());
}

#[test]
fn everybody_gets_what_they_may_and_nothing_else() {
    let mut wrong = Vec::new();
    for (method, path, expected) in MATRIX {
        let world = World::new(Database::sqlite(), "public");
        for (caller, expected) in expected.iter().enumerate() {
            let answer = world.call(caller, method, &world.fill(path, false));
            if answer.status != *expected {
                wrong.push(format!("{method} {path} by {}: {}, not {expected}", CALLERS[caller], answer.status));
            }
            if answer.status == 404 {
                let nothing = world.call(caller, method, &world.fill(path, true));
                let (there, nowhere) = (without_number(&answer), without_number(&nothing));
                if there != nowhere {
                    wrong
                        .push(format!("{method} {path} tells {} that it is there: {there} {nowhere}", CALLERS[caller]));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

on_both_databases! {
    fn whoever_has_no_business_with_a_private_event_does_not_learn_that_it_is_there(database: Database) {
        let world = World::new(database, "private");
        for (method, path, _) in MATRIX.iter().filter(|(_, path, _)| path.contains('{')) {
            for (caller, name) in CALLERS.iter().enumerate().take(5) {
                let there = world.call(caller, method, &world.fill(path, false));
                let nowhere = world.call(caller, method, &world.fill(path, true));
                assert!(matches!(there.status, 401 | 404), "{method} {path} by {name}: {}", there.status);
                assert_eq!(without_number(&there), without_number(&nowhere), "{method} {path} by {name}");
            }
        }
    }
}
