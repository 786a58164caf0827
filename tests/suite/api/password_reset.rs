//! A password chosen anew, by a link in a mail.

use std::sync::Barrier;

use chrono::TimeDelta;
use serde_json::json;
use turnout::organizations::Role;

use super::sign_in::deeds;
use crate::support::{Answer, ORIGIN, PASSWORD, SecondInstance, TestApp, on_both_databases};

const CAMILLE: &str = "camille@museum.example";
const NEW: &str = "Moselle-Kachkéis 14";

fn ask(app: &TestApp, email: &str) -> Answer {
    app.post("/api/v1/password-resets", &json!({ "email": email }))
}

/// Delivers the mail and reads the token in the last letter.
fn token(app: &TestApp) -> String {
    // Nobody waits for the letter to be posted: this comes behind it.
    app.app.store.write_here(uuid::Uuid::nil(), |_| Ok(())).unwrap();
    assert_eq!(app.deliver_mail(), 1);
    let letter = app.letters().pop().unwrap().replace("=\r\n", "");
    let link = format!("{ORIGIN}/password-reset#");
    letter.split(&link).nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

fn complete(app: &TestApp, token: &str, password: &str) -> Answer {
    app.post("/api/v1/password-resets/complete", &json!({ "token": token, "password": password }))
}

fn issue(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

on_both_databases! {
    fn the_link_of_a_letter_chooses_a_new_password_once(database: Database) {
        let app = TestApp::start(database);
        let session = app.member("ict-cluster", CAMILLE, Role::Viewer);
        ask(&app, "Camille@museum.example").ok(202);
        let token = token(&app);
        assert!(app.letters()[0].contains("Subject: A new password for turnout.example"));
        assert_eq!(complete(&app, &token, "short").issues(), issue("/password", "password_too_short"));
        let done = complete(&app, &token, NEW);
        assert_eq!(done.status, 204);
        assert_eq!(app.get_with(&session, "/api/v1/me").status, 401);
        assert_eq!(complete(&app, &token, NEW).problem(409), "link_used");
        assert_eq!(app.sign_in(CAMILLE, PASSWORD).status, 401);
        assert_eq!(app.sign_in(CAMILLE, NEW).status, 201);
        assert_eq!(deeds(&app), [
            "sign_in.begun", "password_reset.asked", "account.password_chosen", "password_reset.completed",
            "sign_in.failed", "sign_in.begun",
        ]);
    }

    fn whether_there_is_an_account_is_not_told(database: Database) {
        let app = TestApp::start(database);
        app.account(CAMILLE);
        let (known, unknown) = (ask(&app, CAMILLE), ask(&app, "nobody@museum.example"));
        assert_eq!((known.status, &known.body), (202, &unknown.body));
        token(&app);
        assert_eq!(app.letters().len(), 1);
    }

    fn two_who_follow_a_link_at_the_same_moment(database: Database) {
        let app = TestApp::start(database);
        app.account(CAMILLE);
        ask(&app, CAMILLE).ok(202);
        let (token, at_once) = (token(&app), Barrier::new(2));
        let other = SecondInstance::of(&app);
        let follow = |server: &str, password: &str| {
            let body = json!({ "token": token, "password": password });
            at_once.wait();
            Answer::of(app.client.post(format!("{server}/api/v1/password-resets/complete")).json(&body))
        };
        let answers = std::thread::scope(|scope| {
            let one = scope.spawn(|| follow(&other.address, NEW));
            let two = follow(&app.address, "Another-Kachkéis 15");
            [one.join().unwrap(), two]
        });
        let mut statuses = answers.each_ref().map(|answer| answer.status);
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409]);
        let lost = answers.iter().find(|answer| answer.status == 409).unwrap();
        assert_eq!(lost.problem(409), "link_used");
    }

    fn a_link_is_good_for_an_hour(database: Database) {
        let app = TestApp::start(database);
        app.account(CAMILLE);
        ask(&app, CAMILLE).ok(202);
        let token = token(&app);
        app.advance(TimeDelta::hours(1));
        assert_eq!(complete(&app, &token, NEW).problem(409), "link_expired");
        assert_eq!(complete(&app, "R1.garbage", NEW).issues(), issue("/token", "invalid_link"));
        assert_eq!(app.sign_in(CAMILLE, PASSWORD).status, 201);
    }

    fn an_address_gets_three_letters_an_hour_and_the_last_link_ends_the_others(database: Database) {
        let app = TestApp::start(database);
        app.account(CAMILLE);
        let tokens: Vec<String> = (0..3).map(|_| { ask(&app, CAMILLE).ok(202); token(&app) }).collect();
        ask(&app, CAMILLE).ok(202);
        app.app.store.write_here(uuid::Uuid::nil(), |_| Ok(())).unwrap();
        assert_eq!(app.deliver_mail(), 0);
        assert_eq!(complete(&app, &tokens[1], NEW).status, 204);
        assert_eq!(complete(&app, &tokens[2], NEW).problem(409), "link_used");
        app.advance(TimeDelta::hours(1));
        ask(&app, CAMILLE).ok(202);
        assert_eq!(complete(&app, &token(&app), PASSWORD).status, 204);
    }

    fn whoever_has_the_mailbox_gets_in_while_strangers_try(database: Database) {
        let app = TestApp::start(database);
        app.account(CAMILLE);
        for _ in 0..11 {
            app.sign_in(CAMILLE, "wrong password");
        }
        assert_eq!(app.sign_in(CAMILLE, PASSWORD).status, 429);
        ask(&app, CAMILLE).ok(202);
        let device = complete(&app, &token(&app), NEW).cookie("turnout_device");
        let wish = json!({ "email": CAMILLE, "password": NEW });
        assert_eq!(app.post_with(&device, "/api/v1/sessions", &wish).status, 201);
    }
}
