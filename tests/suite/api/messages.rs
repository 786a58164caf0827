//! What became of the letters.

use chrono::TimeDelta;
use serde_json::{Value, json};
use turnout::mail::outbox::{self, Begun};

use super::{column, pages, text};
use crate::support::{Answer, TestApp, on_both_databases};

const MESSAGES: &str = "/api/v1/events/digital-day/messages";

fn retry(app: &TestApp, message: &Value) -> Answer {
    app.post_as_owner(&format!("/api/v1/messages/{}/retry", text(message, "/id")), &json!({}))
}

fn only(app: &TestApp) -> Value {
    let mut list = app.get_as_owner(MESSAGES).ok(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    list["data"][0].take()
}

on_both_databases! {
    fn an_organizer_sees_each_letter_and_what_the_mail_server_said(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({}));
        let ada = app.register("digital-day", "Ada@museum.example").ok(201);
        let queued = only(&app);
        let id = text(&queued, "/id");
        assert_eq!(queued, json!({
            "id": id, "event_id": event["id"], "registration_id": ada["id"], "kind": "confirmed",
            "recipient": "Ada@museum.example", "state": "queued", "attempts": 0, "due_at": "2026-03-02T09:00:00Z",
            "reply": null, "sent_at": null, "created_at": "2026-03-02T09:00:00Z",
            "updated_at": "2026-03-02T09:00:00Z", "version": 1,
        }));
        app.advance(TimeDelta::minutes(3));
        assert_eq!((app.deliver_mail(), app.letters().len()), (1, 1));
        let mut sent = queued;
        for (name, value) in [
            ("state", json!("sent")), ("attempts", json!(1)), ("due_at", json!(null)),
            ("reply", json!(format!("kept as {id}.eml"))), ("sent_at", json!("2026-03-02T09:03:00Z")),
            ("updated_at", json!("2026-03-02T09:03:00Z")), ("version", json!(3)),
        ] {
            sent[name] = value;
        }
        assert_eq!(only(&app), sent);
        assert_eq!((app.deliver_mail(), app.letters().len()), (0, 1));
    }

    fn a_letter_that_did_not_go_out_is_tried_again_and_sooner_at_a_word(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.register("digital-day", "ada@museum.example").ok(201);
        let folder = app.database.folder().join("mail");
        std::fs::remove_dir(&folder).unwrap();
        assert_eq!(app.deliver_mail(), 1);
        let waiting = only(&app);
        assert_eq!((&waiting["state"], &waiting["attempts"], &waiting["due_at"], &waiting["sent_at"]),
            (&json!("retrying"), &json!(1), &json!("2026-03-02T09:01:00Z"), &json!(null)));
        assert_eq!(waiting["reply"], "cannot be kept in the mail folder: No such file or directory (os error 2)");
        assert_eq!(app.deliver_mail(), 0);
        std::fs::create_dir(&folder).unwrap();
        let again = retry(&app, &waiting).ok(200);
        assert_eq!((&again["state"], &again["attempts"], &again["due_at"], &again["version"]),
            (&json!("queued"), &json!(0), &json!("2026-03-02T09:00:00Z"), &json!(4)));
        assert_eq!(only(&app), again);
        assert_eq!((app.deliver_mail(), app.letters().len()), (1, 1));
        assert_eq!(only(&app)["state"], "sent");
    }

    fn what_a_program_that_was_killed_had_leased_is_taken_up_at_the_next_start(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        for name in ["ada", "ben"] {
            app.register("digital-day", &format!("{name}@museum.example")).ok(201);
        }
        let now = app.clock.now();
        let write = |work: fn(&mut turnout::store::Db, turnout::clock::Timestamp) -> turnout::error::Result<usize>| {
            app.app.store.write_here(uuid::Uuid::nil(), move |db| work(db, now)).unwrap()
        };
        // One letter is being handed over: what became of it only the end of its lease will tell.
        write(|db, now| {
            let bag = outbox::lease(db, 10, now)?;
            assert_eq!(outbox::begin(db, &bag[0], now)?, Begun::Yes);
            Ok(bag.len())
        });
        assert_eq!(app.deliver_mail(), 0);
        assert_eq!(write(outbox::free_unbegun), 1);
        assert_eq!(app.deliver_mail(), 1);
        assert_eq!(column(&app.get_as_owner("/api/v1/events/digital-day/messages"), "/state"), ["sending", "sent"]);
    }

    fn whoever_had_leased_a_letter_that_somebody_else_took_up_does_not_send_it(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.register("digital-day", "ada@museum.example").ok(201);
        let now = app.clock.now();
        let begun = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
            let bag = outbox::lease(db, 10, now)?;
            outbox::free_unbegun(db, now)?;
            outbox::begin(db, &bag[0], now)
        });
        assert_eq!(begun.unwrap(), Begun::Lost);
        assert_eq!(app.deliver_mail(), 1);
    }

    fn what_is_queued_or_sent_is_not_sent_again(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.register("digital-day", "ada@museum.example").ok(201);
        assert_eq!(retry(&app, &only(&app)).problem(409), "not_retryable");
        app.deliver_mail();
        assert_eq!(retry(&app, &only(&app)).problem(409), "not_retryable");
        let nobody = json!({ "id": "0190b5a0-7b1c-7000-8000-000000000000" });
        assert_eq!(retry(&app, &nobody).problem(404), "not_found");
        assert_eq!(retry(&app, &json!({ "id": "x" })).problem(404), "not_found");
    }

    fn letters_are_found_by_state_and_change_a_page_at_a_time(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        for name in ["a", "b"] {
            app.register("digital-day", &format!("{name}@museum.example")).ok(201);
        }
        app.deliver_mail();
        app.advance(TimeDelta::hours(1));
        for name in ["c", "d", "e"] {
            app.register("digital-day", &format!("{name}@museum.example")).ok(201);
        }
        let all = [vec!["a@museum.example", "b@museum.example"], vec!["c@museum.example", "d@museum.example"], vec!["e@museum.example"]];
        assert_eq!(pages(&app, &format!("{MESSAGES}?limit=2"), "/recipient"), all);
        let found = |query: &str| column(&app.get_as_owner(&format!("{MESSAGES}?{query}")), "/recipient");
        assert_eq!(found("state=sent"), ["a@museum.example", "b@museum.example"]);
        assert_eq!(found("state=queued&updated_since=2026-03-02T10:00:00Z").len(), 3);
        assert_eq!(found("state=failed"), [] as [&str; 0]);
    }
}
