//! Why a registration is where it is.

use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::{Value, json};
use turnout::organizations::Role;
use turnout::store::RegistrationId;
use turnout::store::schema::{access_codes, quotas, registrations};

use super::address;
use crate::support::parts::{session, ticket_type};
use crate::support::{TestApp, on_both_databases};

fn explained(app: &TestApp, registration: &Value) -> Value {
    let path = format!("{}/explain", address(registration));
    let said = app.get_as_owner(&path).ok(200);
    assert_eq!(app.get_as(&app.manage_token(registration), &path).ok(200), said, "the attendee is told the same");
    said
}

fn sentence(app: &TestApp, registration: &Value) -> String {
    explained(app, registration)["sentence"].as_str().unwrap().to_owned()
}

fn person(app: &TestApp, name: &str, choice: &Value) -> Value {
    let mut wish = json!({ "attendee": { "first_name": name, "email": format!("{name}@museum.example") } });
    for (field, value) in choice.as_object().unwrap() {
        wish[field] = value.clone();
    }
    app.post("/api/v1/events/digital-day/registrations", &wish).ok(201)
}

/// Makes a group of registrations.
fn group(app: &TestApp, members: &[&Value]) {
    let ids: Vec<RegistrationId> = members.iter().map(|one| one["id"].as_str().unwrap().parse().unwrap()).collect();
    let grouped = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
        let rows = registrations::table.filter(registrations::id.eq_any(&ids));
        Ok(diesel::update(rows).set(registrations::group_id.eq(ids[0])).execute(db)?)
    });
    assert_eq!(grouped.unwrap(), members.len());
}

fn statuses(app: &TestApp, people: &[&Value]) -> Vec<Value> {
    people.iter().map(|one| app.get_as_owner(&address(one)).ok(200)["status"].clone()).collect()
}

