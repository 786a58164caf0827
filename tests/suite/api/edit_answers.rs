//! Answers are changed by those who gave them, by who leads their group, and by organizers.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::world_of_parts::{edit, register_with, session, trail};
use super::{address, messages, pairs, text};
use crate::support::{Answer, TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

/// Asks `food` (required), `allergy` of those who eat nuts, and `motto`.
fn ask(app: &TestApp) {
    let question = |key: &str, kind: &str, more: &Value| {
        let mut question = json!({ "key": key, "kind": kind, "label": { "en": key } });
        for (field, value) in more.as_object().unwrap() {
            question[field] = value.clone();
        }
        app.post_as_owner(&format!("{EVENT}/questions"), &question).ok(201);
    };
    let options = json!([{ "key": "bread", "label": { "en": "Bread" } }, { "key": "nuts", "label": { "en": "Nuts" } }]);
    question("food", "one_of", &json!({ "options": options, "required": true }));
    let of_nuts = json!({ "required": true, "condition": { "question": "food", "one_of": ["nuts"] } });
    question("allergy", "text", &of_nuts);
    question("motto", "text", &json!({}));
}

fn answers(answer: &Answer) -> Value {
    answer.ok(200)["answers"].clone()
}

on_both_databases! {
    fn an_attendee_changes_answers_until_the_deadline(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "registration": { "edit_until": "2026-06-01T00:00:00Z" } }));
        ask(&app);
        let ada = register_with(&app, "ada", &json!({ "answers": { "food": "bread", "motto": "Allons" } })).ok(201);
        let token = app.manage_token(&ada);
        let change = |answers: &Value| edit(&app, &token, &ada, "", &json!({ "answers": answers }));
        assert_eq!(change(&json!({ "food": null, "motto": 3, "shoe": 1 })).issues(), pairs(&[
            ("/answers/shoe", "unknown_question"), ("/answers/food", "required"), ("/answers/motto", "invalid_type"),
        ]));
        assert_eq!(change(&json!({ "food": "nuts" })).issues(), pairs(&[("/answers/allergy", "required")]));
        assert_eq!(answers(&change(&json!({ "food": "nuts", "allergy": "none" }))),
            json!({ "food": "nuts", "allergy": "none", "motto": "Allons" }));
        // What is asked no more leaves with what it hung on.
        assert_eq!(answers(&change(&json!({ "food": "bread", "motto": null }))), json!({ "food": "bread" }));
        let told = |field: &str| json!({ "field": field, "before": null, "after": null });
        assert_eq!(trail(&app, &ada)[1..], [
            ("registration.edited".to_owned(), json!([told("answers.allergy"), told("answers.food")])),
            ("registration.edited".to_owned(), json!([told("answers.allergy"), told("answers.food"), told("answers.motto")])),
        ]);
        assert_eq!(messages(&app, "digital-day"), pairs(&[("confirmed", "ada@museum.example")]));
        assert_eq!(answers(&app.get_as_owner(&address(&ada))), json!({ "food": "bread" }));

        app.advance(TimeDelta::days(100));
        assert_eq!(change(&json!({ "motto": "late" })).problem(409), "edit_closed");
        let by_hand = edit(&app, &app.token, &ada, "", &json!({ "answers": { "motto": "late" } }));
        assert_eq!(answers(&by_hand), json!({ "food": "bread", "motto": "late" }));
    }

    fn what_is_wrong_with_answers_and_sessions_is_said_at_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        ask(&app);
        let (one, two) = (session(&app, "One", ("08:00", "09:00"), None), session(&app, "Two", ("08:30", "09:30"), None));
        let ada = register_with(&app, "ada", &json!({ "answers": { "food": "bread" } })).ok(201);
        let wrong = json!({ "answers": { "food": "stones" }, "sessions": [one, two] });
        assert_eq!(edit(&app, &app.token, &ada, "", &wrong).issues(),
            pairs(&[("/sessions", "sessions_overlap"), ("/answers/food", "unknown_option")]));
        assert_eq!(edit(&app, &app.token, &ada, "", &json!({ "answers": null })).issues(), pairs(&[("/answers", "required")]));
    }

    fn who_leads_a_group_changes_and_gives_away_its_places(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        ask(&app);
        let guest = json!({ "attendee": { "first_name": "ben", "email": "ben@museum.example" }, "answers": { "food": "bread" } });
        let lead = register_with(&app, "ada", &json!({ "answers": { "food": "bread" }, "guests": [guest] })).ok(201);
        let ben = lead["guests"][0].clone();
        let (by_lead, by_ben) = (app.manage_token(&lead), app.manage_token(&ben));
        let change = json!({ "attendee": { "last_name": "Weber" }, "answers": { "motto": "En avant" } });
        assert_eq!(edit(&app, &by_ben, &lead, "", &change).problem(404), "not_found");
        let changed = edit(&app, &by_lead, &ben, "", &change).ok(200);
        assert_eq!((text(&changed, "/last_name"), &changed["version"], changed.get("answers")), ("Weber".to_owned(), &json!(2), None));
        let own = app.get_as(&by_ben, &address(&ben)).ok(200);
        assert_eq!(own["answers"], json!({ "food": "bread", "motto": "En avant" }));
        let email = json!({ "attendee": { "email": "else@museum.example" } });
        assert_eq!(edit(&app, &by_lead, &ben, "", &email).issues(), pairs(&[("/attendee/email", "organizers_only")]));

        let other = json!({ "attendee": { "first_name": "Cleo", "email": "cleo@museum.example" } });
        assert_eq!(app.post_as(&by_ben, &format!("{}/transfer", address(&lead)), &other).problem(404), "not_found");
        assert_eq!(app.post_as(&by_lead, &format!("{}/transfer", address(&ben)), &other).status, 204);
        let whose = app.get_as_owner(&address(&ben)).ok(200);
        assert_eq!((text(&whose, "/attendee/email"), &whose["group_id"]), ("cleo@museum.example".to_owned(), &lead["id"]));
        assert_eq!(app.get_as(&by_ben, &address(&ben)).problem(404), "not_found");
    }
}
