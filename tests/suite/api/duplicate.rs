//! The same event once more.

use serde_json::json;
use turnout::organizations::Role;

use super::{column, pairs, text};
use crate::support::{TestApp, on_both_databases};

on_both_databases! {
    fn a_copy_has_everything_but_the_people_at_the_same_hours(database: Database) {
        let app = TestApp::start(database);
        let museum = app.organization_with_token("Museum", "museum", Role::Owner);
        // In winter: the copy is in summer, and begins at nine o'clock all the same.
        let event = app.published_event(&json!({
            "capacity": 30, "tags": ["digital"], "starts_at": "2026-03-09T09:00:00+01:00", "ends_at": "2026-03-09T17:00:00+01:00",
            "registration": { "closes_at": "2026-03-08T12:00:00+01:00", "waitlist": "auto" },
        }));
        let host = json!({ "organization": "museum", "role": "venue", "data_access": "aggregate" });
        app.post_as_owner("/api/v1/events/digital-day/hosts", &host).ok(201);
        app.post_as(&museum, "/api/v1/events/digital-day/hosts/museum/accept", &json!({})).ok(200);
        let workshop = json!({
            "title": "Workshop", "starts_at": "2026-03-09T10:00:00+01:00", "ends_at": "2026-03-09T11:00:00+01:00", "capacity": 5,
        });
        let workshop = app.post_as_owner("/api/v1/events/digital-day/sessions", &workshop).ok(201);
        let press = json!({ "name": "Press", "capacity": 3, "sessions": [workshop["id"]] });
        let press = app.post_as_owner("/api/v1/events/digital-day/ticket-types", &press).ok(201);
        let wish = json!({ "attendee": { "first_name": "Ada", "email": "ada@museum.example" }, "ticket_type": press["id"] });
        app.post("/api/v1/events/digital-day/registrations", &wish).ok(201);

        let edition = json!({ "starts_at": "2026-06-08T09:00:00+02:00" });
        let copy = app.post_as_owner("/api/v1/events/digital-day/duplicate", &edition).ok(201);
        let slug = text(&copy, "/slug");
        assert_eq!((slug.as_str(), &copy["status"], &copy["title"]), ("digital-day-2", &json!("draft"), &event["title"]));
        assert_eq!((&copy["starts_at"], &copy["ends_at"]), (&json!("2026-06-08T07:00:00Z"), &json!("2026-06-08T15:00:00Z")));
        assert_eq!(copy["registration"]["closes_at"], "2026-06-07T10:00:00Z");
        assert_eq!(copy["registration"]["waitlist"], "auto");
        assert_eq!((&copy["seats"]["taken"], &copy["capacity"], &copy["tags"]), (&json!(0), &json!(30), &json!(["digital"])));
        let at = |list: &str| format!("/api/v1/events/{slug}/{list}");
        let sessions = app.get_as_owner(&at("sessions"));
        assert_eq!(column(&sessions, "/starts_at"), [json!("2026-06-08T08:00:00Z")]);
        assert_eq!(column(&sessions, "/seats/capacity"), [json!(5)]);
        let types = app.get_as_owner(&at("ticket-types"));
        assert_eq!(column(&types, "/seats/taken"), [json!(0)]);
        assert_eq!(column(&types, "/sessions/0"), column(&sessions, "/id"));
        assert_eq!(column(&app.get_as_owner(&at("hosts")), "/state"), [json!("accepted"), json!("invited")]);
        assert_eq!(column(&app.get_as_owner(&at("check-in-lists")), "/name"), [json!("Entrance")]);
        assert_eq!(column(&app.get_as_owner(&at("registrations")), "/id"), Vec::<serde_json::Value>::new());
    }
}

on_both_databases! {
    fn a_copy_needs_a_beginning_and_an_editor_of_the_owner(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let duplicate = "/api/v1/events/digital-day/duplicate";
        assert_eq!(app.post_as_owner(duplicate, &json!({ "titel": "X" })).issues(), pairs(&[
            ("/titel", "unknown_field"), ("/starts_at", "required"),
        ]));
        let copy = json!({ "starts_at": "2027-06-08T09:00:00+02:00", "slug": "digital-day" });
        assert_eq!(app.post_as_owner(duplicate, &copy).problem(409), "slug_taken");
        let viewer = app.token_of("ict-cluster", Role::Viewer);
        assert_eq!(app.post_as(&viewer, duplicate, &copy).problem(403), "forbidden");
    }
}
