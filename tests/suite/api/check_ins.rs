//! People at the door.

use std::sync::Barrier;

use chrono::TimeDelta;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::{address, pairs, text};
use crate::support::{Answer, TestApp, on_both_databases};

/// The door of an event.
pub struct Door<'a> {
    pub app: &'a TestApp,
    pub list: String,
}

impl<'a> Door<'a> {
    pub fn of(app: &'a TestApp, event: &str) -> Self {
        Self { app, list: format!("/api/v1/check-in-lists/{}", app.list_of(event)) }
    }

    pub fn scan(&self, body: &Value) -> Answer {
        self.app.post_as_owner(&format!("{}/check-ins", self.list), body)
    }

    /// Result and reason.
    #[track_caller]
    pub fn verdict(&self, body: &Value) -> (String, Value) {
        let verdict = self.scan(body).ok(200);
        (text(&verdict, "/result"), verdict["reason"].clone())
    }

    /// expected, attended, inside, entries, exits, denied
    #[track_caller]
    pub fn numbers(&self) -> [i64; 6] {
        let status = self.app.get_as_owner(&format!("{}/status", self.list)).ok(200);
        ["expected", "attended", "inside", "entries", "exits", "denied"].map(|name| status[name].as_i64().unwrap())
    }
}

fn accepted() -> (String, Value) {
    ("accepted".to_owned(), Value::Null)
}

fn denied(reason: &str) -> (String, Value) {
    ("denied".to_owned(), json!(reason))
}

