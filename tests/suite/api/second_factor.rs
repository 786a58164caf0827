//! One-time codes, and recovery codes.

use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::{Value, json};
use turnout::organizations::Role;
use turnout::store::schema::{accounts, organizations};

use super::sign_in::{deeds, said};
use crate::support::{Answer, PASSWORD, TestApp, on_both_databases};

const CAMILLE: &str = "camille@museum.example";

/// What an app on the phone does.
pub(super) struct Phone(Vec<u8>);

impl Phone {
    pub(super) fn code(&self, app: &TestApp) -> String {
        let seconds = u64::try_from(app.clock.now().micros() / 1_000_000).unwrap();
        totp_rs::Builder::new().with_secret(self.0.clone()).build().unwrap().generate(seconds).to_string()
    }
}

pub(super) fn begin(app: &TestApp, session: &str) -> Phone {
    let begun = app.post_with(session, "/api/v1/me/second-factor", &json!({ "current_password": PASSWORD })).ok(200);
    let secret = begun["secret"].as_str().unwrap();
    let url = format!("otpauth://totp/Turnout:camille%40museum.example?secret={secret}&issuer=Turnout");
    assert_eq!(begun["otpauth_url"], url);
    Phone(data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap())
}

pub(super) fn confirm(app: &TestApp, session: &str, code: &str) -> Answer {
    app.post_with(session, "/api/v1/me/second-factor/confirm", &json!({ "one_time_code": code }))
}

/// Somebody with a second factor: their session, their phone, their recovery codes.
pub(super) fn with_second_factor(app: &TestApp) -> (String, Phone, Vec<Value>) {
    let session = app.member("ict-cluster", CAMILLE, Role::Owner);
    let phone = begin(app, &session);
    let codes = confirm(app, &session, &phone.code(app)).ok(200)["recovery_codes"].as_array().unwrap().clone();
    (session, phone, codes)
}

fn sign_in(app: &TestApp, password: &str, more: &Value) -> Answer {
    let mut wish = json!({ "email": CAMILLE, "password": password });
    wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.post("/api/v1/sessions", &wish)
}

