//! The log: lines for programs, and nobody's address or secret in them.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Database;
use crate::support::process::{Turnout, owner_token};
use crate::support::trickster::{Trick, TricksterServer, Verb};

/// A whole journey, with everything that can go wrong on the way; returns the log and the secrets that were about.
fn journey(format: &str) -> (String, Vec<String>) {
    let (database, mail) = (Database::sqlite(), TricksterServer::start());
    let token = owner_token(&database);
    mail.play(Verb::Rcpt, Trick::Says("550 5.1.1 <ada@museum.example>: no such user"));
    let server = Turnout::serve_with(&database, |command| {
        command.args(["--log-format", format, "--log-level", "debug", "--mail-url", &mail.url]);
        command.args(["--public-url", "https://turnout.example"]);
    });
    server.published_event(&token, &json!({}));
    let wish = json!({ "attendee": { "first_name": "Ada", "last_name": "Lovelace", "email": "ada@museum.example" } });
    let registrations = "/api/v1/events/digital-day/registrations";
    let registration = server.post(&token, registrations, &wish).ok(201);
    assert_eq!(server.post(&token, registrations, &wish).status, 409);
    let id = registration["id"].as_str().unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while server.all(&token, "/api/v1/events/digital-day/messages")[0]["state"] != "failed" {
        assert!(Instant::now() < deadline, "the letter is not refused");
        std::thread::sleep(Duration::from_millis(5));
    }
    mail.behave();
    let message = server.all(&token, "/api/v1/events/digital-day/messages")[0]["id"].as_str().unwrap().to_owned();
    server.post(&token, &format!("/api/v1/messages/{message}/retry"), &json!({})).ok(200);
    while mail.letters().is_empty() {
        assert!(Instant::now() < deadline, "the letter does not arrive");
        std::thread::sleep(Duration::from_millis(5));
    }
    let letter = mail.letters()[0].replace("=\n", "");
    let link = letter.split("/manage/").nth(1).unwrap().split_whitespace().next().unwrap();
    let (linked, manage_token) = link.split_once('#').unwrap();
    assert_eq!(linked, id);
    server.get(manage_token, &format!("/api/v1/registrations/{id}")).ok(200);
    let ticket = server.get(manage_token, &format!("/api/v1/registrations/{id}/ticket")).ok(200);
    let ticket = ticket["ticket"].as_str().unwrap().to_owned();
    server.request(Method::GET, &format!("/manage/{id}")).send().unwrap();
    server.get(&token, "/api/v1/events/digital-day/registrations?q=ada%40museum.example").ok(200);
    let lists = server.get(&token, "/api/v1/events/digital-day/check-in-lists").ok(200);
    let door = format!("/api/v1/check-in-lists/{}/check-ins", lists["data"][0]["id"].as_str().unwrap());
    assert_eq!(server.post(&token, &door, &json!({ "ticket": ticket })).ok(200)["result"], "accepted");
    assert_eq!(server.post(&token, &door, &json!({ "email": "ada@museum.example" })).status, 422);
    assert_eq!(server.get("turnout_wrong", registrations).status, 401);
    server.get(&token, "/api/v1/events/digital-day/participants.csv").ok(200);
    server.post(manage_token, &format!("/api/v1/registrations/{id}/cancel"), &json!({})).ok(200);
    server.terminate();
    let log = server.log();
    assert_eq!(server.wait().code(), Some(0));
    let secrets = [&token, manage_token, &ticket, "museum.example", "Lovelace", "turnout_wrong"];
    (log, secrets.map(str::to_owned).to_vec())
}

#[test]
fn lines_for_programs_are_json_each() {
    let (log, _) = journey("json");
    assert!(log.lines().count() > 10, "{log}");
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(line["timestamp"].is_string() && line["level"].is_string() && line["message"].is_string(), "{line}");
        if line["message"] == "answered" {
            assert!(line["request_id"].is_string() && line["status"].is_u64() && line["route"].is_string(), "{line}");
        }
    }
}

#[test]
fn no_line_has_anybodys_name_address_or_secret() {
    for format in ["text", "json"] {
        let (log, secrets) = journey(format);
        for secret in secrets {
            let line = log.lines().find(|line| line.contains(&secret));
            assert_eq!(line, None, "{secret}");
        }
    }
}
