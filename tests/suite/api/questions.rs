//! What an organizer asks attendees.

use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::{column, pairs, send, text};
use crate::support::{Answer, TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

/// An address below an event's questions.
fn at(question: &str) -> String {
    format!("{EVENT}/questions/{question}")
}

/// Asks a question with a key, as its organizer.
pub fn ask(app: &TestApp, key: &str, kind: &str, fields: &Value) -> Answer {
    let mut question = json!({ "key": key, "kind": kind, "label": { "en": format!("{key}?") } });
    for (name, value) in fields.as_object().unwrap() {
        question[name] = value.clone();
    }
    app.post_as_owner(&format!("{EVENT}/questions"), &question)
}

/// Options with these keys.
pub fn options(keys: &[&str]) -> Value {
    keys.iter().map(|key| json!({ "key": key, "label": { "en": key.to_uppercase() } })).collect()
}

/// Registers somebody who answers.
pub fn answer(app: &TestApp, name: &str, answers: &Value) -> Answer {
    let attendee = json!({ "first_name": name, "email": format!("{name}@museum.example") });
    app.post(&format!("{EVENT}/registrations"), &json!({ "attendee": attendee, "answers": answers }))
}

/// Deletes something as its organizer.
pub fn delete(app: &TestApp, path: &str) -> Answer {
    Answer::of(app.request(Method::DELETE, path).bearer_auth(&app.token))
}

/// The deeds of the event's trail that begin with a word, oldest first.
pub fn deeds(app: &TestApp, deed: &str) -> Vec<String> {
    let trail = app.get_as_owner(&format!("{EVENT}/audit?deed={deed}")).ok(200);
    trail["data"].as_array().unwrap().iter().rev().map(|row| text(row, "/deed")).collect()
}

on_both_databases! {
    fn a_question_is_asked_changed_and_taken_back(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "languages": ["en", "fr"] }));
        let label = json!({ "en": "Your sector", "fr": "Votre secteur" });
        let both = |key: &str| json!({ "key": key, "label": { "en": key, "fr": key } });
        let made = ask(&app, "sector", "one_of", &json!({ "label": label, "options": [both("ict"), both("art")],
            "required": true, "retention_days": 30 }));
        let sector = made.ok(201);
        assert_eq!(made.header("location"), format!("/api/v1/events/{}/questions/{}", app.get(EVENT).ok(200)["id"].as_str().unwrap(), text(&sector, "/id")));
        let mut expected = sector.clone();
        for (name, value) in json!({
            "key": "sector", "kind": "one_of", "label": label, "help": {}, "required": true, "ticket_types": null,
            "options": [{ "key": "ict", "label": { "en": "ict", "fr": "ict" }, "retired": false },
                { "key": "art", "label": { "en": "art", "fr": "art" }, "retired": false }],
            "asked_at": "registration", "condition": null, "retention_days": 30, "sensitive": false, "position": 0,
            "retired_at": null, "created_at": "2026-03-02T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z", "version": 1,
        }).as_object().unwrap() {
            expected[name] = value.clone();
        }
        assert_eq!(sector, expected);
        for name in ["sector", &text(&sector, "/id")] {
            assert_eq!(app.get(&at(name)).ok(200), sector);
        }
        let help = json!({ "help": { "en": "Roughly", "fr": "En gros" }, "retention_days": null, "sensitive": true });
        let revised = app.patch_as_owner(&at("sector"), &help).ok(200);
        assert_eq!((&revised["help"], &revised["retention_days"], &revised["version"]), (&help["help"], &json!(null), &json!(2)));
        let stale = send(&app, Method::PATCH, &at("sector"), &[("If-Match", "\"1\"")], &help);
        assert_eq!(stale.problem(412), "version_mismatch");
        assert_eq!(send(&app, Method::PATCH, &at("sector"), &[], &help).problem(428), "if_match_required");
        assert_eq!(delete(&app, &at("sector")).status, 204);
        assert_eq!(app.get_as_owner(&at("sector")).problem(404), "not_found");
        assert_eq!(deeds(&app, "question"), ["question.added", "question.revised", "question.removed"]);
        let trail = app.get_as_owner(&format!("{EVENT}/audit?deed=question.revised")).ok(200);
        assert_eq!(trail["data"][0]["changes"], json!([
            { "field": "help", "before": {}, "after": help["help"] },
            { "field": "retention_days", "before": 30, "after": null },
            { "field": "sensitive", "before": false, "after": true },
        ]));
    }

    fn everything_wrong_with_a_question_is_said_at_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "languages": ["en", "fr"] }));
        let issues = |answer: Answer| answer.issues();
        assert_eq!(issues(app.post_as_owner(&format!("{EVENT}/questions"), &json!({ "sort": 1 }))),
            pairs(&[("/sort", "unknown_field"), ("/key", "required"), ("/kind", "required"), ("/label", "required")]));
        assert_eq!(issues(ask(&app, "Diet", "menu", &json!({ "label": { "xx": "?" }, "required": 1, "condition": 1,
            "options": [{ "key": "a b", "label": {} }] }))), pairs(&[("/key", "invalid_key"),
            ("/kind", "unknown_value"), ("/label", "unknown_language"), ("/options/0/key", "invalid_key"),
            ("/required", "invalid_type"), ("/condition", "invalid_type")]));
        let twice = json!([{ "key": "a", "label": { "en": "A" } }, { "key": "a", "label": { "en": "A", "fr": "A" } }]);
        assert_eq!(issues(ask(&app, "diet", "many_of", &json!({ "options": twice, "retention_days": 0, "position": -1,
            "ticket_types": [uuid::Uuid::nil()], "condition": { "question": "diet", "one_of": ["a"] } }))),
            pairs(&[("/label", "missing_language"), ("/options/0/label", "missing_language"),
                ("/options/1/key", "duplicate_key"), ("/ticket_types", "unknown_ticket_type"),
                ("/retention_days", "out_of_range"), ("/position", "out_of_range"), ("/condition", "unknown_question")]));
        let label = json!({ "label": { "en": "?", "fr": "?" } });
        assert_eq!(issues(ask(&app, "diet", "one_of", &label)), pairs(&[("/options", "out_of_range")]));
        ask(&app, "diet", "text", &label).ok(201);
        assert_eq!(issues(ask(&app, "diet", "text", &label)), pairs(&[("/key", "key_taken")]));
        assert_eq!(issues(app.patch_as_owner(&at("diet"), &json!({ "key": "food", "label": null }))),
            pairs(&[("/label", "required"), ("/key", "unchangeable")]));
    }

    fn a_condition_looks_back(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let on = |question: &str, one_of: Value| json!({ "condition": { "question": question, "one_of": one_of } });
        ask(&app, "workshop", "one_of", &json!({ "options": options(&["a", "b"]) })).ok(201);
        ask(&app, "laptop", "boolean", &on("workshop", json!(["a"]))).ok(201);
        for (condition, code) in [(on("workshop", json!(["c"])), "unknown_option"), (on("laptop", json!(["yes"])), "unknown_option"),
            (on("nothing", json!([true])), "unknown_question"), (on("laptop", json!([])), "out_of_range")] {
            assert_eq!(ask(&app, "size", "text", &condition).issues(), pairs(&[("/condition", code)]));
        }
        ask(&app, "size", "text", &on("laptop", json!([true]))).ok(201);
        // Round in circles, past one another, out from under one another: no.
        let circle = app.patch_as_owner(&at("workshop"), &on("laptop", json!([true])));
        assert_eq!(circle.issues(), pairs(&[("/condition", "not_earlier")]));
        let behind = app.patch_as_owner(&at("workshop"), &json!({ "position": 5 }));
        assert_eq!(behind.issues(), pairs(&[("/position", "in_condition")]));
        let without = app.patch_as_owner(&at("workshop"), &json!({ "options": options(&["b"]) }));
        assert_eq!(without.issues(), pairs(&[("/options", "in_condition")]));
        assert_eq!(delete(&app, &at("workshop")).problem(409), "question_in_condition");
        let at_the_door = app.patch_as_owner(&at("workshop"), &json!({ "asked_at": "door" }));
        assert_eq!(at_the_door.issues(), pairs(&[("/position", "in_condition")]));
        app.patch_as_owner(&at("laptop"), &json!({ "condition": null })).ok(200);
        assert_eq!(delete(&app, &at("workshop")).status, 204);
    }

    fn what_was_answered_stays_readable(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        ask(&app, "sector", "one_of", &json!({ "options": options(&["ict", "art", "law"]) })).ok(201);
        app.patch_as_owner(&at("sector"), &json!({ "kind": "text" })).ok(200);
        app.patch_as_owner(&at("sector"), &json!({ "kind": "one_of", "options": options(&["ict", "art", "law"]) })).ok(200);
        let ada = answer(&app, "ada", &json!({ "sector": "art" })).ok(201);
        assert_eq!(app.patch_as_owner(&at("sector"), &json!({ "kind": "text" })).problem(409), "question_answered");
        let fewer = app.patch_as_owner(&at("sector"), &json!({ "options": options(&["ict"]) })).ok(200);
        assert_eq!(fewer["options"], json!([{ "key": "ict", "label": { "en": "ICT" }, "retired": false },
            { "key": "art", "label": { "en": "ART" }, "retired": true }]));
        assert_eq!(answer(&app, "ben", &json!({ "sector": "art" })).issues(), pairs(&[("/answers/sector", "unknown_option")]));
        assert_eq!(delete(&app, &at("sector")).status, 204);
        // Nobody is asked any more; the organizer can read what it was.
        assert_eq!(app.get(&at("sector")).problem(404), "not_found");
        assert_eq!(app.get_as_owner(&at("sector")).ok(200)["retired_at"], "2026-03-02T09:00:00Z");
        assert_eq!(answer(&app, "ben", &json!({ "sector": "ict" })).issues(), pairs(&[("/answers/sector", "not_asked")]));
        let read = app.get_as_owner(&format!("/api/v1/registrations/{}", text(&ada, "/id"))).ok(200);
        assert_eq!(read["answers"], json!({ "sector": "art" }));
        assert_eq!(deeds(&app, "question").last().unwrap(), "question.retired");
    }

    fn everybody_reads_what_they_are_asked_and_organizers_write_it(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        ask(&app, "diet", "text", &json!({})).ok(201);
        ask(&app, "badge", "text", &json!({ "asked_at": "door" })).ok(201);
        ask(&app, "first", "text", &json!({ "position": 0 })).ok(201);
        let list = format!("{EVENT}/questions");
        assert_eq!(column(&app.get(&list), "/key"), ["diet", "first"]);
        let museum = app.organization_with_token("Museum", "museum", Role::Owner);
        assert_eq!(column(&app.get_as(&museum, &list), "/key"), ["diet", "first"]);
        for role in [Role::Owner, Role::Editor, Role::Door, Role::Viewer] {
            let token = app.token_of("ict-cluster", role);
            assert_eq!(column(&app.get_as(&token, &list), "/key")[..3], ["diet", "first", "badge"], "{role}");
            let added = app.post_as(&token, &list, &json!({ "key": role.as_str(), "kind": "text", "label": { "en": "?" } }));
            assert_eq!(added.status, if matches!(role, Role::Owner | Role::Editor) { 201 } else { 403 }, "{role}");
        }
        assert_eq!(app.post(&list, &json!({})).problem(401), "unauthenticated");
        // The event is there for all to see: what a stranger may not do to it is not hidden.
        let refused = app.post_as(&museum, &list, &json!({})).status;
        assert_eq!(refused, app.post_as(&museum, &format!("{EVENT}/cancel"), &json!({})).status);
        assert_eq!(app.get(&at("badge")).problem(404), "not_found");
        app.drafted_event(&json!({ "slug": "secret" }));
        assert_eq!(app.get("/api/v1/events/secret/questions").problem(404), "not_found");
    }

    fn an_event_has_at_most_sixty_questions(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        for number in 0..60 {
            ask(&app, &format!("q{number}"), "text", &json!({})).ok(201);
        }
        assert_eq!(ask(&app, "one_more", "text", &json!({})).problem(409), "too_many_parts");
    }
}
