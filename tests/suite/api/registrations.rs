//! Registering, waiting, moving up, cancelling.

use serde_json::json;

use crate::support::{Database, TestApp, on_both_databases};

on_both_databases! {
    fn whoever_comes_when_it_is_full_waits_and_moves_up(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto" } }));
        let first = app.register("digital-day", "ada@museum.example").ok(201);
        let second = app.register("digital-day", "ben@museum.example").ok(201);
        assert_eq!((&first["status"], &second["status"]), (&json!("confirmed"), &json!("waitlisted")));
        assert_eq!(second["waitlist_position"], 1);

        let cancel = format!("/api/v1/registrations/{}/cancel", first["id"].as_str().unwrap());
        app.post_as(&app.manage_token(&first), &cancel, &json!({})).ok(200);

        let read = format!("/api/v1/registrations/{}", second["id"].as_str().unwrap());
        let promoted = app.get_as_owner(&read).ok(200);
        assert_eq!((&promoted["status"], &promoted["waitlist_position"]), (&json!("confirmed"), &json!(null)));
        assert_eq!(app.deliver_mail(), 4);
    }
}
