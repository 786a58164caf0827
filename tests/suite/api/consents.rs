//! What attendees consent to.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::hosts::host;
use super::questions::{deeds, delete};
use super::{address, column, pairs, send};
use crate::support::{Answer, TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

fn add(app: &TestApp, key: &str, purpose: &str, fields: &Value) -> Answer {
    let mut text = json!({ "key": key, "purpose": purpose, "text": { "en": format!("I agree to {key}.") } });
    for (name, value) in fields.as_object().unwrap() {
        text[name] = value.clone();
    }
    app.post_as_owner(&format!("{EVENT}/consents"), &text)
}

fn register(app: &TestApp, name: &str, consents: &Value) -> Answer {
    let attendee = json!({ "first_name": name, "email": format!("{name}@museum.example") });
    app.post(&format!("{EVENT}/registrations"), &json!({ "attendee": attendee, "consents": consents, "locale": "fr" }))
}

/// Gives or withdraws a consent with a token.
fn say(app: &TestApp, token: &str, person: &Value, what: &str) -> Answer {
    app.post_as(token, &format!("{}/consents/{what}", address(person)), &json!({}))
}

fn photos(edition: i64, language: &str, given_at: &str, withdrawn_at: Option<&str>) -> Value {
    json!([{ "key": "photos", "edition": edition, "language": language, "given_at": given_at, "withdrawn_at": withdrawn_at }])
}

on_both_databases! {
    fn a_text_has_editions_and_old_ones_stay(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let made = add(&app, "photos", "photos", &json!({}));
        assert_eq!(made.ok(201), json!({ "key": "photos", "purpose": "photos", "organization": null, "edition": 1,
            "text": { "en": "I agree to photos." }, "required": false, "retired_at": null, "created_at": "2026-03-02T09:00:00Z" }));
        let path = format!("{EVENT}/consents/photos");
        let change = json!({ "text": { "en": "I agree to be in the brochure." } });
        assert_eq!(send(&app, Method::PATCH, &path, &[], &change).problem(428), "if_match_required");
        assert_eq!(send(&app, Method::PATCH, &path, &[("If-Match", "\"2\"")], &change).problem(412), "version_mismatch");
        assert_eq!(app.patch_as_owner(&path, &change).ok(200)["edition"], 2);
        assert_eq!(app.patch_as_owner(&path, &change).ok(200)["edition"], 2);
        assert_eq!(column(&app.get(&format!("{EVENT}/consents")), "/text/en"), ["I agree to be in the brochure."]);
        assert_eq!(column(&app.get(&format!("{path}/editions")), "/edition"), [2, 1]);
        assert_eq!(delete(&app, &path).status, 204);
        assert_eq!(column(&app.get(&format!("{EVENT}/consents")), "/key"), [] as [Value; 0]);
        assert_eq!(column(&app.get(&format!("{path}/editions")), "/edition"), [2, 1]);
        assert_eq!(app.patch_as_owner(&path, &json!({ "required": true })).problem(409), "consent_retired");
        assert_eq!(deeds(&app, "consent_text"), ["consent_text.added", "consent_text.revised", "consent_text.retired"]);
        assert_eq!(app.get(&format!("{EVENT}/consents/nothing/editions")).problem(404), "not_found");
        assert_eq!(app.post(&format!("{EVENT}/consents"), &json!({})).problem(401), "unauthenticated");
        let door = app.token_of("ict-cluster", Role::Door);
        assert_eq!(app.post_as(&door, &format!("{EVENT}/consents"), &json!({})).problem(403), "forbidden");
    }

    fn everything_wrong_with_a_text_is_said_at_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "languages": ["en", "lb"] }));
        assert_eq!(app.post_as_owner(&format!("{EVENT}/consents"), &json!({})).issues(),
            pairs(&[("/key", "required"), ("/purpose", "required"), ("/text", "required")]));
        assert_eq!(add(&app, "x", "photos", &json!({ "organization": "museum", "required": "yes" })).issues(),
            pairs(&[("/required", "invalid_type"), ("/organization", "not_a_host")]));
        let text = json!({ "text": { "en": "Yes", "lb": "Jo" } });
        add(&app, "photos", "photos", &text).ok(201);
        assert_eq!(add(&app, "photos", "share_with_host", &json!({})).issues(),
            pairs(&[("/key", "key_taken"), ("/organization", "organization_mismatch"), ("/text", "missing_language")]));
    }

    fn a_consent_is_given_and_withdrawn_and_never_taken_for_granted(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "languages": ["en", "fr"] }));
        add(&app, "photos", "photos", &json!({ "text": { "en": "Yes", "fr": "Oui" } })).ok(201);
        assert_eq!(register(&app, "ada", &json!(["photos", "fame"])).issues(), pairs(&[("/consents/1", "unknown_consent")]));
        let ben = register(&app, "ben", &json!([])).ok(201);
        assert_eq!(ben["consents"], json!([]));
        let ada = register(&app, "ada", &json!(["photos"])).ok(201);
        assert_eq!(ada["consents"], photos(1, "fr", "2026-03-02T09:00:00Z", None));
        let hers = app.manage_token(&ada);
        app.advance(TimeDelta::hours(1));
        for _ in 0..2 {
            let withdrawn = say(&app, &hers, &ada, "photos/withdraw").ok(200);
            assert_eq!(withdrawn["consents"], photos(1, "fr", "2026-03-02T09:00:00Z", Some("2026-03-02T10:00:00Z")));
            assert_eq!(withdrawn["version"], 2);
        }
        app.patch_as_owner(&format!("{EVENT}/consents/photos"), &json!({ "text": { "en": "Yes!", "fr": "Oui !" } })).ok(200);
        for _ in 0..2 {
            let given = say(&app, &app.token, &ada, "photos/give").ok(200);
            assert_eq!((&given["consents"], &given["version"]), (&photos(2, "fr", "2026-03-02T10:00:00Z", None), &json!(3)));
        }
        assert_eq!(deeds(&app, "consent"), ["consent.withdrawn", "consent.given"]);
        assert_eq!(say(&app, &hers, &ada, "fame/give").problem(404), "not_found");
        assert_eq!(say(&app, &hers, &ben, "photos/give").problem(404), "not_found");
        assert_eq!(app.post(&format!("{}/consents/photos/give", address(&ben)), &json!({})).problem(401), "unauthenticated");
        let viewer = app.token_of("ict-cluster", Role::Viewer);
        assert_eq!(say(&app, &viewer, &ben, "photos/give").problem(403), "forbidden");
        assert_eq!(app.get_as_owner(&format!("{EVENT}/participants.csv?columns=first_name,consent.photos")).body,
            "first_name,consent.photos\r\nben,false\r\nada,true\r\n");
        assert_eq!(delete(&app, &format!("{EVENT}/consents/photos")).status, 204);
        assert_eq!(say(&app, &hers, &ada, "photos/withdraw").ok(200)["consents"][0]["withdrawn_at"], "2026-03-02T10:00:00Z");
        assert_eq!(say(&app, &hers, &ada, "photos/give").problem(409), "consent_retired");
    }

    fn nobody_registers_without_what_is_required(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        add(&app, "terms", "other", &json!({ "required": true })).ok(201);
        assert_eq!(app.register("digital-day", "ada@museum.example").issues(), pairs(&[("/consents", "consent_required")]));
        let ada = register(&app, "ada", &json!(["terms"])).ok(201);
        assert_eq!(ada["consents"][0]["language"], "en");
        assert_eq!(say(&app, &app.manage_token(&ada), &ada, "terms/withdraw").problem(409), "consent_required");
        app.post_as_owner(&format!("{}/cancel", address(&ada)), &json!({})).ok(200);
        let withdrawn = say(&app, &app.token, &ada, "terms/withdraw").ok(200);
        assert_eq!(withdrawn["consents"][0]["withdrawn_at"], "2026-03-02T09:00:00Z");
    }

    fn a_host_gets_those_who_share_with_it(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        for slug in ["museum", "cinema"] {
            host(&app, slug, "co_host", "full");
        }
        let (museum, cinema) = (app.token_of("museum", Role::Owner), app.token_of("cinema", Role::Owner));
        let with = json!({ "organization": "museum" });
        assert_eq!(add(&app, "share", "share_with_host", &with).ok(201)["organization"], "museum");
        let ada = register(&app, "ada", &json!(["share"])).ok(201);
        register(&app, "ben", &json!([])).ok(201);
        let cleo = register(&app, "cleo", &json!(["share"])).ok(201);
        say(&app, &app.manage_token(&cleo), &cleo, "share/withdraw").ok(200);
        let seen = |token: &str| {
            let names = |file: &str| {
                let file = app.get_as(token, &format!("{EVENT}/{file}?columns=first_name"));
                assert_eq!(file.status, 200, "{}", file.body);
                file.body.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
            };
            let list = column(&app.get_as(token, &format!("{EVENT}/registrations")), "/attendee/first_name");
            assert_eq!(names("participants.csv"), names("attendance.csv"));
            assert_eq!(json!(list), json!(names("participants.csv")));
            names("participants.csv")
        };
        assert_eq!(seen(&museum), ["ada"]);
        assert_eq!(seen(&cinema), ["ada", "ben", "cleo"]);
        assert_eq!(seen(&app.token), ["ada", "ben", "cleo"]);
        let trail = app.get_as_owner(&format!("{EVENT}/audit?deed=export.participants")).ok(200);
        let told: Vec<(Value, Value)> = trail["data"].as_array().unwrap().iter().map(|row| {
            let of = |name: &str| row["changes"].as_array().unwrap().iter().find(|change| change["field"] == name).unwrap()["after"].clone();
            (of("organization"), of("filter"))
        }).collect();
        assert_eq!(told.last().unwrap(), &(json!("museum"), json!({ "consented": ["share"] })));
        assert_eq!(told.first().unwrap(), &(json!("ict-cluster"), json!({})));
        // Whoever shared can stop; whoever asked them no more does not get everybody.
        say(&app, &app.manage_token(&ada), &ada, "share/withdraw").ok(200);
        assert_eq!(delete(&app, &format!("{EVENT}/consents/share")).status, 204);
        assert_eq!(seen(&museum), [] as [&str; 0]);
    }
    fn a_host_by_consent_sees_nobody_else_anywhere(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "registration": { "approval": true } }));
        host(&app, "museum", "co_host", "full");
        let museum = app.token_of("museum", Role::Owner);
        add(&app, "share", "share_with_host", &json!({ "organization": "museum" })).ok(201);
        let ada = register(&app, "ada", &json!(["share"])).ok(201);
        let wish = |name: &str, guests: Value| json!({ "guests": guests,
            "attendee": { "first_name": name, "email": format!("{name}@museum.example") } });
        let cleo = json!([{ "attendee": { "first_name": "cleo", "email": "cleo@museum.example" }, "consents": ["share"] }]);
        let ben = app.post(&format!("{EVENT}/registrations"), &wish("ben", cleo)).ok(201);
        let cleo = &ben["guests"][0];
        let known = |one: &Value| one["id"].as_str().unwrap().to_owned();
        let read = |one: &Value, what: &str| app.get_as(&museum, &format!("{}{what}", address(one)));
        for what in ["", "/explain", "/data", "/ticket", "/ticket.svg", "/calendar.ics"] {
            assert_eq!(read(&ben, what).problem(404), "not_found", "{what}");
            assert_ne!(read(&ada, what).status, 404, "{what}");
        }
        let members = read(cleo, "/group").ok(200)["members"].clone();
        assert_eq!(members.as_array().unwrap().iter().map(known).collect::<Vec<_>>(), [known(cleo)]);
        let write = |one: &Value, what: &str| app.post_as(&museum, &format!("{}/{what}", address(one)), &json!({}));
        for what in ["approve", "reject", "verify", "cancel", "restore", "resend", "erase", "accept", "consents/share/give"] {
            assert_eq!(write(&ben, what).problem(404), "not_found", "{what}");
        }
        let patch = app.request(reqwest::Method::PATCH, &address(&ben)).bearer_auth(&museum).header("If-Match", "*");
        assert_eq!(Answer::of(patch.json(&json!({ "note": "x" }))).problem(404), "not_found");
        for (what, body) in [
            ("approve", json!({})), ("reject", json!({})), ("bulk", json!({ "deed": "cancel" })),
        ] {
            let mut body = body;
            body["ids"] = json!([ben["id"], uuid::Uuid::nil()]);
            let results = app.post_as(&museum, &format!("{EVENT}/registrations/{what}"), &body).ok(200)["results"].clone();
            let told = |n: usize| (results[n]["code"].clone(), results[n]["detail"].clone());
            assert_eq!((told(0), told(0).0), (told(1), json!("not_found")), "{what}");
        }
        assert_eq!(app.get_as_owner(&address(&ben)).ok(200)["status"], "pending_approval");
        for one in [&ada, &ben, cleo] {
            app.post_as_owner(&format!("{}/approve", address(one)), &json!({})).ok(200);
        }
        let letters = app.get_as(&museum, &format!("{EVENT}/messages?limit=500")).ok(200);
        let about: Vec<Value> = column(&app.get_as(&museum, &format!("{EVENT}/messages?limit=500")), "/recipient");
        assert!(about.iter().all(|to| to != "ben@museum.example") && about.len() == 4, "{letters}");
        let hers = app.get_as_owner(&format!("{EVENT}/messages?limit=500")).ok(200)["data"].clone();
        let his = hers.as_array().unwrap().iter().find(|row| row["registration_id"] == ben["id"]).unwrap().clone();
        let retry = format!("/api/v1/messages/{}/retry", his["id"].as_str().unwrap());
        assert_eq!(app.post_as(&museum, &retry, &json!({})).problem(404), "not_found");
        // At the door whoever has a ticket comes in, by whoever holds it; their name is theirs.
        let list = app.list_of("digital-day");
        let scan = |one: &Value| app.post_as(&museum, &format!("/api/v1/check-in-lists/{list}/check-ins"),
            &json!({ "registration_id": one["id"] })).ok(200);
        let (seen, unseen) = (scan(&ada), scan(&ben));
        assert_eq!((&seen["result"], &seen["registration"]["name"]), (&json!("accepted"), &json!("ada")));
        assert_eq!((&unseen["result"], &unseen["registration"]), (&json!("accepted"), &Value::Null));
        let log = column(&app.get_as(&museum, &format!("/api/v1/check-in-lists/{list}/check-ins")), "/registration_id");
        assert_eq!(log, [ada["id"].clone()]);
        let annul = format!("/api/v1/check-ins/{}/annul", unseen["check_in_id"].as_str().unwrap());
        assert_eq!(app.post_as(&museum, &annul, &json!({ "reason": "x" })).problem(404), "not_found");
        // Somebody of the same name is no hint to who does not see them.
        let namesake = json!({ "attendee": { "first_name": "ada", "email": "other@museum.example" } });
        let other = app.post(&format!("{EVENT}/registrations"), &namesake).ok(201);
        assert_eq!(read(&ada, "").ok(200)["possible_duplicates"], json!([]));
        assert_eq!(app.get_as_owner(&address(&ada)).ok(200)["possible_duplicates"], json!([other["id"]]));
    }
}
