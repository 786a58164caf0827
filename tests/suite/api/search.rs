//! Registrations found again.

use diesel::prelude::*;
use serde_json::{Value, json};
use turnout::store::schema::registrations;
use turnout::store::{Json, RegistrationId};

use super::world_of_parts::{edit, register_with, session, ticket_type};
use super::{address, column, pairs, text};
use crate::support::{TestApp, on_both_databases};

const LIST: &str = "/api/v1/events/digital-day/registrations";

fn answered(app: &TestApp, registration: &Value, answers: Value) {
    let id: RegistrationId = text(registration, "/id").parse().unwrap();
    let written = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
        let row = registrations::table.filter(registrations::id.eq(id));
        let answers = answers.as_object().unwrap().clone();
        diesel::update(row).set(registrations::answers.eq(Some(Json(answers)))).execute(db)?;
        Ok(())
    });
    written.unwrap();
}

#[track_caller]
fn found(app: &TestApp, query: &str) -> Vec<String> {
    let names = column(&app.get_as_owner(&format!("{LIST}?{query}")), "/attendee/first_name");
    names.into_iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

on_both_databases! {
    fn by_whatever_is_known_of_them(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (one, two) = (session(&app, "One", ("08:00", "09:00"), None), session(&app, "Two", ("10:00", "11:00"), None));
        let press = ticket_type(&app, "Press", &[&two], None, false);
        let guest = ticket_type(&app, "Guest", &[], None, false);
        let ada = register_with(&app, "Ada", &json!({ "ticket_type": guest, "sessions": [one] })).ok(201);
        let zoe = register_with(&app, "Zoe", &json!({ "ticket_type": press })).ok(201);
        let zed = register_with(&app, "Zed", &json!({ "ticket_type": press, "sessions": [one] })).ok(201);
        let named = json!({ "attendee": { "first_name": "Zoë", "last_name": "Müller", "organization": "Musée d'Art" }, "tags": ["vip"] });
        edit(&app, &app.token, &zoe, "", &named).ok(200);
        edit(&app, &app.token, &zed, "", &json!({ "tags": ["vip-2", "press"] })).ok(200);
        for (query, names) in [
            (format!("ticket_type={press}"), vec!["Zoë", "Zed"]),
            (format!("ticket_type={press},{guest}"), vec!["Ada", "Zoë", "Zed"]),
            (format!("session={one}"), vec!["Ada", "Zed"]),
            (format!("session={two}&ticket_type={press}"), vec!["Zoë", "Zed"]),
            ("tag=vip".to_owned(), vec!["Zoë"]),
            ("tag=press".to_owned(), vec!["Zed"]),
            ("tag=pres".to_owned(), vec![]),
            ("q=ZOE+muller+MUSEE".to_owned(), vec!["Zoë"]),
            ("q=zo%C3%8B+m%C3%BCller".to_owned(), vec!["Zoë"]),
            (format!("group={}", text(&ada, "/id")), vec![]),
        ] {
            assert_eq!(found(&app, &query), names, "{query}");
        }
        let row = &app.get_as_owner(&format!("{LIST}?q=zed")).ok(200)["data"][0];
        assert_eq!((&row["ticket_type"], &row["sessions"], &row["tags"]),
            (&json!({ "id": press, "name": "Press" }), &json!([one, two]), &json!(["vip-2", "press"])));
        let csv = app.get_as_owner("/api/v1/events/digital-day/participants.csv?tag=vip&columns=first_name").body;
        assert_eq!(csv, "first_name\r\nZoë\r\n");
    }

    fn by_what_they_answered(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let people: Vec<Value> = ["ada", "ben", "cleo"].iter().map(|name| register_with(&app, name, &json!({})).ok(201)).collect();
        answered(&app, &people[0], json!({ "meal": "vegan", "days": ["mon", "tue"], "shirt-size": 42, "bus": true }));
        answered(&app, &people[1], json!({ "meal": "100 % \"beef\"", "days": ["wed"], "bus": false }));
        for (query, names) in [
            ("answer.meal=vegan", vec!["ada"]),
            ("answer.meal=veg", vec![]),
            ("answer.meal=100+%25+%22beef%22", vec!["ben"]),
            ("answer.days=tue", vec!["ada"]),
            ("answer.days=tu", vec![]),
            ("answer.shirt-size=42", vec!["ada"]),
            ("answer.bus=true", vec!["ada"]),
            ("answer.bus=false&answer.days=wed", vec!["ben"]),
            ("answer.bus=true&answer.days=wed", vec![]),
            ("answer.none=1", vec![]),
        ] {
            assert_eq!(found(&app, query), names, "{query}");
        }
    }

    fn by_words_of_what_they_answered_whatever_their_case_and_accents(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        for (key, kind) in [("motto", "text"), ("story", "long_text")] {
            let question = json!({ "key": key, "kind": kind, "label": { "en": key } });
            app.post_as_owner("/api/v1/events/digital-day/questions", &question).ok(201);
        }
        let people = [
            ("ada", json!({ "motto": "Liberté, \"égalité\" 100 %", "story": "Née à Esch-sur-Alzette\n\nMüller" })),
            ("ben", json!({ "motto": "liberte" })),
            ("cleo", json!({ "story": "Liberté \\ LIBERTE" })),
        ];
        for (name, answers) in &people {
            register_with(&app, name, &json!({ "answers": answers })).ok(201);
        }
        for (query, names) in [
            ("answer.motto=LIBERTE", vec!["ada", "ben"]),
            ("answer.motto=libert%C3%A9+egalite", vec!["ada"]),
            ("answer.motto=%22%C3%89galit%C3%A9%22", vec!["ada"]),
            ("answer.motto=100+%25", vec!["ada"]),
            ("answer.motto=1_0", vec![]),
            ("answer.story=muller+esch", vec!["ada"]),
            ("answer.story=%5C+libert%C3%A9", vec!["cleo"]),
            ("answer.story=liberte&answer.motto=liberte", vec![]),
        ] {
            assert_eq!(found(&app, query), names, "{query}");
        }
        let ben = &app.get_as_owner(&format!("{LIST}?q=ben")).ok(200)["data"][0];
        edit(&app, &app.token, ben, "", &json!({ "answers": { "motto": "Été" } })).ok(200);
        assert_eq!(found(&app, "answer.motto=ete"), ["ben"]);
        assert_eq!(found(&app, "answer.motto=liberte"), ["ada"]);
        let csv = app.get_as_owner("/api/v1/events/digital-day/participants.csv?answer.motto=ETE&columns=first_name").body;
        assert_eq!(csv, "first_name\r\nben\r\n");
    }

    fn what_is_asked_wrongly_is_said_all_at_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let wrong = "ticket_type=x,y&session=1&tag=A+B&group=z&answer.=1&answer.$x=1&answer.a.b=1";
        assert_eq!(app.get_as_owner(&format!("{LIST}?{wrong}")).issues(), pairs(&[
            ("ticket_type", "invalid_id"), ("ticket_type", "invalid_id"), ("session", "invalid_id"), ("tag", "invalid_slug"),
            ("group", "invalid_id"), ("answer.", "unknown_parameter"), ("answer.$x", "unknown_parameter"),
            ("answer.a.b", "unknown_parameter"),
        ]));
    }

    fn an_organizer_learns_who_may_be_the_same_person(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let register = |first: &str, last: &str, email: &str| {
            let wish = json!({ "attendee": { "first_name": first, "last_name": last, "email": email } });
            app.post(LIST, &wish).ok(201)
        };
        let zoe = register("Zoë", "Müller", "zoe@museum.example");
        let again = register("ZOE", "Muller", "zm@home.example");
        register("Zoe", "Muller-Weber", "zmw@home.example");
        register("Zoe Muller", "Junior", "junior@home.example");
        let gone = register("zoe", "muller", "old@home.example");
        app.post_as_owner(&format!("{}/cancel", address(&gone)), &json!({})).ok(200);
        let hint = |registration: &Value| app.get_as_owner(&address(registration)).ok(200)["possible_duplicates"].clone();
        assert_eq!((hint(&zoe), hint(&again)), (json!([again["id"]]), json!([zoe["id"]])));
        let own = app.get_as(&app.manage_token(&zoe), &address(&zoe)).ok(200);
        let listed = app.get_as_owner(LIST).ok(200)["data"][0].clone();
        assert_eq!((own.get("possible_duplicates"), listed.get("possible_duplicates")), (None, None));
    }
}
