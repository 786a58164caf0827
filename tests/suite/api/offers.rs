//! A seat that is held for somebody for a while; and who comes first.

use chrono::TimeDelta;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::{address, messages, pairs, text};
use crate::support::{Answer, TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

fn event(app: &TestApp, hours: i64) -> Value {
    app.published_event(&json!({ "capacity": 1, "starts_at": "2026-03-04T09:00:00Z", "ends_at": "2026-03-04T17:00:00Z",
        "registration": { "waitlist": "offer", "offer_hours": hours } }))
}

fn people(app: &TestApp, names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| app.register("digital-day", &format!("{name}@museum.example")).ok(201)).collect()
}

fn statuses(app: &TestApp, people: &[Value]) -> Vec<Value> {
    people.iter().map(|one| app.get_as_owner(&address(one)).ok(200)["status"].clone()).collect()
}

fn positions(app: &TestApp, people: &[Value]) -> Vec<Value> {
    people.iter().map(|one| app.get_as_owner(&address(one)).ok(200)["waitlist_position"].clone()).collect()
}

fn as_owner(app: &TestApp, one: &Value, deed: &str, body: &Value) -> Answer {
    app.post_as_owner(&format!("{}/{deed}", address(one)), body)
}

fn as_attendee(app: &TestApp, one: &Value, deed: &str) -> Answer {
    app.post_as(&app.manage_token(one), &format!("{}/{deed}", address(one)), &json!({}))
}

