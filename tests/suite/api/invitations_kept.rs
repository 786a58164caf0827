//! Seats that are kept for people who were invited.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::invitations::{INVITATIONS, guest, invite, read, say, token};
use super::world_of_parts::{session, ticket_type};
use super::{address, messages, pairs, text};
use crate::support::crowd::{Request, all_at_once};
use crate::support::{Answer, SecondInstance, TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

fn keep() -> Value {
    json!({ "keep_seats_until": "2026-04-01T00:00:00Z" })
}

fn seats(app: &TestApp) -> (Value, Value) {
    let seats = app.get_as_owner(EVENT).ok(200)["seats"].clone();
    (seats["taken"].clone(), seats["available"].clone())
}

on_both_databases! {
    fn a_kept_seat_is_nobody_else_s_until_it_is_answered(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 2, "registration": { "waitlist": "auto" } }));
        let (ada, ben) = (invite(&app, &guest("ada"), &keep()), invite(&app, &guest("ben"), &keep()));
        assert_eq!(seats(&app), (json!(0), json!(0)));
        let refused = app.post_as_owner(INVITATIONS, &json!({ "people": [guest("cleo")], "keep_seats_until": "2026-04-01T00:00:00Z" }));
        assert_eq!(refused.ok(200)["results"][0]["code"], "sold_out");
        let dan = app.register("digital-day", "dan@museum.example").ok(201);
        assert_eq!(dan["status"], "waitlisted");
        let explained = app.get_as_owner(&format!("{EVENT}/statistics")).ok(200)["capacity_explained"].clone();
        assert_eq!(explained, "2 = 2 held for invitations");
        let why = app.get_as_owner(&format!("{}/explain", address(&dan))).ok(200);
        assert_eq!(why["sentence"], "waiting: nobody ahead, no seat free at the event (2 kept for codes and invitations)");
        assert_eq!(say(&app, &ada, "accept", &json!({})).ok(200)["status"], "confirmed");
        assert_eq!(seats(&app), (json!(1), json!(0)));
        say(&app, &ben, "decline", &json!({})).ok(200);
        assert_eq!(app.get_as_owner(&address(&dan)).ok(200)["status"], "confirmed");
        assert_eq!((seats(&app), text(&read(&app, &ben), "/state")), ((json!(2), json!(0)), "declined".to_owned()));
    }

    fn what_is_kept_of_parts_moves_with_the_answer(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 9 }));
        let (talk, lab) = (session(&app, "Talk", ("08:00", "09:00"), Some(1)), session(&app, "Lab", ("10:00", "11:00"), Some(1)));
        let press = ticket_type(&app, "Press", &[&talk], Some(1), true);
        let mut ada = guest("ada");
        ada["ticket_type"] = json!(press);
        let ada = invite(&app, &ada, &keep());
        assert_eq!(ada["sessions"], json!([talk]));
        let part = |path: &str| app.get_as_owner(&format!("{EVENT}/{path}")).ok(200)["seats"]["available"].clone();
        let free = || [part(&format!("ticket-types/{press}")), part(&format!("sessions/{talk}")), part(&format!("sessions/{lab}"))];
        assert_eq!(free(), [0, 0, 1]);
        say(&app, &ada, "accept", &json!({ "sessions": [lab] })).ok(200);
        assert_eq!(free(), [0, 0, 0]);
        assert_eq!(seats(&app), (json!(1), json!(8)));
    }

    fn seats_are_kept_until_their_time_and_then_go_to_those_who_wait(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto" } }));
        let ada = invite(&app, &guest("ada"), &keep());
        let ben = app.register("digital-day", "ben@museum.example").ok(201);
        app.advance(TimeDelta::days(29));
        app.do_chore("end invitations");
        assert_eq!(app.get_as_owner(&address(&ben)).ok(200)["status"], "waitlisted");
        app.advance(TimeDelta::days(1));
        app.do_chore("end invitations");
        assert_eq!(app.get_as_owner(&address(&ben)).ok(200)["status"], "confirmed");
        let left = read(&app, &ada);
        assert_eq!((&left["state"], &left["seat_kept_until"]), (&json!("invited"), &Value::Null));
        // There is no seat any more, and they wait like everybody else.
        assert_eq!(say(&app, &ada, "accept", &json!({})).ok(200), json!({ "state": "accepted", "status": "waitlisted" }));
    }

    fn who_was_invited_and_has_to_wait_is_not_looked_at_either(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 0, "registration": { "waitlist": "auto", "approval": true, "pending_holds_seat": false } }));
        let ada = invite(&app, &guest("ada"), &json!({}));
        assert_eq!(say(&app, &ada, "accept", &json!({})).ok(200)["status"], "waitlisted");
        app.patch_as_owner(EVENT, &json!({ "languages": ["en"] })).ok(200);
        let status = || app.get_as_owner(&format!("{EVENT}/registrations")).ok(200)["data"][0]["status"].clone();
        assert_eq!(status(), "waitlisted");
        app.patch_as_owner(EVENT, &json!({ "capacity": 1 })).ok(200);
        assert_eq!(status(), "confirmed");
        assert_eq!(messages(&app, "digital-day"), pairs(&[
            ("invitation", "ada@museum.example"), ("waitlisted", "ada@museum.example"), ("promoted", "ada@museum.example"),
        ]));
    }

    fn where_nobody_waits_a_yes_without_a_seat_is_refused_and_can_be_said_again(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1 }));
        let ada = invite(&app, &guest("ada"), &json!({}));
        let ben = app.register("digital-day", "ben@museum.example").ok(201);
        assert_eq!(say(&app, &ada, "accept", &json!({})).problem(409), "sold_out");
        assert_eq!(text(&read(&app, &ada), "/state"), "invited");
        app.post_as_owner(&format!("{}/cancel", address(&ben)), &json!({})).ok(200);
        assert_eq!(say(&app, &ada, "accept", &json!({})).ok(200)["status"], "confirmed");
    }

    fn who_registers_meanwhile_is_confirmed_by_saying_yes(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto", "approval": true } }));
        let ada = invite(&app, &guest("ada"), &keep());
        let own = app.register("digital-day", "ada@museum.example").ok(201);
        assert_eq!(own["status"], "waitlisted");
        assert_eq!(say(&app, &ada, "read", &json!({})).ok(200)["registered"], true);
        assert_eq!(say(&app, &ada, "accept", &json!({})).ok(200)["status"], "confirmed");
        assert_eq!(read(&app, &ada)["registration_id"], own["id"]);
        assert_eq!(messages(&app, "digital-day"), pairs(&[("invitation", "ada@museum.example"),
            ("waitlisted", "ada@museum.example"), ("promoted", "ada@museum.example")]));
        assert_eq!(seats(&app), (json!(1), json!(0)));
    }

    fn whoever_is_erased_leaves_their_invitations_as_well(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 2 }));
        let ada = invite(&app, &guest("ada"), &keep());
        say(&app, &ada, "accept", &json!({})).ok(200);
        let came = format!("/api/v1/registrations/{}", text(&read(&app, &ada), "/registration_id"));
        app.post_as_owner(&format!("{came}/cancel"), &json!({})).ok(200);
        let again = invite(&app, &guest("ada"), &keep());
        app.post_as_owner(&format!("{came}/erase"), &json!({})).ok(200);
        for invitation in [&ada, &again] {
            let left = read(&app, invitation);
            assert_eq!((text(&left, "/first_name"), text(&left, "/email")),
                ("erased".to_owned(), format!("erased-{}@erased.invalid", text(invitation, "/id"))));
        }
        assert_eq!((text(&read(&app, &again), "/state"), seats(&app)), ("revoked".to_owned(), (json!(0), json!(2))));
        let told = app.get_as_owner(&format!("{EVENT}/messages")).body;
        assert!(!told.contains("ada@"), "{told}");
    }

    fn an_invitation_is_forgotten_once_whoever_is_erased_later(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let invited = invite(&app, &guest("ada"), &json!({}));
        say(&app, &invited, "accept", &json!({})).ok(200);
        let given = format!("/api/v1/registrations/{}", text(&read(&app, &invited), "/registration_id"));
        // Ada gives her place to Ben, and comes all the same.
        let ben = json!({ "attendee": { "first_name": "Ben", "email": "ben@museum.example" } });
        app.post_as_owner(&format!("{given}/transfer"), &ben).ok(200);
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        app.post_as_owner(&format!("{}/erase", address(&ada)), &json!({})).ok(200);
        let forgotten = read(&app, &invited);
        assert_eq!(forgotten["first_name"], "erased");
        app.post_as_owner(&format!("{given}/erase"), &json!({})).ok(200);
        assert_eq!(read(&app, &invited), forgotten);
    }

    fn an_invitation_is_erased_at_the_word_of_who_was_invited(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1 }));
        let ada = invite(&app, &guest("ada"), &keep());
        let erase = || app.post_as_owner(&format!("{INVITATIONS}/{}/erase", text(&ada, "/id")), &json!({})).ok(200);
        let erased = erase();
        assert_eq!((text(&erased, "/state"), text(&erased, "/first_name")), ("revoked".to_owned(), "erased".to_owned()));
        assert_eq!((erase(), seats(&app)), (erased, (json!(0), json!(1))));
        assert_eq!(app.deliver_mail(), 0, "a letter that has not left stays");
        let told = app.get_as_owner(&format!("{EVENT}/messages")).body;
        assert!(!told.contains("ada@"), "{told}");
        assert_eq!(say(&app, &ada, "accept", &json!({})).problem(409), "invitation_revoked");
    }

    fn a_session_to_which_somebody_is_invited_stays(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let talk = session(&app, "Talk", ("08:00", "09:00"), Some(1));
        let mut ada = guest("ada");
        ada["sessions"] = json!([talk]);
        let ada = invite(&app, &ada, &keep());
        let path = format!("{EVENT}/sessions/{talk}");
        let remove = || Answer::of(app.request(Method::DELETE, &path).bearer_auth(&app.token));
        assert_eq!(remove().problem(409), "part_in_use");
        say(&app, &ada, "decline", &json!({})).ok(200);
        assert_eq!(remove().status, 204);
        // What there is no more is not chosen.
        assert_eq!(say(&app, &ada, "accept", &json!({})).ok(200)["status"], "confirmed");
    }

    fn ten_say_yes_at_once_to_three_seats(database: Database) {
        let app = TestApp::start(database);
        let second = SecondInstance::of(&app);
        app.published_event(&json!({ "capacity": 3 }));
        let kept: Vec<Value> = (0..2).map(|number| invite(&app, &guest(&format!("kept{number}")), &keep())).collect();
        let others: Vec<Value> = (0..8).map(|number| invite(&app, &guest(&format!("other{number}")), &json!({}))).collect();
        let requests = kept.iter().chain(&others).cycle().take(20).enumerate().map(|(number, invitation)| {
            let server = if number % 2 == 0 { &app.address } else { &second.address };
            let link = token(&app, invitation);
            Request { address: format!("{server}/api/v1/invitations/accept"), token: None, body: json!({ "token": link }) }
        });
        let answers = all_at_once(requests.collect());
        let yes = answers.iter().filter(|(status, _)| *status == 200).count();
        let again = answers.iter().filter(|(status, body)| *status == 409 && body["code"] == "invitation_accepted").count();
        let full = answers.iter().filter(|(status, body)| *status == 409 && body["code"] == "sold_out").count();
        assert_eq!((yes, again, full), (3, 3, 14), "{answers:?}");
        assert_eq!(seats(&app), (json!(3), json!(0)));
        let of_kept: Vec<String> = kept.iter().map(|one| text(&read(&app, one), "/state")).collect();
        assert_eq!(of_kept, ["accepted", "accepted"]);
    }
}
