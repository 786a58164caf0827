//! One registration per address and event.

use chrono::TimeDelta;
use serde_json::json;

use super::{address, messages, pairs};
use crate::support::{TestApp, on_both_databases};

on_both_databases! {
    fn an_address_registers_once_however_it_is_spelled(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 2 }));
        app.published_event(&json!({ "title": "Other" }));
        app.register("digital-day", "Ada.Löw@Museum.example").ok(201);
        for spelling in ["Ada.Löw@Museum.example", "  ada.löw@museum.EXAMPLE ", "ADA.LÖW@museum.example"] {
            let answer = app.register("digital-day", spelling);
            assert_eq!(answer.problem(409), "already_registered");
            assert!(!answer.body.contains("Löw"), "it does not say whose it is: {}", answer.body);
        }
        app.register("other", "ada.löw@museum.example").ok(201);
        assert_eq!(app.get("/api/v1/events/digital-day").ok(200)["seats"]["taken"], 1);
    }

    fn the_letter_goes_out_again_at_most_once_in_ten_minutes(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.register("digital-day", "Ada@museum.example").ok(201);
        let again = |after: TimeDelta| {
            app.advance(after);
            assert_eq!(app.register("digital-day", "ada@MUSEUM.example").problem(409), "already_registered");
            messages(&app, "digital-day").len()
        };
        assert_eq!(again(TimeDelta::minutes(10) - TimeDelta::microseconds(1)), 1);
        assert_eq!(again(TimeDelta::microseconds(1)), 2);
        assert_eq!(again(TimeDelta::minutes(9)), 2);
        assert_eq!(again(TimeDelta::minutes(1)), 3);
        // Always to the address that registered, not to the spelling of whoever asks.
        assert_eq!(messages(&app, "digital-day"), pairs(&[("confirmed", "Ada@museum.example"); 3]));
        assert_eq!(app.deliver_mail(), 3);
    }

    fn whoever_waits_is_told_again_that_they_wait(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 0, "registration": { "waitlist": "auto" } }));
        app.register("digital-day", "ada@museum.example").ok(201);
        app.advance(TimeDelta::minutes(10));
        assert_eq!(app.register("digital-day", "ada@museum.example").problem(409), "already_registered");
        assert_eq!(messages(&app, "digital-day"), pairs(&[("waitlisted", "ada@museum.example"); 2]));
    }

    fn whoever_has_cancelled_may_register_again(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1 }));
        let first = app.register("digital-day", "ada@museum.example").ok(201);
        app.post_as_owner(&format!("{}/cancel", address(&first)), &json!({})).ok(200);
        let second = app.register("digital-day", "ADA@museum.example").ok(201);
        assert_ne!(second["id"], first["id"]);
        assert_ne!(second["code"], first["code"]);
        assert_eq!(app.register("digital-day", "ada@museum.example").problem(409), "already_registered");
        assert_eq!(app.get_as(&app.manage_token(&first), &address(&second)).problem(404), "not_found");
        assert_eq!(app.get_as(&app.manage_token(&first), &address(&first)).ok(200)["status"], "cancelled");
    }
}
