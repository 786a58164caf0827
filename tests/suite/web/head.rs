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
