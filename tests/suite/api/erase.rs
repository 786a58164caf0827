//! What is kept about a person, and how it is forgotten.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::world_of_parts::{deed, edit, token_of_epoch, trail};
use super::{address, text};
use crate::support::{TestApp, on_both_databases};

on_both_databases! {
    fn everybody_reads_what_is_kept_about_them(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let list = app.list_of("digital-day");
        app.post_as_owner(&format!("/api/v1/check-in-lists/{list}/check-ins"), &json!({ "registration_id": ada["id"] })).ok(200);
        edit(&app, &app.token, &ada, "", &json!({ "note": "VIP" })).ok(200);
        let token = app.manage_token(&ada);
        let now = json!("2026-03-02T09:00:00Z");
        let data = app.get_as(&token, &format!("{}/data", address(&ada)));
        assert_eq!(data.header("content-disposition"), format!("attachment; filename=\"registration-{}.json\"", text(&ada, "/code")));
        let mut registration = app.get_as(&token, &address(&ada)).ok(200);
        let mut expected = json!({
            "registration": registration, "answers": {}, "consents": [],
            "messages": [{ "kind": "confirmed", "state": "queued", "created_at": now, "sent_at": null }],
            "check_ins": [{ "list_id": list, "direction": "entry", "result": "accepted", "reason": null, "occurred_at": now }],
            "audit": [
                { "deed": "registration.placed", "actor": "anonymous", "fields": [], "at": now },
                { "deed": "registration.edited", "actor": "token", "fields": ["note"], "at": now },
            ],
        });
        assert_eq!(data.ok(200), expected);
        (registration["note"], registration["tags"], registration["undeliverable"]) = (json!("VIP"), json!([]), json!(null));
        expected["registration"] = registration;
        assert_eq!(app.get_as_owner(&format!("{}/data", address(&ada))).ok(200), expected);
    }

    fn whoever_asks_is_forgotten_and_stays_a_number(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto" } }));
        let wish = json!({ "attendee": { "first_name": "Ada", "last_name": "Lovelace", "email": "ada@museum.example",
            "organization": "Analytical", "job_title": "Countess", "phone": "+352 1", "country": "LU" }, "external_ref": "crm-1",
            "note": "VIP", "tags": ["vip"] });
        let ada = app.post_as_owner("/api/v1/events/digital-day/registrations", &wish).ok(201);
        let ben = app.register("digital-day", "ben@museum.example").ok(201);
        let token = app.manage_token(&ada);
        let erased = deed(&app, &token, &ada, "erase", &json!({})).ok(200);
        let id = text(&ada, "/id");
        assert_eq!(erased, json!({
            "id": id, "code": ada["code"], "event_id": ada["event_id"], "status": "cancelled",
            "attendee": { "first_name": "erased", "last_name": null, "email": format!("erased-{id}@erased.invalid"),
                "organization": null, "job_title": null, "phone": null, "country": null },
            "ticket_type": null, "sessions": [], "group_id": null, "locale": "en", "waitlist_position": null,
            "offer_expires_at": null, "reason": null,
            "attendance": { "attended": false, "first_entry_at": null, "last_exit_at": null },
            "answers": {}, "consents": [],
            "external_ref": null, "source": "api", "via": null,
            "created_at": ada["created_at"], "updated_at": ada["updated_at"], "version": 3,
        }));
        assert_eq!(app.get_as_owner(&address(&ben)).ok(200)["status"], "confirmed");
        assert_eq!(app.get_as(&token, &address(&ada)).problem(404), "not_found");
        let again = deed(&app, &app.token, &ada, "erase", &json!({})).ok(200);
        assert_eq!((&again["version"], &again["note"], &again["tags"]), (&json!(3), &Value::Null, &json!([])));
        for path in ["registrations", "messages", "audit", "participants.csv"] {
            let body = app.get_as_owner(&format!("/api/v1/events/digital-day/{path}")).body;
            for known in ["Ada", "Lovelace", "ada@museum.example", "Analytical", "Countess", "+352 1", "crm-1", "VIP"] {
                assert!(!body.contains(known), "{known} in {body}");
            }
        }
        assert_eq!(app.get_as_owner("/api/v1/events/digital-day/registrations?q=ada").ok(200)["data"], json!([]));
        assert_eq!(trail(&app, &ada).last().unwrap(), &("registration.erased".to_owned(), json!([])));
        // Ben's two letters; none to nobody.
        assert_eq!((app.deliver_mail(), app.letters().len()), (2, 2));
        let new = token_of_epoch(&app, &ada, 2);
        for (what, body) in [("resend", json!({})), ("restore", json!({}))] {
            assert_eq!(deed(&app, &app.token, &ada, what, &body).problem(409), "erased");
        }
        assert_eq!(edit(&app, &new, &ada, "", &json!({ "attendee": { "first_name": "Ada" } })).problem(409), "erased");
    }

    fn nobody_is_forgotten_while_they_are_there(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "starts_at": "2026-03-02T10:00:00Z", "ends_at": "2026-03-02T12:00:00Z" }));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        app.advance(TimeDelta::hours(1));
        let list = app.list_of("digital-day");
        app.post_as_owner(&format!("/api/v1/check-in-lists/{list}/check-ins"), &json!({ "registration_id": ada["id"] })).ok(200);
        let token = app.manage_token(&ada);
        assert_eq!(deed(&app, &token, &ada, "erase", &json!({})).problem(409), "event_going_on");
        app.advance(TimeDelta::hours(2));
        let erased = deed(&app, &token, &ada, "erase", &json!({})).ok(200);
        assert_eq!((&erased["status"], &erased["attendance"]["attended"]), (&json!("confirmed"), &json!(true)));
        let numbers = app.get_as_owner("/api/v1/events/digital-day/statistics").ok(200);
        assert_eq!((&numbers["check_in_lists"][0]["attended"], &numbers["seats"]["taken"]), (&json!(1), &json!(1)));
    }
    fn what_was_answered_about_somebody_is_forgotten_with_them(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let person = |name: &str| json!({ "attendee": { "first_name": name, "email": format!("{name}@museum.example") } });
        let register = |key: &str, wish: &serde_json::Value| {
            let request = app.request(reqwest::Method::POST, "/api/v1/events/digital-day/registrations");
            crate::support::Answer::of(request.header("Idempotency-Key", key).json(wish))
        };
        let mut both = person("adelheid");
        both["guests"] = json!([person("benjamin")]);
        let ada = register("first", &both).ok(201);
        let cleo = register("second", &person("cleopatra")).ok(201);
        let kept = || -> Vec<String> {
            use diesel::prelude::*;
            use turnout::store::schema::idempotency_keys;
            app.app.store.read_here(|db| Ok(idempotency_keys::table.select(idempotency_keys::body).load(db)?)).unwrap()
        };
        deed(&app, &app.token, &ada["guests"][0], "erase", &json!({})).ok(200);
        assert!(kept().iter().all(|body| !body.contains("benjamin") && !body.contains("adelheid")), "{:?}", kept());
        assert_eq!(register("first", &both).problem(404), "not_found");
        assert_eq!(register("first", &person("adelheid")).problem(422), "idempotency_key_reused");
        assert_eq!(register("second", &person("cleopatra")).ok(201), cleo);
        assert_eq!(app.get_as_owner("/api/v1/events/digital-day/registrations").ok(200)["data"].as_array().unwrap().len(), 3);
        let to = json!({ "attendee": { "first_name": "dan", "email": "dan@museum.example" } });
        deed(&app, &app.token, &cleo, "transfer", &to).ok(200);
        assert!(kept().iter().all(|body| !body.contains("cleopatra")), "{:?}", kept());
    }
}
