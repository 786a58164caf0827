//! What organizers do to messages, and how they find them.

use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::{column, pages, pairs, send, text};
use crate::support::{Answer, TestApp, on_both_databases};

const MESSAGES: &str = "/api/v1/events/digital-day/messages";

fn address(message: &Value) -> String {
    format!("/api/v1/messages/{}", text(message, "/id"))
}

fn told(app: &TestApp, message: &Value, deed: &str) -> Answer {
    app.post_as_owner(&format!("{}/{deed}", address(message)), &json!({}))
}

/// The event's messages.
fn messages(app: &TestApp) -> Vec<Value> {
    app.get_as_owner(MESSAGES).ok(200)["data"].as_array().unwrap().clone()
}

on_both_databases! {
    fn what_waits_can_be_cancelled_and_is_never_sent(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.register("digital-day", "ada@museum.example").ok(201);
        let waiting = messages(&app).remove(0);
        let old = send(&app, Method::POST, &format!("{}/cancel", address(&waiting)), &[("If-Match", "\"7\"")], &json!({}));
        assert_eq!(old.problem(412), "version_mismatch");
        let cancelled = told(&app, &waiting, "cancel").ok(200);
        assert_eq!((&cancelled["state"], &cancelled["due_at"], &cancelled["version"]), (&json!("withdrawn"), &json!(null), &json!(2)));
        assert_eq!(app.get_as_owner(&address(&waiting)).ok(200), cancelled);
        assert_eq!((app.deliver_mail(), app.letters().len()), (0, 0));
        for deed in ["cancel", "retry", "resend"] {
            assert_eq!(told(&app, &cancelled, deed).status, 409, "{deed}");
        }
        let deeds = column(&app.get_as_owner("/api/v1/events/digital-day/audit?limit=500"), "/deed");
        assert_eq!(deeds.iter().filter(|deed| *deed == "message.cancelled").count(), 1);
    }

    fn a_letter_that_was_lost_is_posted_again_as_another(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let first = messages(&app).remove(0);
        assert_eq!(told(&app, &first, "resend").problem(409), "not_resendable");
        app.deliver_mail();
        assert_eq!(told(&app, &first, "cancel").problem(409), "not_cancellable");
        let answer = told(&app, &first, "resend");
        let again = answer.ok(201);
        assert_eq!(answer.header("location"), address(&again));
        assert_eq!(
            (&again["state"], &again["kind"], &again["recipient"], &again["registration_id"], &again["attempts"]),
            (&json!("queued"), &json!("confirmed"), &json!("ada@museum.example"), &ada["id"], &json!(0))
        );
        assert_ne!(again["id"], first["id"]);
        assert_eq!((app.deliver_mail(), app.letters().len()), (1, 2));
        let states: Vec<_> = messages(&app).iter().map(|message| text(message, "/state")).collect();
        assert_eq!(states, ["sent", "sent"]);
    }

    fn a_letter_is_posted_again_once_for_one_key(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.register("digital-day", "ada@museum.example").ok(201);
        app.deliver_mail();
        let path = format!("{}/resend", address(&messages(&app)[0]));
        let again = || send(&app, Method::POST, &path, &[("Idempotency-Key", "once")], &json!({})).ok(201);
        assert_eq!(again()["id"], again()["id"]);
        assert_eq!(messages(&app).len(), 2);
    }

    fn messages_are_found_by_kind_and_by_whom_they_are_about(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto" } }));
        app.register("digital-day", "ada@museum.example").ok(201);
        let ben = app.register("digital-day", "ben@museum.example").ok(201);
        let found = |query: &str| column(&app.get_as_owner(&format!("{MESSAGES}?{query}")), "/recipient");
        assert_eq!(found("kind=waitlisted"), ["ben@museum.example"]);
        assert_eq!(found("kind=confirmed&state=queued"), ["ada@museum.example"]);
        assert_eq!(found(&format!("registration={}", text(&ben, "/id"))), ["ben@museum.example"]);
        let issues = app.get_as_owner(&format!("{MESSAGES}?kind=song&registration=x")).issues();
        assert_eq!(issues, pairs(&[("kind", "unknown_value"), ("registration", "invalid_id")]));
    }

    fn an_organization_sees_the_letters_of_its_own_events_alone(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.published_event(&json!({ "title": "Night of the Museums" }));
        for (event, name) in [("digital-day", "ada"), ("night-of-the-museums", "ben")] {
            app.register(event, &format!("{name}@museum.example")).ok(201);
        }
        let other = app.organization_with_token("National Museum", "museum", Role::Owner);
        let theirs = json!({ "title": "Vernissage", "starts_at": "2026-06-08T09:00:00Z", "ends_at": "2026-06-08T10:00:00Z" });
        app.post_as(&other, "/api/v1/events", &theirs).ok(201);
        app.post_as(&other, "/api/v1/events/vernissage/publish", &json!({})).ok(200);
        app.register("vernissage", "eve@museum.example").ok(201);

        let own = "/api/v1/organizations/ict-cluster/messages";
        assert_eq!(column(&app.get_as_owner(own), "/recipient"), ["ada@museum.example", "ben@museum.example"]);
        let paged = pages(&app, &format!("{own}?limit=1"), "/recipient");
        assert_eq!(paged, [["ada@museum.example"], ["ben@museum.example"]]);
        assert_eq!(column(&app.get_as(&other, "/api/v1/organizations/museum/messages?state=queued"), "/recipient"), ["eve@museum.example"]);
        assert_eq!(app.get_as(&other, own).problem(404), "not_found");
    }
}
