//! Addresses are verified before anything is held for them.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::{address, column, messages, pairs, text};
use crate::support::{TestApp, on_both_databases};

const REGISTRATIONS: &str = "/api/v1/events/digital-day/registrations";

fn event(app: &TestApp, capacity: i64, rules: &Value) -> Value {
    let mut registration = json!({ "verify_email": true });
    for (name, value) in rules.as_object().unwrap() {
        registration[name] = value.clone();
    }
    app.published_event(&json!({ "capacity": capacity, "registration": registration }))
}

/// Somebody registers, and is told no more than anybody.
#[track_caller]
fn asks(app: &TestApp, name: &str) -> Value {
    let answer = app.register("digital-day", &format!("{name}@museum.example"));
    assert_eq!(
        answer.ok(202),
        json!({
            "result": "letter_sent",
            "detail": "A letter is on its way to this address. Follow its link to confirm the registration: no seat is held before.",
        })
    );
    let found = app.get_as_owner(&format!("{REGISTRATIONS}?q={name}&limit=1")).ok(200);
    found["data"][0].clone()
}

#[track_caller]
fn verifies(app: &TestApp, registration: &Value) -> crate::support::Answer {
    app.post_as(&app.manage_token(registration), &format!("{}/verify", address(registration)), &json!({}))
}

fn column_of(object: &Value, list: &str, field: &str) -> Vec<Value> {
    object[list].as_array().unwrap().iter().map(|row| row[field].clone()).collect()
}

fn seats(app: &TestApp) -> Value {
    app.get_as_owner("/api/v1/events/digital-day").ok(200)["seats"]["taken"].clone()
}

