//! Requests that cannot be read, or lead nowhere.

use reqwest::Method;
use serde_json::{Value, json};

use super::pairs;
use crate::support::{Answer, Database, TestApp, on_both_databases};

const REGISTRATIONS: &str = "/api/v1/events/digital-day/registrations";

fn send(app: &TestApp, content_type: &str, body: impl Into<reqwest::blocking::Body>) -> Answer {
    Answer::of(app.request(Method::POST, REGISTRATIONS).header("Content-Type", content_type).body(body))
}

#[test]
fn a_body_that_cannot_be_read_is_malformed() {
    let app = TestApp::start(Database::sqlite());
    app.published_event(&json!({}));
    let json = |body: &[u8]| send(&app, "application/json", body.to_vec());
    for (body, detail) in [
        (b"{\"attendee\": \"\xff\"}".as_slice(), "the body is not UTF-8"),
        (
            b"{\"attendee\"",
            "the body is not the JSON that is expected here: EOF while parsing an object at line 1 column 11",
        ),
        (b"{} {}", "the body is not the JSON that is expected here: trailing characters at line 1 column 4"),
        (b"", "the body is not the JSON that is expected here: EOF while parsing a value at line 1 column 0"),
    ] {
        let answer = json(body);
        assert_eq!(answer.problem(400), "malformed");
        assert_eq!(answer.ok(400)["detail"], detail);
    }
    for body in ["[]", "7", "null", "\"x\"", r#"{"attendee":{},"attendee":{}}"#, r#"{"locale":1e999}"#] {
        assert_eq!(json(body.as_bytes()).problem(400), "malformed", "{body}");
    }
}

#[test]
fn json_that_is_nested_too_deep_does_no_harm() {
    let app = TestApp::start(Database::sqlite());
    app.published_event(&json!({}));
    let nested = |field: &str| {
        let body = format!("{{\"{field}\":{}{}}}", "[".repeat(1000), "]".repeat(1000));
        send(&app, "application/json", body)
    };
    assert_eq!(nested("locale").problem(400), "malformed");
    // What is not looked at may be as deep as it likes.
    let required = [("/attendee/first_name", "required"), ("/attendee/email", "required")];
    assert_eq!(
        nested("attendee").issues(),
        pairs(&[[("/attendee/0", "unknown_field"), ("/attendee", "invalid_type")].as_slice(), &required].concat())
    );
    assert_eq!(nested("unknown").issues(), pairs(&[[("/unknown", "unknown_field")].as_slice(), &required].concat()));
}

#[test]
fn a_body_that_is_too_long_is_not_read() {
    let app = TestApp::start(Database::sqlite());
    app.published_event(&json!({}));
    let long = format!("{{\"locale\":\"{}\"}}", "x".repeat(256 * 1024));
    assert_eq!(send(&app, "application/json", long).problem(413), "body_too_large");
    let huge = vec![b' '; 10_000_000];
    assert_eq!(send(&app, "application/json", huge.clone()).problem(413), "body_too_large");
    // Neither when nobody announces how long it is.
    let chunked = reqwest::blocking::Body::new(std::io::Cursor::new(huge));
    assert_eq!(send(&app, "application/json", chunked).problem(413), "body_too_large");
    let fits = format!("{{\"locale\":\"{}\"}}", "x".repeat(256 * 1024 - 13));
    assert_eq!(send(&app, "application/json", fits).problem(422), "invalid");
}

#[test]
fn what_does_not_say_that_it_is_json_is_not_taken() {
    let app = TestApp::start(Database::sqlite());
    app.published_event(&json!({}));
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "text/json", ""] {
        assert_eq!(send(&app, content_type, "{}").problem(415), "unsupported_media_type", "{content_type}");
    }
    for content_type in ["application/json", "Application/JSON; charset=utf-8", "application/ld+json"] {
        assert_eq!(send(&app, content_type, "{}").problem(422), "invalid", "{content_type}");
    }
}

#[test]
fn a_method_that_an_address_does_not_take_is_answered_with_those_that_it_takes() {
    let app = TestApp::start(Database::sqlite());
    for (method, path, allowed) in [
        (Method::PUT, "/api/v1/events", "GET, POST"),
        (Method::POST, "/api/v1/events/x", "GET, PATCH, DELETE"),
        (Method::GET, "/api/v1/events/x/publish", "POST"),
        (Method::DELETE, "/api/v1/calendar.ics", "GET"),
    ] {
        let answer = Answer::of(app.request(method, path));
        assert_eq!(answer.problem(405), "method_not_allowed", "{path}");
        assert_eq!(answer.header("allow"), allowed, "{path}");
    }
}

on_both_databases! {
    fn an_address_that_leads_nowhere_is_not_found(database: Database) {
        let app = TestApp::start(database);
        for path in [
            "/api/v1/nothing", "/nothing", "/api/v2/events", "/api/v1/events/nothing", "/api/v1/events/%00",
            "/api/v1/events/%FF", "/api/v1/events/..%2f..", "/api/v1/events/0190b5a0-7b1c-7000-8000-000000000000",
            "/api/v1/registrations/x", "/api/v1/check-in-lists/x/status", "/problems/nothing",
        ] {
            let answer = app.get_as_owner(path);
            assert_eq!(answer.problem(404), "not_found", "{path}");
            assert_eq!(answer.ok(404)["type"], "https://turnout.example/problems/not_found");
        }
    }
}

#[test]
fn every_answer_has_a_number_of_its_own() {
    let app = TestApp::start(Database::sqlite());
    let ids: Vec<String> = ["/nothing", "/api/v1/events?x=1", "/api/v1/events/x", "/api/v1/events?limit=0"]
        .iter()
        .map(|path| {
            let answer = app.get(path);
            let problem: Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(problem["request_id"], answer.header("x-request-id"), "{path}");
            answer.header("x-request-id")
        })
        .collect();
    let mut distinct = ids.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!((distinct.len(), ids[0].len()), (4, 32));
    assert_eq!(app.get("/api/v1/events").header("x-request-id").len(), 32);
}

#[test]
fn a_token_in_another_form_is_no_token() {
    let app = TestApp::start(Database::sqlite());
    for authorization in
        ["Basic YTpi", "Bearer", "Bearer nonsense", "turnout_x", "Bearer M1.AAAA", "Bearer turnout_AAAA"]
    {
        let request = app.request(Method::GET, "/api/v1/events").header("Authorization", authorization);
        let answer = Answer::of(request);
        assert_eq!(answer.problem(401), "unauthenticated", "{authorization}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
}
