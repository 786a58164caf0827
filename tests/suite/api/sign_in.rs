//! Signing in and out, and how long that lasts.

use chrono::TimeDelta;
use diesel::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;
use turnout::store::schema::audit;

use super::column;
use crate::support::{Answer, ORIGIN, PASSWORD, SecondInstance, TestApp, on_both_databases};

const CAMILLE: &str = "camille@museum.example";

fn camille(app: &TestApp) -> String {
    app.member("ict-cluster", CAMILLE, Role::Editor)
}

fn whoami(app: &TestApp, session: &str) -> u16 {
    app.get_with(session, "/api/v1/me").status
}

/// What the trails say of people's accounts, in whosever trail, without that they were opened.
pub fn deeds(app: &TestApp) -> Vec<String> {
    // Behind all that was written and that nobody waited for.
    app.app.store.write_here(uuid::Uuid::nil(), |_| Ok(())).unwrap();
    let deeds =
        app.app.store.read_here(|db| Ok(audit::table.order(audit::id).select(audit::deed).load::<String>(db)?));
    let of_people = |deed: &String| {
        let kind = deed.split('.').next().unwrap();
        ["sign_in", "account", "password_reset", "second_factor"].contains(&kind) && deed != "account.opened"
    };
    deeds.unwrap().into_iter().filter(of_people).collect()
}

/// An answer without what is another at each time.
pub fn said(answer: &Answer) -> (u16, Value) {
    let mut body: Value = serde_json::from_str(&answer.body).unwrap();
    body["request_id"].take();
    (answer.status, body)
}

