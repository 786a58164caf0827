//! Whoever tries passwords is slowed down, and locks nobody out.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use turnout::organizations::Role;

use super::second_factor::{begin, confirm, with_second_factor};
use super::sign_in::said;
use crate::support::crowd::{Request, all_at_once};
use crate::support::{Answer, Database, PASSWORD, TestApp};

const CAMILLE: &str = "camille@museum.example";

#[test]
fn fifty_wrong_passwords_at_once_are_slowed_down_and_break_nothing() {
    let app = TestApp::start(Database::sqlite());
    app.account(CAMILLE);
    let known = app.sign_in(CAMILLE, PASSWORD);
    let guess = |n: usize| Request {
        address: format!("{}/api/v1/sessions", app.address),
        token: None,
        body: json!({ "email": CAMILLE, "password": format!("guess number {n}") }),
    };
    let answers = all_at_once((0..50).map(guess).collect());
    let count = |status: u16| answers.iter().filter(|answer| answer.0 == status).count();
    assert_eq!(count(401) + count(429), 50);
    assert!(count(401) <= 10 && count(429) >= 40, "{} were answered", count(401));
    // A stranger is told when to come back; the owner, on their own device, does not notice.
    let stranger = app.sign_in(CAMILLE, PASSWORD);
    assert_eq!(stranger.problem(429), "rate_limited");
    assert!((1..=60).contains(&stranger.header("retry-after").parse::<u64>().unwrap()));
    let device = known.cookie("turnout_device");
    let wish = json!({ "email": CAMILLE, "password": PASSWORD });
    assert_eq!(app.post_with(&device, "/api/v1/sessions", &wish).status, 201);
    // What somebody knows of their own device says nothing for another account.
    app.account("jos@museum.example");
    let jos = app.sign_in("jos@museum.example", PASSWORD).cookie("turnout_device");
    assert_eq!(app.post_with(&jos, "/api/v1/sessions", &wish).status, 429);
}

#[test]
fn an_address_without_an_account_is_slowed_down_as_well() {
    let app = TestApp::start(Database::sqlite());
    app.account(CAMILLE);
    let statuses = |email: &str| (0..12).map(|_| app.sign_in(email, "wrong password").status).collect::<Vec<_>>();
    assert_eq!(statuses(CAMILLE), [[401; 10].as_slice(), &[429; 2]].concat());
    assert_eq!(statuses("nobody@museum.example"), statuses("neither@museum.example"));
    assert_eq!(statuses("NOBODY@museum.example"), [429; 12]);
}

#[test]
fn a_client_is_slowed_down_whatever_accounts_it_tries() {
    let app = TestApp::start_with(Database::sqlite(), |settings| settings.http.sign_in_rate_limit = 3);
    let wrong = |n: usize| app.sign_in(&format!("p{n}@museum.example"), "wrong password").status;
    assert_eq!((0..3).map(wrong).collect::<Vec<_>>(), [401; 3]);
    assert_eq!(wrong(3), 429);
    let reset = app.post("/api/v1/password-resets", &json!({ "email": CAMILLE }));
    assert_eq!(reset.problem(429), "rate_limited");
}

#[test]
fn whoever_knows_a_password_cannot_try_code_after_code() {
    let app = TestApp::start(Database::sqlite());
    let (session, phone, _) = with_second_factor(&app);
    app.advance(TimeDelta::minutes(1));
    let with = |cookies: &str, code: &str| {
        let wish = json!({ "email": CAMILLE, "password": PASSWORD, "one_time_code": code });
        app.post_with(cookies, "/api/v1/sessions", &wish)
    };
    let known = with("", &phone.code(&app));
    known.ok(201);
    let device = known.cookie("turnout_device");
    app.advance(TimeDelta::minutes(1));
    // Eight within an hour, of which one was right; passwords could be tried once more.
    let statuses: Vec<u16> = (0..7).map(|n| with("", &format!("{n:05}")).status).collect();
    assert_eq!(statuses, [401; 7]);
    let refused = with("", &phone.code(&app));
    assert_eq!(refused.problem(429), "rate_limited");
    // The owner signs in on a device of theirs, and is signed in where they are, all the same.
    assert_eq!(with(&device, &phone.code(&app)).status, 201);
    app.advance(TimeDelta::minutes(1));
    let removal = json!({ "current_password": PASSWORD, "one_time_code": phone.code(&app) });
    assert_eq!(app.post_with(&session, "/api/v1/me/second-factor/remove", &removal).status, 204);
}

#[test]
fn nobody_tries_code_after_code_in_an_open_session() {
    let app = TestApp::start(Database::sqlite());
    let session = app.member("ict-cluster", CAMILLE, Role::Owner);
    let phone = begin(&app, &session);
    let statuses: Vec<u16> = (0..8).map(|n| confirm(&app, &session, &format!("{n:05}")).status).collect();
    assert_eq!(statuses, [422; 8]);
    assert_eq!(confirm(&app, &session, &phone.code(&app)).problem(429), "rate_limited");
}

#[test]
fn a_device_cannot_be_made_up() {
    let app = TestApp::start(Database::sqlite());
    app.account(CAMILLE);
    let device = app.sign_in(CAMILLE, PASSWORD).cookie("turnout_device");
    let forged = format!("{}AAAA", &device[..device.len() - 4]);
    let wrong = json!({ "email": CAMILLE, "password": "wrong password" });
    let statuses: Vec<u16> = (0..10).map(|_| app.post_with(&forged, "/api/v1/sessions", &wrong).status).collect();
    assert_eq!(statuses, [[401; 9].as_slice(), &[429]].concat());
    let mine = Answer::of(app.request_with(&device, Method::POST, "/api/v1/sessions").json(&wrong));
    assert_eq!(said(&mine).0, 401);
}
