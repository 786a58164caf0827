//! Letters that came back.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::{pairs, text};
use crate::support::{Answer, TestApp, on_both_databases};

const REGISTRATIONS: &str = "/api/v1/events/digital-day/registrations";

/// A report as Postfix writes it.
fn report(number: u32, (action, status): (&str, &str), recipient: &str, returned: &str) -> String {
    format!(
        "Return-Path: <>\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100 (CET)\r\n\
         From: MAILER-DAEMON@relay.example (Mail Delivery System)\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         To: turnout@turnout.example\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"4A1B.1/relay.example\"\r\n\
         Message-Id: <2026.{number}@relay.example>\r\n\r\nThis is a MIME-encapsulated message.\r\n\r\n\
         --4A1B.1/relay.example\r\nContent-Description: Notification\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         I'm sorry to have to inform you.\r\n\r\n\
         --4A1B.1/relay.example\r\nContent-Description: Delivery report\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; relay.example\r\nX-Postfix-Queue-ID: 4A1B\r\nArrival-Date: Mon, 2 Mar 2026 10:00:00 +0100 (CET)\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nOriginal-Recipient: rfc822;{recipient}\r\nAction: {action}\r\nStatus: {status}\r\n\
         Remote-MTA: dns; mail.museum.example\r\nDiagnostic-Code: smtp; 550 {status} <{recipient}>: nobody\r\n    of that name here\r\n\r\n\
         --4A1B.1/relay.example\r\nContent-Description: Undelivered Message Headers\r\nContent-Type: {returned}\r\n\r\n\
         --4A1B.1/relay.example--\r\n"
    )
}

fn headers_of(message: &Value) -> String {
    let id = text(message, "/id");
    format!(
        "text/rfc822-headers\r\n\r\nReturn-Path: <turnout@turnout.example>\r\nMessage-ID: <{id}@turnout.example>\r\nSubject: Your place"
    )
}

fn post(app: &TestApp, token: &str, body: &str) -> Answer {
    let request = app.request(Method::POST, "/api/v1/bounces").bearer_auth(token);
    Answer::of(request.header("Content-Type", "message/rfc822").body(body.to_owned()))
}

fn message(app: &TestApp) -> Value {
    app.get_as_owner("/api/v1/events/digital-day/messages").ok(200)["data"][0].clone()
}

fn undeliverable(app: &TestApp) -> Value {
    app.get_as_owner(REGISTRATIONS).ok(200)["data"][0]["undeliverable"].clone()
}

/// A Turnout that has sent Ada a letter.
fn app_that_wrote_to_ada(database: crate::support::Database) -> TestApp {
    let app = TestApp::start(database);
    app.published_event(&json!({}));
    app.register("digital-day", "ada@museum.example").ok(201);
    app.deliver_mail();
    app.advance(TimeDelta::hours(1));
    app
}

const GONE: (&str, &str) = ("failed", "5.1.1");
const SAID: &str = "550 5.1.1 <ada@museum.example>: nobody of that name here";

