//! What organizers do by hand: put people in, and bring them back.

use chrono::TimeDelta;
use serde_json::json;
use turnout::organizations::Role;

use super::world_of_parts::{deed, register_with, ticket_type};
use super::{address, messages, pairs};
use crate::support::{TestApp, on_both_databases};

const REGISTRATIONS: &str = "/api/v1/events/digital-day/registrations";

on_both_databases! {
    fn an_organizer_brings_somebody_back_if_a_seat_is_free(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1 }));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let token = app.manage_token(&ada);
        assert_eq!(deed(&app, &app.token, &ada, "restore", &json!({})).problem(409), "not_now");
        deed(&app, &app.token, &ada, "cancel", &json!({})).ok(200);
        assert_eq!(deed(&app, &token, &ada, "restore", &json!({})).problem(403), "forbidden");
        assert_eq!(app.post(&format!("{}/restore", address(&ada)), &json!({})).problem(401), "unauthenticated");
        assert_eq!(deed(&app, &app.token, &ada, "restore", &json!({})).ok(200)["status"], "confirmed");
        deed(&app, &app.token, &ada, "cancel", &json!({})).ok(200);
        let ben = app.register("digital-day", "ben@museum.example").ok(201);
        assert_eq!(deed(&app, &app.token, &ada, "restore", &json!({})).problem(409), "sold_out");
        assert_eq!(deed(&app, &app.token, &ada, "restore?force=true&silent=true", &json!({})).ok(200)["status"], "confirmed");
        deed(&app, &app.token, &ada, "cancel", &json!({})).ok(200);
        deed(&app, &app.token, &ben, "cancel", &json!({})).ok(200);
        app.register("digital-day", "ada@museum.example").ok(201);
        assert_eq!(deed(&app, &app.token, &ada, "restore", &json!({})).problem(409), "already_registered");
        assert_eq!(deed(&app, &app.token, &ada, "restore?forced=true", &json!({})).issues(), pairs(&[("forced", "unknown_parameter")]));
        let letters = messages(&app, "digital-day").into_iter().filter(|(_, to)| to == "ada@museum.example");
        assert_eq!(letters.map(|(kind, _)| kind).collect::<Vec<_>>(),
            ["confirmed", "cancelled", "confirmed", "cancelled", "cancelled", "confirmed"]);
    }

    fn nobody_is_brought_back_when_it_is_over(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "starts_at": "2026-03-02T10:00:00Z", "ends_at": "2026-03-02T12:00:00Z" }));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        deed(&app, &app.token, &ada, "cancel", &json!({})).ok(200);
        app.advance(TimeDelta::hours(3));
        assert_eq!(deed(&app, &app.token, &ada, "restore", &json!({})).problem(409), "event_ended");
    }

    fn an_organizer_registers_people_where_others_cannot(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "closes_at": "2026-03-03T09:00:00Z" } }));
        app.register("digital-day", "ada@museum.example").ok(201);
        app.advance(TimeDelta::days(2));
        let wish = |name: &str| json!({ "attendee": { "first_name": name, "email": format!("{name}@museum.example") } });
        let forced = format!("{REGISTRATIONS}?force=true&silent=true");
        assert_eq!(app.post_as_owner(REGISTRATIONS, &wish("ben")).problem(409), "registration_closed");
        let mut ben = wish("ben");
        (ben["note"], ben["tags"]) = (json!("by phone"), json!(["press"]));
        let ben = app.post_as_owner(&forced, &ben).ok(201);
        assert_eq!((&ben["status"], &ben["note"], &ben["tags"], &ben["source"]),
            (&json!("confirmed"), &json!("by phone"), &json!(["press"]), &json!("api")));
        let session = app.member("ict-cluster", "mia@cluster.example", Role::Editor);
        let cleo = app.post_with(&session, &forced, &wish("cleo")).ok(201);
        assert_eq!((&cleo["status"], &cleo["source"]), (&json!("confirmed"), &json!("web")));
        assert_eq!(messages(&app, "digital-day"), pairs(&[("confirmed", "ada@museum.example")]));
        let seats = app.get("/api/v1/events/digital-day").ok(200)["seats"]["taken"].clone();
        assert_eq!(seats, 3);
        let wrong = json!({ "attendee": { "first_name": "x", "email": "x@museum.example" }, "tags": ["A b"], "note": 1 });
        assert_eq!(app.post_as_owner(&forced, &wrong).issues(), pairs(&[("/note", "invalid_type"), ("/tags/0", "invalid_slug")]));
    }

    fn nobody_else_has_such_a_hand(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let hidden = ticket_type(&app, "Speakers", &[], None, true);
        let public = ticket_type(&app, "Everybody", &[], None, false);
        let wish = json!({ "attendee": { "first_name": "ada", "email": "ada@museum.example" }, "ticket_type": public });
        let stranger = app.organization_with_token("Other", "other", Role::Owner);
        let viewer = app.token_of("ict-cluster", Role::Viewer);
        for query in ["?force=true", "?silent=true"] {
            assert_eq!(app.post(&format!("{REGISTRATIONS}{query}"), &wish).problem(403), "forbidden");
            for token in [&stranger, &viewer] {
                assert_eq!(app.post_as(token, &format!("{REGISTRATIONS}{query}"), &wish).problem(403), "forbidden");
            }
        }
        for more in [json!({ "note": "x", "ticket_type": public }), json!({ "tags": [], "ticket_type": public })] {
            assert_eq!(register_with(&app, "ada", &more).problem(403), "forbidden");
        }
        let speaker = json!({ "attendee": { "first_name": "ada", "email": "ada@museum.example" }, "ticket_type": hidden });
        assert_eq!(app.post(REGISTRATIONS, &speaker).issues(), pairs(&[("/ticket_type", "unknown_ticket_type")]));
        assert_eq!(app.post_as(&stranger, REGISTRATIONS, &speaker).issues(), pairs(&[("/ticket_type", "unknown_ticket_type")]));
        assert_eq!(app.post_as_owner(REGISTRATIONS, &speaker).ok(201)["ticket_type"]["id"], hidden);
    }
}
