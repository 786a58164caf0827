//! Whoever tries passwords is slowed down, and locks nobody out.

use reqwest::Method;
use serde_json::json;

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
