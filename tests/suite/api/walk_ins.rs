//! People who come without a registration.

use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::check_ins::Door;
use super::devices::paired;
use super::{column, pairs, send};
use crate::support::{Answer, TestApp, on_both_databases, parts};

fn person(name: &str) -> Value {
    json!({ "attendee": { "first_name": name, "email": format!("{name}@museum.example") } })
}

fn walk_in(app: &TestApp, token: &str, query: &str, body: &Value) -> Answer {
    app.post_as(token, &format!("/api/v1/check-in-lists/{}/walk-ins{query}", app.list_of("digital-day")), body)
}

on_both_databases! {
    fn somebody_comes_without_and_is_registered_and_inside_at_one_go(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 5 }));
        let (_, device) = paired(&app, &json!({ "walk_ins": true }));
        let answer = walk_in(&app, &device, "", &person("ada"));
        let (address, verdict) = (answer.header("location"), answer.ok(201));
        assert_eq!((&verdict["result"], &verdict["reason"]), (&json!("accepted"), &Value::Null));
        assert_eq!((&verdict["status"]["expected"], &verdict["status"]["inside"]), (&json!(1), &json!(1)));
        assert!(!verdict.to_string().contains('@'), "a device sees no address: {verdict}");
        let registration = app.get_as_owner(&address).ok(200);
        assert_eq!((&registration["id"], &registration["source"], &registration["status"], &registration["attendance"]["attended"]),
            (&verdict["registration"]["id"], &json!("door"), &json!("confirmed"), &json!(true)));
        assert_eq!(column(&app.get_as_owner("/api/v1/events/digital-day/audit?deed=registration.placed"), "/actor/kind"), ["device"]);
        assert_eq!(app.deliver_mail(), 1);
        assert_eq!(Door::of(&app, "digital-day").numbers(), [1, 1, 1, 1, 0, 0]);
    }

    fn a_full_event_takes_nobody_but_by_force_of_a_role(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto" } }));
        let (_, device) = paired(&app, &json!({ "walk_ins": true }));
        let (door, editor) = (app.token_of("ict-cluster", Role::Door), app.token_of("ict-cluster", Role::Editor));
        walk_in(&app, &device, "", &person("ada")).ok(201);
        for token in [&device, &door, &editor] {
            assert_eq!(walk_in(&app, token, "", &person("ben")).problem(409), "sold_out");
        }
        for token in [&device, &door] {
            assert_eq!(walk_in(&app, token, "?force=true", &person("ben")).problem(403), "forbidden");
        }
        assert_eq!(walk_in(&app, &editor, "?force=true&silent=true", &person("ben")).ok(201)["result"], "accepted");
        // Nobody was put on the waiting list on the way.
        let seats = app.get("/api/v1/events/digital-day").ok(200)["seats"].take();
        assert_eq!((&seats["taken"], &seats["waitlisted"]), (&json!(2), &json!(0)));
        assert_eq!(app.deliver_mail(), 1);
        assert_eq!(Door::of(&app, "digital-day").numbers(), [2, 2, 2, 2, 0, 0]);
    }

    fn the_door_registers_when_registration_has_closed(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "registration": { "closes_at": "2026-03-02T08:00:00Z" } }));
        assert_eq!(app.register("digital-day", "ben@museum.example").problem(409), "registration_closed");
        assert_eq!(walk_in(&app, &app.token, "", &person("ada")).ok(201)["result"], "accepted");
        app.post_as_owner("/api/v1/events/digital-day/cancel", &json!({})).ok(200);
        assert_eq!(walk_in(&app, &app.token, "", &person("cleo")).problem(409), "event_cancelled");
    }

    fn whoever_is_not_let_in_is_not_registered(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        assert_eq!(walk_in(&app, &app.token, "", &person("ada")).problem(409), "already_registered");
        let kind = parts::ticket_type(&app, &event, "Press", None, true);
        let mut press = person("ben");
        press["ticket_type"] = json!(kind);
        assert_eq!(walk_in(&app, &app.token, "", &press).problem(409), "walk_in_not_confirmed");
        let listed = column(&app.get_as_owner("/api/v1/events/digital-day/registrations"), "/id");
        assert_eq!(listed, [ada["id"].clone()]);
        assert_eq!(Door::of(&app, "digital-day").numbers(), [1, 0, 0, 0, 0, 0]);
    }

    fn a_walk_in_sent_twice_is_one_person(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let path = format!("/api/v1/check-in-lists/{}/walk-ins", app.list_of("digital-day"));
        let go = || send(&app, Method::POST, &path, &[("Idempotency-Key", "k1")], &person("ada"));
        let (first, again) = (go(), go());
        assert_eq!((first.ok(201), again.header("idempotent-replayed")), (again.ok(201), "true".to_owned()));
        assert_eq!(Door::of(&app, "digital-day").numbers(), [1, 1, 1, 1, 0, 0]);
    }

    fn a_device_registers_nobody_unless_it_may(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (_, device) = paired(&app, &json!({}));
        assert_eq!(walk_in(&app, &device, "", &person("ada")).problem(403), "forbidden");
        assert_eq!(walk_in(&app, &app.token, "?force=2", &json!({})).issues(),
            pairs(&[("/attendee/first_name", "required"), ("/attendee/email", "required"), ("force", "unknown_value")]));
    }
}
