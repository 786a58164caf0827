//! Programs that only want to know whether something is there.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Database, TestApp};

#[test]
fn head_is_answered_like_get_without_a_body() {
    let app = TestApp::start(Database::sqlite());
    app.published_event(&json!({}));
    app.register("digital-day", "ada@museum.example").ok(201);
    let export = "/api/v1/events/digital-day/participants.csv";
    for path in ["/healthz", "/manage.js", "/api/v1/events/digital-day", export, "/api/v1/events/nothing"] {
        let [get, head] =
            [Method::GET, Method::HEAD].map(|method| Answer::of(app.request(method, path).bearer_auth(&app.token)));
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        assert_eq!(head.header("etag"), get.header("etag"), "{path}");
        assert_eq!(head.body, "", "{path}");
        assert!(!get.body.is_empty(), "{path}");
    }
    assert_eq!(Answer::of(app.request(Method::HEAD, export)).status, 401);
}

#[test]
fn whoever_asks_for_the_headers_of_an_export_takes_nothing_out() {
    let app = TestApp::start(Database::sqlite());
    app.published_event(&json!({}));
    let exports = || {
        let trail = app.get_as_owner("/api/v1/events/digital-day/audit?deed=export").ok(200);
        trail["data"].as_array().unwrap().len()
    };
    let export = |method: Method, query: &str| {
        let path = format!("/api/v1/events/digital-day/participants.csv{query}");
        Answer::of(app.request(method, &path).bearer_auth(&app.token))
    };
    let asked = export(Method::HEAD, "");
    assert_eq!(asked.header("content-disposition"), "attachment; filename=\"digital-day-participants.csv\"");
    assert_eq!((asked.status, export(Method::HEAD, "?columns=shoe_size").status, exports()), (200, 422, 0));
    assert_eq!((export(Method::GET, "").status, exports()), (200, 1));
}

#[test]
fn methods_that_somebody_makes_up_are_counted_as_one() {
    let app = TestApp::start(Database::sqlite());
    for n in 0..3 {
        let method = Method::from_bytes(format!("BREW{n}").as_bytes()).unwrap();
        assert_eq!(Answer::of(app.request(method, "/api/v1/events")).status, 405);
    }
    let metrics = app.get("/metrics").body;
    let counted: Vec<&str> = metrics.lines().filter(|line| line.starts_with("turnout_http_requests_total")).collect();
    assert_eq!(counted, [r#"turnout_http_requests_total{method="other",route="/api/v1/events",status="405"} 3"#]);
}
