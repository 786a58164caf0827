//! Registrations are changed by their attendees and by organizers.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::world_of_parts::{deed, edit, register_with, session, ticket_type, token_of_epoch, trail};
use super::{address, messages, pairs, text};
use crate::support::{Answer, TestApp, on_both_databases};
use turnout::organizations::Role;

fn change(field: &str, before: &Value, after: &Value) -> Value {
    json!({ "field": field, "before": before, "after": after })
}

fn taken(app: &TestApp) -> Value {
    app.get("/api/v1/events/digital-day").ok(200)["seats"]["taken"].clone()
}

on_both_databases! {
    fn an_attendee_changes_what_is_theirs_and_is_told_what_the_letter_tells(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let token = app.manage_token(&ada);
        let fields = json!({ "attendee": { "first_name": "Ada", "last_name": "Lovelace", "organization": "Analytical",
            "job_title": "Countess", "phone": "+352 1", "country": "gb" }, "locale": "fr" });
        let changed = edit(&app, &token, &ada, "", &fields).ok(200);
        let mut expected = ada.clone();
        expected["attendee"] = json!({ "first_name": "Ada", "last_name": "Lovelace", "email": "ada@museum.example",
            "organization": "Analytical", "job_title": "Countess", "phone": "+352 1", "country": "GB" });
        expected["locale"] = json!("fr");
        expected["version"] = json!(2);
        assert_eq!(changed, expected);
        assert_eq!(edit(&app, &token, &ada, "", &fields).ok(200)["version"], 2, "nothing changes twice");
        let emptied = edit(&app, &token, &ada, "", &json!({ "attendee": { "phone": null, "country": null } })).ok(200);
        assert_eq!((&emptied["attendee"]["phone"], &emptied["attendee"]["country"]), (&Value::Null, &Value::Null));
        assert_eq!(messages(&app, "digital-day"), pairs(&[
            ("confirmed", "ada@museum.example"), ("changed", "ada@museum.example"),
        ]));
        let null = Value::Null;
        assert_eq!(trail(&app, &ada), [
            ("registration.placed".to_owned(), json!([])),
            ("registration.edited".to_owned(), json!([
                change("locale", &json!("en"), &json!("fr")), change("attendee.first_name", &null, &null),
                change("attendee.last_name", &null, &null), change("attendee.organization", &null, &null),
                change("attendee.job_title", &null, &null), change("attendee.phone", &null, &null),
                change("attendee.country", &null, &null),
            ])),
            ("registration.edited".to_owned(), json!([
                change("attendee.phone", &null, &null), change("attendee.country", &null, &null),
            ])),
        ]);
        let found = app.get_as_owner("/api/v1/events/digital-day/registrations?q=lovelace+analytical").ok(200);
        assert_eq!(found["data"][0]["id"], ada["id"]);
    }

    fn what_is_the_organizers_an_attendee_does_not_change(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let token = app.manage_token(&ada);
        let fields = json!({ "attendee": { "first_name": "", "email": "x@museum.example" }, "ticket_type": null, "external_ref": "1",
            "note": "n", "tags": [], "via": null, "code": "ABCDEFGH", "locale": null, "sessions": ["x"] });
        assert_eq!(edit(&app, &token, &ada, "", &fields).issues(), pairs(&[
            ("/code", "unknown_field"),
            ("/attendee/email", "organizers_only"), ("/ticket_type", "organizers_only"), ("/external_ref", "organizers_only"),
            ("/note", "organizers_only"), ("/via", "organizers_only"), ("/tags", "organizers_only"),
            ("/attendee/first_name", "required"), ("/locale", "required"), ("/sessions", "invalid_id"),
        ]));
        let name = json!({ "attendee": { "first_name": "Ada" } });
        for query in ["?force=true", "?silent=true"] {
            assert_eq!(edit(&app, &token, &ada, query, &name).problem(403), "forbidden");
        }
        assert_eq!(app.get_as(&token, &address(&ada)).ok(200), ada);
    }

    fn an_organizer_changes_everything(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let old = app.manage_token(&ada);
        let fields = json!({ "attendee": { "email": "countess@museum.example" }, "external_ref": "crm-1", "note": "VIP",
            "tags": ["vip", "press", "vip"], "via": "ict-cluster" });
        let changed = edit(&app, &app.token, &ada, "", &fields).ok(200);
        assert_eq!((&changed["attendee"]["email"], &changed["external_ref"], &changed["note"], &changed["tags"], &changed["via"]),
            (&json!("countess@museum.example"), &json!("crm-1"), &json!("VIP"), &json!(["vip", "press"]), &json!("ict-cluster")));
        assert_eq!(messages(&app, "digital-day"), pairs(&[
            ("confirmed", "ada@museum.example"), ("changed", "countess@museum.example"),
        ]));
        assert_eq!(app.deliver_mail(), 1, "what was not sent to the old address is withdrawn");
        assert_eq!(app.get_as(&old, &address(&ada)).problem(404), "not_found");
        let seen = app.get_as(&token_of_epoch(&app, &ada, 2), &address(&ada)).ok(200);
        assert_eq!((seen.get("note"), seen.get("tags"), seen.get("possible_duplicates")), (None, None, None));
        let owner = app.get_as_owner(&address(&ada)).ok(200);
        assert_eq!((&owner["note"], &owner["tags"], &owner["possible_duplicates"]), (&json!("VIP"), &json!(["vip", "press"]), &json!([])));
        app.register("digital-day", "ada@museum.example").ok(201);
        let clash = edit(&app, &app.token, &ada, "", &json!({ "attendee": { "email": "ADA@museum.example" } }));
        assert_eq!(clash.problem(409), "already_registered");
        let wrong = json!({ "attendee": { "email": "x" }, "via": "nobody", "tags": ["A B"], "ticket_type": "x", "note": 1 });
        assert_eq!(edit(&app, &app.token, &ada, "", &wrong).issues(), pairs(&[
            ("/via", "not_a_host"), ("/attendee/email", "invalid_email"), ("/ticket_type", "invalid_id"), ("/note", "invalid_type"),
            ("/tags/0", "invalid_slug"),
        ]));
        let silent = edit(&app, &app.token, &ada, "?silent=true", &json!({ "attendee": { "first_name": "Countess" } }));
        assert_eq!(silent.ok(200)["attendee"]["first_name"], "Countess");
        assert_eq!(messages(&app, "digital-day").len(), 3);
    }

    fn a_change_says_which_version_it_changes(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let send = |version: Option<&str>| {
            let request = app.request(Method::PATCH, &address(&ada)).bearer_auth(&app.token);
            let request = version.into_iter().fold(request, |request, version| request.header("If-Match", version));
            Answer::of(request.json(&json!({ "note": "x" })))
        };
        assert_eq!(send(None).problem(428), "if_match_required");
        assert_eq!(send(Some("\"7\"")).problem(412), "version_mismatch");
        assert_eq!(send(Some("\"1\"")).ok(200)["version"], 2);
    }

    fn strangers_change_nothing(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let ben = app.register("digital-day", "ben@museum.example").ok(201);
        let name = json!({ "attendee": { "first_name": "X" } });
        let anonymous = app.request(Method::PATCH, &address(&ada)).header("If-Match", "*").json(&name);
        assert_eq!(Answer::of(anonymous).problem(401), "unauthenticated");
        let stranger = app.organization_with_token("Other", "other", Role::Owner);
        let viewer = app.token_of("ict-cluster", Role::Viewer);
        for (token, status) in [(&app.manage_token(&ben), 404), (&stranger, 404), (&viewer, 403)] {
            edit(&app, token, &ada, "", &name).problem(status);
            deed(&app, token, &ada, "resend", &json!({})).problem(status);
            deed(&app, token, &ada, "restore", &json!({})).problem(status);
            deed(&app, token, &ada, "erase", &json!({})).problem(status);
            let person = json!({ "attendee": { "first_name": "X", "email": "x@museum.example" } });
            deed(&app, token, &ada, "transfer", &person).problem(status);
        }
        for token in [&app.manage_token(&ben), &stranger] {
            assert_eq!(app.get_as(token, &format!("{}/data", address(&ada))).problem(404), "not_found");
        }
        assert_eq!(app.get(&format!("{}/data", address(&ada))).problem(401), "unauthenticated");
        assert_eq!(app.get_as_owner(&address(&ada)).ok(200)["version"], 1);
    }

    fn attendees_change_until_the_deadline_and_organizers_behind_it(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "starts_at": "2026-03-02T10:00:00Z", "ends_at": "2026-03-02T12:00:00Z" }));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let token = app.manage_token(&ada);
        app.advance(TimeDelta::hours(1) - TimeDelta::microseconds(1));
        edit(&app, &token, &ada, "", &json!({ "attendee": { "phone": "1" } })).ok(200);
        app.advance(TimeDelta::microseconds(1));
        assert_eq!(edit(&app, &token, &ada, "", &json!({ "attendee": { "phone": "2" } })).problem(409), "edit_closed");
        edit(&app, &app.token, &ada, "", &json!({ "attendee": { "phone": "2" } })).ok(200);
        deed(&app, &app.token, &ada, "cancel", &json!({})).ok(200);
    }

    fn other_sessions_move_the_seats_all_or_none(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 10 }));
        let morning = session(&app, "Morning", ("08:00", "10:00"), Some(1));
        let noon = session(&app, "Noon", ("11:00", "12:00"), Some(1));
        let beside = session(&app, "Beside", ("09:00", "11:00"), None);
        let ada = register_with(&app, "ada", &json!({ "sessions": [morning] })).ok(201);
        let ben = register_with(&app, "ben", &json!({ "sessions": [noon] })).ok(201);
        let (ada_token, ben_token) = (app.manage_token(&ada), app.manage_token(&ben));
        assert_eq!(ada["sessions"], json!([morning]));
        let full = edit(&app, &ada_token, &ada, "", &json!({ "sessions": [beside, noon] }));
        assert_eq!((full.problem(409), text(&full.ok(409), "/detail")),
            ("sold_out".to_owned(), "every seat of Noon is taken".to_owned()));
        let overlap = edit(&app, &ada_token, &ada, "", &json!({ "sessions": [morning, beside] }));
        assert_eq!(overlap.issues(), pairs(&[("/sessions", "sessions_overlap")]));
        let unknown = edit(&app, &ada_token, &ada, "", &json!({ "sessions": [ada["id"]], "attendee": { "phone": "1" } }));
        assert_eq!(unknown.issues(), pairs(&[("/sessions/0", "unknown_session")]));
        let ben = edit(&app, &ben_token, &ben, "", &json!({ "sessions": [beside] })).ok(200);
        assert_eq!(ben["sessions"], json!([beside]));
        assert_eq!(edit(&app, &ada_token, &ada, "", &json!({ "sessions": [noon] })).ok(200)["sessions"], json!([noon]));
        let forced = edit(&app, &app.token, &ben, "?force=true", &json!({ "sessions": [noon] })).ok(200);
        assert_eq!((&forced["sessions"], taken(&app)), (&json!([noon]), json!(2)));
        assert_eq!(trail(&app, &ben)[1].1, json!([change("sessions", &json!([noon]), &json!([beside]))]));
        assert_eq!(messages(&app, "digital-day").iter().filter(|(kind, _)| kind == "changed").count(), 3);
    }

    fn another_ticket_type_brings_its_sessions_and_keeps_those_that_were_chosen(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (one, two) = (session(&app, "Day 1", ("08:00", "09:00"), None), session(&app, "Day 2", ("09:00", "10:00"), None));
        let extra = session(&app, "Workshop", ("11:00", "12:00"), None);
        let first = ticket_type(&app, "First day", &[&one], Some(1), false);
        let second = ticket_type(&app, "Second day", &[&two], Some(1), true);
        assert_eq!(register_with(&app, "ada", &json!({ "ticket_type": second })).issues(), pairs(&[("/ticket_type", "unknown_ticket_type")]));
        let ada = register_with(&app, "ada", &json!({ "ticket_type": first, "sessions": [extra] })).ok(201);
        assert_eq!(ada["ticket_type"], json!({ "id": first, "name": "First day" }));
        let moved = edit(&app, &app.token, &ada, "", &json!({ "ticket_type": second })).ok(200);
        assert_eq!((&moved["ticket_type"], &moved["sessions"]), (&json!({ "id": second, "name": "Second day" }), &json!([two, extra])));
        let ben = register_with(&app, "ben", &json!({ "ticket_type": first })).ok(201);
        let full = edit(&app, &app.token, &ben, "", &json!({ "ticket_type": second }));
        assert_eq!(text(&full.ok(409), "/detail"), "every seat of Second day is taken");
        assert_eq!(edit(&app, &app.token, &ben, "", &json!({ "ticket_type": null })).issues(), pairs(&[("/ticket_type", "required")]));
        // Who has a hidden type keeps it when they change their sessions.
        let kept = edit(&app, &app.manage_token(&ada), &ada, "", &json!({ "sessions": [] })).ok(200);
        assert_eq!((&kept["ticket_type"]["id"], &kept["sessions"]), (&json!(second), &json!([two])));
    }

    fn who_waits_for_what_somebody_leaves_moves_up(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "registration": { "waitlist": "auto" } }));
        let small = session(&app, "Small", ("08:00", "09:00"), Some(1));
        let large = session(&app, "Large", ("09:00", "10:00"), None);
        let ada = register_with(&app, "ada", &json!({ "sessions": [small] })).ok(201);
        let ben = register_with(&app, "ben", &json!({ "sessions": [small] })).ok(201);
        let cleo = register_with(&app, "cleo", &json!({ "sessions": [small] })).ok(201);
        assert_eq!((&ben["status"], &cleo["status"]), (&json!("waitlisted"), &json!("waitlisted")));
        // Who wants something else than what is full waits no longer.
        let moved = edit(&app, &app.manage_token(&cleo), &cleo, "", &json!({ "sessions": [large] })).ok(200);
        assert_eq!(moved["status"], "confirmed");
        edit(&app, &app.manage_token(&ada), &ada, "", &json!({ "sessions": [large] })).ok(200);
        assert_eq!(app.get_as_owner(&address(&ben)).ok(200)["status"], "confirmed");
        app.deliver_mail();
        let letters = app.letters();
        assert_eq!(letters.iter().filter(|letter| letter.contains("Subject: Changed")).count(), 0);
    }
}
