//! What all routes of a kind have in common: changes take the version that was read, lists their own cursors.

use std::path::Path;

use diesel::prelude::*;
use diesel::sql_query;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;
use turnout::store::schema::audit;

use crate::routes_guarded::{CALLERS, MATRIX};
use crate::routes_world::{CLUSTER, Shows, World, body};
use crate::support::{Answer, Database};

/// What changes without a version to name: what is a person's own sign-in, what has only one end, what is decided for
/// many at once, and what only ever adds a row.
const WITHOUT_VERSION: [&str; 18] = [
    "/api/v1/events/{event}/letters/{kind}/{language}/preview",
    "/api/v1/sessions/{id}",
    "/api/v1/me/password",
    "/api/v1/me/second-factor",
    "/api/v1/me/second-factor/confirm",
    "/api/v1/me/second-factor/remove",
    "/api/v1/events/{event}/duplicate",
    "/api/v1/events/{event}/registrations/bulk",
    "/api/v1/events/{event}/registrations/approve",
    "/api/v1/events/{event}/registrations/reject",
    "/api/v1/registrations/{id}/resend",
    "/api/v1/check-ins/{id}/annul",
    "/api/v1/check-ins/{id}/settle",
    "/api/v1/check-in-lists/{list}/check-ins/batch",
    "/api/v1/check-in-lists/{list}/paper",
    "/api/v1/check-in-lists/{list}/search",
    "/api/v1/password-resets/complete",
    "/api/v1/invites/accept",
];

/// Whether a route changes one thing that there is: not one that adds to a list, or reads.
fn changes_one(method: &str, path: &str) -> bool {
    let verb = path.contains("}/") && !path.rsplit('/').next().unwrap().ends_with('s');
    !WITHOUT_VERSION.contains(&path) && (matches!(method, "patch" | "put" | "delete") || method == "post" && verb)
}

