//! A place goes to somebody else.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::world_of_parts::{deed, register_with, token_of_epoch, trail};
use super::{address, messages, pairs, text};
use crate::support::{TestApp, on_both_databases};

fn ben() -> Value {
    json!({ "attendee": { "first_name": "Ben", "last_name": "Bunsen", "email": "ben@museum.example" }, "locale": "de" })
}

on_both_databases! {
    fn an_attendee_gives_their_place_to_somebody_else(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1 }));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let old = app.manage_token(&ada);
        let ticket = text(&app.get_as(&old, &format!("{}/ticket", address(&ada))).ok(200), "/ticket");
        assert_eq!(app.deliver_mail(), 1);
        let answer = deed(&app, &old, &ada, "transfer", &ben());
        assert_eq!((answer.status, answer.body.as_str()), (204, ""));
        assert_eq!(app.get_as(&old, &address(&ada)).problem(404), "not_found");
        let new = token_of_epoch(&app, &ada, 2);
        let theirs = app.get_as(&new, &address(&ada)).ok(200);
        let code = text(&theirs, "/code");
        let mut expected = ada.clone();
        expected["attendee"] = json!({ "first_name": "Ben", "last_name": "Bunsen", "email": "ben@museum.example",
            "organization": null, "job_title": null, "phone": null, "country": null });
        (expected["locale"], expected["version"], expected["code"]) = (json!("de"), json!(2), json!(code));
        assert_eq!(theirs, expected);
        assert!(code != text(&ada, "/code"));
        let door = format!("/api/v1/check-in-lists/{}/check-ins", app.list_of("digital-day"));
        let verdict = app.post_as_owner(&door, &json!({ "ticket": ticket })).ok(200);
        assert_eq!((&verdict["result"], &verdict["reason"]), (&json!("denied"), &json!("revoked")));
        assert_eq!(messages(&app, "digital-day"), pairs(&[
            ("confirmed", "ada@museum.example"), ("transferred", "ben@museum.example"), ("transferred_away", "ada@museum.example"),
        ]));
        assert_eq!(app.deliver_mail(), 2);
        let letters = app.letters();
        let to = |address: &str| letters.iter().filter(|letter| letter.contains(&format!("{address}\r\n"))).collect::<Vec<_>>();
        let away = to("ada@museum.example").into_iter().find(|letter| letter.contains("new owner")).unwrap();
        for secret in ["Ben", "Bunsen", "ben@museum.example", code.as_str(), "/manage/", "ticket.png"] {
            assert!(!away.contains(secret), "{secret} in {away}");
        }
        assert!(letters.iter().any(|letter| letter.contains("ben@museum.example") && letter.contains("ticket.png") && letter.contains(&code)));
        assert_eq!(trail(&app, &ada), [
            ("registration.placed".to_owned(), json!([])),
            ("registration.transferred".to_owned(), json!([{ "field": "attendee", "before": null, "after": null }])),
        ]);
        // The address is free again.
        assert_eq!(app.register("digital-day", "ada@museum.example").problem(409), "sold_out");
    }

    fn a_letter_that_was_not_sent_does_not_bring_the_new_ticket_to_the_old_address(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let answer = deed(&app, &app.token, &ada, "transfer", &ben());
        assert_eq!(answer.ok(200)["attendee"]["first_name"], "Ben");
        assert_eq!(app.deliver_mail(), 2);
        let list = app.get_as_owner("/api/v1/events/digital-day/messages").ok(200);
        let states: Vec<_> = list["data"].as_array().unwrap().iter().map(|row| text(row, "/state")).collect();
        assert_eq!(states, ["withdrawn", "sent", "sent"]);
        let retry = app.post_as_owner(&format!("/api/v1/messages/{}/retry", text(&list, "/data/0/id")), &json!({}));
        assert_eq!(retry.problem(409), "not_retryable");
        assert_eq!(app.letters().iter().filter(|letter| letter.contains("ada@museum.example") && letter.contains("/manage/")).count(), 0);
    }

    fn not_every_place_can_be_given_away(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 2, "starts_at": "2026-03-02T10:00:00Z", "ends_at": "2026-03-02T12:00:00Z",
            "registration": { "waitlist": "auto" } }));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let cleo = app.register("digital-day", "cleo@museum.example").ok(201);
        let waits = register_with(&app, "dan", &json!({})).ok(201);
        let owner = app.token.clone();
        let wrong = json!({ "attendee": { "first_name": "", "email": "ben" }, "locale": "tlh", "x": 1 });
        assert_eq!(deed(&app, &owner, &ada, "transfer", &wrong).issues(), pairs(&[
            ("/x", "unknown_field"), ("/attendee/first_name", "required"), ("/attendee/email", "invalid_email"),
            ("/locale", "unknown_value"),
        ]));
        assert_eq!(deed(&app, &owner, &ada, "transfer", &json!({})).issues(), pairs(&[
            ("/attendee/first_name", "required"), ("/attendee/email", "required"),
        ]));
        let to_dan = json!({ "attendee": { "first_name": "Dan", "email": "DAN@museum.example" } });
        assert_eq!(deed(&app, &owner, &ada, "transfer", &to_dan).problem(409), "already_registered");
        assert_eq!(deed(&app, &owner, &waits, "transfer", &ben()).problem(409), "not_now");
        let door = format!("/api/v1/check-in-lists/{}/check-ins", app.list_of("digital-day"));
        app.post_as_owner(&door, &json!({ "registration_id": cleo["id"] })).ok(200);
        assert_eq!(deed(&app, &owner, &cleo, "transfer", &ben()).problem(409), "checked_in");
        app.advance(TimeDelta::hours(1));
        assert_eq!(deed(&app, &app.manage_token(&ada), &ada, "transfer", &ben()).problem(409), "event_begun");
    }
}
