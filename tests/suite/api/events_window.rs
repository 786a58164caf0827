//! When one can register, as the event itself says it.

use chrono::TimeDelta;
use serde_json::json;

use super::text;
use crate::support::{TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

fn state(app: &TestApp) -> String {
    text(&app.get_as_owner(EVENT).ok(200), "/registration/state")
}

on_both_databases! {
    fn registration_opens_fills_waits_and_closes(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({ "capacity": 1, "registration": {
            "opens_at": "2026-03-03T09:00:00Z", "closes_at": "2026-03-05T09:00:00Z" } }));
        assert_eq!(state(&app), "not_open");
        app.post_as_owner(&format!("{EVENT}/publish"), &json!({})).ok(200);
        app.advance(TimeDelta::days(1) - TimeDelta::microseconds(1));
        assert_eq!(state(&app), "not_open");
        app.advance(TimeDelta::microseconds(1));
        assert_eq!(state(&app), "open");
        app.register("digital-day", "ada@museum.example").ok(201);
        assert_eq!(state(&app), "full");
        app.patch_as_owner(EVENT, &json!({ "registration": { "waitlist": "auto" } })).ok(200);
        assert_eq!(state(&app), "waitlist");
        app.advance(TimeDelta::days(2) - TimeDelta::microseconds(1));
        assert_eq!(state(&app), "waitlist");
        app.advance(TimeDelta::microseconds(1));
        assert_eq!(state(&app), "closed");
    }

    fn without_a_window_registration_lasts_from_publication_to_the_end(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "starts_at": "2026-03-03T09:00:00Z", "ends_at": "2026-03-03T10:00:00Z" }));
        assert_eq!(state(&app), "open");
        app.advance(TimeDelta::hours(25) - TimeDelta::microseconds(1));
        assert_eq!(state(&app), "open");
        app.advance(TimeDelta::microseconds(1));
        assert_eq!(state(&app), "closed");
    }
}
