//! Addresses that take no letters.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::mail_refused::{app_with_a_letter, retry};
use crate::support::trickster::{Trick, TricksterServer, Verb};
use crate::support::{Answer, Database, TestApp, on_both_databases};

const GONE: Trick = Trick::Says("550 5.1.1 nobody of that name here");
const REGISTRATIONS: &str = "/api/v1/events/digital-day/registrations";

fn registration(app: &TestApp) -> Value {
    let id = app.get_as_owner(REGISTRATIONS).ok(200)["data"][0]["id"].clone();
    app.get_as_owner(&format!("/api/v1/registrations/{}", id.as_str().unwrap())).ok(200)
}

fn found(app: &TestApp, undeliverable: bool) -> usize {
    let list = app.get_as_owner(&format!("{REGISTRATIONS}?undeliverable={undeliverable}")).ok(200);
    list["data"].as_array().unwrap().len()
}

/// A Turnout with a registration whose address is refused.
fn app_with_nobody(database: Database, server: &TricksterServer) -> TestApp {
    let app = app_with_a_letter(database, &server.url);
    server.play(Verb::Rcpt, GONE);
    app.deliver_mail();
    app
}

on_both_databases! {
    fn an_address_that_is_refused_shows_at_the_registration(database: Database) {
        let server = TricksterServer::start();
        let app = app_with_a_letter(database, &server.url);
        assert_eq!(registration(&app)["undeliverable"], json!(null));
        server.play(Verb::Mail, Trick::Says("550 5.7.1 not from you"));
        app.deliver_mail();
        assert_eq!((registration(&app)["undeliverable"].clone(), found(&app, true)), (json!(null), 0), "that is about us");
        retry(&app);
        server.play(Verb::Rcpt, GONE);
        app.deliver_mail();
        let marked = registration(&app);
        assert_eq!(marked["undeliverable"], json!({ "reply": "550 5.1.1 nobody of that name here", "since": "2026-03-02T09:00:00Z" }));
        assert_eq!((found(&app, true), found(&app, false)), (1, 0));
        assert_eq!(app.get_as_owner(REGISTRATIONS).ok(200)["data"][0]["undeliverable"], marked["undeliverable"]);
        let own = app.get_as(&app.manage_token(&marked), &format!("/api/v1/registrations/{}", marked["id"].as_str().unwrap()));
        assert_eq!(own.ok(200).get("undeliverable"), None, "attendees would not see it");
    }

    fn a_letter_that_arrives_later_clears_it(database: Database) {
        let server = TricksterServer::start();
        let app = app_with_nobody(database, &server);
        app.advance(TimeDelta::hours(1));
        server.behave();
        retry(&app);
        app.deliver_mail();
        assert_eq!((registration(&app)["undeliverable"].clone(), found(&app, true)), (json!(null), 0));
    }

    fn another_address_clears_it(database: Database) {
        let server = TricksterServer::start();
        let app = app_with_nobody(database, &server);
        let path = format!("/api/v1/registrations/{}", registration(&app)["id"].as_str().unwrap());
        app.patch_as_owner(&path, &json!({ "attendee": { "first_name": "Ada L." } })).ok(200);
        assert_eq!(found(&app, true), 1, "the address is the same");
        app.patch_as_owner(&path, &json!({ "attendee": { "email": "ada@home.example" } })).ok(200);
        assert_eq!((registration(&app)["undeliverable"].clone(), found(&app, true)), (json!(null), 0));
    }

    fn nothing_is_kept_of_whom_was_forgotten(database: Database) {
        let server = TricksterServer::start();
        let app = app_with_nobody(database, &server);
        let path = format!("/api/v1/registrations/{}/erase", registration(&app)["id"].as_str().unwrap());
        Answer::of(app.request(Method::POST, &path).bearer_auth(&app.token).json(&json!({}))).ok(200);
        assert_eq!((registration(&app)["undeliverable"].clone(), found(&app, true)), (json!(null), 0));
    }
}