on_both_databases! {
    fn whoever_follows_the_link_has_a_seat_and_nobody_before(database: Database) {
        let app = TestApp::start(database);
        event(&app, 1, &json!({}));
        let ada = asks(&app, "ada");
        assert_eq!((&ada["status"], seats(&app)), (&json!("pending_verification"), json!(0)));
        for method in [Method::GET, Method::HEAD] {
            let path = format!("{}/verify", address(&ada));
            let request = app.request(method, &path).bearer_auth(app.manage_token(&ada));
            assert_eq!(request.send().unwrap().status(), 405);
        }
        assert_eq!(seats(&app), 0);
        let confirmed = verifies(&app, &ada).ok(200);
        assert_eq!((&confirmed["status"], seats(&app)), (&json!("confirmed"), json!(1)));
        assert_eq!(verifies(&app, &ada).problem(409), "not_now");
        assert_eq!(messages(&app, "digital-day"), pairs(&[
            ("verify", "ada@museum.example"), ("confirmed", "ada@museum.example"),
        ]));
    }

    fn the_answer_is_the_same_for_every_address(database: Database) {
        let app = TestApp::start(database);
        event(&app, 5, &json!({}));
        let stranger = app.organization_with_token("Museum", "museum", Role::Owner);
        let ada = asks(&app, "ada");
        verifies(&app, &ada).ok(200);
        let body = |email: &str| json!({ "attendee": { "first_name": "Guest", "email": email } });
        let told = |token: Option<&str>, email: &str| {
            let answer = match token {
                None => app.post(REGISTRATIONS, &body(email)),
                Some(token) => app.post_as(token, REGISTRATIONS, &body(email)),
            };
            (answer.status, answer.body.clone(), answer.header("location"), answer.header("etag"))
        };
        let ben = told(None, "ben@museum.example");
        // Known and verified, known and not verified, in another spelling, unknown; by anyone, by its own attendee, by
        // somebody with a role elsewhere.
        for email in ["ada@museum.example", "ADA@museum.example", "ben@museum.example", "cleo@museum.example"] {
            assert_eq!(told(None, email), ben);
            assert_eq!(told(Some(&app.manage_token(&ada)), email), ben);
            assert_eq!(told(Some(&stranger), email), ben);
        }
        // What is wrong is wrong for every address.
        for email in ["ada@museum.example", "dan@museum.example"] {
            let mut wish = body(email);
            wish["ticket_type"] = json!(uuid::Uuid::new_v4());
            assert_eq!(app.post(REGISTRATIONS, &wish).issues(), pairs(&[("/ticket_type", "unknown_ticket_type")]));
        }
    }

    fn a_known_address_gets_its_own_letter_again_at_most_once_in_ten_minutes(database: Database) {
        let app = TestApp::start(database);
        event(&app, 5, &json!({}));
        let ada = asks(&app, "ada");
        asks(&app, "ada");
        app.advance(TimeDelta::minutes(10));
        asks(&app, "ada");
        verifies(&app, &ada).ok(200);
        app.advance(TimeDelta::minutes(10));
        asks(&app, "ada");
        let kinds: Vec<String> = messages(&app, "digital-day").into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["verify", "verify", "confirmed", "confirmed"]);
    }

    fn verification_leads_where_a_registration_would_have_led(database: Database) {
        let app = TestApp::start(database);
        event(&app, 1, &json!({ "waitlist": "auto" }));
        let (ada, ben, cleo) = (asks(&app, "ada"), asks(&app, "ben"), asks(&app, "cleo"));
        assert_eq!(verifies(&app, &ben).ok(200)["status"], "confirmed");
        assert_eq!(verifies(&app, &cleo).ok(200)["waitlist_position"], 1);
        assert_eq!(verifies(&app, &ada).ok(200)["waitlist_position"], 2);
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "registration": { "approval": true } })).ok(200);
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "capacity": 9 })).ok(200);
        assert_eq!(app.get_as_owner(&address(&cleo)).ok(200)["status"], "pending_approval");
        let dan = asks(&app, "dan");
        assert_eq!(verifies(&app, &dan).ok(200)["status"], "pending_approval");
    }

    fn whoever_finds_it_full_stays_unverified_and_may_try_again(database: Database) {
        let app = TestApp::start(database);
        event(&app, 1, &json!({}));
        let (ada, ben) = (asks(&app, "ada"), asks(&app, "ben"));
        verifies(&app, &ada).ok(200);
        assert_eq!(verifies(&app, &ben).problem(409), "sold_out");
        assert_eq!(app.get_as_owner(&address(&ben)).ok(200)["status"], "pending_verification");
        app.post_as_owner(&format!("{}/cancel", address(&ada)), &json!({})).ok(200);
        assert_eq!(verifies(&app, &ben).ok(200)["status"], "confirmed");
    }

    fn a_link_is_good_for_a_day(database: Database) {
        let app = TestApp::start(database);
        event(&app, 1, &json!({}));
        let (ada, ben) = (asks(&app, "ada"), asks(&app, "ben"));
        app.advance(TimeDelta::hours(24) - TimeDelta::microseconds(1));
        app.do_chore("end offers");
        verifies(&app, &ada).ok(200);
        app.advance(TimeDelta::microseconds(1));
        assert_eq!(verifies(&app, &ben).problem(409), "too_late");
        app.do_chore("end offers");
        app.do_chore("end offers");
        assert_eq!(column(&app.get_as_owner(REGISTRATIONS), "/status"), ["confirmed", "expired"]);
        assert_eq!(verifies(&app, &ben).problem(409), "not_now");
        assert_eq!(messages(&app, "digital-day").len(), 3, "two links, one ticket, and no letter about nothing");
    }

    fn whoever_comes_back_too_late_begins_anew(database: Database) {
        let app = TestApp::start(database);
        event(&app, 1, &json!({}));
        asks(&app, "ada");
        app.advance(TimeDelta::hours(24));
        asks(&app, "ada");
        assert_eq!(column(&app.get_as_owner(REGISTRATIONS), "/status"), ["expired", "pending_verification"]);
        assert_eq!(messages(&app, "digital-day"), pairs(&[
            ("verify", "ada@museum.example"), ("verify", "ada@museum.example"),
        ]));
    }

    fn an_organizer_vouches_for_whom_they_register(database: Database) {
        let app = TestApp::start(database);
        event(&app, 5, &json!({}));
        let wish = json!({ "attendee": { "first_name": "Ada", "email": "ada@museum.example" } });
        assert_eq!(app.post_as_owner(REGISTRATIONS, &wish).ok(201)["status"], "confirmed");
        assert_eq!(app.post_as_owner(REGISTRATIONS, &wish).problem(409), "already_registered");
        let ben = asks(&app, "ben");
        assert_eq!(app.post_as_owner(&format!("{}/verify", address(&ben)), &json!({})).ok(200)["status"], "confirmed");
    }

    fn nobody_verifies_for_somebody_else(database: Database) {
        let app = TestApp::start(database);
        event(&app, 5, &json!({}));
        let stranger = app.organization_with_token("Museum", "museum", Role::Owner);
        let viewer = app.token_of("ict-cluster", Role::Viewer);
        let (ada, ben) = (asks(&app, "ada"), asks(&app, "ben"));
        let path = format!("{}/verify", address(&ada));
        assert_eq!(app.post(&path, &json!({})).problem(401), "unauthenticated");
        assert_eq!(app.post_as(&app.manage_token(&ben), &path, &json!({})).problem(404), "not_found");
        assert_eq!(app.post_as(&stranger, &path, &json!({})).problem(404), "not_found");
        assert_eq!(app.post_as(&viewer, &path, &json!({})).problem(403), "forbidden");
    }

    fn the_letter_says_until_when(database: Database) {
        let app = TestApp::start(database);
        event(&app, 5, &json!({}));
        let ada = asks(&app, "ada");
        assert_eq!(app.deliver_mail(), 1);
        let letter = app.letters().remove(0).replace("=\r\n", "").replace("\r\n", " ");
        let link = format!("/manage/{}#", text(&ada, "/id"));
        for words in ["Subject: Please confirm: Digital Day", "until Tuesday 3 March 2026, 10:00 (Luxembourg time)", &link] {
            assert!(letter.contains(words), "{words} in {letter}");
        }
    }
    fn a_code_that_can_be_used_once_does_not_tell_which_addresses_are_known(database: Database) {
        let app = TestApp::start(database);
        event(&app, 5, &json!({}));
        app.post_as_owner("/api/v1/events/digital-day/access-codes", &json!({ "code": "once", "max_uses": 1 })).ok(201);
        let with_code = |name: &str| {
            let attendee = json!({ "first_name": "Guest", "email": format!("{name}@museum.example") });
            app.post(REGISTRATIONS, &json!({ "attendee": attendee, "access_code": "once" }))
        };
        let ada = asks(&app, "ada");
        verifies(&app, &ada).ok(200);
        // Twice for a known and for unknown addresses.
        for name in ["ada", "ada", "ben", "ben", "cleo"] {
            assert_eq!(with_code(name).status, 202, "{name}");
        }
        let found = |name: &str| app.get_as_owner(&format!("{REGISTRATIONS}?q={name}")).ok(200)["data"][0].clone();
        let used = || app.get_as_owner("/api/v1/events/digital-day/access-codes").ok(200)["data"][0]["used"].clone();
        assert_eq!(used(), 0);
        assert_eq!(verifies(&app, &found("ben")).ok(200)["status"], "confirmed");
        assert_eq!(used(), 1);
        assert_eq!(verifies(&app, &found("cleo")).problem(409), "code_used_up");
        assert_eq!(found("cleo")["status"], "pending_verification");
        app.post_as_owner(&format!("{}/cancel", address(&found("ben"))), &json!({})).ok(200);
        assert_eq!(verifies(&app, &found("cleo")).ok(200)["status"], "confirmed");
        for name in ["ada", "dan"] {
            assert_eq!(with_code(name).issues(), pairs(&[("/access_code", "code_used_up")]));
        }
    }

    fn everybody_of_a_group_gets_the_letter_that_is_theirs(database: Database) {
        let app = TestApp::start(database);
        event(&app, 5, &json!({}));
        let ada = asks(&app, "ada");
        verifies(&app, &ada).ok(200);
        app.advance(TimeDelta::minutes(10));
        let person = |name: &str| json!({ "attendee": { "first_name": name, "email": format!("{name}@museum.example") } });
        let together = |lead: &str, guests: &[&str]| {
            let mut wish = person(lead);
            wish["guests"] = guests.iter().map(|name| person(name)).collect();
            app.post(REGISTRATIONS, &wish)
        };
        let found = |name: &str| app.get_as_owner(&format!("{REGISTRATIONS}?q={name}")).ok(200)["data"][0].clone();
        let known_guest = together("ben", &["ada", "cleo"]);
        let known_lead = together("ada", &["dan", "eve"]);
        let nobody_known = together("fay", &["gus"]);
        assert_eq!(known_guest.ok(202), known_lead.ok(202));
        assert_eq!(known_guest.ok(202), nobody_known.ok(202));
        assert_eq!(messages(&app, "digital-day")[2..], pairs(&[
            ("confirmed", "ada@museum.example"), ("verify", "ben@museum.example"), ("verify", "cleo@museum.example"),
            ("verify", "dan@museum.example"), ("verify", "eve@museum.example"),
            ("verify", "fay@museum.example"), ("verify", "gus@museum.example"),
        ]));
        // What they see of their group is the same, whoever is known: nobody but who has shown that an address is theirs.
        let (ben, cleo, dan, gus) = (found("ben"), found("cleo"), found("dan"), found("gus"));
        let own = |one: &Value, what: &str| app.get_as(&app.manage_token(one), &format!("{}{what}", address(one)));
        let members = |lead: &Value| column_of(&own(lead, "/group").ok(200), "members", "first_name");
        assert_eq!((members(&ben), members(&found("fay"))), (vec![json!("ben")], vec![json!("fay")]));
        assert_eq!((&own(&dan, "").ok(200)["group_id"], &own(&gus, "").ok(200)["group_id"]), (&Value::Null, &Value::Null));
        verifies(&app, &ben).ok(200);
        verifies(&app, &cleo).ok(200);
        assert_eq!(members(&ben), ["ben", "cleo"].map(Value::from).to_vec());
        assert_eq!(own(&cleo, "").ok(200)["group_id"], ben["id"]);
        // Who never shows that an address is theirs leads nobody, and leaves nothing to anybody.
        verifies(&app, &gus).ok(200);
        app.advance(TimeDelta::hours(24));
        app.do_chore("end offers");
        assert_eq!(found("fay")["status"], "expired");
        for one in [&gus, &dan] {
            let seen = own(one, "").ok(200);
            let trail = own(one, "/data").ok(200)["audit"].clone();
            assert_eq!((&seen["group_id"], trail.to_string().contains("regrouped")), (&Value::Null, false));
        }
    }
}
