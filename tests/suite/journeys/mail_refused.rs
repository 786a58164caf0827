//! Mail servers that say no, for now or for good, or nothing at all.

use chrono::TimeDelta;
use serde_json::{Value, json};
use turnout::clock::Timestamp;

use crate::support::process::free_port;
use crate::support::trickster::{Trick, TricksterServer, Verb};
use crate::support::{Database, TestApp, on_both_databases};

const VERBS: [Verb; 6] = [Verb::Greeting, Verb::Ehlo, Verb::Mail, Verb::Rcpt, Verb::Data, Verb::End];

/// How long Turnout waits before each further try.
const PAUSES: [TimeDelta; 7] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(15),
    TimeDelta::hours(1),
    TimeDelta::hours(4),
    TimeDelta::hours(12),
    TimeDelta::hours(24),
];

/// A Turnout whose mail goes to `url`, with one confirmation to deliver.
pub(super) fn app_with_a_letter(database: Database, url: &str) -> TestApp {
    let app = TestApp::start_with(database, |settings| {
        settings.mail.url = Some(url.to_owned());
        settings.mail.timeout_seconds = 1;
    });
    app.published_event(&json!({}));
    app.register("digital-day", "ada@museum.example").ok(201);
    app
}

/// The event's only message.
pub(super) fn the_message(app: &TestApp) -> Value {
    let messages = app.get_as_owner("/api/v1/events/digital-day/messages").ok(200);
    assert_eq!(messages["data"].as_array().unwrap().len(), 1, "{messages}");
    messages["data"][0].clone()
}

/// The organizer wants it sent again.
pub(super) fn retry(app: &TestApp) {
    let address = format!("/api/v1/messages/{}/retry", the_message(app)["id"].as_str().unwrap());
    assert_eq!(app.post_as_owner(&address, &json!({})).ok(200)["state"], "queued");
}

#[track_caller]
fn assert_retrying(app: &TestApp, due_at: Timestamp, said: &str) {
    let message = the_message(app);
    assert_eq!(message["state"], "retrying", "{message}");
    assert_eq!(message["due_at"], due_at.to_string(), "{message}");
    assert!(message["reply"].as_str().unwrap().contains(said), "no {said} in {message}");
}

on_both_databases! {
    fn a_refusal_for_now_is_tried_again_at_longer_and_longer_intervals(database: Database) {
        let server = TricksterServer::start();
        let app = app_with_a_letter(database, &server.url);
        for (round, verb) in VERBS.into_iter().enumerate() {
            server.play(verb, Trick::Says("451 4.3.0 come back later"));
            if round > 0 {
                retry(&app);
            }
            for pause in PAUSES {
                assert_eq!(app.deliver_mail(), 1, "{verb:?}");
                assert_retrying(&app, app.clock.now().plus(pause), "451 4.3.0 come back later");
                app.advance(pause - TimeDelta::microseconds(1));
                assert_eq!(app.deliver_mail(), 0, "not a moment too early");
                app.advance(TimeDelta::microseconds(1));
            }
            assert_eq!(app.deliver_mail(), 1);
            let message = the_message(&app);
            assert_eq!((&message["state"], &message["due_at"]), (&json!("failed"), &json!(null)), "{verb:?}: {message}");
            assert_eq!(message["attempts"], 8);
            app.advance(TimeDelta::days(30));
            assert_eq!(app.deliver_mail(), 0, "it has been tried often enough");
        }
        assert_eq!(server.letters().len(), 0);
        server.behave();
        retry(&app);
        assert_eq!((app.deliver_mail(), server.letters().len()), (1, 1));
        let message = the_message(&app);
        assert_eq!((&message["state"], &message["reply"]), (&json!("sent"), &json!("250 kept as number 7")));
    }

    fn a_refusal_of_the_letter_for_good_ends_it_at_once(database: Database) {
        let server = TricksterServer::start();
        let app = app_with_a_letter(database, &server.url);
        for (round, verb) in [Verb::Mail, Verb::Rcpt, Verb::Data, Verb::End].into_iter().enumerate() {
            server.play(verb, Trick::Says("550 5.1.1 nobody of that name here"));
            if round > 0 {
                retry(&app);
            }
            assert_eq!(app.deliver_mail(), 1);
            let message = the_message(&app);
            assert_eq!((&message["state"], &message["due_at"]), (&json!("failed"), &json!(null)), "{verb:?}: {message}");
            assert!(message["reply"].as_str().unwrap().contains("550 5.1.1 nobody of that name here"), "{message}");
            app.advance(TimeDelta::days(30));
            assert_eq!(app.deliver_mail(), 0);
        }
        server.behave();
        retry(&app);
        assert_eq!((app.deliver_mail(), server.letters().len()), (1, 1));
        assert_eq!(the_message(&app)["state"], "sent");
    }
}

#[test]
fn a_server_that_wants_nobody_says_nothing_about_the_letter() {
    for verb in [Verb::Greeting, Verb::Ehlo] {
        let server = TricksterServer::start();
        let app = app_with_a_letter(Database::sqlite(), &server.url);
        server.play(verb, Trick::Says("554 5.7.1 go away"));
        app.deliver_mail();
        assert_retrying(&app, app.clock.now().plus(PAUSES[0]), "554 5.7.1 go away");
        server.behave();
        app.advance(PAUSES[0]);
        app.deliver_mail();
        assert_eq!((&the_message(&app)["state"], server.letters().len()), (&json!("sent"), 1));
    }
}

#[test]
fn a_server_that_stalls_or_hangs_up_before_the_letter_is_tried_again() {
    for verb in [Verb::Greeting, Verb::Ehlo, Verb::Mail, Verb::Rcpt, Verb::Data] {
        for trick in [Trick::HangsUp, Trick::Stalls] {
            let server = TricksterServer::start();
            let app = app_with_a_letter(Database::sqlite(), &server.url);
            server.play(verb, trick);
            app.deliver_mail();
            let said = if trick == Trick::Stalls { "did not answer in time" } else { "" };
            assert_retrying(&app, app.clock.now().plus(PAUSES[0]), said);
            server.behave();
            app.advance(PAUSES[0]);
            app.deliver_mail();
            assert_eq!(
                (&the_message(&app)["state"], server.letters().len()),
                (&json!("sent"), 1),
                "{verb:?} {trick:?}"
            );
        }
    }
}

#[test]
fn a_server_that_is_away_is_tried_again() {
    let app = app_with_a_letter(Database::sqlite(), &format!("smtp://127.0.0.1:{}", free_port()));
    app.deliver_mail();
    assert_retrying(&app, app.clock.now().plus(PAUSES[0]), "refused");
}

#[test]
fn a_letter_that_was_sent_cannot_be_sent_again_by_hand() {
    let server = TricksterServer::start();
    let app = app_with_a_letter(Database::sqlite(), &server.url);
    app.deliver_mail();
    let address = format!("/api/v1/messages/{}/retry", the_message(&app)["id"].as_str().unwrap());
    assert_eq!(app.post_as_owner(&address, &json!({})).problem(409), "not_retryable");
    assert_eq!((app.deliver_mail(), server.letters().len()), (0, 1));
}
