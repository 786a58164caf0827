//! Values that are wrong, each with its exact answer.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{pairs, text};
use crate::support::{Answer, TestApp, on_both_databases};

const REGISTRATIONS: &str = "/api/v1/events/digital-day/registrations";

/// Drafts an event with one field changed.
fn draft(app: &TestApp, pointer: &str, value: Value) -> Answer {
    let mut event = json!({ "title": "X", "starts_at": "2026-06-08T09:00:00Z", "ends_at": "2026-06-08T10:00:00Z",
        "location": {}, "registration": {} });
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap()[field] = value;
    app.post_as_owner("/api/v1/events", &event)
}

/// Registers somebody with one field changed.
fn wish(app: &TestApp, pointer: &str, value: Value) -> Answer {
    let mut wish = json!({ "attendee": { "first_name": "Ada", "email": "ada@museum.example" } });
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    wish.pointer_mut(parent).unwrap()[field] = value;
    app.post(REGISTRATIONS, &wish)
}

on_both_databases! {
    fn an_organizer_who_mistypes_a_field_is_told_which(database: Database) {
        let app = TestApp::start(database);
        for (pointer, value, code) in [
            ("/capacity", json!(-1), "out_of_range"),
            ("/capacity", json!(1_000_000_000_000_i64), "out_of_range"),
            ("/capacity", json!(1_000_001), "out_of_range"),
            ("/capacity", json!(1.5), "invalid_type"),
            ("/capacity", json!("350"), "invalid_type"),
            ("/title", json!(7), "invalid_type"),
            ("/title", json!(" "), "required"),
            ("/title", json!("x".repeat(10_000)), "too_long"),
            ("/title", json!("a\nb"), "invalid_text"),
            ("/title", json!(null), "required"),
            ("/slug", json!("Not A Slug"), "invalid_slug"),
            ("/slug", json!("0190b5a0-7b1c-7000-8000-000000000000"), "invalid_slug"),
            ("/summary", json!("x".repeat(1001)), "too_long"),
            ("/description", json!("a\u{0}b"), "invalid_text"),
            ("/visibility", json!("secret"), "unknown_value"),
            ("/starts_at", json!("2026-06-08"), "invalid_time"),
            ("/starts_at", json!("2026-06-08T09:00:00"), "invalid_time"),
            ("/starts_at", json!("1969-12-31T23:59:59Z"), "invalid_time"),
            ("/ends_at", json!("2026-06-08T09:00:00Z"), "ends_before_start"),
            ("/ends_at", json!("2026-06-08T08:00:00Z"), "ends_before_start"),
            ("/timezone", json!("Europe/Luxemburg"), "unknown_timezone"),
            ("/location", json!([]), "invalid_type"),
            ("/location/country", json!("LUX"), "invalid_country"),
            ("/location/online_url", json!("javascript:alert(1)"), "invalid_url"),
            ("/location/online_url", json!("https://x.example/\u{0}"), "invalid_url"),
            ("/location/online_url", json!("https://x.example/\r\nX:y"), "invalid_url"),
            ("/languages", json!("en"), "invalid_type"),
            ("/contact_email", json!("a@b.example\r\nBcc: c@d.example"), "invalid_email"),
            ("/registration", json!("open"), "invalid_type"),
            ("/registration/waitlist", json!("maybe"), "unknown_value"),
            ("/tags", json!((0..21).map(|n| format!("t{n}")).collect::<Vec<_>>()), "too_many"),
        ] {
            let answer = draft(&app, pointer, value.clone());
            assert_eq!(answer.issues(), pairs(&[(pointer, code)]), "{value}");
            assert_eq!(answer.problem(422), "invalid");
        }
        // Of a list, each that is wrong is named.
        let tags = draft(&app, "/tags", json!(["fine", "Not A Tag", "Nor This"]));
        assert_eq!(tags.issues(), pairs(&[("/tags/1", "invalid_slug"), ("/tags/2", "invalid_slug")]));
        assert_eq!(draft(&app, "/languages", json!(["en", "xx"])).issues(), pairs(&[("/languages/1", "unknown_value")]));
        let window = json!({ "opens_at": "2026-05-02T00:00:00Z", "closes_at": "2026-05-01T00:00:00Z" });
        assert_eq!(draft(&app, "/registration", window).issues(), pairs(&[("/registration/closes_at", "closes_before_open")]));
        assert_eq!(app.get_as_owner("/api/v1/events").ok(200)["data"], json!([]));
    }

    fn a_zone_with_a_slip_of_the_pen_gets_a_suggestion(database: Database) {
        let app = TestApp::start(database);
        let answer = draft(&app, "/timezone", json!("Europe/Luxemburg"));
        let mut problem = answer.ok(422);
        problem["request_id"] = json!("");
        assert_eq!(problem, json!({
            "type": "https://turnout.example/problems/invalid", "title": "Unprocessable Entity", "status": 422,
            "detail": "/timezone: there is no such time zone; did you mean Europe/Luxembourg?", "code": "invalid",
            "errors": [{ "pointer": "/timezone", "code": "unknown_timezone",
                "detail": "there is no such time zone; did you mean Europe/Luxembourg?" }],
            "request_id": "",
        }));
    }

    fn an_attendee_who_mistypes_a_field_is_told_which(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        for (pointer, value, code) in [
            ("/attendee/email", json!("ada@museum.example\nBcc: x@y.example"), "invalid_email"),
            ("/attendee/email", json!("ada"), "invalid_email"),
            ("/attendee/email", json!("ada\u{0}@museum.example"), "invalid_email"),
            ("/attendee/email", json!(format!("{}@museum.example", "a".repeat(250))), "invalid_email"),
            ("/attendee/email", json!(null), "required"),
            ("/attendee/first_name", json!("x".repeat(10_000)), "too_long"),
            ("/attendee/first_name", json!("é".repeat(101)), "too_long"),
            ("/attendee/first_name", json!("\u{0}"), "invalid_text"),
            ("/attendee/first_name", json!("\u{200b}\u{202e}"), "required"),
            ("/attendee/first_name", json!("Ada\u{202e}adA"), "invalid_text"),
            ("/attendee/first_name", json!(["Ada"]), "invalid_type"),
            ("/attendee/country", json!("Luxembourg"), "invalid_country"),
            ("/locale", json!("xx"), "unknown_value"),
            ("/external_ref", json!("x".repeat(201)), "too_long"),
        ] {
            assert_eq!(wish(&app, pointer, value.clone()).issues(), pairs(&[(pointer, code)]), "{value}");
        }
        assert_eq!(wish(&app, "/attendee/first_name", json!("é".repeat(100))).status, 201);
    }

    fn everything_that_is_wrong_is_said_at_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let answer = app.post(REGISTRATIONS, &json!({
            "attendee": { "first_name": "", "email": "x", "shoe_size": 43, "a.b": 1, "c/d~e": 2 }, "locale": 5, "vip": true }));
        assert_eq!(answer.issues(), pairs(&[
            ("/attendee/a.b", "unknown_field"), ("/attendee/c~1d~0e", "unknown_field"),
            ("/attendee/shoe_size", "unknown_field"), ("/vip", "unknown_field"),
            ("/attendee/first_name", "required"), ("/attendee/email", "invalid_email"), ("/locale", "invalid_type"),
        ]));
        assert_eq!(answer.ok(422)["detail"], "7 fields are not right");
        assert_eq!(app.post(REGISTRATIONS, &json!({})).issues(),
            pairs(&[("/attendee/first_name", "required"), ("/attendee/email", "required")]));
    }

    fn a_field_that_nobody_knows_is_refused_wherever_it_stands(database: Database) {
        let app = TestApp::start(database);
        for pointer in ["/colour", "/location/floor", "/registration/fee"] {
            let answer = draft(&app, pointer, json!(1));
            assert_eq!(answer.issues(), pairs(&[(pointer, "unknown_field")]));
            assert_eq!(answer.problem(422), "unknown_field");
        }
        app.drafted_event(&json!({}));
        let publish = app.post_as_owner("/api/v1/events/digital-day/publish", &json!({ "now": true }));
        assert_eq!(publish.issues(), pairs(&[("/now", "unknown_field")]));
    }

    fn a_parameter_that_is_wrong_or_unknown_is_named(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        for (path, issues) in [
            ("/api/v1/events?limit=100000", [("limit", "out_of_range")].as_slice()),
            ("/api/v1/events?limit=0", &[("limit", "out_of_range")]),
            ("/api/v1/events?limit=ten", &[("limit", "out_of_range")]),
            ("/api/v1/events?colour=red&page=2", &[("colour", "unknown_parameter"), ("page", "unknown_parameter")]),
            ("/api/v1/events?limit=5&limit=6", &[("limit", "unknown_parameter")]),
            ("/api/v1/events?from=2026-06-08", &[("from", "invalid_time")]),
            ("/api/v1/events?from=yesterday&status=new", &[("from", "invalid_time"), ("status", "unknown_value")]),
            ("/api/v1/events?q=%00", &[("q", "invalid_text")]),
            ("/api/v1/events?tag=%00&organization=%00", &[("tag", "invalid_text"), ("organization", "invalid_text")]),
            ("/api/v1/events/digital-day/registrations?attended=yes", &[("attended", "unknown_value")]),
            ("/api/v1/events/digital-day/registrations?status=confirmed,gone", &[("status", "unknown_value")]),
            ("/api/v1/events/digital-day/registrations?external_ref=%00", &[("external_ref", "invalid_text")]),
            ("/api/v1/events/digital-day/messages?state=lost", &[("state", "unknown_value")]),
        ] {
            assert_eq!(app.get_as_owner(path).issues(), pairs(issues), "{path}");
        }
    }

    fn what_a_scanner_reads_is_judged_and_never_an_error(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.published_event(&json!({ "title": "Other" }));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let path = format!("/api/v1/registrations/{}/ticket", text(&ada, "/id"));
        let ticket = text(&app.get_as_owner(&path).ok(200), "/ticket");
        let scan = |event: &str, body: Value| {
            let door = format!("/api/v1/check-in-lists/{}/check-ins", app.list_of(event));
            let verdict = app.post_as_owner(&door, &body).ok(200);
            (text(&verdict, "/result"), verdict["reason"].clone(), verdict["registration"]["id"].clone())
        };
        let denied = |reason: &str| ("denied".to_owned(), json!(reason), Value::Null);
        let mut forged: Vec<char> = ticket.chars().collect();
        forged[50] = if forged[50] == 'A' { 'B' } else { 'A' };
        let forged: String = forged.into_iter().collect();
        for other in [forged.as_str(), "", "https://evil.example", "T1.", "\u{0}\u{feff}🎫"] {
            assert_eq!(scan("digital-day", json!({ "ticket": other })), denied("invalid"), "{other:?}");
        }
        assert_eq!(scan("other", json!({ "ticket": ticket })), denied("wrong_event"));
        assert_eq!(scan("other", json!({ "registration_id": ada["id"] })), denied("wrong_event"));
        assert_eq!(scan("other", json!({ "code": ada["code"] })), denied("invalid"));
        let code = text(&ada, "/code").to_lowercase();
        let typed = format!(" {} {}-{}", &code[..2], &code[2..4], &code[4..]);
        assert_eq!(scan("digital-day", json!({ "code": typed })), ("accepted".to_owned(), json!(null), ada["id"].clone()));
    }

    fn registering_too_early_or_too_late_is_refused(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "registration": { "opens_at": "2026-03-03T09:00:00Z" } }));
        assert_eq!(app.register("digital-day", "ada@museum.example").problem(409), "registration_not_open");
        app.advance(TimeDelta::days(300));
        assert_eq!(app.register("digital-day", "ada@museum.example").problem(409), "registration_closed");
    }
}
