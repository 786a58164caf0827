//! Events found.

use chrono::TimeDelta;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::{column, pages, pairs};
use crate::support::{Answer, TestApp, on_both_databases};

fn titles(answer: &Answer) -> Vec<String> {
    column(answer, "/title").iter().map(|title| title.as_str().unwrap().to_owned()).collect()
}

/// Events of June, on the day that is given.
fn publish(app: &TestApp, title: &str, day: u32, more: &Value) {
    let mut fields = json!({ "title": title, "starts_at": format!("2026-06-{day:02}T09:00:00Z"),
        "ends_at": format!("2026-06-{day:02}T10:00:00Z") });
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.published_event(&fields);
}

on_both_databases! {
    fn everybody_finds_what_is_public_and_an_organization_finds_its_own_as_well(database: Database) {
        let app = TestApp::start(database);
        publish(&app, "Public", 3, &json!({}));
        publish(&app, "Unlisted", 2, &json!({ "visibility": "unlisted" }));
        publish(&app, "Private", 1, &json!({ "visibility": "private" }));
        app.drafted_event(&json!({ "title": "Draft" }));
        publish(&app, "Off", 4, &json!({}));
        app.post_as_owner("/api/v1/events/off/cancel", &json!({})).ok(200);
        let stranger = app.organization_with_token("Museum", "museum", Role::Owner);
        assert_eq!(titles(&app.get("/api/v1/events")), ["Public", "Off"]);
        assert_eq!(titles(&app.get_as(&stranger, "/api/v1/events")), ["Public", "Off"]);
        assert_eq!(titles(&app.get_as_owner("/api/v1/events")), ["Private", "Unlisted", "Public", "Off", "Draft"]);
        assert_eq!(app.get("/api/v1/events?status=draft").ok(200)["data"], json!([]));
    }

    fn what_is_looked_for_narrows_the_list(database: Database) {
        let app = TestApp::start(database);
        publish(&app, "Fête de l'Été", 1, &json!({ "tags": ["summer"], "location": { "city": "Esch" } }));
        publish(&app, "Cyber day", 10, &json!({ "summary": "Safe été 100%", "tags": ["digital", "summer"] }));
        publish(&app, "Smart week", 20, &json!({ "tags": ["digital"] }));
        app.drafted_event(&json!({ "title": "Draft", "starts_at": "2026-07-01T09:00:00Z", "ends_at": "2026-07-01T10:00:00Z" }));
        app.organization_with_token("Museum", "museum", Role::Owner);
        for (query, found) in [
            ("q=ETE", vec!["Fête de l'Été", "Cyber day"]),
            ("q=esch%20f%C3%AAte", vec!["Fête de l'Été"]),
            ("q=100%25", vec!["Cyber day"]),
            ("q=1_0%25", vec![]),
            ("tag=summer", vec!["Fête de l'Été", "Cyber day"]),
            ("tag=none", vec![]),
            ("from=2026-06-10T10:00:00Z", vec!["Cyber day", "Smart week", "Draft"]),
            ("from=2026-06-10T10:00:00.000001Z", vec!["Smart week", "Draft"]),
            ("to=2026-06-10T09:00:00Z", vec!["Fête de l'Été"]),
            ("to=2026-06-10T09:00:00.000001Z", vec!["Fête de l'Été", "Cyber day"]),
            ("from=2026-06-02T00:00:00%2B02:00&to=2026-06-19T00:00:00Z", vec!["Cyber day"]),
            ("organization=ict-cluster&tag=digital", vec!["Cyber day", "Smart week"]),
            ("organization=museum", vec![]),
            ("organization=nobody", vec![]),
            ("status=draft", vec!["Draft"]),
            ("status=cancelled", vec![]),
            ("q=%20", vec!["Fête de l'Été", "Cyber day", "Smart week", "Draft"]),
        ] {
            assert_eq!(titles(&app.get_as_owner(&format!("/api/v1/events?{query}"))), found, "{query}");
        }
    }

    fn what_changed_since_a_moment_is_found(database: Database) {
        let app = TestApp::start(database);
        publish(&app, "First", 1, &json!({}));
        publish(&app, "Second", 2, &json!({}));
        app.advance(TimeDelta::hours(1));
        app.patch_as_owner("/api/v1/events/first", &json!({ "summary": "new" })).ok(200);
        let since = |time: &str| titles(&app.get(&format!("/api/v1/events?updated_since={time}")));
        assert_eq!(since("2026-03-02T09:00:00Z"), ["First", "Second"]);
        assert_eq!(since("2026-03-02T10:00:00Z"), ["First"]);
        assert_eq!(since("2026-03-02T10:00:00.000001Z"), Vec::<String>::new());
    }

    fn three_pages_have_each_event_once_also_of_those_that_begin_together(database: Database) {
        let app = TestApp::start(database);
        for (number, day) in [5, 3, 3, 3, 1].iter().enumerate() {
            publish(&app, &format!("E{number}"), *day, &json!({}));
        }
        let expected = [vec!["E4", "E1"], vec!["E2", "E3"], vec!["E0"]];
        assert_eq!(pages(&app, "/api/v1/events?limit=2", "/title"), expected);
        assert_eq!(pages(&app, "/api/v1/events?limit=5", "/title").len(), 1);
    }

    fn a_cursor_leads_on_in_its_own_list_alone(database: Database) {
        let app = TestApp::start(database);
        publish(&app, "First", 1, &json!({}));
        publish(&app, "Second", 2, &json!({}));
        let first = app.get("/api/v1/events?limit=1").ok(200);
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(titles(&app.get(&format!("/api/v1/events?limit=9&cursor={cursor}"))), ["Second"]);
        for other in [
            app.get(&format!("/api/v1/events?q=day&cursor={cursor}")),
            app.get_as_owner(&format!("/api/v1/events?cursor={cursor}")),
            app.get_as_owner(&format!("/api/v1/events/first/registrations?cursor={cursor}")),
            app.get("/api/v1/events?cursor=nonsense"),
            app.get("/api/v1/events?cursor=e30"),
        ] {
            assert_eq!(other.issues(), pairs(&[("cursor", "invalid_cursor")]));
        }
    }
}
