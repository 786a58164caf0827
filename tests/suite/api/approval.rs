//! Somebody looks at registrations, and says yes or no.

use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::{address, messages, pairs, send, text};
use crate::support::parts::ticket_type;
use crate::support::{Answer, TestApp, on_both_databases};

fn event(app: &TestApp, capacity: i64, rules: &Value) -> Value {
    let mut registration = json!({ "approval": true });
    for (name, value) in rules.as_object().unwrap() {
        registration[name] = value.clone();
    }
    app.published_event(&json!({ "capacity": capacity, "registration": registration }))
}

fn registered(app: &TestApp, name: &str) -> Value {
    app.register("digital-day", &format!("{name}@museum.example")).ok(201)
}

fn decide(app: &TestApp, registration: &Value, deed: &str) -> Answer {
    app.post_as_owner(&format!("{}/{deed}", address(registration)), &json!({}))
}

fn status(app: &TestApp, registration: &Value) -> Value {
    app.get_as_owner(&address(registration)).ok(200)["status"].clone()
}

/// What was done to a registration, latest first, and for what reason.
fn trail(app: &TestApp, registration: &Value) -> Vec<(String, Value)> {
    let rows = app.get_as_owner("/api/v1/events/digital-day/audit").ok(200)["data"].as_array().unwrap().clone();
    let of_this = rows.iter().filter(|row| row["subject_id"] == registration["id"]);
    of_this.map(|row| (text(row, "/deed"), row["changes"][0]["after"].clone())).collect()
}

