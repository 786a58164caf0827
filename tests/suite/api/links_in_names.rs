//! A name with a link in it is an advertisement that our letters would carry.

use reqwest::Method;
use serde_json::{Value, json};

use super::{address, pairs, send, text};
use crate::support::{Answer, TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";
const LINK: &str = "link_in_name";

/// A person with links wherever a name is.
fn stranger() -> Value {
    json!({ "first_name": "Win! https://casino.example", "last_name": "see WWW.casino.example", "email": "x@museum.example",
        "organization": "HTTP://casino.example" })
}

fn everywhere(pointer: &str) -> Vec<(String, String)> {
    ["first_name", "last_name", "organization"].map(|name| (format!("{pointer}/{name}"), LINK.to_owned())).to_vec()
}

on_both_databases! {
    fn nobody_is_registered_invited_edited_or_let_in_with_a_link_for_a_name(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let wish = json!({ "attendee": stranger() });
        assert_eq!(app.post(&format!("{EVENT}/registrations"), &wish).issues(), everywhere("/attendee"));
        let walk_ins = format!("/api/v1/check-in-lists/{}/walk-ins", app.list_of("digital-day"));
        assert_eq!(app.post_as_owner(&walk_ins, &wish).issues(), everywhere("/attendee"));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let group = json!({ "attendee": { "first_name": "Ben", "email": "ben@museum.example" }, "guests": [{ "attendee": stranger() }] });
        assert_eq!(app.post(&format!("{EVENT}/registrations"), &group).issues(), everywhere("/guests/0/attendee"));
        let edit = json!({ "attendee": { "first_name": "a://b", "last_name": "www.b", "organization": "https://c" } });
        assert_eq!(send(&app, Method::PATCH, &address(&ada), &[("If-Match", "*")], &edit).issues(), everywhere("/attendee"));
        let transfer = format!("{}/transfer", address(&ada));
        assert_eq!(app.post_as_owner(&transfer, &wish).issues(), everywhere("/attendee"));
        let people = json!({ "people": [stranger()] });
        let invited = app.post_as_owner(&format!("{EVENT}/invitations"), &people).ok(200)["results"][0].take();
        let errors = invited["errors"].as_array().unwrap();
        let told: Vec<_> = errors.iter().map(|error| (text(error, "/pointer"), text(error, "/code"))).collect();
        assert_eq!(told, everywhere("/people/0"));
        let file = "first_name,last_name,email,organization\r\nhttp://a,www.a,y@museum.example,https://b\r\n";
        let import = app.request(Method::POST, &format!("{EVENT}/imports?mode=create&dry_run=true")).bearer_auth(&app.token);
        let import = Answer::of(import.header("Content-Type", "text/csv").body(file));
        assert_eq!(import.body.matches(LINK).count(), 3, "{}", import.body);
        let names: Vec<String> = app.get_as_owner(&format!("{EVENT}/registrations")).ok(200)["data"].as_array().unwrap()
            .iter().map(|row| row["attendee"]["email"].as_str().unwrap().to_owned()).collect();
        assert_eq!(names, ["ada@museum.example"]);
    }

    fn whoever_answers_an_invitation_has_a_name_without_a_link(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let answer = json!({ "token": "G1.x", "attendee": { "first_name": "www.casino.example" } });
        let issues = app.post("/api/v1/invitations/accept", &answer).issues();
        assert_eq!(issues, pairs(&[("/token", "invalid_link"), ("/attendee/first_name", LINK)]));
    }
}