#[test]
fn every_change_of_one_thing_can_be_said_to_be_of_one_version() {
    let world = World::new(Database::sqlite(), "public");
    let session = world.app.member("ict-cluster", "owner@cluster.example", Role::Owner);
    let full = CALLERS.iter().position(|caller| *caller == "full").unwrap();
    let mut wrong = Vec::new();
    for (method, path, _) in MATRIX.iter().filter(|(method, path, _)| changes_one(method, path)) {
        let name = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let filled = world.fill(path, false);
        let request = |if_match: &str| {
            let request = match &world.everybody[full] {
                // A host answers for itself.
                Shows::Bearer(token) if path.ends_with("/accept") || path.ends_with("/decline") => {
                    world.app.request(name.clone(), &filled).bearer_auth(token)
                }
                _ => world.app.request_with(&session, name.clone(), &filled),
            };
            let body = body("full", method, &filled, &world.ticket_type);
            let request = body.into_iter().fold(request, |request, body| request.json(&body));
            Answer::of(if if_match.is_empty() { request } else { request.header("If-Match", if_match) })
        };
        for if_match in ["\"999\"", "nonsense"] {
            let answer = request(if_match);
            if answer.status != 412 || answer.problem(412) != "version_mismatch" {
                wrong.push(format!("{method} {path} of version {if_match}: {}", answer.status));
            }
        }
        let needed = *method == "patch" && *path != "/api/v1/me";
        if needed && request("").status != 428 {
            wrong.push(format!("{method} {path} is taken without a version"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_list_takes_its_own_cursors_and_as_many_rows_as_it_says() {
    let world = World::new(Database::sqlite(), "public");
    let session = world.app.member("ict-cluster", "owner@cluster.example", Role::Owner);
    let get = |path: &str| world.app.get_with(&session, path);
    let cursor = |path: &str| get(path).ok(200)["next_cursor"].as_str().unwrap().to_owned();
    let (of_events, of_audit) = (cursor("/api/v1/events?limit=1"), cursor(&format!("{CLUSTER}/audit?limit=1")));
    let document: Value = serde_json::from_str(&turnout::api::openapi().to_json().unwrap()).unwrap();
    let mut lists = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let parameters = item["get"]["parameters"].as_array().cloned().unwrap_or_default();
        if !parameters.iter().any(|parameter| parameter["name"] == "limit") {
            continue;
        }
        lists += 1;
        let filled = world.fill(path, false);
        get(&format!("{filled}?limit=500")).ok(200);
        let elsewhere = if path == "/api/v1/events" { &of_audit } else { &of_events };
        let long = "A".repeat(2001);
        for (query, pointer, code) in [
            ("limit=100000", "limit", "out_of_range"),
            ("limit=501", "limit", "out_of_range"),
            ("limit=0", "limit", "out_of_range"),
            ("limit=-1", "limit", "out_of_range"),
            ("cursor=nonsense", "cursor", "invalid_cursor"),
            (&format!("cursor={elsewhere}"), "cursor", "invalid_cursor"),
            (&format!("cursor={long}"), "cursor", "too_long"),
            ("page=2", "page", "unknown_parameter"),
        ] {
            let issues = get(&format!("{filled}?{query}")).issues();
            assert_eq!(issues, [(pointer.to_owned(), code.to_owned())], "{path}?{query}");
        }
    }
    assert!(lists >= 12, "{lists} lists");
}

/// Lists in which a row stays as it was written, or is nobody else's to follow, or is worked out anew each time.
const LOGS: [&str; 5] = [
    "/api/v1/organizations/{organization}/audit",
    "/api/v1/events/{event}/audit",
    "/api/v1/check-in-lists/{list}/conflicts",
    "/api/v1/check-in-lists/{list}/attendance",
    "/api/v1/sessions",
];

#[test]
fn every_list_finds_what_has_changed_since_a_moment() {
    let world = World::new(Database::sqlite(), "public");
    let session = world.app.member("ict-cluster", "owner@cluster.example", Role::Owner);
    let document: Value = serde_json::from_str(&turnout::api::openapi().to_json().unwrap()).unwrap();
    let mut rows = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let parameters = item["get"]["parameters"].as_array().cloned().unwrap_or_default();
        if !parameters.iter().any(|parameter| parameter["name"] == "limit") || LOGS.contains(&path.as_str()) {
            continue;
        }
        let filled = world.fill(path, false);
        let found = |query: &str| {
            let page = world.app.get_with(&session, &format!("{filled}?limit=500{query}")).ok(200);
            page["data"].as_array().unwrap().clone()
        };
        assert_eq!(found("&updated_since=2000-01-01T00:00:00Z"), found(""), "{path}");
        assert_eq!(found("&updated_since=2100-01-01T00:00:00Z"), Vec::<Value>::new(), "{path}");
        rows += found("").len();
    }
    assert!(rows >= 12, "{rows} rows");
}

/// What changes nothing when it is done as the matrix does it (nobody is there whom it would concern, or the code, the
/// password or the link is wrong), and check-ins, which are a log of their own.
const WITHOUT_EFFECT: [&str; 17] = [
    "/api/v1/events/{event}/letters/{kind}/{language}/preview",
    "/api/v1/check-in-lists/{list}/check-ins",
    "/api/v1/check-in-lists/{list}/check-ins/batch",
    "/api/v1/check-in-lists/{list}/search",
    "/api/v1/sessions/{id}",
    "/api/v1/password-resets/complete",
    "/api/v1/me/password",
    "/api/v1/me/second-factor",
    "/api/v1/me/second-factor/confirm",
    "/api/v1/me/second-factor/remove",
    "/api/v1/events/{event}/registrations/bulk",
    "/api/v1/events/{event}/registrations/approve",
    "/api/v1/events/{event}/registrations/reject",
    "/api/v1/invites/read",
    "/api/v1/invites/accept",
    "/api/v1/registrations/{id}/resend",
    "/api/v1/registrations/{id}/consents/{key}/withdraw",
];

/// A body that changes something, where that of the matrix does not.
fn change(path: &str) -> Option<Value> {
    Some(match path {
        "/api/v1/me"
        | "/api/v1/organizations/{organization}"
        | "/api/v1/organizations/{organization}/column-sets/{column_set}"
        | "/api/v1/devices/{device}"
        | "/api/v1/events/{event}/ticket-types/{ticket_type}" => {
            json!({ "name": "Another name" })
        }
        "/api/v1/events/{event}" | "/api/v1/events/{event}/sessions/{session}" => json!({ "title": "Another title" }),
        "/api/v1/events/{event}/campaigns/{campaign}" => json!({ "body": { "en": "Come by bus." } }),
        "/api/v1/events/{event}/hosts/{organization}" => json!({ "role": "venue" }),
        "/api/v1/events/{event}/questions/{question}" => json!({ "label": { "en": "Another label" } }),
        "/api/v1/events/{event}/access-codes/{code}" | "/api/v1/registrations/{id}" => json!({ "note": "Noted" }),
        "/api/v1/organizations/{organization}/members/{member}" => json!({ "role": "door" }),
        _ => return None,
    })
}

#[test]
fn every_change_leaves_a_row_in_the_trail() {
    let (mut silent, mut seen) = (Vec::new(), 0);
    for (method, path, _) in
        MATRIX.iter().filter(|(method, path, _)| *method != "get" && !WITHOUT_EFFECT.contains(path))
    {
        let world = World::new(Database::sqlite(), "public");
        let session = world.app.member("ict-cluster", "owner@cluster.example", Role::Owner);
        let rows = || world.app.app.store.read_here(|db| Ok(audit::table.count().get_result::<i64>(db)?)).unwrap();
        let before = rows();
        let (name, filled) = (Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(), world.fill(path, false));
        let request = world.app.request_with(&session, name, &filled);
        let body = change(path)
            .filter(|_| *method == "patch")
            .or_else(|| body(CALLERS[0], method, &filled, &world.ticket_type));
        let answer = Answer::of(request.header("If-Match", "*").json(&body.unwrap_or(json!({}))));
        if !(200..300).contains(&answer.status) {
            continue; // the matrix says why
        }
        seen += 1;
        // What nobody waits for is written before what comes behind it.
        world.app.app.store.write_here(uuid::Uuid::nil(), |_| Ok(())).unwrap();
        if rows() == before {
            silent.push(format!("{method} {path}: {}", answer.status));
        }
    }
    assert_eq!(silent, Vec::<String>::new());
    assert!(seen >= 30, "only {seen} routes changed anything");
}

#[test]
fn reading_changes_nothing() {
    let world = World::new(Database::sqlite(), "public");
    let session = world.app.member("ict-cluster", "owner@cluster.example", Role::Owner);
    let file = world.app.database.folder().join("turnout.sqlite");
    let mut other = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    // Changes whenever somebody else has committed anything (https://sqlite.org/pragma.html#pragma_data_version).
    let mut version = || sql_query("PRAGMA data_version").get_result::<DataVersion>(&mut other).unwrap().data_version;
    let before = version();
    // Who takes people's data out, as a file or on paper, leaves a row, whatever the method.
    let takes_out = |path: &str| {
        path.contains("/evacuation")
            || path.ends_with("/roster")
            || Path::new(path).extension().is_some_and(|kind| kind == "csv" || kind == "xlsx" || kind == "html")
    };
    let reads = MATRIX.iter().filter(|(method, path, _)| *method == "get" && !takes_out(path));
    for (_, path, _) in reads {
        let answer = world.app.get_with(&session, &world.fill(path, false));
        assert_eq!(version(), before, "GET {path}: {}", answer.status);
    }
    assert_eq!(world.app.get_with(&session, "/api/v1/events/digital-day/participants.csv").status, 200);
    assert_ne!(version(), before);
}

#[derive(QueryableByName)]
struct DataVersion {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    data_version: i64,
}
