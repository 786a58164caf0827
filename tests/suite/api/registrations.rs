//! Registering and cancelling.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{address, messages, pairs, send, text};
use crate::support::{Answer, TestApp, on_both_databases};

const REGISTRATIONS: &str = "/api/v1/events/digital-day/registrations";

fn cancel(app: &TestApp, token: &str, registration: &Value) -> Answer {
    app.post_as(token, &format!("{}/cancel", address(registration)), &json!({}))
}

on_both_databases! {
    fn somebody_registers_and_is_answered_what_they_said_and_no_secret(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({ "languages": ["fr", "en"] }));
        let answer = app.post(REGISTRATIONS, &json!({
            "attendee": { "first_name": " Zoë ", "last_name": "Weber", "email": " Zoe@Museum.example ",
                "organization": "Musée", "job_title": "Curator", "phone": "+352 621 123", "country": "lu" },
            "locale": "de-LU", "external_ref": "crm-7" }));
        let registration = answer.ok(201);
        let (id, code) = (text(&registration, "/id"), text(&registration, "/code"));
        assert_eq!(code.len(), 8);
        assert_eq!(answer.header("location"), format!("/api/v1/registrations/{id}"));
        assert_eq!(registration, json!({
            "id": id, "code": code, "event_id": event["id"], "status": "confirmed",
            "attendee": { "first_name": "Zoë", "last_name": "Weber", "email": "Zoe@Museum.example",
                "organization": "Musée", "job_title": "Curator", "phone": "+352 621 123", "country": "LU" },
            "ticket_type": null, "sessions": [], "group_id": null,
            "locale": "de", "waitlist_position": null, "offer_expires_at": null, "reason": null,
            "attendance": { "attended": false, "first_entry_at": null, "last_exit_at": null },
            "answers": {}, "consents": [], "external_ref": "crm-7", "source": "api", "via": null,
            "created_at": "2026-03-02T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z", "version": 1,
        }));
        let ticket = text(&app.get_as_owner(&format!("{}/ticket", address(&registration))).ok(200), "/ticket");
        let manage = app.manage_token(&registration);
        let said = format!("{:?} {}", answer.headers, answer.body);
        assert_eq!((said.contains(&ticket), said.contains(&manage), said.contains("T1."), said.contains("M1.")),
            (false, false, false, false));
        let read = app.get_as(&manage, &address(&registration));
        assert_eq!((read.ok(200), read.header("etag")), (registration.clone(), answer.header("etag")));
        let mut seen_by_owner = registration.clone();
        (seen_by_owner["note"], seen_by_owner["tags"], seen_by_owner["undeliverable"]) = (Value::Null, json!([]), Value::Null);
        seen_by_owner["possible_duplicates"] = json!([]);
        assert_eq!(app.get_as_owner(&address(&registration)).ok(200), seen_by_owner);
        assert_eq!(messages(&app, "digital-day"), pairs(&[("confirmed", "Zoe@Museum.example")]));
    }

    fn whoever_says_no_language_gets_the_first_one_of_the_event(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "languages": ["lb", "en"] }));
        app.published_event(&json!({ "title": "Other" }));
        assert_eq!(app.register("digital-day", "ada@museum.example").ok(201)["locale"], "lb");
        assert_eq!(app.register("other", "ada@museum.example").ok(201)["locale"], "en");
    }

    fn nobody_gets_a_seat_that_is_not_there(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 2 }));
        app.register("digital-day", "ada@museum.example").ok(201);
        app.register("digital-day", "ben@museum.example").ok(201);
        assert_eq!(app.register("digital-day", "cleo@museum.example").problem(409), "sold_out");
        let event = app.get("/api/v1/events/digital-day").ok(200);
        assert_eq!(event["seats"], json!({ "capacity": 2, "taken": 2, "available": 0, "waitlisted": 0, "overbooked": 0 }));
        assert_eq!(messages(&app, "digital-day").len(), 2);
        app.published_event(&json!({ "title": "Closed shop", "capacity": 0 }));
        assert_eq!(app.register("closed-shop", "ada@museum.example").problem(409), "sold_out");
    }

    fn an_attendee_gives_a_place_up_and_somebody_else_gets_it(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1 }));
        let mut ada = app.register("digital-day", "ada@museum.example").ok(201);
        let token = app.manage_token(&ada);
        app.advance(TimeDelta::minutes(1));
        let cancelled = cancel(&app, &token, &ada).ok(200);
        ada["status"] = json!("cancelled");
        ada["version"] = json!(2);
        ada["updated_at"] = json!("2026-03-02T09:01:00Z");
        assert_eq!(cancelled, ada);
        assert_eq!(app.get_as(&token, &address(&ada)).ok(200), ada);
        assert_eq!(cancel(&app, &token, &ada).problem(409), "already_cancelled");
        app.register("digital-day", "ben@museum.example").ok(201);
        assert_eq!(messages(&app, "digital-day"), pairs(&[
            ("confirmed", "ada@museum.example"), ("cancelled", "ada@museum.example"), ("confirmed", "ben@museum.example"),
        ]));
    }

    fn an_organizer_cancels_the_version_that_they_have_read(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let registered = app.register("digital-day", "ada@museum.example");
        let path = format!("{}/cancel", address(&registered.ok(201)));
        let post = |etag: &str| send(&app, reqwest::Method::POST, &path, &[("If-Match", etag)], &json!({}));
        assert_eq!(post("\"9\"").problem(412), "version_mismatch");
        assert_eq!(post(&registered.header("etag")).ok(200)["status"], "cancelled");
        assert_eq!(post(&registered.header("etag")).problem(412), "version_mismatch");
    }

    fn nobody_cancels_when_the_event_is_over(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "starts_at": "2026-03-02T10:00:00Z", "ends_at": "2026-03-02T11:00:00Z" }));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        app.advance(TimeDelta::hours(2));
        assert_eq!(cancel(&app, &app.token, &ada).problem(409), "event_ended");
    }

    fn nobody_registers_before_the_window_opens_or_after_the_event(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "starts_at": "2026-03-04T10:00:00Z", "ends_at": "2026-03-04T11:00:00Z",
            "registration": { "opens_at": "2026-03-03T09:00:00Z" } }));
        let early = app.register("digital-day", "ada@museum.example");
        assert_eq!(early.problem(409), "registration_not_open");
        assert_eq!(early.ok(409)["detail"], "registration is not open yet: it opens at 2026-03-03T09:00:00Z");
        app.advance(TimeDelta::days(1));
        app.register("digital-day", "ada@museum.example").ok(201);
        app.advance(TimeDelta::hours(26));
        assert_eq!(app.register("digital-day", "ben@museum.example").problem(409), "registration_closed");
    }

    fn nobody_but_its_people_learns_that_there_is_a_draft_to_register_for(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({}));
        assert_eq!(app.register("digital-day", "ada@museum.example").problem(404), "not_found");
        let wish = json!({ "attendee": { "first_name": "Ada", "email": "ada@museum.example" } });
        assert_eq!(app.post_as_owner(REGISTRATIONS, &wish).problem(409), "registration_not_open");
    }
}