on_both_databases! {
    fn a_free_seat_is_offered_and_taken(database: Database) {
        let app = TestApp::start(database);
        event(&app, 24);
        let people = people(&app, &["ada", "ben", "cleo"]);
        assert_eq!(as_attendee(&app, &people[1], "accept").problem(409), "not_now");
        as_attendee(&app, &people[0], "cancel").ok(200);
        assert_eq!(statuses(&app, &people), ["cancelled", "offered", "waitlisted"]);
        let seats = app.get_as_owner(EVENT).ok(200)["seats"].clone();
        assert_eq!(seats, json!({ "capacity": 1, "taken": 1, "available": 0, "waitlisted": 1, "overbooked": 0 }));
        let numbers = app.get_as_owner(&format!("{EVENT}/statistics")).ok(200);
        assert_eq!(numbers["capacity_explained"], "1 = 1 offered");
        assert_eq!(as_attendee(&app, &people[1], "accept").ok(200)["status"], "confirmed");
        assert_eq!(as_attendee(&app, &people[1], "decline").problem(409), "not_now");
        app.do_chore("end offers");
        assert_eq!(statuses(&app, &people), ["cancelled", "confirmed", "waitlisted"]);
        assert_eq!(messages(&app, "digital-day")[3..], pairs(&[
            ("cancelled", "ada@museum.example"), ("offered", "ben@museum.example"), ("confirmed", "ben@museum.example"),
        ]));
    }

    fn a_declined_seat_goes_to_the_next(database: Database) {
        let app = TestApp::start(database);
        event(&app, 24);
        let people = people(&app, &["ada", "ben", "cleo"]);
        as_attendee(&app, &people[0], "cancel").ok(200);
        assert_eq!(as_attendee(&app, &people[1], "decline").ok(200)["status"], "cancelled");
        assert_eq!(statuses(&app, &people), ["cancelled", "cancelled", "offered"]);
        assert_eq!(as_owner(&app, &people[2], "accept", &json!({})).ok(200)["status"], "confirmed");
    }

    fn an_offer_ends_once_by_the_clock(database: Database) {
        let app = TestApp::start(database);
        event(&app, 2);
        let people = people(&app, &["ada", "ben", "cleo"]);
        as_attendee(&app, &people[0], "cancel").ok(200);
        app.advance(TimeDelta::hours(2) - TimeDelta::microseconds(1));
        app.do_chore("end offers");
        assert_eq!(statuses(&app, &people), ["cancelled", "offered", "waitlisted"]);
        app.advance(TimeDelta::microseconds(1));
        assert_eq!(as_attendee(&app, &people[1], "accept").problem(409), "too_late");
        assert_eq!(as_attendee(&app, &people[1], "decline").problem(409), "too_late");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| app.do_chore("end offers"));
            }
        });
        assert_eq!(statuses(&app, &people), ["cancelled", "expired", "offered"]);
        assert_eq!(messages(&app, "digital-day")[3..], pairs(&[
            ("cancelled", "ada@museum.example"), ("offered", "ben@museum.example"),
            ("offer_expired", "ben@museum.example"), ("offered", "cleo@museum.example"),
        ]));
        assert_eq!(people_again(&app)["status"], "waitlisted");
    }

    fn an_offer_ends_when_the_event_begins_and_is_not_made_again(database: Database) {
        let app = TestApp::start(database);
        event(&app, 720);
        let people = people(&app, &["ada", "ben", "cleo"]);
        as_attendee(&app, &people[0], "cancel").ok(200);
        let earlier = json!({ "starts_at": "2026-03-03T09:00:00Z" });
        app.patch_as_owner(EVENT, &earlier).ok(200);
        app.advance(TimeDelta::days(1));
        assert_eq!(as_attendee(&app, &people[1], "accept").problem(409), "too_late");
        app.do_chore("end offers");
        assert_eq!(statuses(&app, &people), ["cancelled", "expired", "waitlisted"]);
    }

    fn what_was_offered_at_a_cancelled_event_stays_as_it_is(database: Database) {
        let app = TestApp::start(database);
        event(&app, 1);
        let people = people(&app, &["ada", "ben"]);
        as_attendee(&app, &people[0], "cancel").ok(200);
        app.post_as_owner(&format!("{EVENT}/cancel"), &json!({})).ok(200);
        app.advance(TimeDelta::hours(3));
        app.do_chore("end offers");
        assert_eq!(as_attendee(&app, &people[1], "accept").problem(409), "event_cancelled");
        assert_eq!(statuses(&app, &people), ["cancelled", "offered"]);
    }

    fn a_higher_priority_comes_first_then_time(database: Database) {
        let app = TestApp::start(database);
        event(&app, 24);
        let people = people(&app, &["ada", "ben", "cleo", "dan", "eve"]);
        let rank = |one: &Value, priority: i64| as_owner(&app, one, "prioritize", &json!({ "priority": priority })).ok(200);
        rank(&people[4], 5);
        rank(&people[3], 5);
        rank(&people[2], 100);
        assert_eq!(positions(&app, &people[1..]), [json!(4), json!(1), json!(2), json!(3)]);
        rank(&people[2], 0);
        assert_eq!(positions(&app, &people[1..]), [json!(3), json!(4), json!(1), json!(2)]);
        // Whoever comes now stands behind all who came before, also behind who had another priority meanwhile.
        rank(&people[1], 9);
        let fay = app.register("digital-day", "fay@museum.example").ok(201);
        assert_eq!(fay["waitlist_position"], 5);
        rank(&people[1], 0);
        assert_eq!(positions(&app, &[people[1].clone(), people[2].clone(), fay]), [json!(3), json!(4), json!(5)]);
        as_attendee(&app, &people[0], "cancel").ok(200);
        assert_eq!(statuses(&app, &people[3..4]), ["offered"]);
        let trail = app.get_as_owner(&format!("{EVENT}/audit")).ok(200);
        let given = trail["data"].as_array().unwrap().iter().find(|row| row["deed"] == "registration.prioritized");
        assert_eq!(given.unwrap()["changes"], json!([{ "field": "priority", "before": 9, "after": 0 }]));
        let wrong = as_owner(&app, &people[1], "prioritize", &json!({ "priority": 101 }));
        assert_eq!(wrong.issues(), pairs(&[("/priority", "out_of_range")]));
        assert_eq!(as_owner(&app, &people[0], "prioritize", &json!({ "priority": 1 })).problem(409), "not_now");
    }

    fn an_organizer_lets_somebody_in_out_of_order_and_says_why(database: Database) {
        let app = TestApp::start(database);
        event(&app, 24);
        let people = people(&app, &["ada", "ben", "cleo"]);
        assert_eq!(as_owner(&app, &people[2], "promote", &json!({})).issues(), pairs(&[("/reason", "required")]));
        let why = json!({ "reason": "she gives a talk" });
        assert_eq!(as_owner(&app, &people[2], "promote", &why).problem(409), "sold_out");
        assert_eq!(as_owner(&app, &people[2], "promote?force=true", &why).ok(200)["status"], "confirmed");
        assert_eq!(app.get_as_owner(EVENT).ok(200)["seats"]["taken"], 2);
        assert_eq!(app.get_as_owner(&format!("{EVENT}/statistics")).ok(200)["capacity_explained"],
            "1 = 2 confirmed - 1 over capacity");
        let trail = app.get_as_owner(&format!("{EVENT}/audit")).ok(200);
        let done = trail["data"].as_array().unwrap().iter().find(|row| row["deed"] == "registration.promoted").unwrap();
        assert_eq!(done["changes"], json!([{ "field": "reason", "before": null, "after": "she gives a talk" }]));
        // One has left, and the house is full still; when another has left, there is a seat.
        as_attendee(&app, &people[0], "cancel").ok(200);
        assert_eq!(statuses(&app, &people), ["cancelled", "waitlisted", "confirmed"]);
        as_attendee(&app, &people[2], "cancel").ok(200);
        assert_eq!(statuses(&app, &people), ["cancelled", "offered", "cancelled"]);
    }

    fn organizers_order_the_list_and_nobody_else(database: Database) {
        let app = TestApp::start(database);
        event(&app, 24);
        let people = people(&app, &["ada", "ben"]);
        let stranger = app.organization_with_token("Museum", "museum", Role::Owner);
        for (deed, body) in [("promote", json!({ "reason": "why" })), ("prioritize", json!({ "priority": 3 }))] {
            let path = format!("{}/{deed}", address(&people[1]));
            assert_eq!(app.post(&path, &body).problem(401), "unauthenticated");
            assert_eq!(app.post_as(&stranger, &path, &body).problem(404), "not_found");
            assert_eq!(app.post_as(&app.token_of("ict-cluster", Role::Door), &path, &body).problem(403), "forbidden");
            assert_eq!(app.post_as(&app.manage_token(&people[1]), &path, &body).problem(403), "forbidden");
        }
        for deed in ["accept", "decline"] {
            let path = format!("{}/{deed}", address(&people[1]));
            assert_eq!(app.post(&path, &json!({})).problem(401), "unauthenticated");
            assert_eq!(app.post_as(&stranger, &path, &json!({})).problem(404), "not_found");
            assert_eq!(app.post_as(&app.manage_token(&people[0]), &path, &json!({})).problem(404), "not_found");
            assert_eq!(app.post_as(&app.token_of("ict-cluster", Role::Viewer), &path, &json!({})).problem(403), "forbidden");
        }
        assert_eq!(text(&people[1], "/status"), "waitlisted");
    }
}

/// Whoever let an offer end may come back, behind everybody.
fn people_again(app: &TestApp) -> Value {
    app.register("digital-day", "ben@museum.example").ok(201)
}
