//! A mail server that does not take our login: the outbox waits, and no message suffers.

use chrono::TimeDelta;
use serde_json::{Value, json};
use turnout::mail::PROBE_AFTER;

use super::mail_refused::the_message;
use crate::support::trickster::{Trick, TricksterServer, Verb};
use crate::support::{Database, SecondInstance, TestApp, on_both_databases};

const REFUSED: Trick = Trick::Says("535 5.7.8 these are not your words");

/// A Turnout that logs in at a server that does not want it, with ten letters.
fn app_with_letters(database: Database, server: &TricksterServer) -> TestApp {
    let app = TestApp::start_with(database, |settings| settings.mail.url = Some(server.url_with_login()));
    app.published_event(&json!({}));
    for number in 0..10 {
        app.register("digital-day", &format!("guest{number}@museum.example")).ok(201);
    }
    app
}

fn messages(app: &TestApp) -> Vec<Value> {
    app.get_as_owner("/api/v1/events/digital-day/messages").ok(200)["data"].as_array().unwrap().clone()
}

fn metric(app: &TestApp, line: &str) -> bool {
    app.get("/metrics").body.lines().any(|said| said == line)
}

on_both_databases! {
    fn a_refused_login_pauses_everything_and_a_probe_resumes_it(database: Database) {
        let server = TricksterServer::start();
        server.play(Verb::Auth, REFUSED);
        let app = app_with_letters(database, &server);
        assert_eq!(app.get("/readyz").ok(200), json!({ "ready": true, "database": "ok", "writer": "ok", "mail": "ok" }));
        let before = messages(&app);
        app.deliver_mail();
        assert!((1..=4).contains(&server.logins()), "as many as were on their way, not one a letter: {}", server.logins());
        for (before, after) in before.iter().zip(messages(&app)) {
            let told = |message: &Value| ["state", "attempts", "due_at", "reply"].map(|name| message[name].clone());
            assert_eq!(told(before), told(&after), "it is as it was");
        }
        assert_eq!(app.get("/readyz").ok(200), json!({
            "ready": true, "database": "ok", "writer": "ok", "mail": "paused",
            "mail_paused": {
                "reply": "535 5.7.8 these are not your words", "since": "2026-03-02T09:00:00Z",
                "next_try_at": "2026-03-02T09:05:00Z",
            },
        }));
        assert!(metric(&app, "turnout_mail_paused 1"));

        let tried = server.logins();
        app.advance(PROBE_AFTER - TimeDelta::microseconds(1));
        assert_eq!((app.deliver_mail(), server.logins()), (0, tried), "not a moment too early");
        app.advance(TimeDelta::microseconds(1));
        assert_eq!((app.deliver_mail(), server.logins()), (0, tried + 1), "one try, still refused");
        assert_eq!(app.get("/readyz").ok(200)["mail_paused"]["since"], "2026-03-02T09:00:00Z");
        server.behave();
        assert_eq!(app.deliver_mail(), 0, "it is not time yet");
        app.advance(PROBE_AFTER);
        assert_eq!((app.deliver_mail(), server.letters().len()), (10, 10));
        assert!(messages(&app).iter().all(|message| message["state"] == "sent" && message["attempts"] == 1));
        assert_eq!(app.get("/readyz").ok(200)["mail"], "ok");
        assert!(metric(&app, "turnout_mail_paused 0"));
    }

    fn every_instance_keeps_the_pause(database: Database) {
        let server = TricksterServer::start();
        server.play(Verb::Auth, REFUSED);
        let app = app_with_letters(database, &server);
        app.deliver_mail();
        let second = SecondInstance::of(&app);
        second.do_chore("deliver mail");
        assert!(messages(&app).iter().all(|message| message["state"] == "queued"), "it would have had a folder to write to");
    }

    fn a_new_start_tries_the_login_at_once(database: Database) {
        let server = TricksterServer::start();
        server.play(Verb::Auth, REFUSED);
        let app = app_with_letters(database, &server);
        app.deliver_mail();
        server.behave();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(app.app.postman.take_up()).unwrap();
        assert_eq!((app.deliver_mail(), server.letters().len()), (10, 10));
    }

    fn a_server_that_wants_a_login_which_we_do_not_have_pauses_everything(database: Database) {
        let server = TricksterServer::start();
        server.play(Verb::Mail, Trick::Says("530 5.7.0 authentication required"));
        let app = TestApp::start_with(database, |settings| settings.mail.url = Some(server.url.clone()));
        app.published_event(&json!({}));
        app.register("digital-day", "ada@museum.example").ok(201);
        app.deliver_mail();
        assert_eq!((&the_message(&app)["state"], &the_message(&app)["attempts"]), (&json!("queued"), &json!(0)));
        assert_eq!(app.get("/readyz").ok(200)["mail"], "paused");
    }

    fn no_more_letters_leave_in_a_minute_than_may(database: Database) {
        let server = TricksterServer::start();
        let app = TestApp::start_with(database, |settings| {
            settings.mail.url = Some(server.url.clone());
            settings.mail.rate = 3;
            settings.mail.connections = 1;
        });
        app.published_event(&json!({}));
        for number in 0..7 {
            app.register("digital-day", &format!("guest{number}@museum.example")).ok(201);
        }
        assert_eq!((app.deliver_mail(), server.letters().len()), (3, 3));
        assert_eq!(server.connections(), 1, "all over one connection");
        app.advance(TimeDelta::seconds(59));
        assert_eq!(app.deliver_mail(), 0);
        app.advance(TimeDelta::seconds(1));
        assert_eq!(app.deliver_mail(), 3);
        app.advance(TimeDelta::minutes(1));
        assert_eq!((app.deliver_mail(), server.letters().len()), (1, 7));
    }
}
