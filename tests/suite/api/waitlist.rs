//! Who waits moves up, first come, first served.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{address, messages, pairs};
use crate::support::{TestApp, on_both_databases};

fn people(app: &TestApp, names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| app.register("digital-day", &format!("{name}@museum.example")).ok(201)).collect()
}

/// Status and place of each.
fn line(app: &TestApp, people: &[Value]) -> Vec<(Value, Value)> {
    let read = |person: &Value| app.get_as_owner(&address(person)).ok(200);
    people.iter().map(read).map(|person| (person["status"].clone(), person["waitlist_position"].clone())).collect()
}

fn cancel(app: &TestApp, person: &Value) {
    app.post_as_owner(&format!("{}/cancel", address(person)), &json!({})).ok(200);
}

fn confirmed() -> (Value, Value) {
    (json!("confirmed"), Value::Null)
}

fn waits(position: u64) -> (Value, Value) {
    (json!("waitlisted"), json!(position))
}

fn cancelled() -> (Value, Value) {
    (json!("cancelled"), Value::Null)
}

on_both_databases! {
    fn whoever_waits_keeps_their_turn_when_the_list_takes_nobody_new(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto" } }));
        let people = people(&app, &["ada", "ben", "cleo"]);
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "registration": { "waitlist": "off" } })).ok(200);
        assert_eq!(app.register("digital-day", "dan@museum.example").problem(409), "sold_out");
        cancel(&app, &people[0]);
        assert_eq!(line(&app, &people), [cancelled(), confirmed(), waits(1)]);
    }

    fn whoever_comes_when_it_is_full_waits_and_moves_up(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto" } }));
        let people = people(&app, &["ada", "ben", "cleo", "dan"]);
        assert_eq!(line(&app, &people), [confirmed(), waits(1), waits(2), waits(3)]);
        cancel(&app, &people[0]);
        assert_eq!(line(&app, &people), [cancelled(), confirmed(), waits(1), waits(2)]);
        assert_eq!(messages(&app, "digital-day"), pairs(&[
            ("confirmed", "ada@museum.example"), ("waitlisted", "ben@museum.example"),
            ("waitlisted", "cleo@museum.example"), ("waitlisted", "dan@museum.example"),
            ("cancelled", "ada@museum.example"), ("promoted", "ben@museum.example"),
        ]));
        assert_eq!(app.deliver_mail(), 6);
    }

    fn whoever_stops_waiting_takes_nobody_with_them(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto" } }));
        let people = people(&app, &["ada", "ben", "cleo"]);
        cancel(&app, &people[1]);
        assert_eq!(line(&app, &people), [confirmed(), cancelled(), waits(1)]);
        cancel(&app, &people[0]);
        assert_eq!(line(&app, &people), [cancelled(), cancelled(), confirmed()]);
    }

    fn whoever_comes_back_stands_behind_those_who_stayed(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto" } }));
        let mut everybody = people(&app, &["ada", "ben", "cleo"]);
        cancel(&app, &everybody[2]);
        everybody.extend(people(&app, &["dan", "cleo"]));
        assert_eq!(line(&app, &everybody), [confirmed(), waits(1), cancelled(), waits(2), waits(3)]);
    }

    fn nobody_moves_up_once_the_event_has_begun(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "starts_at": "2026-03-02T10:00:00Z",
            "ends_at": "2026-03-02T12:00:00Z", "registration": { "waitlist": "auto" } }));
        let people = people(&app, &["ada", "ben"]);
        app.advance(TimeDelta::hours(1));
        cancel(&app, &people[0]);
        assert_eq!(line(&app, &people), [cancelled(), waits(1)]);
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "capacity": 5 })).ok(200);
        assert_eq!(line(&app, &people), [cancelled(), waits(1)]);
    }

    fn until_the_last_microsecond_before_the_start_somebody_moves_up(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "starts_at": "2026-03-02T10:00:00Z",
            "ends_at": "2026-03-02T12:00:00Z", "registration": { "waitlist": "auto" } }));
        let people = people(&app, &["ada", "ben"]);
        app.advance(TimeDelta::hours(1) - TimeDelta::microseconds(1));
        cancel(&app, &people[0]);
        assert_eq!(line(&app, &people), [cancelled(), confirmed()]);
    }
}
