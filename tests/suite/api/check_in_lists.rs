//! Check-in lists are opened, revised and removed.

use reqwest::Method;
use serde_json::{Value, json};

use super::check_ins::Door;
use super::{column, pairs, send, text};
use crate::support::parts::{session, ticket_type};
use crate::support::{Answer, TestApp, on_both_databases};

const LISTS: &str = "/api/v1/events/digital-day/check-in-lists";

fn path(list: &Value) -> String {
    format!("/api/v1/check-in-lists/{}", text(list, "/id"))
}

fn question(app: &TestApp, key: &str) {
    let question = json!({ "key": key, "kind": "text", "label": { "en": "?" }, "asked_at": "door", "required": true });
    app.post_as_owner("/api/v1/events/digital-day/questions", &question).ok(201);
}

on_both_databases! {
    fn a_list_has_what_it_was_given(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({}));
        let press = ticket_type(&app, &event, "Press", None, false);
        let workshop = session(&app, &event, "Workshop", None);
        question(&app, "badge");
        let wanted = json!({
            "name": "Workshop A", "zone": "Room A", "ticket_types": [press], "sessions": [workshop],
            "opens_at": "2026-06-08T07:00:00Z", "closes_at": "2026-06-08T15:00:00Z", "admits": "once",
            "directions": "toggle", "capacity": 30, "when_full": "refuse", "automatic_exit_at": "2026-06-08T15:30:00Z",
            "fields": ["organization", "answer.badge"], "questions": ["badge"], "roster_names": "initials",
        });
        let opened = app.post_as_owner(LISTS, &wanted);
        let list = opened.ok(201);
        assert_eq!(opened.header("location"), path(&list));
        for (name, value) in wanted.as_object().unwrap() {
            assert_eq!(&list[name], value, "{name}");
        }
        assert_eq!((&list["version"], &list["event_id"]), (&json!(1), &event["id"]));
        assert_eq!(app.get_as_owner(&path(&list)).ok(200), list);
        assert_eq!(column(&app.get_as_owner(LISTS), "/name"), ["Entrance", "Workshop A"]);
    }

    fn the_first_list_covers_everybody_and_is_always_open(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let list = app.get_as_owner(LISTS).ok(200)["data"][0].clone();
        assert_eq!(list, json!({
            "id": list["id"], "event_id": list["event_id"], "name": "Entrance", "zone": null, "ticket_types": [],
            "sessions": [], "opens_at": null, "closes_at": null, "admits": "reentry", "directions": "both",
            "capacity": null, "when_full": "warn", "automatic_exit_at": null, "fields": ["ticket_type", "note"],
            "questions": [], "roster_names": "full", "version": 1, "created_at": "2026-03-02T09:00:00Z",
            "updated_at": "2026-03-02T09:00:00Z",
        }));
    }

    fn everything_wrong_with_a_list_is_said_at_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let nobody = "0190b5a0-7b1c-7000-8000-000000000000";
        let words = json!({ "name": "", "admits": "twice", "directions": "up", "capacity": -1, "when_full": "x",
            "fields": ["email"], "questions": ["A b"], "roster_names": "none", "opens_at": "tomorrow", "sessions": ["x"],
            "color": "red" });
        assert_eq!(app.post_as_owner(LISTS, &words).issues(), pairs(&[("/color", "unknown_field"), ("/name", "required"),
            ("/sessions", "invalid_id"), ("/opens_at", "invalid_time"), ("/admits", "unknown_value"),
            ("/directions", "unknown_value"), ("/capacity", "out_of_range"), ("/when_full", "unknown_value"),
            ("/fields/0", "unknown_value"), ("/questions/0", "invalid_key"), ("/roster_names", "unknown_value")]));
        let parts = json!({ "name": "X", "ticket_types": [nobody], "sessions": [nobody], "questions": ["badge"],
            "fields": ["answer.badge"], "opens_at": "2026-06-08T09:00:00Z", "closes_at": "2026-06-08T09:00:00Z",
            "automatic_exit_at": "2026-06-08T08:00:00Z" });
        assert_eq!(app.post_as_owner(LISTS, &parts).issues(), pairs(&[("/closes_at", "closes_before_opening"),
            ("/automatic_exit_at", "exit_before_opening"), ("/ticket_types", "unknown_ticket_type"),
            ("/sessions", "unknown_session"), ("/questions", "unknown_question"), ("/fields", "unknown_question")]));
    }

    fn a_list_is_changed_by_who_has_read_it(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let list = app.post_as_owner(LISTS, &json!({ "name": "Door B", "zone": "B", "capacity": 10 })).ok(201);
        let change = |headers: &[(&str, &str)], body: &Value| send(&app, Method::PATCH, &path(&list), headers, body);
        assert_eq!(change(&[], &json!({ "name": "Door C" })).problem(428), "if_match_required");
        let etag = app.get_as_owner(&path(&list)).header("etag");
        let changed = change(&[("If-Match", &etag)], &json!({ "name": "Door C", "zone": null, "capacity": null })).ok(200);
        assert_eq!((&changed["name"], &changed["zone"], &changed["capacity"], &changed["version"]),
            (&json!("Door C"), &Value::Null, &Value::Null, &json!(2)));
        assert_eq!(change(&[("If-Match", &etag)], &json!({ "name": "Door D" })).problem(412), "version_mismatch");
        assert_eq!(app.get_as_owner(&path(&list)).ok(200), changed);
    }

    fn what_has_happened_at_a_list_is_not_rewritten(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let soon = json!({ "automatic_exit_at": "2026-03-02T10:00:00Z" });
        let list = app.get_as_owner(LISTS).ok(200)["data"][0].clone();
        app.patch_as_owner(&path(&list), &soon).ok(200);
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        Door::of(&app, "digital-day").scan(&json!({ "code": ada["code"] })).ok(200);
        for change in [json!({ "zone": "A" }), json!({ "admits": "many" }), json!({ "automatic_exit_at": "2026-03-02T08:00:00Z" })] {
            assert_eq!(app.patch_as_owner(&path(&list), &change).problem(409), "list_in_use", "{change}");
        }
        app.patch_as_owner(&path(&list), &json!({ "automatic_exit_at": "2026-03-02T09:30:00Z", "capacity": 5 })).ok(200);
        app.advance(chrono::TimeDelta::hours(1));
        assert_eq!(app.patch_as_owner(&path(&list), &json!({ "automatic_exit_at": null })).problem(409), "list_in_use");
        let remove = |list: &Value| send(&app, Method::DELETE, &path(list), &[], &json!({})).status;
        assert_eq!(remove(&list), 409);
        let spare = app.post_as_owner(LISTS, &json!({ "name": "Spare" })).ok(201);
        assert_eq!(remove(&spare), 204);
        assert_eq!(app.get_as_owner(&path(&spare)).status, 404);
        assert_eq!(column(&app.get_as_owner(LISTS), "/name"), ["Entrance"]);
    }

    fn a_part_that_a_list_is_for_stays(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({}));
        let (press, tour) = (ticket_type(&app, &event, "Press", None, false), session(&app, &event, "Tour", None));
        let list = app.post_as_owner(LISTS, &json!({ "name": "X", "ticket_types": [press], "sessions": [tour] })).ok(201);
        let remove = |path: &str| send(&app, Method::DELETE, path, &[], &json!({}));
        let parts = [format!("/api/v1/events/digital-day/ticket-types/{press}"), format!("/api/v1/events/digital-day/sessions/{tour}")];
        for part in &parts {
            assert_eq!(remove(part).problem(409), "part_in_use");
        }
        assert_eq!(remove(&path(&list)).status, 204);
        assert_eq!(parts.map(|part| remove(&part).status), [204, 204]);
    }

    fn a_copy_of_an_event_has_its_lists(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({}));
        let press = ticket_type(&app, &event, "Press", None, false);
        ticket_type(&app, &event, "Public", None, false);
        let list = json!({ "name": "Press", "ticket_types": [press], "opens_at": "2026-06-08T07:00:00Z", "capacity": 9 });
        app.post_as_owner(LISTS, &list).ok(201);
        app.patch_as_owner("/api/v1/events/digital-day/attendance-rule", &json!({ "rule": "all" })).ok(200);
        let copy = json!({ "starts_at": "2026-12-08T09:00:00+01:00", "slug": "again" });
        app.post_as_owner("/api/v1/events/digital-day/duplicate", &copy).ok(201);
        assert_eq!(app.get_as_owner("/api/v1/events/again/attendance-rule").ok(200)["rule"], "all");
        assert_eq!(Answer::of(app.request(Method::DELETE, "/api/v1/events/again").bearer_auth(&app.token)).status, 204);
        app.post_as_owner("/api/v1/events/digital-day/duplicate", &copy).ok(201);
        let types = app.get_as_owner("/api/v1/events/again/ticket-types").ok(200);
        let copied = app.get_as_owner("/api/v1/events/again/check-in-lists").ok(200)["data"][1].clone();
        assert_eq!(
            [&copied["name"], &copied["ticket_types"], &copied["opens_at"], &copied["capacity"]],
            [&json!("Press"), &json!([types["data"][0]["id"]]), &json!("2026-12-08T08:00:00Z"), &json!(9)]
        );
    }
}