on_both_databases! {
    fn yes_makes_a_ticket_and_no_frees_the_seat(database: Database) {
        let app = TestApp::start(database);
        event(&app, 2, &json!({ "waitlist": "auto" }));
        let [ada, ben, cleo] = ["ada", "ben", "cleo"].map(|name| registered(&app, name));
        assert_eq!([&ada, &ben, &cleo].map(|r| r["status"].clone()), ["pending_approval", "pending_approval", "waitlisted"]);
        assert_eq!(decide(&app, &ada, "approve").ok(200)["status"], "confirmed");
        assert_eq!(decide(&app, &ada, "approve").problem(409), "not_now");
        let path = format!("{}/reject", address(&ben));
        assert_eq!(app.post_as_owner(&path, &json!({ "reason": "for members only" })).ok(200)["status"], "rejected");
        assert_eq!(status(&app, &cleo), "pending_approval", "whoever waited has not been looked at yet");
        assert_eq!(messages(&app, "digital-day"), pairs(&[
            ("pending", "ada@museum.example"), ("pending", "ben@museum.example"), ("waitlisted", "cleo@museum.example"),
            ("approved", "ada@museum.example"), ("rejected", "ben@museum.example"), ("pending", "cleo@museum.example"),
        ]));
        assert_eq!(trail(&app, &ben)[0], ("registration.rejected".to_owned(), json!("for members only")));
        // Whoever was rejected may ask again.
        assert_eq!(registered(&app, "ben")["status"], "waitlisted");
    }

    fn without_a_seat_meanwhile_a_yes_needs_one(database: Database) {
        let app = TestApp::start(database);
        event(&app, 1, &json!({ "waitlist": "auto", "pending_holds_seat": false }));
        let [ada, ben, cleo] = ["ada", "ben", "cleo"].map(|name| registered(&app, name));
        for one in [&ada, &ben, &cleo] {
            assert_eq!(one["status"], "pending_approval");
        }
        decide(&app, &ada, "approve").ok(200);
        assert_eq!(decide(&app, &ben, "approve").problem(409), "sold_out");
        assert_eq!(status(&app, &ben), "pending_approval");
        let forced = app.post_as_owner(&format!("{}/approve?force=true", address(&ben)), &json!({}));
        assert_eq!(forced.ok(200)["status"], "confirmed");
        let event = app.get_as_owner("/api/v1/events/digital-day").ok(200);
        assert_eq!(event["seats"], json!({ "capacity": 1, "taken": 2, "available": 0, "waitlisted": 0, "overbooked": 1 }));
    }

    fn a_ticket_type_asks_for_approval_by_itself(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({}));
        let (press, guest) =
            (ticket_type(&app, &event, "Press", None, true), ticket_type(&app, &event, "Guest", None, false));
        let with = |kind: &str, name: &str| {
            let wish = json!({ "attendee": { "first_name": name, "email": format!("{name}@museum.example") },
                "ticket_type": kind });
            app.post("/api/v1/events/digital-day/registrations", &wish).ok(201)["status"].clone()
        };
        assert_eq!((with(&press, "ada"), with(&guest, "ben")), (json!("pending_approval"), json!("confirmed")));
    }

    fn several_are_decided_about_each_by_itself(database: Database) {
        let app = TestApp::start(database);
        event(&app, 2, &json!({ "pending_holds_seat": false }));
        let people = ["ada", "ben", "cleo", "dan"].map(|name| registered(&app, name));
        let other = app.published_event(&json!({ "slug": "other" }));
        let elsewhere = app.register("other", "ada@museum.example").ok(201);
        assert_eq!(other["slug"], "other");
        let ids = |chosen: &[&Value]| chosen.iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
        let path = "/api/v1/events/digital-day/registrations/approve";
        let [ada, ben, cleo, dan] = &people;
        let named = ids(&[ada, ada, &elsewhere, ben, cleo]);
        let results = app.post_as_owner(path, &json!({ "ids": named })).ok(200);
        assert_eq!(results["results"], json!([
            { "id": ada["id"], "status": "confirmed" },
            { "id": ada["id"], "code": "not_now", "detail": "this cannot be done to a registration that is confirmed" },
            { "id": elsewhere["id"], "code": "not_found", "detail": "there is no such registration" },
            { "id": ben["id"], "status": "confirmed" },
            { "id": cleo["id"], "code": "sold_out", "detail": "every seat is taken" },
        ]));
        let path = "/api/v1/events/digital-day/registrations/reject";
        let results = app.post_as_owner(path, &json!({ "ids": ids(&[cleo, dan, ben]), "reason": "full" })).ok(200);
        assert_eq!(results["results"], json!([
            { "id": cleo["id"], "status": "rejected" }, { "id": dan["id"], "status": "rejected" },
            { "id": ben["id"], "code": "not_now", "detail": "this cannot be done to a registration that is confirmed" },
        ]));
        let many: Vec<String> = (0..1_001).map(|_| uuid::Uuid::new_v4().to_string()).collect();
        assert_eq!(app.post_as_owner(path, &json!({ "ids": many })).issues(), pairs(&[("/ids", "too_many")]));
        assert_eq!(app.post_as_owner(path, &json!({ "why": 1 })).issues(), pairs(&[("/why", "unknown_field"), ("/ids", "required")]));
    }

    fn organizers_decide_and_nobody_else(database: Database) {
        let app = TestApp::start(database);
        event(&app, 5, &json!({}));
        let ada = registered(&app, "ada");
        let stranger = app.organization_with_token("Museum", "museum", Role::Owner);
        for deed in ["approve", "reject"] {
            let (one, all) = (format!("{}/{deed}", address(&ada)), format!("/api/v1/events/digital-day/registrations/{deed}"));
            for (path, body) in [(&one, json!({})), (&all, json!({ "ids": [ada["id"]] }))] {
                assert_eq!(app.post(path, &body).problem(401), "unauthenticated");
                assert_eq!(app.post_as(&stranger, path, &body).problem(404), "not_found");
                for role in [Role::Door, Role::Viewer] {
                    assert_eq!(app.post_as(&app.token_of("ict-cluster", role), path, &body).problem(403), "forbidden");
                }
            }
            assert_eq!(app.post_as(&app.manage_token(&ada), &one, &json!({})).problem(403), "forbidden");
            assert_eq!(app.post_as(&app.manage_token(&ada), &all, &json!({ "ids": [] })).problem(404), "not_found");
        }
        assert_eq!(status(&app, &ada), "pending_approval");
        let path = format!("{}/approve", address(&ada));
        assert_eq!(send(&app, Method::POST, &path, &[("If-Match", "\"7-x\"")], &json!({})).problem(412), "version_mismatch");
        app.post_as_owner("/api/v1/events/digital-day/cancel", &json!({})).ok(200);
        assert_eq!(app.post_as_owner(&path, &json!({})).problem(409), "event_cancelled");
    }
}
