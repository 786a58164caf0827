//! What a list remembers, and what is taken back.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::check_ins::Door;
use super::{address, column, pages, pairs, text};
use crate::support::{Answer, TestApp, on_both_databases};

fn annul(app: &TestApp, verdict: &Value) -> Answer {
    let path = format!("/api/v1/check-ins/{}/annul", text(verdict, "/check_in_id"));
    app.post_as_owner(&path, &json!({ "reason": "wrong person" }))
}

on_both_databases! {
    fn every_scan_is_in_the_log(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let door = Door::of(&app, "digital-day");
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        app.advance(TimeDelta::hours(1));
        let verdict = door.scan(&json!({ "code": ada["code"], "nonce": "n", "occurred_at": "2026-03-02T09:30:00Z" })).ok(200);
        door.scan(&json!({ "ticket": "x", "direction": "exit" })).ok(200);
        let annulment = annul(&app, &verdict).ok(200);
        let log = app.get_as_owner(&format!("{}/check-ins", door.list)).ok(200);
        let rows = log["data"].as_array().unwrap();
        let list = door.list.rsplit('/').next().unwrap();
        assert_eq!(rows[0], json!({
            "id": verdict["check_in_id"], "list_id": list, "registration_id": ada["id"], "direction": "entry",
            "result": "accepted", "reason": null, "conflict": null, "source": "online", "device": rows[0]["device"], "nonce": "n", "answer_errors": [], "annuls": null,
            "annul_reason": null, "occurred_at": "2026-03-02T09:30:00Z", "recorded_at": "2026-03-02T10:00:00Z",
        }));
        assert_eq!(rows[1], json!({
            "id": rows[1]["id"], "list_id": list, "registration_id": null, "direction": "exit",
            "result": "denied", "reason": "invalid", "conflict": null, "source": "online", "device": rows[0]["device"], "nonce": null, "answer_errors": [], "annuls": null,
            "annul_reason": null, "occurred_at": "2026-03-02T10:00:00Z", "recorded_at": "2026-03-02T10:00:00Z",
        }));
        assert_eq!((&rows[2], rows.len()), (&annulment, 3));
        assert_eq!(annulment, json!({
            "id": annulment["id"], "list_id": list, "registration_id": ada["id"], "direction": "entry",
            "result": "annulment", "reason": null, "conflict": null, "source": "online", "device": rows[0]["device"], "nonce": null,
            "answer_errors": [],
            "annuls": verdict["check_in_id"], "annul_reason": "wrong person",
            "occurred_at": "2026-03-02T10:00:00Z", "recorded_at": "2026-03-02T10:00:00Z",
        }));
    }

    fn three_pages_have_each_scan_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let door = Door::of(&app, "digital-day");
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let ids: Vec<Value> = ["entry", "exit", "entry", "entry", "exit"]
            .iter()
            .map(|way| {
                app.advance(TimeDelta::minutes(1));
                door.scan(&json!({ "code": ada["code"], "direction": way })).ok(200)["check_in_id"].clone()
            })
            .collect();
        door.scan(&json!({ "ticket": "x" })).ok(200);
        let hers = format!("{}/check-ins?limit=2&registration_id={}", door.list, text(&ada, "/id"));
        assert_eq!(pages(&app, &hers, "/id"), [&ids[..2], &ids[2..4], &ids[4..]]);
        let all = app.get_as_owner(&format!("{}/check-ins", door.list));
        assert_eq!(column(&all, "/reason")[5], "invalid");
        let wrong = app.get_as_owner(&format!("{}/check-ins?registration_id=x", door.list));
        assert_eq!(wrong.issues(), pairs(&[("registration_id", "invalid_id")]));
    }

    fn a_second_read_is_taken_back_with_the_first(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let door = Door::of(&app, "digital-day");
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let scan = |nonce: &str| door.scan(&json!({ "code": ada["code"], "nonce": nonce })).ok(200);
        let first = scan("one");
        app.advance(TimeDelta::seconds(5));
        let second = scan("two");
        assert_eq!((&second["result"], &second["repeat"], &second["check_in_id"]),
            (&json!("accepted"), &json!(true), &first["check_in_id"]));
        assert_eq!(scan("two")["check_in_id"], first["check_in_id"]);
        assert_eq!(door.numbers(), [1, 1, 1, 1, 0, 0]);
        annul(&app, &second).ok(200);
        assert_eq!(door.numbers(), [1, 0, 0, 0, 0, 0]);
        assert_eq!(scan("three")["repeat"], false);
        assert_eq!(door.numbers(), [1, 1, 1, 1, 0, 0]);
    }

    fn a_check_in_that_is_taken_back_counts_no_more(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let door = Door::of(&app, "digital-day");
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let entry = door.scan(&json!({ "code": ada["code"] })).ok(200);
        app.advance(TimeDelta::minutes(1));
        let again = door.scan(&json!({ "code": ada["code"] })).ok(200);
        assert_eq!(door.numbers(), [1, 1, 1, 1, 0, 1]);
        assert_eq!(annul(&app, &again).problem(409), "not_annullable");
        let annulment = annul(&app, &entry).ok(200);
        assert_eq!(door.numbers(), [1, 0, 0, 0, 0, 1]);
        assert_eq!(annul(&app, &entry).problem(409), "already_annulled");
        assert_eq!(annul(&app, &json!({ "check_in_id": annulment["id"] })).problem(409), "not_annullable");
        let attendance = json!({ "attended": false, "first_entry_at": null, "last_exit_at": null });
        assert_eq!(app.get_as_owner(&address(&ada)).ok(200)["attendance"], attendance);
        assert_eq!(door.verdict(&json!({ "code": ada["code"] })).0, "accepted");
        assert_eq!(door.numbers(), [1, 1, 1, 1, 0, 1]);
    }

    fn whoever_takes_a_check_in_back_says_why(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let door = Door::of(&app, "digital-day");
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let entry = door.scan(&json!({ "code": ada["code"] })).ok(200);
        let path = format!("/api/v1/check-ins/{}/annul", text(&entry, "/check_in_id"));
        for (body, code) in [(json!({}), "required"), (json!({ "reason": " " }), "required"),
            (json!({ "reason": "x".repeat(501) }), "too_long"), (json!({ "reason": 5 }), "invalid_type")] {
            assert_eq!(app.post_as_owner(&path, &body).issues(), pairs(&[("/reason", code)]), "{body}");
        }
        assert_eq!(door.numbers(), [1, 1, 1, 1, 0, 0]);
    }
}
