//! Registrations found again.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{address, column, pages, text};
use crate::support::{Answer, TestApp, on_both_databases};

const REGISTRATIONS: &str = "/api/v1/events/digital-day/registrations";

fn register(app: &TestApp, first_name: &str, last_name: &str, organization: Option<&str>, reference: &str) -> Value {
    let attendee = json!({ "first_name": first_name, "last_name": last_name, "organization": organization,
        "email": format!("{}@example.org", first_name.to_lowercase()) });
    app.post(REGISTRATIONS, &json!({ "attendee": attendee, "external_ref": reference })).ok(201)
}

fn names(answer: &Answer) -> Vec<String> {
    column(answer, "/attendee/first_name").iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

on_both_databases! {
    fn an_organizer_finds_people_by_what_they_know_of_them(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 3, "registration": { "waitlist": "auto" } }));
        let zoe = register(&app, "Zoë", "Müller", Some("Musée d'Art"), "crm-1");
        let ben = register(&app, "Ben", "Weber", Some("Art & Co"), "crm-2");
        let cleo = register(&app, "Cleo", "100%", Some("Lab_1"), "crm-3");
        register(&app, "Dan", "Weber", None, "crm-3");
        app.post_as_owner(&format!("{}/cancel", address(&cleo)), &json!({})).ok(200);
        register(&app, "Eve", "Waiting", Some("Lab21"), "crm-5");
        let list = app.list_of("digital-day");
        let check_in = |who: &Value, direction: &str| {
            let body = json!({ "registration_id": who["id"], "direction": direction });
            app.post_as_owner(&format!("/api/v1/check-in-lists/{list}/check-ins"), &body).ok(200)
        };
        check_in(&zoe, "entry");
        check_in(&zoe, "exit");
        let wrong = check_in(&ben, "entry");
        let annul = format!("/api/v1/check-ins/{}/annul", text(&wrong, "/check_in_id"));
        app.post_as_owner(&annul, &json!({ "reason": "wrong person" })).ok(200);
        let code = text(&ben, "/code");
        let typed = format!("{}%20{}", &code[..4].to_lowercase(), &code[4..]);
        for (query, found) in [
            (String::new(), vec!["Zoë", "Ben", "Cleo", "Dan", "Eve"]),
            ("status=confirmed".into(), vec!["Zoë", "Ben", "Dan"]),
            ("status=cancelled,waitlisted".into(), vec!["Cleo", "Eve"]),
            ("status=cancelled&status=waitlisted".into(), vec!["Cleo", "Eve"]),
            ("q=zoe%20MULLER".into(), vec!["Zoë"]),
            ("q=m%C3%BCller".into(), vec!["Zoë"]),
            ("q=art".into(), vec!["Zoë", "Ben"]),
            ("q=dan@example.org".into(), vec!["Dan"]),
            ("q=100%25".into(), vec!["Cleo"]),
            ("q=lab_1".into(), vec!["Cleo"]),
            (format!("q={code}"), vec!["Ben"]),
            (format!("q={typed}"), vec!["Ben"]),
            ("q=nobody".into(), vec![]),
            ("attended=true".into(), vec!["Zoë"]),
            ("attended=false&status=confirmed".into(), vec!["Ben", "Dan"]),
            ("external_ref=crm-3".into(), vec!["Cleo", "Dan"]),
            ("external_ref=crm".into(), vec![]),
        ] {
            assert_eq!(names(&app.get_as_owner(&format!("{REGISTRATIONS}?{query}"))), found, "{query}");
        }
        let rows = app.get_as_owner(REGISTRATIONS).ok(200)["data"].as_array().unwrap().clone();
        for mut row in rows {
            row["possible_duplicates"] = serde_json::json!([]);
            assert_eq!(row, app.get_as_owner(&address(&row)).ok(200), "in the list as alone");
        }
    }

    fn what_changed_since_a_moment_is_found(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto" } }));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        app.register("digital-day", "ben@museum.example").ok(201);
        app.advance(TimeDelta::hours(1));
        app.register("digital-day", "cleo@museum.example").ok(201);
        app.advance(TimeDelta::hours(1));
        app.post_as_owner(&format!("{}/cancel", address(&ada)), &json!({})).ok(200);
        let since = |time: &str| names(&app.get_as_owner(&format!("{REGISTRATIONS}?updated_since={time}")));
        assert_eq!(since("2026-03-02T09:00:00Z"), ["ada", "ben", "cleo"]);
        assert_eq!(since("2026-03-02T10:00:00Z"), ["ada", "ben", "cleo"]);
        assert_eq!(since("2026-03-02T11:00:00Z"), ["ada", "ben"]);
        assert_eq!(since("2026-03-02T12:00:00Z"), Vec::<String>::new());
    }

    fn three_pages_have_everybody_once_in_the_order_in_which_they_came(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 3, "registration": { "waitlist": "auto" } }));
        for name in ["a", "b", "c", "d", "e"] {
            app.register("digital-day", &format!("{name}@museum.example")).ok(201);
        }
        let path = format!("{REGISTRATIONS}?limit=2");
        assert_eq!(pages(&app, &path, "/attendee/first_name"), [vec!["a", "b"], vec!["c", "d"], vec!["e"]]);
        let places = [vec![json!(null), json!(null)], vec![json!(null), json!(1)], vec![json!(2)]];
        assert_eq!(pages(&app, &path, "/waitlist_position"), places);
        let filtered = format!("{REGISTRATIONS}?limit=1&status=waitlisted");
        assert_eq!(pages(&app, &filtered, "/attendee/first_name"), [vec!["d"], vec!["e"]]);
    }
}
