//! The same request twice has one effect.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{address, hosts, messages, send};
use crate::support::{Answer, Database, TestApp, on_both_databases};

const REGISTRATIONS: &str = "/api/v1/events/digital-day/registrations";

fn wish(email: &str) -> Value {
    json!({ "attendee": { "first_name": "Ada", "email": email } })
}

/// Registers somebody with a key, as anyone.
fn register(app: &TestApp, key: &str, email: &str) -> Answer {
    Answer::of(app.request(Method::POST, REGISTRATIONS).header("Idempotency-Key", key).json(&wish(email)))
}

fn taken(app: &TestApp) -> Value {
    app.get("/api/v1/events/digital-day").ok(200)["seats"]["taken"].clone()
}

on_both_databases! {
    fn a_repeated_request_gets_the_same_reply_and_has_no_effect(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let first = register(&app, "k", "ada@museum.example");
        let again = register(&app, "k", "ada@museum.example");
        assert_eq!((again.ok(201), again.body.as_str()), (first.ok(201), first.body.as_str()));
        for name in ["content-type", "etag", "location"] {
            assert_eq!(again.header(name), first.header(name), "{name}");
        }
        let replayed = [&first, &again].map(|answer| answer.header("idempotent-replayed"));
        assert_eq!(replayed, [String::new(), "true".to_owned()]);
        assert_eq!(taken(&app), 1);
        // With another key it is another request.
        assert_eq!(register(&app, "l", "ada@museum.example").problem(409), "already_registered");
    }

    fn a_key_with_another_query_is_refused(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1 }));
        register(&app, "k", "ada@museum.example").ok(201);
        let by_force = |query: &str| {
            let path = format!("{REGISTRATIONS}{query}");
            send(&app, Method::POST, &path, &[("Idempotency-Key", "k")], &wish("ben@museum.example"))
        };
        assert_eq!(by_force("").problem(409), "sold_out");
        assert_eq!(by_force("?force=true").problem(422), "idempotency_key_reused");
        assert_eq!(by_force("").problem(409), "sold_out");
        assert_eq!(taken(&app), 1);
    }

    fn whoever_has_the_link_of_before_sees_no_reply_to_the_link_of_today(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let before = app.manage_token(&ada);
        let other = json!({ "attendee": { "first_name": "Ben", "email": "ben@museum.example" } });
        assert_eq!(app.post_as(&before, &format!("{}/transfer", address(&ada)), &other).status, 204);
        let id = ada["id"].as_str().unwrap().parse().unwrap();
        let today = turnout::access::ManageToken { registration: id, epoch: 2 };
        let today = today.text(&app.app.api.keys).reveal().to_owned();
        let cancel = |token: &str| {
            let request = app.request(Method::POST, &format!("{}/cancel", address(&ada))).bearer_auth(token);
            Answer::of(request.header("Idempotency-Key", "k"))
        };
        assert_eq!(cancel(&today).ok(200)["attendee"]["first_name"], "Ben");
        assert_eq!(cancel(&before).problem(404), "not_found");
        assert_eq!(cancel(&today).header("idempotent-replayed"), "true");
    }

    fn whoever_may_not_any_more_is_not_told_again(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let museum = hosts::host(&app, "museum", "co_host", "full");
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let cancel = |token: &str, key: Option<&str>| {
            let request = app.request(Method::POST, &format!("{}/cancel", address(&ada))).bearer_auth(token);
            Answer::of(match key {
                Some(key) => request.header("Idempotency-Key", key),
                None => request,
            })
        };
        let first = cancel(&museum, Some("k"));
        let again = cancel(&museum, Some("k"));
        assert_eq!((again.ok(200), again.header("idempotent-replayed").as_str()), (first.ok(200), "true"));
        let part = "/api/v1/events/digital-day/hosts/museum";
        app.patch_as_owner(part, &json!({ "data_access": "aggregate" })).ok(200);
        assert_eq!(cancel(&museum, Some("k")).problem(403), "forbidden");
        hosts::call(&app, Method::DELETE, &app.token, part, &Value::Null).ok(204);
        assert_eq!(cancel(&museum, Some("k")).problem(404), "not_found");
        // Who comes back finds it as it was.
        hosts::invite(&app, "museum", "co_host", "full").ok(201);
        app.post_as(&museum, &format!("{part}/accept"), &json!({})).ok(200);
        assert_eq!(cancel(&museum, Some("k")).ok(200), first.ok(200));
        assert_eq!(cancel(&museum, None).problem(409), "already_cancelled");
    }

    fn what_is_gone_is_deleted_once_and_said_twice(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({}));
        let delete = || send(&app, Method::DELETE, "/api/v1/events/digital-day", &[("Idempotency-Key", "k")], &json!({}));
        let (first, again) = (delete(), delete());
        assert_eq!((first.status, again.status, again.header("idempotent-replayed").as_str()), (204, 204, "true"));
    }

    fn a_key_with_the_right_version_goes_through_after_a_wrong_one(database: Database) {
        let app = TestApp::start(database);
        let event = app.drafted_event(&json!({}));
        let version = event["version"].as_i64().unwrap();
        let publish = |version: i64| {
            let (etag, path) = (format!("\"{version}\""), "/api/v1/events/digital-day/publish");
            send(&app, Method::POST, path, &[("Idempotency-Key", "k"), ("If-Match", &etag)], &json!({}))
        };
        assert_eq!(publish(version + 1).problem(412), "version_mismatch");
        let published = publish(version).ok(200);
        assert_eq!(published["status"], "published");
        assert_eq!(publish(version).ok(200), published);
    }

    fn a_key_with_another_body_is_refused(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        register(&app, "k", "ada@museum.example").ok(201);
        assert_eq!(register(&app, "k", "ben@museum.example").problem(422), "idempotency_key_reused");
        assert_eq!(taken(&app), 1);
        register(&app, "k", "ada@museum.example").ok(201);
    }

    fn a_refusal_is_repeated_even_when_things_have_changed(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 0 }));
        let refused = register(&app, "k", "ada@museum.example");
        assert_eq!(refused.problem(409), "sold_out");
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "capacity": 5 })).ok(200);
        let again = register(&app, "k", "ada@museum.example");
        let (mut first, mut second) = (refused.ok(409), again.ok(409));
        // But for its number: whoever looks for it in the log finds the request that was answered.
        assert_eq!(second["request_id"], again.header("x-request-id"));
        assert_ne!(second["request_id"].take(), first["request_id"].take());
        assert_eq!((second, again.header("idempotent-replayed").as_str()), (first, "true"));
        register(&app, "l", "ada@museum.example").ok(201);
    }

    fn callers_do_not_see_each_others_replies(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = register(&app, "k", "ada@museum.example").ok(201);
        let organizer = send(&app, Method::POST, REGISTRATIONS, &[("Idempotency-Key", "k")], &wish("ada@museum.example"));
        assert_eq!(organizer.problem(409), "already_registered");
        // Nor does a key at one address mean anything at another.
        let cancel = format!("{}/cancel", address(&ada));
        let keyed = |token: &str| {
            let request = app.request(Method::POST, &cancel).bearer_auth(token).header("Idempotency-Key", "k");
            Answer::of(request)
        };
        assert_eq!(keyed("turnout_x").problem(401), "unauthenticated");
        assert_eq!(keyed(&app.manage_token(&ada)).ok(200)["status"], "cancelled");
        assert_eq!(keyed(&app.token).problem(409), "already_cancelled");
        assert_eq!(keyed(&app.manage_token(&ada)).ok(200)["status"], "cancelled");
    }

    fn after_a_day_a_key_is_new_again(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        register(&app, "k", "ada@museum.example").ok(201);
        app.advance(TimeDelta::hours(24) - TimeDelta::microseconds(1));
        register(&app, "k", "ada@museum.example").ok(201);
        app.advance(TimeDelta::microseconds(1));
        assert_eq!(register(&app, "k", "ada@museum.example").problem(409), "already_registered");
        register(&app, "k", "ben@museum.example").problem(422);
    }

    fn a_letter_sent_again_is_not_sent_thrice_by_a_repeated_request(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        register(&app, "a", "ada@museum.example").ok(201);
        app.advance(TimeDelta::minutes(10));
        for _ in 0..2 {
            assert_eq!(register(&app, "b", "ada@museum.example").problem(409), "already_registered");
            app.advance(TimeDelta::minutes(10));
        }
        assert_eq!(messages(&app, "digital-day").len(), 2);
    }

    fn twenty_at_once_with_one_key_are_one_registration(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..20).map(|_| scope.spawn(|| register(&app, "k", "ada@museum.example"))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let first = answers[0].ok(201);
        assert!(answers.iter().all(|answer| answer.ok(201) == first));
        assert_eq!(answers.iter().filter(|answer| answer.header("idempotent-replayed") == "true").count(), 19);
        assert_eq!(taken(&app), 1);
    }

    fn an_event_is_drafted_once_by_one_key(database: Database) {
        let app = TestApp::start(database);
        let event = json!({ "title": "X", "starts_at": "2026-06-08T09:00:00Z", "ends_at": "2026-06-08T10:00:00Z" });
        let draft = || send(&app, Method::POST, "/api/v1/events", &[("Idempotency-Key", "k")], &event);
        let first = draft();
        assert_eq!((draft().ok(201), draft().header("location")), (first.ok(201), first.header("location")));
        assert_eq!(app.get_as_owner("/api/v1/events").ok(200)["data"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_key_has_1_to_255_visible_characters() {
    let app = TestApp::start(Database::sqlite());
    app.published_event(&json!({}));
    for key in ["", &"k".repeat(256), "clé"] {
        assert_eq!(register(&app, key, "ada@museum.example").problem(400), "malformed", "{key}");
    }
    register(&app, &"k".repeat(255), "ada@museum.example").ok(201);
}