on_both_databases! {
    fn somebody_is_let_in_by_ticket_code_or_name(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let door = Door::of(&app, "digital-day");
        let [ada, ben, cleo] = ["ada", "ben", "cleo"].map(|n| app.register("digital-day", &format!("{n}@museum.example")).ok(201));
        let ticket = app.get_as_owner(&format!("{}/ticket", address(&ada))).ok(200);
        app.advance(TimeDelta::minutes(1));
        let verdict = door.scan(&json!({ "ticket": ticket["ticket"] })).ok(200);
        assert_eq!(verdict, json!({
            "result": "accepted", "reason": null, "text": "Come in.", "direction": "entry", "repeat": false,
            "check_in_id": verdict["check_in_id"], "questions": [], "answer_errors": [],
            "registration": { "id": ada["id"], "code": ada["code"], "name": "ada", "ticket_type": null, "note": null, "fields": {} },
            "first_entry_at": "2026-03-02T09:01:00Z",
            "status": { "expected": 3, "attended": 1, "inside": 1, "entries": 1, "exits": 0, "denied": 0,
                "as_of": "2026-03-02T09:01:00Z" },
            "server_time": "2026-03-02T09:01:00Z",
        }));
        assert_eq!(door.verdict(&json!({ "code": ben["code"] })), accepted());
        assert_eq!(door.verdict(&json!({ "registration_id": cleo["id"] })), accepted());
        assert_eq!(door.numbers(), [3, 3, 3, 3, 0, 0]);
    }

    fn somebody_goes_out_and_comes_in_again(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let door = Door::of(&app, "digital-day");
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let go = |direction: &str| {
            app.advance(TimeDelta::minutes(1));
            door.verdict(&json!({ "code": ada["code"], "direction": direction }))
        };
        assert_eq!(go("exit"), denied("not_checked_in"));
        assert_eq!(go("entry"), accepted());
        assert_eq!(go("entry"), denied("already_checked_in"));
        assert_eq!(go("exit"), accepted());
        assert_eq!(go("exit"), denied("not_checked_in"));
        assert_eq!(door.numbers(), [1, 1, 0, 1, 1, 3]);
        assert_eq!(go("entry"), accepted());
        assert_eq!(door.numbers(), [1, 1, 1, 2, 1, 3]);
        assert_eq!(app.get_as_owner(&address(&ada)).ok(200)["attendance"], json!({ "attended": true,
            "first_entry_at": "2026-03-02T09:02:00Z", "last_exit_at": "2026-03-02T09:04:00Z" }));
    }

    fn whoever_has_no_place_stays_outside(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 2, "registration": { "waitlist": "auto" } }));
        let door = Door::of(&app, "digital-day");
        let [ada, ben, cleo] = ["ada", "ben", "cleo"].map(|n| app.register("digital-day", &format!("{n}@museum.example")).ok(201));
        let ticket = app.get_as_owner(&format!("{}/ticket", address(&ben))).ok(200);
        assert_eq!(door.verdict(&json!({ "code": cleo["code"] })), denied("waitlisted"));
        app.post_as_owner(&format!("{}/cancel", address(&ben)), &json!({})).ok(200);
        assert_eq!(door.verdict(&json!({ "ticket": ticket["ticket"] })), denied("cancelled"));
        let named = door.scan(&json!({ "ticket": ticket["ticket"] })).ok(200);
        assert_eq!((&named["registration"]["id"], &named["registration"]["name"]), (&ben["id"], &json!("ben")));
        assert_eq!(door.verdict(&json!({ "code": "ABCDEFGH" })), denied("invalid"));
        assert_eq!(door.verdict(&json!({ "code": "not a code" })), denied("invalid"));
        assert_eq!(door.verdict(&json!({ "registration_id": "0190b5a0-7b1c-7000-8000-000000000000" })), denied("invalid"));
        app.post_as_owner("/api/v1/events/digital-day/cancel", &json!({})).ok(200);
        assert_eq!(door.verdict(&json!({ "code": ada["code"] })), denied("list_closed"));
        // Cleo has moved up meanwhile: two are expected.
        assert_eq!(door.numbers(), [2, 0, 0, 0, 0, 7]);
    }

    fn whoever_is_inside_can_leave_whatever_became_of_their_registration(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let door = Door::of(&app, "digital-day");
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        assert_eq!(door.verdict(&json!({ "code": ada["code"] })), accepted());
        app.post_as_owner(&format!("{}/cancel", address(&ada)), &json!({})).ok(200);
        assert_eq!(door.verdict(&json!({ "code": ada["code"], "direction": "exit" })), accepted());
        assert_eq!(door.verdict(&json!({ "code": ada["code"] })), denied("cancelled"));
        assert_eq!(door.numbers(), [0, 1, 0, 1, 1, 1]);
    }

    fn a_scan_sent_twice_is_one_scan(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let door = Door::of(&app, "digital-day");
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let scan = json!({ "code": ada["code"], "nonce": "n-1" });
        let first = door.scan(&scan).ok(200);
        let mut again = door.scan(&scan).ok(200);
        assert_eq!(again["repeat"], true);
        again["repeat"] = json!(false);
        assert_eq!(again, first);
        assert_eq!(door.numbers(), [1, 1, 1, 1, 0, 0]);
        // Another scanner's nonce is another scan.
        let other = app.token_of("ict-cluster", Role::Door);
        let theirs = app.post_as(&other, &format!("{}/check-ins", door.list), &scan).ok(200);
        assert_eq!((&theirs["reason"], &theirs["repeat"]), (&json!("already_checked_in"), &json!(false)));
        let log = app.get_as_owner(&format!("{}/check-ins", door.list)).ok(200);
        assert_eq!(log["data"].as_array().unwrap().len(), 2);
    }

    fn a_scan_that_makes_no_sense_is_refused(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let door = Door::of(&app, "digital-day");
        let ahead = |time: &str| door.scan(&json!({ "code": "ABCDEFGH", "occurred_at": time }));
        ahead("2026-03-02T09:05:00Z").ok(200);
        assert_eq!(ahead("2026-03-02T09:05:00.000001Z").issues(), pairs(&[("/occurred_at", "in_the_future")]));
        // The event was drafted at nine; nobody was let in more than a day before.
        ahead("2026-03-01T09:00:00Z").ok(200);
        assert_eq!(ahead("2026-03-01T08:59:59.999999Z").issues(), pairs(&[("/occurred_at", "before_the_event")]));
        for (body, issues) in [
            (json!({}), [("", "required")].as_slice()),
            (json!({ "code": "A", "ticket": "B" }), &[("", "ambiguous")]),
            (json!({ "registration_id": "x" }), &[("/registration_id", "invalid_id")]),
            (json!({ "code": "A", "direction": "up", "nonce": "" }), &[("/direction", "unknown_value"), ("/nonce", "required")]),
            (json!({ "code": "A", "nonce": "n".repeat(101) }), &[("/nonce", "too_long")]),
            (json!({ "ticket": "T".repeat(4097) }), &[("/ticket", "too_long")]),
        ] {
            assert_eq!(door.scan(&body).issues(), pairs(issues), "{body}");
        }
        assert_eq!(door.numbers(), [0, 0, 0, 0, 0, 2]);
    }

    fn two_doors_at_once_let_nobody_in_twice(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let path = format!("{}/check-ins", Door::of(&app, "digital-day").list);
        let scans: Vec<Value> = (0..50)
            .map(|n| app.register("digital-day", &format!("p{n}@museum.example")).ok(201))
            .map(|person| app.get_as_owner(&format!("{}/ticket", address(&person))).ok(200))
            .map(|ticket| json!({ "ticket": ticket["ticket"] }))
            .collect();
        let tokens = [app.token_of("ict-cluster", Role::Door), app.token_of("ict-cluster", Role::Door)];
        let at_once = Barrier::new(2);
        let at_a_door = |token: &String| -> Vec<Answer> {
            let scan = |body: &Value| {
                at_once.wait();
                app.post_as(token, &path, body)
            };
            scans.iter().map(scan).collect()
        };
        let (one, other) = std::thread::scope(|scope| {
            let one = scope.spawn(|| at_a_door(&tokens[0]));
            let other = scope.spawn(|| at_a_door(&tokens[1]));
            (one.join().unwrap(), other.join().unwrap())
        });
        for (one, other) in one.iter().zip(&other) {
            let mut both = [one, other].map(|answer| answer.ok(200)["reason"].to_string());
            both.sort_unstable();
            assert_eq!(both, ["\"already_checked_in\"", "null"]);
        }
        assert_eq!(Door::of(&app, "digital-day").numbers(), [50, 50, 50, 50, 0, 50]);
    }
}
