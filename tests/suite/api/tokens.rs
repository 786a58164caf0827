//! API tokens: issued, bounded, ended.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::{column, pairs, send, text};
use crate::support::{Answer, SecondInstance, TestApp, on_both_databases};

const TOKENS: &str = "/api/v1/organizations/ict-cluster/tokens";
const ALL: [&str; 8] = [
    "events:read",
    "events:write",
    "registrations:read",
    "registrations:write",
    "check_ins:write",
    "exports:read",
    "messages:write",
    "members:write",
];

fn issue(app: &TestApp, wish: &Value) -> Value {
    app.post_as_owner(TOKENS, wish).ok(201)
}

fn revoke(app: &TestApp, by: &str, id: &str) -> Answer {
    Answer::of(app.request(Method::DELETE, &format!("{TOKENS}/{id}")).bearer_auth(by))
}

on_both_databases! {
    fn a_token_is_shown_once_and_listed_without_its_text(database: Database) {
        let app = TestApp::start(database);
        let event = app.drafted_event(&json!({}));
        let issued = app.post_as_owner(TOKENS, &json!({
            "name": "Scanner at the door", "role": "door", "scopes": ["check_ins:write", "events:read"],
            "events": ["digital-day", event["id"]], "expires_at": "2026-06-09T00:00:00+02:00",
        }));
        let mut token = issued.ok(201);
        let id = text(&token, "/id");
        assert_eq!(issued.header("location"), format!("/api/v1/organizations/{}/tokens/{id}",
            text(&app.get_as_owner("/api/v1/organizations/ict-cluster").ok(200), "/id")));
        let text = token.as_object_mut().unwrap().remove("token").unwrap();
        assert_eq!(app.get_as(text.as_str().unwrap(), "/api/v1/events/digital-day").status, 200);
        assert_eq!(token, json!({
            "id": id, "name": "Scanner at the door", "role": "door", "scopes": ["events:read", "check_ins:write"],
            "events": [event["id"]], "expires_at": "2026-06-08T22:00:00Z", "last_used_at": null,
            "created_at": "2026-03-02T09:00:00Z", "issued_by": null, "revoked_at": null, "version": 1,
        }));
        let listed = app.get_as_owner(TOKENS).ok(200);
        assert_eq!(listed["data"][1], token);
        assert!(!listed.to_string().contains(text.as_str().unwrap()));
        let read = app.get_as_owner(&issued.header("location"));
        assert_eq!(read.ok(200), token);
        let known = app.request(Method::GET, &issued.header("location")).bearer_auth(&app.token);
        assert_eq!(Answer::of(known.header("If-None-Match", read.header("etag"))).status, 304);
    }

    fn a_token_of_which_nothing_is_said_may_what_its_owner_may(database: Database) {
        let app = TestApp::start(database);
        let token = issue(&app, &json!({ "name": "everything" }));
        assert_eq!((&token["role"], &token["scopes"], &token["events"], &token["expires_at"]),
            (&json!("owner"), &json!(ALL), &json!(null), &json!(null)));
    }

    fn an_owner_who_mistypes_fields_is_told_all_of_them(database: Database) {
        let app = TestApp::start(database);
        let museum = app.organization_with_token("Musée national", "museum", Role::Owner);
        let other = json!({ "title": "Other", "starts_at": "2026-06-07T07:00:00Z", "ends_at": "2026-06-07T15:00:00Z" });
        app.post_as(&museum, "/api/v1/events", &other).ok(201);
        app.drafted_event(&json!({}));
        let wrong = json!({
            "name": " ", "role": "king", "scopes": ["events:read", "everything"],
            "events": ["digital-day", "other", "nothing"], "expires_at": "2026-03-02T09:00:00Z", "colour": "red",
        });
        assert_eq!(app.post_as_owner(TOKENS, &wrong).issues(), pairs(&[
            ("/colour", "unknown_field"), ("/name", "required"), ("/role", "unknown_value"), ("/scopes/1", "unknown_value"),
            ("/events/1", "unknown_event"), ("/events/2", "unknown_event"), ("/expires_at", "in_the_past"),
        ]));
        let empty = json!({ "scopes": [], "events": [], "expires_at": "tomorrow" });
        assert_eq!(app.post_as_owner(TOKENS, &empty).issues(), pairs(&[
            ("/name", "required"), ("/scopes", "required"), ("/events", "required"), ("/expires_at", "invalid_time"),
        ]));
        assert_eq!(column(&app.get_as_owner(TOKENS), "/name"), [json!("test")]);
    }

    fn only_an_owner_issues_reads_and_revokes_tokens(database: Database) {
        let app = TestApp::start(database);
        let id = text(&issue(&app, &json!({ "name": "mine" })), "/id");
        for role in [Role::Editor, Role::Door, Role::Viewer] {
            let token = app.token_of("ict-cluster", role);
            assert_eq!(app.get_as(&token, TOKENS).problem(403), "forbidden");
            assert_eq!(app.post_as(&token, TOKENS, &json!({ "name": "mine" })).problem(403), "forbidden");
            assert_eq!(revoke(&app, &token, &id).problem(403), "forbidden");
        }
        let museum = app.organization_with_token("Musée national", "museum", Role::Owner);
        assert_eq!(revoke(&app, &museum, &id).problem(404), "not_found");
        let elsewhere = format!("/api/v1/organizations/museum/tokens/{id}");
        assert_eq!(Answer::of(app.request(Method::DELETE, &elsewhere).bearer_auth(&museum)).problem(404), "not_found");
    }

    fn a_program_gives_no_more_than_it_was_given(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({}));
        let bounded = json!({ "name": "bounded", "scopes": ["members:write", "events:read"], "expires_at": "2026-04-01T00:00:00Z" });
        let bounded = text(&issue(&app, &bounded), "/token");
        let by_it = |wish: Value| app.post_as(&bounded, TOKENS, &wish);
        let child = by_it(json!({ "name": "child" })).ok(201);
        assert_eq!((&child["role"], &child["scopes"], &child["expires_at"]),
            (&json!("owner"), &json!(["events:read", "members:write"]), &json!("2026-04-01T00:00:00Z")));
        let less = json!({ "name": "less", "role": "viewer", "scopes": ["events:read"], "expires_at": "2026-03-03T00:00:00Z" });
        assert_eq!(by_it(less).ok(201)["scopes"], json!(["events:read"]));
        for more in [
            json!({ "name": "more", "scopes": ["events:read", "exports:read"] }),
            json!({ "name": "longer", "expires_at": "2026-04-01T00:00:01Z" }),
        ] {
            assert_eq!(by_it(more).problem(403), "forbidden");
        }
        let few = text(&issue(&app, &json!({ "name": "few", "events": ["digital-day"] })), "/token");
        assert_eq!(app.post_as(&few, TOKENS, &json!({ "name": "child" })).problem(403), "forbidden");
        let reader = text(&issue(&app, &json!({ "name": "reader", "scopes": ["events:read"] })), "/token");
        assert_eq!(app.post_as(&reader, TOKENS, &json!({ "name": "child" })).problem(403), "scope_required");
    }

    fn a_program_learns_which_scope_it_lacks(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let token = |scopes: Value, role: &str| {
            text(&issue(&app, &json!({ "name": "bounded", "role": role, "scopes": scopes })), "/token")
        };
        let says = |answer: Answer| {
            assert_eq!(answer.problem(403), "scope_required");
            text(&answer.ok(403), "/detail")
        };
        let reader = token(json!(["registrations:read"]), "owner");
        assert_eq!(says(app.post_as(&reader, "/api/v1/events/digital-day/cancel", &json!({}))),
            "this token has no scope for that: it needs events:write");
        assert_eq!(says(app.get_as(&reader, "/api/v1/organizations")),
            "this token has no scope for that: it needs events:read or members:write");
        assert_eq!(says(app.get_as(&reader, TOKENS)), "this token has no scope for that: it needs members:write");
        // What no scope would give is a matter of the role.
        let door = token(json!(["registrations:read"]), "door");
        assert_eq!(app.post_as(&door, "/api/v1/events/digital-day/cancel", &json!({})).problem(403), "forbidden");
    }

    fn a_token_that_was_revoked_ends_on_the_next_request_at_every_instance(database: Database) {
        let app = TestApp::start(database);
        let second = SecondInstance::of(&app);
        let token = issue(&app, &json!({ "name": "short-lived" }));
        let (id, bearer) = (text(&token, "/id"), text(&token, "/token"));
        let statuses = || [&app.address, &second.address].map(|address| {
            let request = app.client.get(format!("{address}/api/v1/organizations")).bearer_auth(&bearer);
            Answer::of(request).status
        });
        assert_eq!(statuses(), [200, 200]);
        app.advance(TimeDelta::minutes(5));
        assert_eq!(revoke(&app, &app.token, &id).status, 204);
        assert_eq!(statuses(), [401, 401]);
        assert_eq!(revoke(&app, &app.token, &id).status, 204);
        assert_eq!(column(&app.get_as_owner(TOKENS), "/revoked_at"), [json!(null), json!("2026-03-02T09:05:00Z")]);
    }

    fn a_token_says_which_owner_stands_behind_it(database: Database) {
        let app = TestApp::start(database);
        let jos = app.member("ict-cluster", "jos@ict.example", Role::Owner);
        let own = app.post_with(&jos, TOKENS, &json!({ "name": "own" })).ok(201);
        let issuer = json!({ "id": app.account("jos@ict.example").to_string(), "name": "jos" });
        assert_eq!(own["issued_by"], issuer);
        // Who issued a program stands behind what the program issues.
        let child = app.post_as(&text(&own, "/token"), TOKENS, &json!({ "name": "child" })).ok(201);
        assert_eq!(child["issued_by"], issuer);
        assert_eq!(column(&app.get_as_owner(TOKENS), "/issued_by"), [json!(null), issuer.clone(), issuer]);
    }

    fn the_tokens_of_an_owner_end_with_their_part(database: Database) {
        let app = TestApp::start(database);
        let second = SecondInstance::of(&app);
        let members = "/api/v1/organizations/ict-cluster/members";
        let membership = |email: &str| {
            let list = app.get_as_owner(members).ok(200);
            let rows = list["data"].as_array().unwrap().clone();
            let row = rows.into_iter().find(|row| row["account"]["email"] == email).unwrap();
            format!("{members}/{}", text(&row, "/id"))
        };
        app.organization_with_token("Museum", "museum", Role::Owner);
        let (jos, ada) = (app.member("ict-cluster", "jos@ict.example", Role::Owner), app.member("ict-cluster", "ada@ict.example", Role::Owner));
        app.member("museum", "jos@ict.example", Role::Owner);
        app.member("ict-cluster", "last@ict.example", Role::Owner);
        let token = |session: &str, organization: &str, name: &str| {
            let tokens = format!("/api/v1/organizations/{organization}/tokens");
            text(&app.post_with(session, &tokens, &json!({ "name": name })).ok(201), "/token")
        };
        let (of_jos, of_ada) = (token(&jos, "ict-cluster", "of Jos"), token(&ada, "ict-cluster", "of Ada"));
        let elsewhere = token(&jos, "museum", "elsewhere");
        let child = text(&app.post_as(&of_jos, TOKENS, &json!({ "name": "child" })).ok(201), "/token");
        let statuses = || [&of_jos, &child, &of_ada, &elsewhere, &app.token].map(|token| {
            [&app.address, &second.address].map(|address| {
                Answer::of(app.client.get(format!("{address}/api/v1/organizations")).bearer_auth(token)).status
            })
        });
        assert_eq!(statuses(), [[200; 2]; 5]);
        // Another name for the same part changes nothing.
        let change = |email: &str, role: &str| {
            send(&app, Method::PATCH, &membership(email), &[("If-Match", "*")], &json!({ "role": role })).ok(200)
        };
        change("ada@ict.example", "owner");
        assert_eq!(statuses(), [[200; 2]; 5]);
        change("ada@ict.example", "editor");
        assert_eq!(statuses(), [[200; 2], [200; 2], [401; 2], [200; 2], [200; 2]]);
        assert_eq!(Answer::of(app.request(Method::DELETE, &membership("jos@ict.example")).bearer_auth(&app.token)).status, 204);
        assert_eq!(statuses(), [[401; 2], [401; 2], [401; 2], [200; 2], [200; 2]]);
        let revoked = app.get_as_owner("/api/v1/organizations/ict-cluster/audit?deed=token.revoked");
        assert_eq!(column(&revoked, "/actor/kind"), [json!("token"), json!("token"), json!("token")]);
        let names = column(&app.get_as_owner(TOKENS), "/name");
        let ended: Vec<bool> = column(&app.get_as_owner(TOKENS), "/revoked_at").iter().map(|at| !at.is_null()).collect();
        assert_eq!(names, ["test", "of Jos", "of Ada", "child"].map(|name| json!(name)));
        assert_eq!(ended, [false, true, true, true]);
        // They do not come back with the role.
        change("ada@ict.example", "owner");
        assert_eq!(statuses()[2], [401; 2]);
    }

    fn a_token_is_revoked_at_the_version_that_was_read(database: Database) {
        let app = TestApp::start(database);
        let id = text(&issue(&app, &json!({ "name": "once" })), "/id");
        let path = format!("{TOKENS}/{id}");
        let revoke = |version: &str| send(&app, Method::DELETE, &path, &[("If-Match", version)], &json!({})).status;
        assert_eq!([revoke("\"2\""), revoke("\"1\""), revoke("\"1\""), revoke("\"2\"")], [412, 204, 412, 204]);
        assert_eq!(app.get_as_owner(&path).ok(200)["version"], 2);
        assert_eq!(app.get_as_owner(&format!("{TOKENS}/0190b5a0-7b1c-7000-8000-000000000000")).problem(404), "not_found");
    }

    fn a_token_ends_by_itself_when_its_time_is_over(database: Database) {
        let app = TestApp::start(database);
        let token = text(&issue(&app, &json!({ "name": "a day", "expires_at": "2026-03-03T09:00:00Z" })), "/token");
        app.advance(TimeDelta::days(1) - TimeDelta::microseconds(1));
        app.get_as(&token, "/api/v1/organizations").ok(200);
        app.advance(TimeDelta::microseconds(1));
        assert_eq!(app.get_as(&token, "/api/v1/organizations").problem(401), "unauthenticated");
    }

    fn a_request_that_comes_again_is_told_of_its_token_and_not_its_text(database: Database) {
        let app = TestApp::start(database);
        let wish = json!({ "name": "once" });
        let ask = || send(&app, Method::POST, TOKENS, &[("Idempotency-Key", "1")], &wish);
        let (first, again) = (ask(), ask());
        let mut expected = first.ok(201);
        assert!(text(&expected, "/token").starts_with("turnout_"));
        expected["token"] = json!(null);
        assert_eq!((again.ok(201), again.header("idempotent-replayed")), (expected, "true".to_owned()));
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!(column(&app.get_as_owner(TOKENS), "/name"), [json!("test"), json!("once")]);
    }

    fn tokens_are_listed_page_by_page(database: Database) {
        let app = TestApp::start(database);
        for name in ["a", "b", "c"] {
            issue(&app, &json!({ "name": name }));
        }
        let pages = crate::api::pages(&app, &format!("{TOKENS}?limit=2"), "/name");
        assert_eq!(pages, [["test", "a"].map(|n| json!(n)), ["b", "c"].map(|n| json!(n))]);
    }
}
