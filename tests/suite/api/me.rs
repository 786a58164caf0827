//! Who am I?

use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::sign_in::deeds;
use crate::support::{Answer, PASSWORD, TestApp, on_both_databases};

const CAMILLE: &str = "camille@museum.example";

on_both_databases! {
    fn everybody_learns_who_they_are(database: Database) {
        let app = TestApp::start(database);
        let session = app.member("ict-cluster", CAMILLE, Role::Viewer);
        let me = app.get_with(&session, "/api/v1/me").ok(200);
        let account = me["account"]["id"].as_str().unwrap();
        let organization = me["memberships"][0]["organization"]["id"].as_str().unwrap();
        assert_eq!(me, json!({
            "kind": "member",
            "account": { "id": account, "email": CAMILLE, "name": "camille", "language": "en", "second_factor": false, "version": 1 },
            "token": null,
            "device": null,
            "registration_id": null,
            "memberships": [{
                "organization": { "id": organization, "slug": "ict-cluster", "name": "Luxembourg ICT Cluster" },
                "event": null, "role": "viewer", "permissions": ["see_organization", "read_organization", "read_hosting", "read_organization_messages"],
            }],
        }));
        let token = app.get_as_owner("/api/v1/me").ok(200);
        assert_eq!((&token["kind"], &token["token"]["name"], &token["account"]), (&json!("token"), &json!("test"), &Value::Null));
        assert_eq!(token["memberships"][0]["role"], "owner");
        app.published_event(&json!({}));
        let registration = app.register("digital-day", "ada@museum.example").ok(201);
        let attendee = app.get_as(&app.manage_token(&registration), "/api/v1/me").ok(200);
        assert_eq!((&attendee["kind"], &attendee["registration_id"]), (&json!("attendee"), &registration["id"]));
        assert_eq!(app.get("/api/v1/me").problem(401), "unauthenticated");
    }

    fn a_member_does_what_their_role_allows(database: Database) {
        let app = TestApp::start(database);
        let (editor, viewer) =
            (app.member("ict-cluster", CAMILLE, Role::Editor), app.member("ict-cluster", "jos@museum.example", Role::Viewer));
        let event = json!({ "title": "Night", "starts_at": "2026-06-08T09:00:00+02:00", "ends_at": "2026-06-08T17:00:00+02:00" });
        assert_eq!(app.post_with(&viewer, "/api/v1/events", &event).problem(403), "forbidden");
        assert_eq!(app.post_with(&editor, "/api/v1/events", &event).status, 201);
        assert_eq!(app.get_with(&viewer, "/api/v1/events/night").status, 200);
        assert_eq!(app.get("/api/v1/events/night").status, 404);
    }

    fn people_change_their_name_and_language(database: Database) {
        let app = TestApp::start(database);
        let session = app.member("ict-cluster", CAMILLE, Role::Viewer);
        let patch = |body: &Value| Answer::of(app.request_with(&session, Method::PATCH, "/api/v1/me").json(body));
        let me = patch(&json!({ "name": "Camille Weber", "language": "fr-LU" })).ok(200);
        assert_eq!((&me["account"]["name"], &me["account"]["language"]), (&json!("Camille Weber"), &json!("fr")));
        assert_eq!(me, app.get_with(&session, "/api/v1/me").ok(200));
        let wrong = patch(&json!({ "name": null, "language": "xx", "email": "a@b.example" }));
        let expected = [("/email", "unknown_field"), ("/name", "required"), ("/language", "unknown_value")];
        assert_eq!(wrong.issues(), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        let stale = app.request_with(&session, Method::PATCH, "/api/v1/me").header("If-Match", "\"1\"").json(&json!({ "name": "C" }));
        assert_eq!(Answer::of(stale).problem(412), "version_mismatch");
        assert_eq!(deeds(&app), ["sign_in.begun", "account.revised"]);
    }

    fn whoever_chooses_another_password_signs_out_elsewhere(database: Database) {
        let app = TestApp::start(database);
        let session = app.member("ict-cluster", CAMILLE, Role::Viewer);
        let elsewhere = app.sign_in(CAMILLE, PASSWORD).cookie("turnout_session");
        let choose = |current: &str, password: &str| {
            app.post_with(&session, "/api/v1/me/password", &json!({ "current_password": current, "password": password }))
        };
        let issue = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
        assert_eq!(choose("wrong", "Moselle-Kachkéis 14").issues(), issue("/current_password", "wrong_password"));
        assert_eq!(choose(PASSWORD, "short").issues(), issue("/password", "password_too_short"));
        assert_eq!(choose(PASSWORD, CAMILLE).issues(), issue("/password", "password_is_address"));
        assert_eq!(choose(PASSWORD, "password1234").issues(), issue("/password", "password_well_known"));
        assert_eq!(app.get_with(&elsewhere, "/api/v1/me").status, 200);
        assert_eq!(choose(PASSWORD, "Moselle-Kachkéis 14").status, 204);
        let status = |session: &str| app.get_with(session, "/api/v1/me").status;
        assert_eq!((status(&session), status(&elsewhere)), (200, 401));
        assert_eq!(app.sign_in(CAMILLE, PASSWORD).problem(401), "sign_in_failed");
        assert_eq!(app.sign_in(CAMILLE, "Moselle-Kachkéis 14").status, 201);
        let expected = ["sign_in.begun", "sign_in.begun", "account.password_chosen", "sign_in.failed", "sign_in.begun"];
        assert_eq!(deeds(&app), expected);
    }
}
