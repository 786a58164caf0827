//! Sessions and ticket types: parts of an event that own seats.

use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::{pairs, send, text};
use crate::support::{Answer, TestApp, on_both_databases};

const SESSIONS: &str = "/api/v1/events/digital-day/sessions";
const TYPES: &str = "/api/v1/events/digital-day/ticket-types";

/// A session from one hour to another (UTC) on the day of the event.
fn session(app: &TestApp, title: &str, hours: (u8, u8), capacity: Option<i64>) -> Value {
    let at = |hour: u8| format!("2026-06-08T{hour:02}:00:00Z");
    let session = json!({ "title": title, "starts_at": at(hours.0), "ends_at": at(hours.1), "capacity": capacity });
    app.post_as_owner(SESSIONS, &session).ok(201)
}

fn register(app: &TestApp, name: &str, choice: &Value) -> Answer {
    let mut wish = json!({ "attendee": { "first_name": name, "email": format!("{name}@museum.example") } });
    wish.as_object_mut().unwrap().extend(choice.as_object().unwrap().clone());
    app.post("/api/v1/events/digital-day/registrations", &wish)
}

fn taken(app: &TestApp, part: &str) -> Value {
    app.get(part).ok(200)["seats"]["taken"].clone()
}

on_both_databases! {
    fn somebody_who_registers_takes_a_seat_of_the_event_the_ticket_type_and_each_session(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 10 }));
        let morning = session(&app, "Workshop A", (8, 10), Some(5));
        let evening = session(&app, "Workshop B", (11, 13), Some(1));
        let kind = json!({ "name": "Start-up", "capacity": 4, "sessions": [morning["id"]] });
        let kind = app.post_as_owner(TYPES, &kind).ok(201);
        let choice = json!({ "ticket_type": kind["id"], "sessions": [evening["id"]] });
        assert_eq!(register(&app, "ada", &choice).ok(201)["status"], "confirmed");
        let address = |list: &str, part: &Value| format!("{list}/{}", text(part, "/id"));
        assert_eq!(taken(&app, "/api/v1/events/digital-day"), 1);
        assert_eq!(taken(&app, &address(TYPES, &kind)), 1);
        assert_eq!(taken(&app, &address(SESSIONS, &morning)), 1);
        assert_eq!(taken(&app, &address(SESSIONS, &evening)), 1);
        // Workshop B is full: nothing is taken anywhere.
        assert_eq!(register(&app, "ben", &choice).problem(409), "sold_out");
        assert_eq!(taken(&app, "/api/v1/events/digital-day"), 1);
        assert_eq!(taken(&app, &address(TYPES, &kind)), 1);
        assert_eq!(taken(&app, &address(SESSIONS, &morning)), 1);
        assert_eq!(register(&app, "ben", &json!({ "ticket_type": kind["id"] })).ok(201)["status"], "confirmed");
    }
}

on_both_databases! {
    fn who_waits_for_a_full_workshop_is_passed_by_who_wants_another(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 10, "registration": { "waitlist": "auto" } }));
        let small = session(&app, "Workshop A", (8, 10), Some(1));
        let large = session(&app, "Workshop B", (8, 10), Some(5));
        let choice = |session: &Value| json!({ "sessions": [session["id"]] });
        let ada = register(&app, "ada", &choice(&small)).ok(201);
        let ben = register(&app, "ben", &choice(&small)).ok(201);
        assert_eq!(ben["status"], "waitlisted");
        assert_eq!(register(&app, "cleo", &choice(&large)).ok(201)["status"], "confirmed");
        let cancel = format!("/api/v1/registrations/{}/cancel", text(&ada, "/id"));
        app.post_as_owner(&cancel, &json!({})).ok(200);
        let ben = app.get_as_owner(&format!("/api/v1/registrations/{}", text(&ben, "/id"))).ok(200);
        assert_eq!(ben["status"], "confirmed");
    }
}

on_both_databases! {
    fn more_seats_in_a_workshop_confirm_those_who_wait_for_it(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "registration": { "waitlist": "auto" } }));
        let small = session(&app, "Workshop A", (8, 10), Some(0));
        let ada = register(&app, "ada", &json!({ "sessions": [small["id"]] })).ok(201);
        assert_eq!(ada["status"], "waitlisted");
        let small = format!("{SESSIONS}/{}", text(&small, "/id"));
        assert_eq!(app.patch_as_owner(&small, &json!({ "capacity": 1 })).ok(200)["seats"], json!({
            "capacity": 1, "taken": 1, "available": 0, "overbooked": 0,
        }));
        let ada = app.get_as_owner(&format!("/api/v1/registrations/{}", text(&ada, "/id"))).ok(200);
        assert_eq!(ada["status"], "confirmed");
        assert_eq!(app.patch_as_owner(&small, &json!({ "capacity": 0 })).problem(409), "capacity_below_taken");
        let forced = app.patch_as_owner(&format!("{small}?force=true"), &json!({ "capacity": 0 })).ok(200);
        assert_eq!(forced["seats"], json!({ "capacity": 0, "taken": 1, "available": 0, "overbooked": 1 }));
    }
}