on_both_databases! {
    fn a_second_factor_counts_once_a_code_has_confirmed_it(database: Database) {
        let app = TestApp::start(database);
        let session = app.member("ict-cluster", CAMILLE, Role::Owner);
        assert_eq!(confirm(&app, &session, "123456").problem(409), "second_factor_not_begun");
        let phone = begin(&app, &session);
        let second_factor = || app.get_with(&session, "/api/v1/me").ok(200)["account"]["second_factor"].clone();
        let wrong = confirm(&app, &session, "12345");
        assert_eq!(wrong.issues(), [("/one_time_code".to_owned(), "wrong_code".to_owned())]);
        assert_eq!(second_factor(), false);
        let codes = confirm(&app, &session, &phone.code(&app)).ok(200);
        assert_eq!(codes["recovery_codes"].as_array().unwrap().len(), 10);
        assert_eq!(second_factor(), true);
        assert_eq!(app.get_with(&session, "/api/v1/sessions").ok(200)["data"][0]["second_factor"], true);
        let again = app.post_with(&session, "/api/v1/me/second-factor", &json!({ "current_password": PASSWORD }));
        assert_eq!(again.problem(409), "second_factor_exists");
        assert_eq!(deeds(&app), ["sign_in.begun", "second_factor.begun", "second_factor.set"]);
    }

    fn secrets_are_kept_so_that_nobody_reads_them(database: Database) {
        let app = TestApp::start(database);
        let (_, phone, codes) = with_second_factor(&app);
        let kept: (Option<String>, turnout::store::Json<Vec<String>>) = app.app.store.read_here(|db| {
            Ok(accounts::table.select((accounts::second_factor, accounts::recovery_codes)).first(db)?)
        }).unwrap();
        let sealed = data_encoding::BASE64URL_NOPAD.decode(kept.0.unwrap().as_bytes()).unwrap();
        assert!(sealed.windows(phone.0.len()).all(|part| part != phone.0));
        let plain: Vec<String> = codes.iter().map(|code| code.as_str().unwrap().replace('-', "")).collect();
        assert_eq!(kept.1.0, plain.iter().map(|code| turnout::keys::hash_token(code)).collect::<Vec<_>>());
    }

    fn a_code_is_asked_for_after_the_right_password_alone(database: Database) {
        let app = TestApp::start(database);
        let (_, phone, _) = with_second_factor(&app);
        app.advance(TimeDelta::minutes(1));
        let wrong = sign_in(&app, "wrong password", &json!({}));
        assert_eq!(wrong.problem(401), "sign_in_failed");
        assert_eq!(sign_in(&app, PASSWORD, &json!({})).problem(401), "one_time_code_required");
        let wrong_code = sign_in(&app, PASSWORD, &json!({ "one_time_code": "12345" }));
        assert_eq!(said(&wrong_code), said(&wrong));
        let session = sign_in(&app, PASSWORD, &json!({ "one_time_code": phone.code(&app) })).ok(201);
        assert_eq!(session["second_factor"], true);
    }

    fn a_code_is_good_once_and_a_little_before_and_after(database: Database) {
        let app = TestApp::start(database);
        let (_, phone, _) = with_second_factor(&app);
        let used = phone.code(&app);
        let with = |code: &str| sign_in(&app, PASSWORD, &json!({ "one_time_code": code })).status;
        assert_eq!(with(&used), 401);
        app.advance(TimeDelta::seconds(60));
        let early = phone.code(&app);
        app.advance(TimeDelta::seconds(30));
        assert_eq!([with(&early), with(&early)], [201, 401]);
        let old = phone.code(&app);
        app.advance(TimeDelta::seconds(60));
        assert_eq!(with(&old), 401);
        assert_eq!(with(&phone.code(&app)), 201);
        // A code from before the last one that was used is spent with it.
        app.advance(TimeDelta::seconds(-30));
        assert_eq!(with(&phone.code(&app)), 401);
    }

    fn a_recovery_code_is_good_once_however_it_is_typed(database: Database) {
        let app = TestApp::start(database);
        let (_, _, codes) = with_second_factor(&app);
        let code = codes[3].as_str().unwrap();
        let with = |code: &str| sign_in(&app, PASSWORD, &json!({ "recovery_code": code })).status;
        assert_eq!(with(&code.replace('-', " ").to_uppercase()), 201);
        assert_eq!(with(code), 401);
        assert_eq!(with(codes[4].as_str().unwrap()), 201);
        assert_eq!(with(""), 401);
    }

    fn a_second_factor_is_removed_with_the_password_and_a_code(database: Database) {
        let app = TestApp::start(database);
        let (session, phone, codes) = with_second_factor(&app);
        let remove = |body: &Value| app.post_with(&session, "/api/v1/me/second-factor/remove", body);
        let issue = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
        let code = |password: &str, code: &str| json!({ "current_password": password, "one_time_code": code });
        assert_eq!(remove(&json!({ "current_password": PASSWORD })).issues(), issue("/one_time_code", "required"));
        assert_eq!(remove(&code(PASSWORD, &phone.code(&app))).issues(), issue("/one_time_code", "wrong_code"));
        app.advance(TimeDelta::seconds(30));
        assert_eq!(remove(&code("wrong", &phone.code(&app))).issues(), issue("/current_password", "wrong_password"));
        assert_eq!(remove(&json!({ "current_password": PASSWORD, "recovery_code": codes[0] })).status, 204);
        assert_eq!(remove(&code(PASSWORD, &phone.code(&app))).problem(409), "second_factor_not_begun");
        assert_eq!(sign_in(&app, PASSWORD, &json!({})).ok(201)["second_factor"], false);
        assert_eq!(deeds(&app)[3..], ["second_factor.removed", "sign_in.begun"]);
    }

    fn an_organization_that_wants_a_second_factor_gets_one(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({}));
        app.app.store.write_here(uuid::Uuid::nil(), |db| {
            diesel::update(organizations::table).set(organizations::second_factor_required.eq(true)).execute(db)?;
            Ok(())
        }).unwrap();
        let session = app.member("ict-cluster", CAMILLE, Role::Owner);
        let read = || app.get_with(&session, "/api/v1/events/digital-day");
        assert_eq!(read().problem(403), "second_factor_required");
        let phone = begin(&app, &session);
        confirm(&app, &session, &phone.code(&app)).ok(200);
        assert_eq!(read().status, 200);
    }
    fn a_list_of_events_shows_what_may_be_read_of_each(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({ "title": "Draft" }));
        app.published_event(&json!({ "title": "Public" }));
        app.app.store.write_here(uuid::Uuid::nil(), |db| {
            diesel::update(organizations::table).set(organizations::second_factor_required.eq(true)).execute(db)?;
            Ok(())
        }).unwrap();
        let session = app.member("ict-cluster", CAMILLE, Role::Owner);
        let titles = || crate::api::column(&app.get_with(&session, "/api/v1/events"), "/title");
        assert_eq!(app.get_with(&session, "/api/v1/events/draft").problem(403), "second_factor_required");
        assert_eq!(titles(), ["Public"]);
        let phone = begin(&app, &session);
        confirm(&app, &session, &phone.code(&app)).ok(200);
        assert_eq!(app.get_with(&session, "/api/v1/events/draft").status, 200);
        let mut both = titles();
        both.sort_by_key(ToString::to_string);
        assert_eq!(both, ["Draft", "Public"]);
    }
}
