//! The numbers of an event.

use chrono::TimeDelta;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::address;
use super::hosts::host;
use super::via::register;
use crate::support::{TestApp, on_both_databases};

const STATISTICS: &str = "/api/v1/events/digital-day/statistics";

/// Counts by status, where nobody is in any other.
fn counts(confirmed: i64, waitlisted: i64, cancelled: i64) -> Value {
    json!({
        "pending_verification": 0, "pending_approval": 0, "confirmed": confirmed, "waitlisted": waitlisted, "offered": 0,
        "cancelled": cancelled, "rejected": 0, "expired": 0,
    })
}

/// The same, of those who came through one host.
fn via(organization: Value, confirmed: i64, waitlisted: i64, cancelled: i64) -> Value {
    let mut row = counts(confirmed, waitlisted, cancelled);
    row["organization"] = organization;
    row
}

on_both_databases! {
    fn an_event_of_which_nobody_has_heard_has_numbers_too(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({ "capacity": 3 }));
        let numbers = app.get_as_owner(STATISTICS).ok(200);
        assert_eq!(numbers, json!({
            "seats": { "capacity": 3, "taken": 0, "available": 3, "waitlisted": 0, "overbooked": 0 },
            "capacity_explained": "3 = 3 free", "by_ticket_type": [], "by_session": [],
            "registrations": { "by_status": counts(0, 0, 0) },
            "by_via": [], "by_country": [], "by_organization": [], "by_day": [], "attended": 0,
            "invitations": { "invited": 0, "accepted": 0, "declined": 0, "revoked": 0, "expired": 0 },
            "check_in_lists": [{ "id": app.list_of("digital-day"), "name": "Entrance", "attended": 0, "inside": 0,
                "entries": 0, "exits": 0, "denied": 0 }],
            "as_of": "2026-03-02T09:00:00Z",
        }));
    }

    fn people_are_counted_by_the_organization_that_they_name_whatever_its_spelling(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let names = ["Musée d'Art", "MUSEE D'ART", "Musée d'Art", "musee d'art", "Musée d'Art", "Atelier"];
        for (number, organization) in names.iter().enumerate() {
            let person = json!({ "first_name": "X", "email": format!("x{number}@museum.example"), "organization": organization });
            app.post("/api/v1/events/digital-day/registrations", &json!({ "attendee": person })).ok(201);
        }
        app.register("digital-day", "ada@museum.example").ok(201);
        let row = |name: Value, others: bool, count: i64| json!({ "organization": name, "others": others, "registrations": count });
        let counted = |token: &str| app.get_as(token, STATISTICS).ok(200)["by_organization"].clone();
        let museum = row(json!("Musée d'Art"), false, 5);
        assert_eq!(counted(&app.token), json!([museum, row(json!("Atelier"), false, 1), row(Value::Null, false, 1)]));
        // Who sees no names cannot guess one from the only person of an organization.
        let door = app.token_of("ict-cluster", Role::Door);
        assert_eq!(counted(&door), json!([museum, row(Value::Null, false, 1), row(Value::Null, true, 1)]));
    }

    fn the_numbers_are_those_of_the_lists(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 7, "registration": { "waitlist": "auto" } }));
        let numbers_only = host(&app, "museum", "venue", "aggregate");
        for name in ["a", "b", "c", "d", "e"] {
            register(&app, name, "?via=museum", Some("LU")).ok(201);
        }
        // A day later on the clocks of Luxembourg, not yet in UTC.
        app.advance(TimeDelta::minutes(14 * 60 + 30));
        let fay = register(&app, "fay", "?via=ict-cluster", Some("FR")).ok(201);
        register(&app, "gil", "", None).ok(201);
        app.advance(TimeDelta::days(2));
        register(&app, "hal", "", Some("DE")).ok(201);
        register(&app, "ida", "?via=museum", Some("BE")).ok(201);
        app.post_as_owner(&format!("{}/cancel", address(&fay)), &json!({})).ok(200);
        let list = app.list_of("digital-day");
        let entrance = format!("/api/v1/check-in-lists/{list}/check-ins");
        let gil = app.get_as_owner("/api/v1/events/digital-day/registrations?q=gil").ok(200)["data"][0]["code"].clone();
        app.post_as_owner(&entrance, &json!({ "code": gil })).ok(200);
        let other = app.token_of("ict-cluster", turnout::organizations::Role::Door);
        app.post_as(&other, &entrance, &json!({ "code": gil })).ok(200);
        app.post_as_owner(&entrance, &json!({ "code": gil, "direction": "exit" })).ok(200);
        let numbers = app.get_as_owner(STATISTICS).ok(200);
        assert_eq!(numbers, json!({
            "seats": { "capacity": 7, "taken": 7, "available": 0, "waitlisted": 1, "overbooked": 0 },
            "capacity_explained": "7 = 7 confirmed", "by_ticket_type": [], "by_session": [],
            "registrations": { "by_status": counts(7, 1, 1) },
            "by_via": [
                via(json!("ict-cluster"), 0, 0, 1),
                via(json!("museum"), 5, 1, 0),
                via(json!(null), 2, 0, 0),
            ],
            "by_country": [
                { "country": "LU", "registrations": 5 }, { "country": "BE", "registrations": 1 },
                { "country": "DE", "registrations": 1 }, { "country": null, "registrations": 1 },
            ],
            "by_organization": [{ "organization": null, "others": false, "registrations": 8 }],
            "by_day": [{ "date": "2026-03-02", "registered": 5 }, { "date": "2026-03-03", "registered": 2 },
                { "date": "2026-03-05", "registered": 2 }],
            "attended": 1,
            "invitations": { "invited": 0, "accepted": 0, "declined": 0, "revoked": 0, "expired": 0 },
            "check_in_lists": [{ "id": list, "name": "Entrance", "attended": 1, "inside": 0, "entries": 1, "exits": 1,
                "denied": 1 }],
            "as_of": "2026-03-04T23:30:00Z",
        }));
        // Who sees no names cannot guess one from the only person of a country.
        let mut grouped = numbers.clone();
        grouped["by_country"] = json!([{ "country": "LU", "registrations": 5 }, { "country": "other", "registrations": 3 }]);
        for token in [numbers_only, app.token_of("museum", Role::Viewer), app.token_of("ict-cluster", Role::Door)] {
            assert_eq!(app.get_as(&token, STATISTICS).ok(200), grouped);
        }
        assert_eq!(app.get_as(&app.token_of("ict-cluster", Role::Viewer), STATISTICS).ok(200), numbers);
    }
}
