//! What a deed answers to organizers is what they would read.

use serde_json::{Value, json};

use super::address;
use super::world_of_parts::deed;
use crate::support::{TestApp, on_both_databases};

const REGISTRATIONS: &str = "/api/v1/events/digital-day/registrations";

/// Does something to a registration as the owner, and compares the answer with what is read afterwards.
fn told(app: &TestApp, registration: &Value, what: &str, body: &Value) {
    let status = if what == "resend" { 202 } else { 200 };
    let done = deed(app, &app.token, registration, what, body).ok(status);
    let mut read = app.get_as_owner(&address(registration)).ok(200);
    // Whom else it may be is looked up for who reads it alone.
    read.as_object_mut().unwrap().remove("possible_duplicates");
    assert_eq!(done, read, "{what}");
    assert_eq!((&done["note"], &done["tags"]), (&json!("by phone"), &json!(["press"])), "{what}");
}

on_both_databases! {
    fn organizers_are_told_by_every_deed_what_they_may_read(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 2, "registration": { "approval": true, "waitlist": "auto" } }));
        let consent = json!({ "key": "photos", "purpose": "photos", "text": { "en": "Photos are taken." } });
        app.post_as_owner("/api/v1/events/digital-day/consents", &consent).ok(201);
        let register = |name: &str| {
            let person = json!({ "first_name": name, "email": format!("{name}@museum.example") });
            let wish = json!({ "attendee": person, "note": "by phone", "tags": ["press"] });
            app.post_as_owner(REGISTRATIONS, &wish).ok(201)
        };
        let [ada, ben] = ["ada", "ben"].map(register);
        told(&app, &ada, "approve", &json!({}));
        told(&app, &ada, "consents/photos/give", &json!({}));
        told(&app, &ada, "consents/photos/withdraw", &json!({}));
        told(&app, &ada, "resend", &json!({}));
        told(&app, &ben, "reject", &json!({ "reason": "too late" }));
        assert_eq!(app.get_as_owner(&address(&ben)).ok(200)["reason"], "too late");
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "capacity": 1, "registration": { "approval": false } })).ok(200);
        let cleo = register("cleo");
        told(&app, &cleo, "prioritize", &json!({ "priority": 5 }));
        told(&app, &cleo, "promote?force=true", &json!({ "reason": "speaks at ten" }));
        assert_eq!(app.get_as_owner(&address(&cleo)).ok(200)["reason"], "speaks at ten");
        told(&app, &cleo, "cancel", &json!({}));
        told(&app, &cleo, "restore?force=true", &json!({}));
    }
    fn organizers_are_told_so_when_they_accept_for_somebody(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "offer", "offer_hours": 24 } }));
        let [ada, ben] = ["ada", "ben"].map(|name| {
            let person = json!({ "first_name": name, "email": format!("{name}@museum.example") });
            let wish = json!({ "attendee": person, "note": "by phone", "tags": ["press"] });
            app.post_as_owner(REGISTRATIONS, &wish).ok(201)
        });
        told(&app, &ada, "cancel", &json!({}));
        told(&app, &ben, "accept", &json!({}));
    }
}