on_both_databases! {
    fn a_letter_that_comes_back_has_failed_and_its_address_is_known_for_it(database: Database) {
        let app = app_that_wrote_to_ada(database);
        let token = app.token_of("ict-cluster", Role::Editor);
        let taken = post(&app, &token, &report(1, GONE, "ada@museum.example", &headers_of(&message(&app)))).ok(200);
        assert_eq!(taken["result"], "undeliverable");
        let failed = message(&app);
        assert_eq!(taken["message"], failed);
        assert_eq!((&failed["state"], &failed["reply"], &failed["sent_at"]), (&json!("failed"), &json!(SAID), &json!("2026-03-02T09:00:00Z")));
        assert_eq!(undeliverable(&app), json!({ "reply": SAID, "since": "2026-03-02T10:00:00Z" }));
        assert_eq!(app.get_as_owner(&format!("{REGISTRATIONS}?undeliverable=true")).ok(200)["data"].as_array().unwrap().len(), 1);
    }

    fn the_same_report_counts_once(database: Database) {
        let app = app_that_wrote_to_ada(database);
        let body = report(1, GONE, "ada@museum.example", &headers_of(&message(&app)));
        assert_eq!(post(&app, &app.token, &body).ok(200)["result"], "undeliverable");
        // The organizer has spoken to Ada, and sends it again: it arrives.
        let path = format!("/api/v1/messages/{}/retry", text(&message(&app), "/id"));
        app.post_as_owner(&path, &json!({})).ok(200);
        app.deliver_mail();
        assert_eq!((undeliverable(&app), &message(&app)["state"]), (json!(null), &json!("sent")));
        let again = post(&app, &app.token, &body).ok(200);
        assert_eq!((&again["result"], &again["message"]["state"]), (&json!("repeated"), &json!("sent")));
        assert_eq!(undeliverable(&app), json!(null));
        let another = report(2, GONE, "ada@museum.example", &headers_of(&message(&app)));
        assert_eq!(post(&app, &app.token, &another).ok(200)["result"], "undeliverable");
    }

    fn what_is_late_or_has_arrived_changes_nothing(database: Database) {
        let app = app_that_wrote_to_ada(database);
        let before = message(&app);
        for kind in [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("relayed", "2.0.0"), ("expanded", "2.0.0")] {
            let answer = post(&app, &app.token, &report(1, kind, "ada@museum.example", &headers_of(&before))).ok(200);
            assert_eq!((&answer["result"], &answer["message"]), (&json!("ignored"), &before), "{kind:?}");
        }
        assert_eq!(undeliverable(&app), json!(null));
        let given_up = report(2, ("failed", "4.4.7"), "ada@museum.example", &headers_of(&before));
        assert_eq!(post(&app, &app.token, &given_up).ok(200)["result"], "failed");
        assert_eq!((&message(&app)["state"], undeliverable(&app)), (&json!("failed"), json!(null)), "another letter may arrive");
    }

    fn without_the_letter_its_recipient_tells_which_it_was(database: Database) {
        let app = app_that_wrote_to_ada(database);
        app.register("digital-day", "ben@museum.example").ok(201);
        app.deliver_mail();
        let body = report(1, GONE, "ben@museum.example", "text/plain\r\n\r\nNothing of it.");
        let taken = post(&app, &app.token, &body).ok(200);
        assert_eq!((&taken["result"], &taken["message"]["recipient"]), (&json!("undeliverable"), &json!("ben@museum.example")));
        assert_eq!(message(&app)["state"], "sent");
    }

    fn a_report_on_an_address_that_was_changed_since_marks_nobody(database: Database) {
        let app = app_that_wrote_to_ada(database);
        let id = app.get_as_owner(REGISTRATIONS).ok(200)["data"][0]["id"].clone();
        let path = format!("/api/v1/registrations/{}", id.as_str().unwrap());
        app.patch_as_owner(&path, &json!({ "attendee": { "email": "ada@home.example" } })).ok(200);
        let body = report(1, GONE, "ada@museum.example", &headers_of(&message(&app)));
        assert_eq!(post(&app, &app.token, &body).ok(200)["message"]["state"], "failed");
        assert_eq!(undeliverable(&app), json!(null));
    }

    fn what_is_not_ours_or_not_theirs_is_told_so(database: Database) {
        let app = app_that_wrote_to_ada(database);
        let ours = report(1, GONE, "ada@museum.example", &headers_of(&message(&app)));
        let foreign = report(2, GONE, "ada@museum.example", "text/rfc822-headers\r\n\r\nMessage-ID: <somebody@else.example>");
        let problem = post(&app, &app.token, &foreign).ok(404);
        assert_eq!((&problem["code"], &problem["detail"]), (&json!("not_found"), &json!("there is no such letter of ours that this reports on")));
        let stranger = app.organization_with_token("National Museum", "museum", Role::Owner);
        assert_eq!(post(&app, &stranger, &ours).ok(404)["detail"], problem["detail"], "nobody learns what is another's");
        assert_eq!(post(&app, &app.token_of("ict-cluster", Role::Viewer), &ours).problem(403), "forbidden");
        let reader = app.post_as_owner("/api/v1/organizations/ict-cluster/tokens", &json!({ "name": "r", "scopes": ["events:read"] })).ok(201);
        assert_eq!(post(&app, &text(&reader, "/token"), &ours).problem(403), "scope_required");
        assert_eq!(post(&app, &app.token, "Subject: Out of office\r\n\r\nI am away.").issues(), pairs(&[("", "not_a_report")]));
        assert_eq!(post(&app, &app.token, &"x".repeat(300_000)).problem(413), "body_too_large");
        assert_eq!(app.post_as_owner("/api/v1/bounces", &json!({})).problem(415), "unsupported_media_type");
        assert_eq!(Answer::of(app.request(Method::POST, "/api/v1/bounces")).problem(401), "unauthenticated");
        assert_eq!(message(&app)["state"], "sent");
    }
}
