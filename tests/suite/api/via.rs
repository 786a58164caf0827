//! Through which host people came.

use serde_json::{Value, json};

use super::hosts::{call, host, invite};
use super::{address, column, pairs, text};
use crate::support::{Answer, TestApp, on_both_databases};

const REGISTRATIONS: &str = "/api/v1/events/digital-day/registrations";

pub fn register(app: &TestApp, name: &str, query: &str, country: Option<&str>) -> Answer {
    let wish =
        json!({ "attendee": { "first_name": name, "email": format!("{name}@home.example"), "country": country } });
    app.post(&format!("{REGISTRATIONS}{query}"), &wish)
}

on_both_databases! {
    fn a_host_gets_the_credit_for_whom_it_brought(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        host(&app, "museum", "venue", "none");
        host(&app, "foundry", "venue", "none");
        let ada = register(&app, "ada", "?via=museum", None).ok(201);
        let ben = register(&app, "ben", "", None).ok(201);
        let cleo = register(&app, "cleo", "?via=ict-cluster", None).ok(201);
        assert_eq!([&ada, &ben, &cleo].map(|person| person["via"].clone()), [json!("museum"), json!(null), json!("ict-cluster")]);
        assert_eq!(app.get_as(&app.manage_token(&ada), &address(&ada)).ok(200), ada);
        assert_eq!(column(&app.get_as_owner(REGISTRATIONS), "/via"), [json!("museum"), json!(null), json!("ict-cluster")]);
        for (via, names) in [("museum", ["ada"].as_slice()), ("ict-cluster", &["cleo"]), ("foundry", &[]), ("nobody", &[]), ("%20", &["ada", "ben", "cleo"])] {
            let found = column(&app.get_as_owner(&format!("{REGISTRATIONS}?via={via}")), "/attendee/first_name");
            assert_eq!(found, names, "{via}");
            let file = app.get_as_owner(&format!("/api/v1/events/digital-day/participants.csv?columns=first_name&via={via}"));
            assert_eq!(file.body.lines().skip(1).collect::<Vec<_>>(), names, "{via}");
        }
        let file = |path: &str| app.get_as_owner(&format!("/api/v1/events/digital-day/{path}")).body;
        let expected = "first_name,via\r\nada,museum\r\nben,\r\ncleo,ict-cluster\r\n";
        assert_eq!(file("participants.csv?columns=first_name,via"), expected);
        assert_eq!(file("attendance.csv?columns=first_name,via"), expected);
        // Whoever leaves has brought them all the same.
        assert_eq!(call(&app, reqwest::Method::DELETE, &app.token, "/api/v1/events/digital-day/hosts/museum", &Value::Null).status, 204);
        assert_eq!(app.get_as_owner(&address(&ada)).ok(200)["via"], "museum");
        assert_eq!(register(&app, "dan", "?via=museum", None).issues(), pairs(&[("via", "not_a_host")]));
    }

    fn nobody_comes_through_whoever_is_no_host(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.organization_with_token("Museum", "museum", turnout::organizations::Role::Owner);
        for via in ["museum", "nobody", "Not%20A%20Slug", "0190b5a0-7b1c-7000-8000-000000000000", "x".repeat(200).as_str()] {
            assert_eq!(register(&app, "ada", &format!("?via={via}"), None).issues(), pairs(&[("via", "not_a_host")]), "{via}");
        }
        for state in ["invited", "declined"] {
            if state == "invited" {
                invite(&app, "museum", "venue", "none").ok(201);
            } else {
                let token = app.token_of("museum", turnout::organizations::Role::Owner);
                app.post_as(&token, "/api/v1/events/digital-day/hosts/museum/decline", &json!({})).ok(200);
            }
            assert_eq!(register(&app, "ada", "?via=museum", None).issues(), pairs(&[("via", "not_a_host")]), "{state}");
        }
        // Everything that is wrong is said at once.
        let wish = json!({ "attendee": { "email": "x" } });
        assert_eq!(app.post(&format!("{REGISTRATIONS}?via=nobody&utm=1"), &wish).issues(), pairs(&[
            ("/attendee/first_name", "required"), ("/attendee/email", "invalid_email"), ("utm", "unknown_parameter"), ("via", "not_a_host")]));
        assert_eq!(register(&app, "ada", "?via=a%00b", None).issues(), pairs(&[("via", "invalid_text")]));
        assert_eq!(text(&register(&app, "ada", "?via=", None).ok(201), "/status"), "confirmed");
    }
}
