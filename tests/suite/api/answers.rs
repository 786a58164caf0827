//! What attendees answer.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::questions::{answer, ask, options};
use super::{address, pairs, text};
use crate::support::{TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

on_both_databases! {
    fn answers_are_checked_all_at_once_and_kept(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        ask(&app, "sector", "one_of", &json!({ "options": options(&["ict", "art"]), "required": true })).ok(201);
        ask(&app, "tools", "many_of", &json!({ "options": options(&["pen", "saw"]),
            "condition": { "question": "sector", "one_of": ["art"] } })).ok(201);
        for (key, kind) in [("age", "number"), ("since", "date"), ("vegan", "boolean"), ("story", "long_text"), ("from", "country")] {
            ask(&app, key, kind, &json!({})).ok(201);
        }
        ask(&app, "name_on_badge", "text", &json!({ "required": true })).ok(201);
        let wrong = json!({ "sector": "law", "tools": "pen", "age": "7", "since": "2026-02-30", "vegan": "no",
            "story": "x".repeat(5001), "from": "Lux", "shoe_size": 42 });
        assert_eq!(answer(&app, "ada", &wrong).issues(), pairs(&[("/answers/shoe_size", "unknown_question"),
            ("/answers/sector", "unknown_option"), ("/answers/tools", "invalid_type"), ("/answers/age", "invalid_type"),
            ("/answers/since", "invalid_date"), ("/answers/vegan", "invalid_type"), ("/answers/story", "too_long"),
            ("/answers/from", "invalid_country"), ("/answers/name_on_badge", "required")]));
        let unasked = answer(&app, "ada", &json!({ "sector": "ict", "tools": ["pen"], "name_on_badge": "A" }));
        assert_eq!(unasked.issues(), pairs(&[("/answers/tools", "not_asked")]));
        assert_eq!(answer(&app, "ada", &json!("no")).issues(), pairs(&[("/answers", "invalid_type")]));
        let said = json!({ "sector": "art", "tools": ["saw", "pen"], "age": 41.5, "since": "1999-12-31", "vegan": true,
            "story": "a\n\"b\"", "from": "lu", "name_on_badge": "Ada" });
        let ada = answer(&app, "ada", &said).ok(201);
        let kept = json!({ "sector": "art", "tools": ["pen", "saw"], "age": 41.5, "since": "1999-12-31", "vegan": true,
            "story": "a\n\"b\"", "from": "LU", "name_on_badge": "Ada" });
        assert_eq!(ada["answers"], kept);
        assert_eq!(app.get_as(&app.manage_token(&ada), &address(&ada)).ok(200)["answers"], kept);
        let list = app.get_as_owner(&format!("{EVENT}/registrations")).ok(200);
        assert_eq!(list["data"][0]["answers"], kept);
    }

    fn what_is_wrong_with_a_person_is_said_with_what_is_wrong_with_their_answers(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        ask(&app, "sector", "one_of", &json!({ "options": options(&["ict", "art"]), "required": true })).ok(201);
        let register = |wish: &Value| app.post(&format!("{EVENT}/registrations?via=nobody"), wish).issues();
        assert_eq!(register(&json!({ "attendee": { "first_name": "", "email": "ada" }, "answers": { "sector": "law" },
            "consents": ["photos"], "access_code": "SPRING", "guests": [{ "attendee": { "email": "ben@museum.example" } }] })),
            pairs(&[("/attendee/first_name", "required"), ("/attendee/email", "invalid_email"),
                ("/guests/0/attendee/first_name", "required"), ("via", "not_a_host"), ("/access_code", "unknown_code"),
                ("/answers/sector", "unknown_option"), ("/consents/0", "unknown_consent"), ("/guests/0/answers/sector", "required")]));
        // What could not be read is not missing as well.
        assert_eq!(register(&json!({ "attendee": { "first_name": "Ada" }, "answers": 1, "ticket_type": "none" })),
            pairs(&[("/attendee/email", "required"), ("/ticket_type", "invalid_id"), ("/answers", "invalid_type"), ("via", "not_a_host")]));
        assert_eq!(app.get_as_owner(&format!("{EVENT}/registrations")).ok(200)["data"], json!([]));
    }

    fn nobody_is_asked_where_nothing_is_asked(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        assert_eq!(answer(&app, "ada", &json!({ "diet": "vegan" })).issues(), pairs(&[("/answers/diet", "unknown_question")]));
        assert_eq!(answer(&app, "ada", &json!({})).ok(201)["answers"], json!({}));
        assert_eq!(answer(&app, "ben", &json!(null)).ok(201)["consents"], json!([]));
    }

    fn answers_leave_when_their_time_is_over(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        ask(&app, "diet", "text", &json!({ "retention_days": 10, "sensitive": true })).ok(201);
        ask(&app, "sector", "text", &json!({})).ok(201);
        let ada = answer(&app, "ada", &json!({ "diet": "none", "sector": "ict" })).ok(201);
        let ben = answer(&app, "ben", &json!({ "diet": "vegan" })).ok(201);
        let cleo = answer(&app, "cleo", &json!({ "sector": "art" })).ok(201);
        let kept = || [&ada, &ben, &cleo].map(|person| {
            let read = app.get_as_owner(&address(person)).ok(200);
            (read["answers"].clone(), read["version"].clone())
        });
        let told = || app.get_as_owner(&format!("{EVENT}/audit?deed=answers")).ok(200)["data"].clone();
        let all = kept();
        // The event ends on 8 June at 15:00 in UTC, 98 days and 6 hours from now.
        app.advance(TimeDelta::days(108) + TimeDelta::hours(6) - TimeDelta::seconds(1));
        app.do_chore("forget answers");
        assert_eq!((kept(), told()), (all, json!([])));
        app.advance(TimeDelta::seconds(1));
        for _ in 0..2 {
            app.do_chore("forget answers");
            assert_eq!(kept(), [(json!({ "sector": "ict" }), json!(2)), (json!({}), json!(2)), (json!({ "sector": "art" }), json!(1))]);
            let told = told();
            assert_eq!(told.as_array().unwrap().len(), 1);
            assert_eq!((text(&told, "/0/deed"), &told[0]["changes"]), ("answers.forgotten".to_owned(),
                &json!([{ "field": "forgotten", "before": null, "after": { "diet": 2 } }])));
        }
    }

    fn answers_are_columns_and_sensitive_ones_are_asked_for_by_name(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        ask(&app, "sector", "one_of", &json!({ "options": options(&["ict", "art"]) })).ok(201);
        ask(&app, "diet", "text", &json!({ "sensitive": true })).ok(201);
        ask(&app, "tools", "many_of", &json!({ "options": options(&["pen", "saw"]) })).ok(201);
        ask(&app, "age", "number", &json!({})).ok(201);
        ask(&app, "vegan", "boolean", &json!({})).ok(201);
        answer(&app, "ada", &json!({ "sector": "art", "diet": "=1+1", "tools": ["pen", "saw"], "age": -2, "vegan": false })).ok(201);
        answer(&app, "ben", &json!({})).ok(201);
        let file = |query: &str| app.get_as_owner(&format!("{EVENT}/participants.csv?{query}"));
        let whole = file("").body;
        assert_eq!(whole.lines().next().unwrap().split_once(",via,").unwrap().1,
            "answer.sector,answer.tools,answer.age,answer.vegan");
        let behind: Vec<&str> = whole.lines().skip(1).map(|line| line.rsplit_once("+01:00,").unwrap().1).collect();
        assert_eq!(behind, [",art,pen|saw,-2,false", ",,,,"]);
        assert_eq!(file("columns=answer.diet,first_name,answer.sector").body,
            "answer.diet,first_name,answer.sector\r\n=1+1,ada,art\r\n,ben,\r\n");
        assert_eq!(file("columns=answer.diet&dialect=excel&q=ada").body, "\u{feff}answer.diet\r\n'=1+1\r\n");
        for unknown in ["answer.shoe_size", "answer.", "consent.photos", "answer"] {
            assert_eq!(file(&format!("columns={unknown}")).issues(), pairs(&[("columns", "unknown_column")]), "{unknown}");
        }
        let trail = app.get_as_owner(&format!("{EVENT}/audit?deed=export.participants")).ok(200);
        let columns = |row: usize| trail["data"][row]["changes"][0]["after"].clone();
        assert_eq!(columns(1), json!(["answer.diet", "first_name", "answer.sector"]));
    }
    fn an_organizer_registers_by_force_who_has_not_answered(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        ask(&app, "sector", "text", &json!({ "required": true })).ok(201);
        let terms = json!({ "key": "terms", "purpose": "other", "text": { "en": "The terms" }, "required": true });
        app.post_as_owner(&format!("{EVENT}/consents"), &terms).ok(201);
        let wish = json!({ "attendee": { "first_name": "ada", "email": "ada@museum.example" } });
        let missing = pairs(&[("/answers/sector", "required"), ("/consents", "consent_required")]);
        let by_hand = |query: &str, wish: &serde_json::Value| app.post_as_owner(&format!("{EVENT}/registrations{query}"), wish);
        assert_eq!(by_hand("", &wish).issues(), missing);
        let mut wrong = wish.clone();
        wrong["answers"] = json!({ "sector": 7, "shoe": 42 });
        assert_eq!(by_hand("?force=true", &wrong).issues(), pairs(&[
            ("/answers/shoe", "unknown_question"), ("/answers/sector", "invalid_type"),
        ]));
        let ada = by_hand("?force=true", &wish).ok(201);
        assert_eq!((&ada["answers"], &ada["consents"]), (&json!({}), &json!([])));
        assert_eq!(app.post(&format!("{EVENT}/registrations?force=true"), &wish).problem(403), "forbidden");
    }
}
