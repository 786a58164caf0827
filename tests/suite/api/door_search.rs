//! Names looked for at the door.

use serde_json::{Value, json};

use super::devices::paired;
use super::{pairs, text};
use crate::support::{Answer, Database, TestApp, on_both_databases};

fn search(app: &TestApp, token: &str, name: &str) -> Answer {
    let path = format!("/api/v1/check-in-lists/{}/search", app.list_of("digital-day"));
    app.post_as(token, &path, &json!({ "name": name }))
}

/// The names that are found.
#[track_caller]
fn names(app: &TestApp, token: &str, name: &str) -> Vec<String> {
    let found = search(app, token, name).ok(200);
    found["data"].as_array().unwrap().iter().map(|person| text(person, "/name")).collect()
}

fn register(app: &TestApp, first: &str, last: Option<&str>, email: &str, organization: &str) -> Value {
    let attendee = json!({ "first_name": first, "last_name": last, "email": email, "organization": organization });
    app.post_as_owner("/api/v1/events/digital-day/registrations", &json!({ "attendee": attendee })).ok(201)
}

on_both_databases! {
    fn somebody_who_lost_their_ticket_is_found_by_name_and_let_in(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (_, device) = paired(&app, &json!({}));
        let zoe = register(&app, "Zoë", Some("Müller"), "zm@museum.example", "Museum");
        register(&app, "Zoltan", Some("Weber"), "zw@museum.example", "Museum");
        assert_eq!(names(&app, &device, "zoe"), ["Zoë Müller"]);
        assert_eq!(names(&app, &device, " MULLER  zo"), ["Zoë Müller"]);
        assert_eq!(names(&app, &device, "zo e"), ["Zoë Müller", "Zoltan Weber"]);
        let found = search(&app, &device, "zoë").ok(200)["data"][0].take();
        assert_eq!((&found["id"], &found["code"], &found["status"], &found["inside"], &found["first_entry_at"]),
            (&zoe["id"], &zoe["code"], &json!("confirmed"), &json!(false), &Value::Null));
        let path = format!("/api/v1/check-in-lists/{}/check-ins", app.list_of("digital-day"));
        assert_eq!(app.post_as(&device, &path, &json!({ "registration_id": found["id"] })).ok(200)["result"], "accepted");
        let found = search(&app, &device, "zoë").ok(200)["data"][0].take();
        assert_eq!((&found["inside"], &found["first_entry_at"]), (&json!(true), &json!("2026-03-02T09:00:00Z")));
    }

    fn addresses_are_neither_shown_nor_found_out(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (_, device) = paired(&app, &json!({}));
        register(&app, "Ada", Some("Lovelace"), "countess@engine.example", "Analytical");
        for word in ["countess", "engine", "example", "@engine", "analytical", "ada countess", "%%%", "a_a", "ada%"] {
            let answer = search(&app, &device, word);
            assert_eq!((answer.status, answer.body.contains("Ada")), (if word.contains(['%', '_']) && word != "ada%" { 422 } else { 200 }, false), "{word}");
        }
        assert!(!search(&app, &device, "lovelace").body.contains('@'));
        assert_eq!(names(&app, &device, "lovelace"), ["Ada Lovelace"]);
    }

    fn twenty_are_shown_of_however_many(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (_, device) = paired(&app, &json!({}));
        // Some hundred whose address, and not name, has the word: those behind them are found all the same.
        for n in 0..230 {
            register(&app, "Cleo", None, &format!("weber{n}@museum.example"), "Museum");
        }
        for n in 0..25 {
            register(&app, "Jos", Some(&format!("Weber {n:02}")), &format!("jos{n}@museum.example"), "Museum");
        }
        let gone = register(&app, "Jos", Some("Weber 99"), "gone@museum.example", "Museum");
        app.post_as_owner(&format!("/api/v1/registrations/{}/cancel", text(&gone, "/id")), &json!({})).ok(200);
        let expected: Vec<String> = (0..20).map(|n| format!("Jos Weber {n:02}")).collect();
        assert_eq!(names(&app, &device, "weber"), expected);
        assert_eq!(names(&app, &device, "weber 24"), ["Jos Weber 24"]);
        assert_eq!(names(&app, &device, "weber 99"), Vec::<String>::new());
    }

    fn a_search_that_makes_no_sense_is_refused(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (_, device) = paired(&app, &json!({}));
        for (name, code) in [("", "too_short"), ("ab", "too_short"), (" a b ", "too_short"), (&"x".repeat(101), "too_long")] {
            assert_eq!(search(&app, &device, name).issues(), pairs(&[("/name", code)]), "{name}");
        }
    }
}

#[test]
fn whoever_reads_the_list_of_everybody_name_by_name_is_slowed_down() {
    let app = TestApp::start(Database::sqlite());
    app.published_event(&json!({}));
    let (_, one) = paired(&app, &json!({}));
    let (_, other) = paired(&app, &json!({}));
    let path = format!("/api/v1/check-in-lists/{}/search", app.list_of("digital-day"));
    let look = |token: &str| app.post_as(token, &path, &json!({ "name": "weber" }));
    let statuses: Vec<u16> = (0..70).map(|_| look(&one).status).collect();
    assert!(statuses[..60].iter().all(|status| *status == 200), "{statuses:?}");
    let slowed = std::iter::repeat_with(|| look(&one)).find(|answer| answer.status == 429).unwrap();
    assert_eq!(slowed.problem(429), "rate_limited");
    // Another device at the same address is not.
    assert_eq!(look(&other).status, 200);
}
