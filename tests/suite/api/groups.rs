//! Somebody registers others: all or none.

use serde_json::{Value, json};
use turnout::registrations::find_miscounts;

use super::{address, messages, pairs, text};
use crate::support::crowd::{Request, all_at_once};
use crate::support::{Answer, SecondInstance, TestApp, on_both_databases};

const REGISTRATIONS: &str = "/api/v1/events/digital-day/registrations";

fn mail(name: &str) -> String {
    format!("{name}@museum.example")
}

fn person(name: &str) -> Value {
    json!({ "attendee": { "first_name": name, "email": mail(name) } })
}

/// The first leads the others.
fn wish(names: &[&str]) -> Value {
    let mut wish = person(names[0]);
    wish["guests"] = names[1..].iter().map(|name| person(name)).collect();
    wish
}

fn register(app: &TestApp, names: &[&str]) -> Answer {
    app.post(REGISTRATIONS, &wish(names))
}

fn taken(app: &TestApp) -> Value {
    app.get_as_owner("/api/v1/events/digital-day").ok(200)["seats"]["taken"].clone()
}

/// Names and statuses of a group, as one of its members sees it.
fn group(app: &TestApp, lead: &Value) -> Vec<(String, String)> {
    let group = app.get_as(&app.manage_token(lead), &format!("{}/group", address(lead))).ok(200);
    assert_eq!(group["lead"], lead["id"]);
    group["members"].as_array().unwrap().iter().map(|m| (text(m, "/first_name"), text(m, "/status"))).collect()
}

fn cancel(app: &TestApp, by: &Value, whom: &Value, body: &Value) -> Answer {
    app.post_as(&app.manage_token(by), &format!("{}/cancel", address(whom)), body)
}