on_both_databases! {
    fn whoever_waits_learns_for_what_and_behind_how_many(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({ "capacity": 3, "registration": { "waitlist": "auto" } }));
        let workshop = session(&app, &event, "Workshop B", Some(1));
        let student = ticket_type(&app, &event, "Student", Some(2), false);
        let both = json!({ "ticket_type": student, "sessions": [workshop] });
        let ada = person(&app, "ada", &both);
        let ben = person(&app, "ben", &both);
        assert_eq!(explained(&app, &ada), json!({
            "status": "confirmed", "sentence": "confirmed: it has a seat", "ahead": null, "blocking": [],
        }));
        assert_eq!(explained(&app, &ben), json!({
            "status": "waitlisted", "sentence": "waiting: nobody ahead, no seat free in Workshop B", "ahead": 0,
            "blocking": [{ "quota": "session", "name": "Workshop B", "capacity": 1, "taken": 1, "kept": 0 }],
        }));
        person(&app, "cleo", &json!({ "ticket_type": student }));
        let dan = person(&app, "dan", &both);
        assert_eq!(explained(&app, &dan)["sentence"], "waiting: 1 ahead, no seat free in Workshop B and in Student");
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "capacity": 2 })).ok(200);
        let eve = person(&app, "eve", &json!({ "ticket_type": student }));
        assert_eq!(explained(&app, &eve), json!({
            "status": "waitlisted", "sentence": "waiting: 2 ahead, no seat free at the event and in Student", "ahead": 2,
            "blocking": [
                { "quota": "event", "name": "Digital Day", "capacity": 2, "taken": 2, "kept": 0 },
                { "quota": "ticket_type", "name": "Student", "capacity": 2, "taken": 2, "kept": 0 },
            ],
        }));
        let numbers = app.get_as_owner("/api/v1/events/digital-day/statistics").ok(200);
        let of = |list: &str| {
            let row = &numbers[list][0];
            [&row["name"], &row["capacity"], &row["taken"], &row["confirmed"], &row["waitlisted"]].map(Clone::clone)
        };
        assert_eq!(of("by_ticket_type"), [json!("Student"), json!(2), json!(2), json!(2), json!(3)]);
        assert_eq!(of("by_session"), [json!("Workshop B"), json!(1), json!(1), json!(1), json!(2)]);
        assert_eq!(numbers["capacity_explained"], "2 = 2 confirmed");
    }

    fn a_group_waits_for_all_its_seats_and_smaller_ones_pass(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 2, "registration": { "waitlist": "auto" } }));
        let [ada, ben, cleo, dan, eve] = ["ada", "ben", "cleo", "dan", "eve"].map(|name| person(&app, name, &json!({})));
        group(&app, &[&cleo, &dan]);
        assert_eq!(sentence(&app, &dan),
            "waiting: 1 ahead, fewer than the 2 seats of the group free at the event; smaller groups may pass");
        let cancel = |one: &Value| app.post_as_owner(&format!("{}/cancel", address(one)), &json!({})).ok(200);
        cancel(&ada);
        assert_eq!(statuses(&app, &[&cleo, &dan, &eve]), ["waitlisted", "waitlisted", "confirmed"]);
        cancel(&ben);
        assert_eq!(statuses(&app, &[&cleo, &dan]), ["waitlisted", "waitlisted"]);
        cancel(&eve);
        assert_eq!(statuses(&app, &[&cleo, &dan]), ["confirmed", "confirmed"]);
    }

    fn every_status_has_its_sentence(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "starts_at": "2026-03-04T09:00:00Z", "ends_at": "2026-03-04T17:00:00Z",
            "registration": { "waitlist": "offer", "offer_hours": 2 } }));
        let rules = |rules: Value| {
            app.patch_as_owner("/api/v1/events/digital-day", &json!({ "registration": rules })).ok(200);
        };
        let act = |one: &Value, deed: &str| app.post_as_owner(&format!("{}/{deed}", address(one)), &json!({})).ok(200);
        let (ada, ben) = (person(&app, "ada", &json!({})), person(&app, "ben", &json!({})));
        act(&ada, "cancel");
        assert_eq!(sentence(&app, &ada), "cancelled: its place was given up");
        assert_eq!(sentence(&app, &ben),
            "offered: a seat is held until 2 March 2026, 12:00 (Europe/Luxembourg)");
        app.advance(TimeDelta::hours(2));
        app.do_chore("end offers");
        assert_eq!(sentence(&app, &ben), "expired: it was not verified, or its seat not taken, in time");
        rules(json!({ "approval": true }));
        let cleo = person(&app, "cleo", &json!({}));
        assert_eq!(sentence(&app, &cleo), "pending: the organizers have not decided yet; a seat is held meanwhile");
        app.post_as_owner(&format!("{}/reject", address(&cleo)), &json!({ "reason": "members only" })).ok(200);
        assert_eq!(sentence(&app, &cleo), "rejected: the organizers said no: members only");
        rules(json!({ "pending_holds_seat": false }));
        let dan = person(&app, "dan", &json!({}));
        assert_eq!(sentence(&app, &dan), "pending: the organizers have not decided yet; no seat is held meanwhile");
        rules(json!({ "approval": false }));
        person(&app, "eve", &json!({}));
        let fay = person(&app, "fay", &json!({}));
        app.advance(TimeDelta::days(2));
        assert_eq!(sentence(&app, &fay), "waiting: nobody ahead, and nobody moves up any more: the event has begun");
        app.post_as_owner("/api/v1/events/digital-day/cancel", &json!({})).ok(200);
        assert_eq!(sentence(&app, &fay), "waiting: nobody ahead, no seat free at the event; the event is cancelled");
    }

    fn it_is_explained_to_whom_it_concerns(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (ada, ben) = (person(&app, "ada", &json!({})), person(&app, "ben", &json!({})));
        let path = format!("{}/explain", address(&ada));
        assert_eq!(app.get(&path).problem(401), "unauthenticated");
        assert_eq!(app.get_as(&app.manage_token(&ben), &path).problem(404), "not_found");
        let stranger = app.organization_with_token("Museum", "museum", Role::Owner);
        assert_eq!(app.get_as(&stranger, &path).problem(404), "not_found");
        assert_eq!(app.get_as(&app.token_of("ict-cluster", Role::Door), &path).problem(403), "forbidden");
        app.get_as(&app.token_of("ict-cluster", Role::Viewer), &path).ok(200);
    }
    fn seats_that_are_kept_for_a_code_are_free_for_who_has_it(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 2, "registration": { "waitlist": "auto" } }));
        let codes = "/api/v1/events/digital-day/access-codes";
        app.post_as_owner(codes, &json!({ "code": "press", "reserved": 1 })).ok(201);
        person(&app, "ada", &json!({}));
        let ben = person(&app, "ben", &json!({}));
        assert_eq!(sentence(&app, &ben), "waiting: nobody ahead, no seat free at the event (1 kept for codes and invitations)");
        let two = json!({ "access_code": "press",
            "guests": [{ "attendee": { "first_name": "dan", "email": "dan@museum.example" } }] });
        let cleo = person(&app, "cleo", &two);
        assert_eq!(
            sentence(&app, &cleo),
            "waiting: 1 ahead, fewer than the 2 seats of the group free at the event (1 kept for codes and invitations); \
             smaller groups may pass"
        );
        // Two are kept from now on, and the line has not moved yet: nothing is missing for these two.
        app.app.store.write_here(uuid::Uuid::nil(), |db| {
            diesel::update(quotas::table).set((quotas::held.eq(2), quotas::capacity.eq(3))).execute(db)?;
            diesel::update(access_codes::table).set(access_codes::reserved.eq(2)).execute(db)?;
            Ok(())
        }).unwrap();
        assert_eq!(sentence(&app, &cleo), "waiting: 1 ahead");
        assert_eq!(sentence(&app, &ben), "waiting: nobody ahead, no seat free at the event (2 kept for codes and invitations)");
    }
}