on_both_databases! {
    fn a_choice_that_cannot_be_is_refused_with_everything_that_is_wrong(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let morning = session(&app, "Workshop A", (8, 10), None);
        let too = session(&app, "Workshop B", (9, 11), None);
        app.post_as_owner(TYPES, &json!({ "name": "Press" })).ok(201);
        let hidden = app.post_as_owner(TYPES, &json!({ "name": "Speaker", "visibility": "code" })).ok(201);
        let nothing = "0190b5a0-7b1c-7000-8000-000000000000";
        let wrong = register(&app, "ada", &json!({ "sessions": [morning["id"], nothing, too["id"]] }));
        assert_eq!(wrong.issues(), pairs(&[
            ("/ticket_type", "required"), ("/sessions/1", "unknown_session"), ("/sessions", "sessions_overlap"),
        ]));
        let wrong = register(&app, "ada", &json!({ "ticket_type": hidden["id"] }));
        assert_eq!(wrong.issues(), pairs(&[("/ticket_type", "unknown_ticket_type")]));
        let free = format!("{SESSIONS}/{}", text(&too, "/id"));
        app.patch_as_owner(&free, &json!({ "overlap_allowed": true })).ok(200);
        let press = app.get(TYPES).ok(200)["data"][0]["id"].clone();
        let both = json!({ "ticket_type": press, "sessions": [morning["id"], too["id"]] });
        assert_eq!(register(&app, "ada", &both).ok(201)["status"], "confirmed");
    }
}

on_both_databases! {
    fn a_session_is_read_changed_and_removed(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let morning = session(&app, "Workshop A", (8, 10), Some(5));
        let address = format!("{SESSIONS}/{}", text(&morning, "/id"));
        assert_eq!(app.get(&address).ok(200), morning);
        let change = app.patch_as_owner(&address, &json!({ "room": "Salle 2", "capacity": null })).ok(200);
        assert_eq!((&change["title"], &change["room"]), (&json!("Workshop A"), &json!("Salle 2")));
        assert_eq!((&change["capacity"], &change["version"]), (&Value::Null, &json!(2)));
        let row = app.get_as_owner("/api/v1/events/digital-day/audit?deed=session.revised").ok(200);
        assert_eq!(row["data"][0]["changes"], json!([
            { "field": "capacity", "before": 5, "after": null },
            { "field": "room", "before": null, "after": "Salle 2" },
        ]));
        let wrong = json!({ "title": "", "starts_at": "2026-06-08T06:00:00Z", "ends_at": "noon", "capacity": -1, "x": 1 });
        assert_eq!(app.post_as_owner(SESSIONS, &wrong).issues(), pairs(&[
            ("/x", "unknown_field"), ("/title", "required"), ("/ends_at", "invalid_time"), ("/capacity", "out_of_range"),
        ]));
        let early = json!({ "title": "X", "starts_at": "2026-06-08T06:00:00Z", "ends_at": "2026-06-08T05:00:00Z" });
        assert_eq!(app.post_as_owner(SESSIONS, &early).issues(), pairs(&[
            ("/ends_at", "ends_before_start"), ("/starts_at", "outside_event"),
        ]));
        let stale = send(&app, Method::PATCH, &address, &[("If-Match", "\"1-x\"")], &json!({ "room": "Salle 3" }));
        assert_eq!(stale.problem(412), "version_mismatch");
        register(&app, "ada", &json!({ "sessions": [morning["id"]] })).ok(201);
        assert_eq!(send(&app, Method::DELETE, &address, &[], &Value::Null).problem(409), "part_in_use");
        let other = format!("{SESSIONS}/{}", text(&session(&app, "Workshop C", (8, 9), None), "/id"));
        assert_eq!(send(&app, Method::DELETE, &other, &[], &Value::Null).status, 204);
        assert_eq!(app.get(&other).problem(404), "not_found");
    }
}

on_both_databases! {
    fn a_ticket_type_has_its_own_window_and_hides_if_it_needs_a_code(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let early = json!({ "name": "Early", "closes_at": "2026-03-02T09:00:00Z" });
        let early = app.post_as_owner(TYPES, &early).ok(201);
        let late = app.post_as_owner(TYPES, &json!({ "name": "Late", "opens_at": "2026-03-03T09:00:00Z" })).ok(201);
        let hidden = app.post_as_owner(TYPES, &json!({ "name": "Speaker", "visibility": "code" })).ok(201);
        let of = |kind: &Value| json!({ "ticket_type": kind["id"] });
        assert_eq!(register(&app, "ada", &of(&early)).problem(409), "registration_closed");
        assert_eq!(register(&app, "ada", &of(&late)).problem(409), "registration_not_open");
        let names = |answer: Answer| -> Vec<Value> {
            answer.ok(200)["data"].as_array().unwrap().iter().map(|kind| kind["name"].clone()).collect()
        };
        assert_eq!(names(app.get(TYPES)), ["Early", "Late"]);
        assert_eq!(names(app.get_as_owner(TYPES)), ["Early", "Late", "Speaker"]);
        let door = app.token_of("ict-cluster", Role::Door);
        assert_eq!(names(app.get_as(&door, TYPES)), ["Early", "Late", "Speaker"]);
        let address = format!("{TYPES}/{}", text(&hidden, "/id"));
        assert_eq!(app.get(&address).problem(404), "not_found");
        assert_eq!(app.patch_as_owner(&address, &json!({ "visibility": "public" })).ok(200)["visibility"], "public");
        assert_eq!(names(app.get(TYPES)), ["Early", "Late", "Speaker"]);
        let wrong = json!({ "min_group": 3, "max_group": 2, "sessions": ["0190b5a0-7b1c-7000-8000-000000000000"] });
        assert_eq!(app.patch_as_owner(&address, &wrong).issues(), pairs(&[
            ("/max_group", "out_of_range"), ("/sessions", "unknown_session"),
        ]));
        assert_eq!(send(&app, Method::DELETE, &address, &[], &Value::Null).status, 204);
    }
}