on_both_databases! {
    fn who_signs_in_gets_a_cookie_for_this_site_alone(database: Database) {
        let app = TestApp::start(database);
        app.account(CAMILLE);
        let wish = json!({ "email": " Camille@Museum.example", "password": PASSWORD });
        let answer = Answer::of(app.request(Method::POST, "/api/v1/sessions").header("User-Agent", "Firefox").json(&wish));
        let session = answer.ok(201);
        let id = session["id"].as_str().unwrap();
        assert_eq!(answer.header("location"), format!("/api/v1/sessions/{id}"));
        assert_eq!(session, json!({
            "id": id, "created_at": "2026-03-02T09:00:00Z", "last_seen_at": "2026-03-02T09:00:00Z",
            "expires_at": "2026-04-01T09:00:00Z", "second_factor": false, "network": "127.0.0.0/24",
            "user_agent": "Firefox", "current": true,
        }));
        let (cookie, device) = (answer.cookie("turnout_session"), answer.cookie("turnout_device"));
        assert_eq!(cookie.len(), "turnout_session=".len() + 43);
        assert_eq!(answer.cookies(), [
            format!("{cookie}; HttpOnly; SameSite=Lax; Secure; Path=/"),
            format!("{device}; HttpOnly; SameSite=Lax; Secure; Path=/api/v1/sessions; Max-Age=31536000"),
        ]);
        assert_eq!(deeds(&app), ["sign_in.begun"]);
    }

    fn whatever_is_wrong_the_answer_is_the_same(database: Database) {
        let app = TestApp::start(database);
        app.account(CAMILLE);
        let wrong = app.sign_in(CAMILLE, "correct horse battery stable");
        assert_eq!(wrong.problem(401), "sign_in_failed");
        assert_eq!(wrong.cookies(), Vec::<String>::new());
        let unknown = app.sign_in("nobody@museum.example", PASSWORD);
        assert_eq!(said(&wrong), said(&unknown));
        assert_eq!(deeds(&app), ["sign_in.failed"]);
    }

    fn each_sign_in_has_a_token_of_its_own_and_ends_the_one_before(database: Database) {
        let app = TestApp::start(database);
        let (first, elsewhere) = (camille(&app), app.sign_in(CAMILLE, PASSWORD).cookie("turnout_session"));
        assert_ne!(first, elsewhere);
        let again = app.post_with(&first, "/api/v1/sessions", &json!({ "email": CAMILLE, "password": PASSWORD }));
        let second = again.cookie("turnout_session");
        assert_eq!([&first, &elsewhere, &second].map(|session| whoami(&app, session)), [401, 200, 200]);
        assert_eq!(app.post_with(&first, "/api/v1/sessions", &json!({ "email": CAMILLE, "password": PASSWORD })).status, 201);
    }

    fn a_session_ends_after_twelve_hours_without_a_request(database: Database) {
        let app = TestApp::start(database);
        let session = camille(&app);
        app.advance(TimeDelta::minutes(11 * 60 + 59));
        assert_eq!(whoami(&app, &session), 200);
        // It was noted, and not written down yet.
        app.advance(TimeDelta::minutes(11 * 60 + 59));
        assert_eq!(whoami(&app, &session), 200);
        let pending = app.app.api.uses.pending();
        let written = pending.clone();
        app.app.store.write_here(uuid::Uuid::nil(), move |db| turnout::access::note_uses(db, &pending)).unwrap();
        app.app.api.uses.forget(&written);
        assert!(app.app.api.uses.pending().is_empty());
        assert_eq!(column(&app.get_with(&session, "/api/v1/sessions"), "/last_seen_at"), ["2026-03-03T08:58:00Z"]);
        app.advance(TimeDelta::hours(12));
        let ended = app.get_with(&session, "/api/v1/me");
        assert_eq!(ended.problem(401), "unauthenticated");
    }

    fn a_session_ends_after_thirty_days_however_much_it_is_used(database: Database) {
        let app = TestApp::start(database);
        let session = camille(&app);
        for _ in 0..59 {
            app.advance(TimeDelta::hours(12) - TimeDelta::minutes(1));
            assert_eq!(whoami(&app, &session), 200);
        }
        app.advance(TimeDelta::hours(11));
        assert_eq!(whoami(&app, &session), 200);
        app.advance(TimeDelta::hours(2));
        assert_eq!(whoami(&app, &session), 401);
    }

    fn whose_session_has_ended_is_anybody(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.drafted_event(&json!({ "title": "Night" }));
        let session = camille(&app);
        let (event, night) = ("/api/v1/events/digital-day", "/api/v1/events/night");
        assert_eq!([event, night].map(|path| app.get_with(&session, path).status), [200, 200]);
        app.advance(TimeDelta::hours(12));
        let public = app.get_with(&session, event);
        assert_eq!((public.ok(200)["permissions"].clone(), app.get(event).status), (json!(["see_event"]), 200));
        assert_eq!(public.cookies(), ["turnout_session=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"]);
        let wish = json!({ "attendee": { "first_name": "Ada", "email": "ada@museum.example" } });
        let placed = app.post_with(&session, &format!("{event}/registrations"), &wish);
        placed.ok(201);
        assert_eq!(placed.cookies(), public.cookies());
        // Where they have to say who they are, they learn that they have not, whatever is there.
        for path in [night, "/api/v1/events/nothing", "/api/v1/organizations/ict-cluster", "/api/v1/events/digital-day/registrations"] {
            assert_eq!(app.get_with(&session, path).problem(401), "unauthenticated", "{path}");
        }
        assert_eq!(app.get(night).problem(404), "not_found");
        // A good session is left where it is.
        let again = app.sign_in(CAMILLE, PASSWORD).cookie("turnout_session");
        assert_eq!(app.get_with(&again, event).cookies(), Vec::<String>::new());
    }

    fn sign_ins_are_forgotten_thirty_days_after_their_end(database: Database) {
        let app = TestApp::start(database);
        let count = || app.app.store.read_here(|db| {
            Ok(turnout::store::schema::sign_ins::table.count().get_result::<i64>(db)?)
        }).unwrap();
        let forget = || app.do_chore("forget sign-ins");
        let (first, second) = (camille(&app), app.sign_in(CAMILLE, PASSWORD).cookie("turnout_session"));
        let out = Answer::of(app.request_with(&first, Method::DELETE, "/api/v1/sessions/current"));
        assert_eq!((out.status, count()), (204, 2));
        app.advance(TimeDelta::days(30) - TimeDelta::microseconds(1));
        forget();
        assert_eq!(count(), 2);
        app.advance(TimeDelta::microseconds(1));
        forget();
        assert_eq!(count(), 1);
        // The second one ended by itself, after twelve hours without a request.
        app.advance(TimeDelta::hours(12));
        forget();
        assert_eq!((count(), whoami(&app, &second)), (0, 401));
    }

    fn a_session_that_is_ended_is_ended_at_every_instance(database: Database) {
        let app = TestApp::start(database);
        let other = SecondInstance::of(&app);
        let session = camille(&app);
        let statuses = || [&app.address, &other.address].map(|server| {
            Answer::of(app.client.get(format!("{server}/api/v1/me")).header("Cookie", &session)).status
        });
        assert_eq!(statuses(), [200, 200]);
        let out = Answer::of(app.request_with(&session, Method::DELETE, "/api/v1/sessions/current"));
        assert_eq!((out.status, statuses()), (204, [401, 401]));
    }

    fn people_see_and_end_their_own_sessions(database: Database) {
        let app = TestApp::start(database);
        let (here, there) = (camille(&app), app.sign_in(CAMILLE, PASSWORD));
        let jos = app.member("ict-cluster", "jos@museum.example", Role::Owner);
        let other = app.get_with(&jos, "/api/v1/sessions").ok(200)["data"][0]["id"].as_str().unwrap().to_owned();
        let list = app.get_with(&here, "/api/v1/sessions");
        assert_eq!(column(&list, "/current"), [true, false]);
        let id = there.ok(201)["id"].as_str().unwrap().to_owned();
        let end = |session: &str, id: &str| Answer::of(app.request_with(session, Method::DELETE, &format!("/api/v1/sessions/{id}")));
        assert_eq!(end(&here, &other).problem(404), "not_found");
        assert_eq!((end(&here, &id).status, end(&here, &id).status), (204, 404));
        assert_eq!(whoami(&app, &there.cookie("turnout_session")), 401);
        let out = end(&here, "current");
        assert_eq!(out.status, 204);
        assert_eq!(out.cookies(), ["turnout_session=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"]);
        assert_eq!([whoami(&app, &here), whoami(&app, &jos)], [401, 200]);
        assert_eq!(deeds(&app)[3..], ["sign_in.ended", "sign_in.ended"]);
        assert_eq!(app.get_as_owner("/api/v1/sessions").problem(403), "forbidden");
        assert_eq!(app.get("/api/v1/sessions").problem(401), "unauthenticated");
    }

    fn what_a_cookie_changes_comes_from_our_own_pages(database: Database) {
        let app = TestApp::start(database);
        let session = camille(&app);
        let draft = json!({ "title": "Night", "starts_at": "2026-06-08T09:00:00+02:00", "ends_at": "2026-06-08T17:00:00+02:00" });
        let from = |headers: &[(&str, &str)]| {
            let request = app.request(Method::POST, "/api/v1/events").header("Cookie", &session).json(&draft);
            Answer::of(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)))
        };
        for foreign in [
            &[][..],
            &[("Origin", "https://evil.example")],
            &[("Origin", "null")],
            &[("Origin", "http://turnout.example")],
            &[("Origin", "https://turnout.example.evil.example")],
            &[("Sec-Fetch-Site", "same-site")],
            &[("Sec-Fetch-Site", "cross-site")],
            &[("Origin", "https://evil.example"), ("Sec-Fetch-Site", "same-origin")],
        ] {
            assert_eq!(from(foreign).problem(403), "cross_origin", "{foreign:?}");
        }
        assert_eq!(from(&[("Origin", ORIGIN)]).status, 201);
        assert_eq!(from(&[("Sec-Fetch-Site", "same-origin")]).status, 201);
        // Reading needs no proof, and a token is sent on purpose.
        assert_eq!(Answer::of(app.request(Method::GET, "/api/v1/me").header("Cookie", &session)).status, 200);
        let token = format!("Bearer {}", app.token);
        assert_eq!(from(&[("Authorization", &token), ("Origin", "https://evil.example")]).status, 201);
    }

    fn no_other_site_signs_anybody_in(database: Database) {
        let app = TestApp::start(database);
        app.account(CAMILLE);
        let wish = json!({ "email": CAMILLE, "password": PASSWORD });
        let from = |origin: &str| Answer::of(app.request(Method::POST, "/api/v1/sessions").header("Origin", origin).json(&wish));
        assert_eq!(from("https://evil.example").problem(403), "cross_origin");
        assert_eq!(from(ORIGIN).status, 201);
    }

    fn a_token_goes_before_a_cookie(database: Database) {
        let app = TestApp::start(database);
        let request = app.request_with("turnout_session=nothing", Method::GET, "/api/v1/me").bearer_auth(&app.token);
        assert_eq!(Answer::of(request).ok(200)["kind"], "token");
        assert_eq!(whoami(&app, "turnout_session=nothing"), 401);
    }

    fn what_is_missing_is_named(database: Database) {
        let app = TestApp::start(database);
        let pairs = |issues: &[(&str, &str)]| issues.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
        assert_eq!(app.post("/api/v1/sessions", &json!({})).issues(), pairs(&[("/email", "required"), ("/password", "required")]));
        let both = json!({ "email": CAMILLE, "password": "x", "one_time_code": "1", "recovery_code": "2", "pin": 3 });
        let issues = app.post("/api/v1/sessions", &both).issues();
        assert_eq!(issues, pairs(&[("/pin", "unknown_field"), ("/recovery_code", "one_of_two")]));
    }
}