on_both_databases! {
    fn a_group_is_registered_with_one_letter_to_each(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 3 }));
        let lead = register(&app, &["ada", "ben", "cleo"]).ok(201);
        let guest = |index: usize, name: &str| json!({
            "id": lead["guests"][index]["id"], "status": "confirmed", "first_name": name, "last_name": null,
            "ticket_type": null, "waitlist_position": null, "version": 1,
        });
        assert_eq!(lead["guests"], json!([guest(0, "ben"), guest(1, "cleo")]));
        assert_eq!((&lead["status"], &lead["attendee"]["email"]), (&json!("confirmed"), &json!(mail("ada"))));
        assert_eq!(messages(&app, "digital-day"), pairs(&[
            ("confirmed", "ada@museum.example"), ("confirmed", "ben@museum.example"), ("confirmed", "cleo@museum.example"),
        ]));
        assert_eq!(taken(&app), 3);
        let single = app.register("digital-day", "dan@museum.example");
        assert_eq!(single.problem(409), "sold_out");
    }

    fn everything_wrong_is_named_where_it_is(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let mut wrong = wish(&["ada", "ben", "cleo", "dan"]);
        wrong["guests"][0]["attendee"]["email"] = json!("no address");
        wrong["guests"][1] = json!({ "attendee": { "first_name": "", "nick": "x" }, "sessions": ["x"] });
        wrong["guests"][2] = json!("dan");
        wrong["attendee"]["phone"] = json!(7);
        assert_eq!(app.post(REGISTRATIONS, &wrong).issues(), pairs(&[
            ("/guests/1/attendee/nick", "unknown_field"), ("/attendee/phone", "invalid_type"),
            ("/guests/2", "invalid_type"), ("/guests/0/attendee/email", "invalid_email"),
            ("/guests/1/attendee/first_name", "required"), ("/guests/1/attendee/email", "required"),
            ("/guests/1/sessions", "invalid_id"), ("/guests/2/attendee/first_name", "required"),
            ("/guests/2/attendee/email", "required"),
        ]));
        let mut same = wish(&["ada", "ben", "cleo"]);
        same["guests"][1]["attendee"]["email"] = json!("ADA@museum.example");
        assert_eq!(app.post(REGISTRATIONS, &same).issues(), pairs(&[("/guests/1/attendee/email", "same_address")]));
        let names: Vec<String> = (0..21).map(|number| format!("guest{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(register(&app, &names).issues(), pairs(&[("/guests", "too_many")]));
        assert_eq!((taken(&app), messages(&app, "digital-day")), (json!(0), Vec::new()));
        register(&app, &names[..20]).ok(201);
        assert_eq!(taken(&app), 20);
    }

    fn an_address_that_is_registered_already_is_not_named(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.register("digital-day", "cleo@museum.example").ok(201);
        let refused = register(&app, &["ada", "ben", "cleo"]);
        assert_eq!(refused.problem(409), "already_registered");
        assert!(!refused.body.contains("cleo"), "{}", refused.body);
        assert_eq!(taken(&app), 1);
        register(&app, &["ada", "ben"]).ok(201);
    }

    fn a_group_for_which_there_are_too_few_seats_waits_together(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 4, "registration": { "waitlist": "auto" } }));
        register(&app, &["ada", "ben"]).ok(201);
        let lead = register(&app, &["cleo", "dan", "eve"]).ok(201);
        let positions = [&lead, &lead["guests"][0], &lead["guests"][1]].map(|one| one["waitlist_position"].clone());
        assert_eq!((taken(&app), positions), (json!(2), [json!(1), json!(2), json!(3)]));
        let waits = "waitlisted";
        assert_eq!(group(&app, &lead), pairs(&[("cleo", waits), ("dan", waits), ("eve", waits)]));
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "registration": { "waitlist": "off" } })).ok(200);
        assert_eq!(register(&app, &["fay", "gus", "hal", "ida", "jan"]).problem(409), "sold_out");
    }

    fn the_lead_cancels_a_guest_or_everybody(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 3 }));
        let lead = register(&app, &["ada", "ben", "cleo"]).ok(201);
        let (ben, cleo) = (&lead["guests"][0], &lead["guests"][1]);
        let answer = cancel(&app, &lead, ben, &json!({})).ok(200);
        assert_eq!((&answer["status"], &answer["code"]), (&json!("cancelled"), &Value::Null));
        assert_eq!(cancel(&app, cleo, &lead, &json!({})).problem(404), "not_found");
        let path = |one: &Value, what: &str| format!("{}{what}", address(one));
        assert_eq!(app.get_as(&app.manage_token(cleo), &path(cleo, "/group")).problem(404), "not_found");
        assert_eq!(app.get_as(&app.manage_token(&lead), &path(cleo, "")).problem(404), "not_found");
        assert_eq!(app.get(&path(&lead, "/group")).problem(401), "unauthenticated");
        let state = pairs(&[("ada", "confirmed"), ("ben", "cancelled"), ("cleo", "confirmed")]);
        assert_eq!(group(&app, &lead), state);
        assert_eq!(app.get_as_owner(&path(cleo, "/group")).ok(200)["lead"], lead["id"]);
        cancel(&app, &lead, &lead, &json!({ "only": false })).ok(200);
        let gone = pairs(&[("ada", "cancelled"), ("ben", "cancelled"), ("cleo", "cancelled")]);
        assert_eq!((group(&app, &lead), taken(&app)), (gone, json!(0)));
        assert_eq!(cancel(&app, &lead, &lead, &json!({})).problem(409), "already_cancelled");
    }

    fn when_the_lead_leaves_the_next_leads(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 3 }));
        let lead = register(&app, &["ada", "ben", "cleo"]).ok(201);
        let (ben, cleo) = (&lead["guests"][0], &lead["guests"][1]);
        cancel(&app, &lead, &lead, &json!({ "only": true })).ok(200);
        let left = pairs(&[("ada", "cancelled"), ("ben", "confirmed"), ("cleo", "confirmed")]);
        assert_eq!(group(&app, ben), left);
        assert_eq!(cancel(&app, &lead, cleo, &json!({})).problem(404), "not_found");
        cancel(&app, cleo, cleo, &json!({})).ok(200);
        assert_eq!(taken(&app), 1);
        cancel(&app, ben, ben, &json!({ "only": "yes" })).ok(422);
    }

    fn who_is_in_no_group_has_none(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        assert_eq!(ada.get("guests"), None);
        assert_eq!(app.get_as_owner(&format!("{}/group", address(&ada))).problem(404), "not_found");
        cancel(&app, &ada, &ada, &json!({})).ok(200);
    }

    fn a_group_takes_seats_that_are_kept_for_its_code(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 3 }));
        let codes = "/api/v1/events/digital-day/access-codes";
        app.post_as_owner(codes, &json!({ "code": "press", "max_uses": 3, "reserved": 2 })).ok(201);
        let with_code = |names: &[&str]| {
            let mut wish = wish(names);
            wish["access_code"] = json!("press");
            app.post(REGISTRATIONS, &wish)
        };
        assert_eq!(with_code(&["ada", "ben", "cleo", "dan"]).issues(), pairs(&[("/access_code", "code_used_up")]));
        app.register("digital-day", "eve@museum.example").ok(201);
        assert_eq!(with_code(&["ada", "ben", "cleo"]).problem(409), "sold_out");
        assert_eq!(app.get_as_owner(codes).ok(200)["data"][0]["reserved_left"], 2);
        with_code(&["ada", "ben"]).ok(201);
        assert_eq!(app.get_as_owner(codes).ok(200)["data"][0]["reserved_left"], 0);
    }

    fn a_group_that_waits_moves_up_into_seats_that_are_kept_for_its_code(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 3, "registration": { "waitlist": "auto" } }));
        let codes = "/api/v1/events/digital-day/access-codes";
        app.post_as_owner(codes, &json!({ "code": "press", "reserved": 2 })).ok(201);
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let mut press = wish(&["ben", "cleo", "dan"]);
        press["access_code"] = json!("press");
        let lead = app.post(REGISTRATIONS, &press).ok(201);
        assert_eq!((&lead["status"], taken(&app)), (&json!("waitlisted"), json!(1)));
        cancel(&app, &ada, &ada, &json!({})).ok(200);
        let now = "confirmed";
        assert_eq!(group(&app, &lead), pairs(&[("ben", now), ("cleo", now), ("dan", now)]));
        let left = app.get_as_owner(codes).ok(200)["data"][0]["reserved_left"].clone();
        assert_eq!((taken(&app), left), (json!(3), json!(0)));
        assert_eq!(app.app.store.read_here(find_miscounts).unwrap(), []);
    }

    fn guests_answer_for_themselves(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let question = json!({ "key": "food", "kind": "text", "label": { "en": "What do you eat?" }, "required": true });
        app.post_as_owner("/api/v1/events/digital-day/questions", &question).ok(201);
        let mut wish = wish(&["ada", "ben"]);
        wish["answers"] = json!({ "food": "bread" });
        assert_eq!(app.post(REGISTRATIONS, &wish).issues(), pairs(&[("/guests/0/answers/food", "required")]));
        wish["guests"][0]["answers"] = json!({ "food": "rice" });
        let lead = app.post(REGISTRATIONS, &wish).ok(201);
        let guest = &lead["guests"][0];
        let answers = app.get_as(&app.manage_token(guest), &address(guest)).ok(200)["answers"].clone();
        assert_eq!((&lead["answers"], answers), (&json!({ "food": "bread" }), json!({ "food": "rice" })));
    }

    fn thirty_groups_of_three_and_fifty_seats(database: Database) {
        let app = TestApp::start(database);
        let second = SecondInstance::of(&app);
        app.published_event(&json!({ "capacity": 50 }));
        let requests = (0..30).map(|number| {
            let names = ["a", "b", "c"].map(|name| format!("{name}{number}"));
            let server = if number % 2 == 0 { &app.address } else { &second.address };
            let body = wish(&[&names[0], &names[1], &names[2]]);
            Request { address: format!("{server}{REGISTRATIONS}"), token: None, body }
        });
        let answers = all_at_once(requests.collect());
        let placed = answers.iter().filter(|(status, _)| *status == 201).count();
        let refused = answers.iter().filter(|(status, body)| *status == 409 && body["code"] == "sold_out").count();
        assert_eq!((placed, refused, taken(&app)), (16, 14, json!(48)));
        assert_eq!(messages(&app, "digital-day").len(), 48);
    }
    fn a_lead_who_does_not_take_the_offer_leaves_the_group_to_the_next(database: Database) {
        let app = TestApp::start(database);
        let rules = json!({ "waitlist": "offer", "offer_hours": 1 });
        app.published_event(&json!({ "capacity": 0, "registration": rules }));
        let first = register(&app, &["ada", "ben", "cleo"]).ok(201);
        let second = register(&app, &["dan", "eve", "fay"]).ok(201);
        let third = register(&app, &["gus", "hal"]).ok(201);
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "capacity": 8 })).ok(200);
        let seen = |one: &Value| app.get_as_owner(&address(one)).ok(200);
        let leads = |one: &Value, guest: usize| {
            let group = app.get_as_owner(&format!("{}/group", address(one))).ok(200);
            assert_eq!(group["lead"], one["guests"][guest]["id"]);
            assert_eq!(group["members"].as_array().unwrap().len(), 1 + one["guests"].as_array().unwrap().len());
        };
        // The lead declines.
        app.post_as(&app.manage_token(&first), &format!("{}/decline", address(&first)), &json!({})).ok(200);
        leads(&first, 0);
        // The lead alone lets the time pass.
        for guest in [&second["guests"][0], &second["guests"][1]] {
            app.post_as(&app.manage_token(guest), &format!("{}/accept", address(guest)), &json!({})).ok(200);
        }
        app.advance(chrono::TimeDelta::hours(1));
        app.do_chore("end offers");
        assert_eq!(seen(&second)["status"], "expired");
        leads(&second, 0);
        // All of a group let it pass: nobody is left to lead it.
        assert_eq!((seen(&third)["status"].clone(), seen(&third)["group_id"].clone()), (json!("expired"), third["id"].clone()));
        // The lead is rejected.
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "registration": { "approval": true } })).ok(200);
        let fourth = register(&app, &["ida", "jan"]).ok(201);
        app.post_as_owner(&format!("{}/reject", address(&fourth)), &json!({})).ok(200);
        leads(&fourth, 0);
    }
}
