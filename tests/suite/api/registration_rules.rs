//! How one registers for an event.

use serde_json::{Value, json};

use super::{pairs, text};
use crate::support::{TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

fn rules(app: &TestApp) -> Value {
    app.get_as_owner(EVENT).ok(200)["registration"].clone()
}

on_both_databases! {
    fn the_rules_are_as_usual_until_somebody_says_otherwise(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        assert_eq!(rules(&app), json!({
            "opens_at": null, "closes_at": null, "waitlist": "off", "mode": "built_in", "external_url": null,
            "approval": false, "pending_holds_seat": true, "verify_email": false, "offer_hours": 24, "edit_until": null,
            "state": "open",
        }));
        let said = json!({ "waitlist": "offer", "mode": "external", "external_url": "https://tickets.example/1",
            "approval": true, "pending_holds_seat": false, "verify_email": true, "offer_hours": 720,
            "edit_until": "2026-06-01T00:00:00Z" });
        app.patch_as_owner(EVENT, &json!({ "registration": said })).ok(200);
        let mut shown = rules(&app);
        for (name, value) in said.as_object().unwrap() {
            assert_eq!(&shown[name].take(), value, "{name}");
        }
        let trail = app.get_as_owner(&format!("{EVENT}/audit")).ok(200);
        let revised = trail["data"].as_array().unwrap().iter().find(|row| row["deed"] == "event.revised").unwrap();
        let fields: Vec<String> =
            revised["changes"].as_array().unwrap().iter().map(|change| text(change, "/field")).collect();
        let named = ["approval", "edit_until", "external_url", "mode", "offer_hours", "pending_holds_seat", "verify_email",
            "waitlist"];
        assert_eq!(fields, named.map(|name| format!("registration.{name}")));
        let copy = app.drafted_event(&json!({ "slug": "copy", "registration": said }));
        assert_eq!(copy["registration"]["external_url"], "https://tickets.example/1");
        app.patch_as_owner(EVENT, &json!({ "registration": { "mode": "built_in", "external_url": null, "edit_until": null } }))
            .ok(200);
        assert_eq!((&rules(&app)["external_url"], &rules(&app)["edit_until"]), (&Value::Null, &Value::Null));
    }

    fn all_that_is_wrong_is_said_at_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let wrong = json!({ "registration": { "mode": "phone", "external_url": "javascript:alert(1)", "approval": "yes",
            "verify_email": null, "offer_hours": 0, "edit_until": "soon" } });
        let issues = pairs(&[
            ("/registration/mode", "unknown_value"), ("/registration/external_url", "invalid_url"),
            ("/registration/approval", "invalid_type"), ("/registration/verify_email", "required"),
            ("/registration/offer_hours", "out_of_range"), ("/registration/edit_until", "invalid_time"),
        ]);
        assert_eq!(app.patch_as_owner(EVENT, &wrong).issues(), issues);
        let nowhere = json!({ "registration": { "mode": "external" } });
        assert_eq!(app.patch_as_owner(EVENT, &nowhere).issues(), pairs(&[("/registration/external_url", "required")]));
        let mut draft = json!({ "title": "X", "starts_at": "2026-06-08T09:00:00Z", "ends_at": "2026-06-08T08:00:00Z" });
        draft["registration"] = nowhere["registration"].clone();
        assert_eq!(app.post_as_owner("/api/v1/events", &draft).issues(),
            pairs(&[("/registration/external_url", "required"), ("/ends_at", "ends_before_start")]));
        for (hours, fine) in [(1, true), (720, true), (721, false)] {
            let answer = app.patch_as_owner(EVENT, &json!({ "registration": { "offer_hours": hours } }));
            assert_eq!(answer.status == 200, fine, "{hours}");
        }
    }

    fn one_registers_elsewhere_or_not_at_all(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 0,
            "registration": { "mode": "external", "external_url": "https://tickets.example/1" } }));
        assert_eq!(rules(&app)["state"], "open", "we do not know whether there are seats elsewhere");
        let refused = app.register("digital-day", "ada@museum.example");
        assert_eq!(refused.problem(409), "registration_elsewhere");
        assert_eq!(refused.ok(409)["detail"], "registration for this event is elsewhere: https://tickets.example/1");
        app.patch_as_owner(EVENT, &json!({ "registration": { "mode": "none" } })).ok(200);
        assert_eq!(rules(&app)["state"], "closed");
        assert_eq!(app.register("digital-day", "ada@museum.example").problem(409), "registration_elsewhere");
    }
}
