//! A session at another time or in another room: who has chosen it is told, once.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::letters::{leaving, near, posted, settle};
use super::world_of_parts::edit;
use super::{address, pairs, text};
use crate::support::{TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

/// A session of the event that [`near`] has made, from eleven to twelve by the clocks of Luxembourg.
fn session(app: &TestApp, title: &str) -> Value {
    let fields = json!({ "title": title, "room": "B 1", "starts_at": "2026-03-03T10:00:00Z", "ends_at": "2026-03-03T11:00:00Z" });
    app.post_as_owner(&format!("{EVENT}/sessions"), &fields).ok(201)
}

fn register(app: &TestApp, name: &str, locale: &str, sessions: &[&Value]) -> Value {
    let sessions: Vec<&Value> = sessions.iter().map(|session| &session["id"]).collect();
    let wish = json!({ "attendee": { "first_name": name, "email": format!("{name}@museum.example") }, "locale": locale,
        "sessions": sessions });
    app.post(&format!("{EVENT}/registrations"), &wish).ok(201)
}

fn change(app: &TestApp, session: &Value, query: &str, fields: &Value) -> Value {
    app.patch_as_owner(&format!("{EVENT}/sessions/{}{query}", text(session, "/id")), fields).ok(200)
}

/// Title and number of each entry of the calendar file in a letter.
fn entries(letter: &str) -> Vec<(String, String)> {
    let (_, file) = letter.split_once("Content-Type: text/calendar").unwrap().1.split_once("\r\n\r\n").unwrap();
    // How lines end in quoted-printable was mended in the whole letter, and with it the padding of this part.
    let file: String = file.split("--").next().unwrap().chars().filter(|c| !matches!(c, '\r' | '\n' | '=')).collect();
    let file = String::from_utf8(data_encoding::BASE64_NOPAD.decode(file.as_bytes()).unwrap()).unwrap();
    let line = |entry: &str, name: &str| {
        entry.lines().find_map(|line| line.trim_end().strip_prefix(name)).unwrap_or_default().to_owned()
    };
    let entries = file.split("BEGIN:VEVENT").skip(1);
    entries.map(|entry| (line(entry, "SUMMARY:"), line(entry, "SEQUENCE:"))).collect()
}

on_both_databases! {
    fn who_has_chosen_a_session_hears_what_changed_from_what_to_what(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        let (lab, tour) = (session(&app, "Lab"), session(&app, "Tour"));
        let ada = register(&app, "ada", "en", &[&lab]);
        register(&app, "lea", "fr", &[&lab]);
        register(&app, "ben", "en", &[&tour]);
        let gone = register(&app, "cleo", "en", &[&lab]);
        app.post_as_owner(&format!("{}/cancel", address(&gone)), &json!({})).ok(200);
        let before = leaving(&app);
        assert_eq!(entries(&before[0]), [("Digital Day".to_owned(), "1".to_owned()), ("Digital Day: Lab".to_owned(), "1".to_owned())]);
        change(&app, &lab, "", &json!({ "starts_at": "2026-03-03T12:00:00Z", "ends_at": "2026-03-03T13:00:00Z", "room": "C 3" }));
        settle(&app);
        assert_eq!(posted(&app, 5), pairs(&[("session_changed", "ada@museum.example"), ("session_changed", "lea@museum.example")]));
        let letters = leaving(&app);
        for line in [
            "Subject: A session has changed: Digital Day",
            "The time and the room of a session that you have chosen have changed. Your",
            "Session, until now: Lab, Tuesday 3 March 2026, 11:00 to 12:00 (Luxembourg time), B 1",
            "Session, from now on: Lab, Tuesday 3 March 2026, 13:00 to 14:00 (Luxembourg time), C 3",
        ] {
            assert!(letters[0].contains(line), "{line} in {}", letters[0]);
        }
        assert_eq!(entries(&letters[0]), [("Digital Day".to_owned(), "1".to_owned()), ("Digital Day: Lab".to_owned(), "2".to_owned())]);
        assert!(letters[1].contains("Session, d=C3=A9sormais=C2=A0: Lab, mardi 3 mars 2026"), "{}", letters[1]);
        // It is not their registration that has changed.
        assert_eq!(app.get_as_owner(&address(&ada)).ok(200)["version"], 1);
        let trail = app.get_as_owner(&format!("{EVENT}/audit?deed=session.revised")).ok(200);
        assert_eq!(trail["data"].as_array().unwrap().len(), 1);
    }

    fn two_changes_that_nobody_has_heard_of_are_one(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        let (lab, tour) = (session(&app, "Lab"), session(&app, "Tour"));
        register(&app, "ada", "en", &[&lab]);
        register(&app, "ben", "en", &[&tour]);
        leaving(&app);
        change(&app, &lab, "", &json!({ "room": "C 1" }));
        change(&app, &tour, "", &json!({ "room": "D 1" }));
        change(&app, &lab, "", &json!({ "room": "C 2" }));
        settle(&app);
        assert_eq!(posted(&app, 2), pairs(&[("session_changed", "ben@museum.example"), ("session_changed", "ada@museum.example")]));
        let letter = leaving(&app).into_iter().find(|letter| letter.contains("Hello ada")).unwrap();
        for line in ["The room of a session that you have chosen has changed.", "(Luxembourg time), B 1\r\n", "(Luxembourg time), C 2\r\n"] {
            assert!(letter.contains(line), "{line} in {letter}");
        }
        assert!(!letter.contains("C 1"), "{letter}");
    }

    fn who_has_given_the_session_up_meanwhile_reads_how_things_stand(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        let lab = session(&app, "Lab");
        let ada = register(&app, "ada", "en", &[&lab]);
        leaving(&app);
        change(&app, &lab, "", &json!({ "room": "C 1" }));
        settle(&app);
        app.patch_as_owner(&address(&ada), &json!({ "sessions": [] })).ok(200);
        let letter = leaving(&app).remove(0);
        assert!(letter.contains("In the meantime, your registration has been confirmed."), "{letter}");
        assert!(!letter.contains("Lab"), "{letter}");
    }

    fn what_touches_nobody_is_no_news(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        let (lab, tour) = (session(&app, "Lab"), session(&app, "Tour"));
        register(&app, "ada", "en", &[&lab]);
        change(&app, &tour, "", &json!({ "room": "C 1" }));
        change(&app, &lab, "", &json!({ "title": "Laboratory", "capacity": 12, "position": 3 }));
        change(&app, &lab, "?notify=false", &json!({ "room": "C 1" }));
        change(&app, &lab, "", &json!({ "room": "C 1" }));
        settle(&app);
        assert_eq!(posted(&app, 1), []);
        app.advance(TimeDelta::days(1) + TimeDelta::hours(3));
        change(&app, &lab, "", &json!({ "room": "C 2" }));
        settle(&app);
        assert_eq!(posted(&app, 1), [], "it is over");
    }

    fn who_changes_their_sessions_has_one_row_in_the_trail_and_one_letter(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        let (lab, tour) = (session(&app, "Lab"), session(&app, "Tour"));
        app.patch_as_owner(&format!("{EVENT}/sessions/{}", text(&tour, "/id")), &json!({ "overlap_allowed": true })).ok(200);
        let ada = register(&app, "ada", "en", &[&lab]);
        let trail = || app.get_as_owner(&format!("{EVENT}/audit?deed=registration.edited")).ok(200)["data"].as_array().unwrap().len();
        let token = app.manage_token(&ada);
        edit(&app, &token, &ada, "", &json!({ "sessions": [tour["id"]] })).ok(200);
        assert_eq!((posted(&app, 1), trail()), (pairs(&[("changed", "ada@museum.example")]), 1));
        app.patch_as_owner(&address(&ada), &json!({ "sessions": [lab["id"], tour["id"]] })).ok(200);
        assert_eq!((posted(&app, 2), trail()), (pairs(&[("changed", "ada@museum.example")]), 2));
        app.patch_as_owner(&address(&ada), &json!({ "sessions": [tour["id"], lab["id"]] })).ok(200);
        assert_eq!((posted(&app, 3), trail()), (vec![], 2), "the same in another order is no change");
    }
}
