//! Events that several organizations run together.

use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::{column, pairs, text};
use crate::support::{Answer, SecondInstance, TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";
const HOSTS: &str = "/api/v1/events/digital-day/hosts";

/// Asks an organization, as the owner of the event.
pub fn invite(app: &TestApp, organization: &str, role: &str, data_access: &str) -> Answer {
    app.post_as_owner(HOSTS, &json!({ "organization": organization, "role": role, "data_access": data_access }))
}

/// Founds an organization that has agreed to host Digital Day; its owner's token.
pub fn host(app: &TestApp, slug: &str, role: &str, data_access: &str) -> String {
    let token = app.organization_with_token(&slug.to_uppercase(), slug, Role::Owner);
    invite(app, slug, role, data_access).ok(201);
    app.post_as(&token, &format!("{HOSTS}/{slug}/accept"), &json!({})).ok(200);
    token
}

pub fn call(app: &TestApp, method: Method, token: &str, path: &str, body: &Value) -> Answer {
    let request = app.request(method, path).bearer_auth(token).header("If-Match", "*");
    Answer::of(if body.is_null() { request } else { request.json(body) })
}

fn delete(app: &TestApp, token: &str, path: &str) -> Answer {
    call(app, Method::DELETE, token, path, &Value::Null)
}

fn part(slug: &str, name: &str, role: &str, data_access: &str, state: &str, version: i64) -> Value {
    json!({ "organization": { "slug": slug, "name": name }, "role": role, "data_access": data_access, "state": state,
        "version": version })
}

/// Deed and changes of the rows about an event, oldest first, whose deed begins like this.
pub fn trail(app: &TestApp, deeds: &str) -> Vec<(String, Value)> {
    use diesel::prelude::*;
    use turnout::audit::Changes;
    use turnout::store::Json;
    use turnout::store::schema::audit;
    let rows = app.app.store.read_here(|db| {
        let rows = audit::table.filter(audit::event_id.is_not_null()).order(audit::id);
        Ok(rows.select((audit::deed, audit::changes)).load::<(String, Option<Json<Changes>>)>(db)?)
    });
    let told = |changes: Option<Json<Changes>>| serde_json::to_value(changes.map(|changes| changes.0)).unwrap();
    let rows = rows.unwrap().into_iter().filter(|row| row.0.starts_with(deeds));
    rows.map(|(deed, changes)| (deed, told(changes))).collect()
}

#[allow(clippy::needless_pass_by_value, reason = "written out by whoever calls")]
fn change(field: &str, before: Value, after: Value) -> Value {
    json!({ "field": field, "before": before, "after": after })
}

on_both_databases! {
    fn an_organization_is_asked_and_agrees(database: Database) {
        let app = TestApp::start(database);
        let event = app.drafted_event(&json!({}));
        let museum = app.organization_with_token("Museum", "museum", Role::Owner);
        let invited = invite(&app, "museum", "venue", "aggregate");
        let asked = part("museum", "Museum", "venue", "aggregate", "invited", 1);
        assert_eq!(invited.ok(201), asked);
        assert_eq!(invited.header("location"), format!("/api/v1/events/{}/hosts/museum", text(&event, "/id")));
        // It learns the title and the times of the draft, and who asks; nothing else.
        let hosting = |state: &str| json!({ "data": [{
            "event": { "id": event["id"], "slug": "digital-day", "title": "Digital Day",
                "starts_at": "2026-06-08T07:00:00Z", "ends_at": "2026-06-08T15:00:00Z", "timezone": "Europe/Luxembourg" },
            "owner": { "slug": "ict-cluster", "name": "Luxembourg ICT Cluster" }, "role": "venue",
            "data_access": "aggregate", "state": state, "version": if state == "invited" { 1 } else { 2 },
        }], "next_cursor": null });
        let own = "/api/v1/organizations/museum/hosting";
        assert_eq!(app.get_as(&museum, own).ok(200), hosting("invited"));
        assert_eq!(app.get_as(&museum, EVENT).problem(404), "not_found");
        assert_eq!(app.get_as(&museum, HOSTS).problem(404), "not_found");
        assert_eq!(app.get_as(&museum, "/api/v1/events").ok(200)["data"], json!([]));
        assert_eq!(app.get_as_owner(EVENT).ok(200)["hosts"].as_array().unwrap().len(), 1);
        let agreed = part("museum", "Museum", "venue", "aggregate", "accepted", 2);
        let accepted = app.post_as(&museum, &format!("{HOSTS}/museum/accept"), &json!({}));
        assert_eq!(accepted.ok(200), agreed);
        assert_eq!(app.get_as(&museum, own).ok(200), hosting("accepted"));
        let seen = app.get_as(&museum, EVENT).ok(200);
        assert_eq!(seen["hosts"][1], json!({ "organization": { "slug": "museum", "name": "Museum" }, "role": "venue",
            "data_access": "aggregate" }));
        assert_eq!(seen["permissions"], json!(["see_event", "see_numbers"]));
        assert_eq!(column(&app.get_as(&museum, "/api/v1/events"), "/permissions"), [seen["permissions"].clone()]);
        let owner = part("ict-cluster", "Luxembourg ICT Cluster", "owner", "full", "accepted", 1);
        assert_eq!(app.get_as(&museum, HOSTS).ok(200)["data"], json!([owner, agreed]));
        assert_eq!(trail(&app, "host."), [
            ("host.invited".to_owned(), json!([change("data_access", json!(null), json!("aggregate")),
                change("organization", json!(null), json!("museum")), change("role", json!(null), json!("venue")),
                change("state", json!(null), json!("invited"))])),
            ("host.accepted".to_owned(), json!([change("state", json!("invited"), json!("accepted"))])),
        ]);
    }

    fn who_was_asked_or_has_declined_is_between_the_two(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let museum = app.organization_with_token("Museum", "museum", Role::Owner);
        let foundry = app.organization_with_token("Foundry", "foundry", Role::Viewer);
        invite(&app, "museum", "venue", "full").ok(201);
        invite(&app, "foundry", "partner", "none").ok(201);
        let seen_by = |answer: Answer| column(&answer, "/organization/slug");
        assert_eq!(seen_by(app.get(HOSTS)), ["ict-cluster"]);
        assert_eq!(seen_by(app.get_as(&museum, HOSTS)), ["ict-cluster", "museum"]);
        assert_eq!(seen_by(app.get_as(&foundry, HOSTS)), ["ict-cluster", "foundry"]);
        assert_eq!(seen_by(app.get_as(&app.token_of("museum", Role::Door), HOSTS)), ["ict-cluster"]);
        assert_eq!(seen_by(app.get_as(&app.token_of("ict-cluster", Role::Editor), HOSTS)), ["ict-cluster"]);
        assert_eq!(seen_by(app.get_as_owner(HOSTS)), ["ict-cluster", "museum", "foundry"]);
        let declined = app.post_as(&museum, &format!("{HOSTS}/museum/decline"), &json!({})).ok(200);
        assert_eq!(declined, part("museum", "Museum", "venue", "full", "declined", 2));
        for verb in ["accept", "decline"] {
            let again = app.post_as(&museum, &format!("{HOSTS}/museum/{verb}"), &json!({}));
            assert_eq!(again.problem(409), "not_invited");
        }
        assert_eq!(app.get_as(&museum, &format!("{EVENT}/registrations")).problem(404), "not_found");
        assert_eq!(column(&app.get_as(&museum, "/api/v1/organizations/museum/hosting?state=declined"), "/state"), ["declined"]);
        assert_eq!(column(&app.get_as(&museum, "/api/v1/organizations/museum/hosting?state=invited"), "/state"), [""; 0]);
        // Asked again, as something else.
        let again = invite(&app, "museum", "partner", "none").ok(201);
        assert_eq!(again, part("museum", "Museum", "partner", "none", "invited", 3));
        assert_eq!(invite(&app, "museum", "partner", "none").problem(409), "already_host");
        assert_eq!(invite(&app, "ict-cluster", "partner", "none").problem(409), "already_host");
    }

    fn a_mistyped_host_is_told_field_by_field(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.organization_with_token("Museum", "museum", Role::Owner);
        for (body, issues) in [
            (json!({}), [("/organization", "required"), ("/role", "required"), ("/data_access", "required")].as_slice()),
            (json!({ "organization": "nobody", "role": "owner", "data_access": "all", "x": 1 }), &[("/x", "unknown_field"),
                ("/role", "unknown_value"), ("/data_access", "unknown_value"), ("/organization", "unknown_organization")]),
            (json!({ "organization": "museum", "role": "owner", "data_access": "full" }), &[("/role", "unknown_value")]),
            (json!({ "organization": 7, "role": null, "data_access": [] }), &[("/organization", "invalid_type"),
                ("/role", "required"), ("/data_access", "invalid_type")]),
            (json!({ "organization": "a\u{0}b", "role": "venue", "data_access": "none" }),
                &[("/organization", "unknown_organization")]),
            (json!({ "organization": "0190b5a0-7b1c-7000-8000-000000000000", "role": "venue", "data_access": "none" }),
                &[("/organization", "unknown_organization")]),
        ] {
            assert_eq!(app.post_as_owner(HOSTS, &body).issues(), pairs(issues), "{body}");
        }
        invite(&app, "museum", "venue", "none").ok(201);
        for (body, issues) in [
            (json!({ "role": "owner", "data_access": null }), [("/role", "unknown_value"), ("/data_access", "required")].as_slice()),
            (json!({ "state": "accepted" }), &[("/state", "unknown_field")]),
        ] {
            assert_eq!(app.patch_as_owner(&format!("{HOSTS}/museum"), &body).issues(), pairs(issues), "{body}");
        }
        for name in ["nobody", "a%00b", "A%20B", "0190b5a0-7b1c-7000-8000-000000000000"] {
            let path = format!("{HOSTS}/{name}");
            assert_eq!(app.patch_as_owner(&path, &json!({})).problem(404), "not_found", "{name}");
            assert_eq!(delete(&app, &app.token, &path).problem(404), "not_found", "{name}");
            assert_eq!(app.get_as_owner(&format!("/api/v1/organizations/{name}/hosting")).problem(404), "not_found");
        }
        assert_eq!(app.get_as_owner("/api/v1/organizations/ict-cluster/hosting?state=maybe&x=1").issues(),
            pairs(&[("state", "unknown_value"), ("x", "unknown_parameter")]));
    }

    fn only_the_owners_owners_choose_hosts_and_only_hosts_answer(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let full = host(&app, "museum", "co_host", "full");
        let asked = app.organization_with_token("Foundry", "foundry", Role::Owner);
        invite(&app, "foundry", "venue", "full").ok(201);
        let stranger = app.organization_with_token("Stranger", "stranger", Role::Owner);
        let new = json!({ "organization": "stranger", "role": "venue", "data_access": "none" });
        for (token, status) in [(app.token_of("ict-cluster", Role::Editor), 403), (app.token_of("ict-cluster", Role::Viewer), 403),
            (full.clone(), 403), (asked.clone(), 404), (stranger.clone(), 404)] {
            assert_eq!(app.post_as(&token, HOSTS, &new).status, status);
            assert_eq!(call(&app, Method::PATCH, &token, &format!("{HOSTS}/museum"), &json!({ "data_access": "none" })).status, status);
            assert_eq!(delete(&app, &token, &format!("{HOSTS}/ict-cluster")).status, status);
        }
        // Nobody answers for others: not even the owner of the event.
        for token in [&app.token, &full, &stranger] {
            assert_eq!(app.post_as(token, &format!("{HOSTS}/foundry/accept"), &json!({})).problem(404), "not_found");
        }
        for role in [Role::Door, Role::Viewer] {
            let token = app.token_of("foundry", role);
            assert_eq!(app.post_as(&token, &format!("{HOSTS}/foundry/accept"), &json!({})).problem(403), "forbidden");
        }
        assert_eq!(app.post(&format!("{HOSTS}/foundry/accept"), &json!({})).problem(401), "unauthenticated");
        assert_eq!(app.post_as(&stranger, &format!("{HOSTS}/stranger/accept"), &json!({})).problem(404), "not_found");
        for (token, status) in [(&app.token, 404), (&stranger, 404), (&app.token_of("foundry", Role::Door), 403), (&asked, 200)] {
            assert_eq!(app.get_as(token, "/api/v1/organizations/foundry/hosting").status, status);
        }
        assert_eq!(app.get("/api/v1/organizations/foundry/hosting").problem(401), "unauthenticated");
        app.post_as(&app.token_of("foundry", Role::Editor), &format!("{HOSTS}/foundry/accept"), &json!({})).ok(200);
        // The owner stays.
        for answer in [delete(&app, &app.token, &format!("{HOSTS}/ict-cluster")),
            app.patch_as_owner(&format!("{HOSTS}/ict-cluster"), &json!({ "data_access": "none" }))] {
            assert_eq!(answer.problem(409), "owner_stays");
        }
    }

    fn a_host_that_is_removed_or_sees_less_does_so_at_every_instance(database: Database) {
        let app = TestApp::start(database);
        let other = SecondInstance::of(&app);
        app.published_event(&json!({ "visibility": "private" }));
        let museum = host(&app, "museum", "co_host", "full");
        let statuses = || [&app.address, &other.address].map(|server| {
            Answer::of(app.client.get(format!("{server}{EVENT}/registrations")).bearer_auth(&museum)).status
        });
        assert_eq!(statuses(), [200, 200]);
        let less = json!({ "data_access": "aggregate" });
        app.patch_as_owner(&format!("{HOSTS}/museum"), &less).ok(200);
        assert_eq!(statuses(), [403, 403]);
        assert_eq!(delete(&app, &app.token, &format!("{HOSTS}/museum")).status, 204);
        assert_eq!(statuses(), [404, 404]);
    }

    fn whoever_loses_access_loses_it_with_the_next_request(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "visibility": "private" }));
        let museum = host(&app, "museum", "co_host", "none");
        let foundry = host(&app, "foundry", "co_host", "full");
        let registrations = format!("{EVENT}/registrations");
        let patch = |version: &str, body: Value| {
            let request = app.request(Method::PATCH, &format!("{HOSTS}/museum")).bearer_auth(&app.token);
            Answer::of(if version.is_empty() { request.json(&body) } else { request.header("If-Match", version).json(&body) })
        };
        assert_eq!(patch("", json!({ "data_access": "full" })).problem(428), "if_match_required");
        assert_eq!(patch("\"1\"", json!({ "data_access": "full" })).problem(412), "version_mismatch");
        assert_eq!(app.get_as(&museum, &registrations).problem(403), "forbidden");
        let raised = patch("\"2\"", json!({ "data_access": "full" }));
        assert_eq!(raised.ok(200), part("museum", "MUSEUM", "co_host", "full", "accepted", 3));
        assert!(raised.header("etag").starts_with("\"3-"));
        app.get_as(&museum, &registrations).ok(200);
        patch("\"3\"", json!({ "data_access": "aggregate", "role": "venue" })).ok(200);
        assert_eq!(app.get_as(&museum, &registrations).problem(403), "forbidden");
        app.get_as(&museum, &format!("{EVENT}/statistics")).ok(200);
        assert_eq!(trail(&app, "host.revised"), [
            ("host.revised".to_owned(), json!([change("data_access", json!("none"), json!("full"))])),
            ("host.revised".to_owned(), json!([change("data_access", json!("full"), json!("aggregate")),
                change("role", json!("co_host"), json!("venue"))])),
        ]);
        assert_eq!(delete(&app, &app.token, &format!("{HOSTS}/museum")).status, 204);
        assert_eq!(app.get_as(&museum, EVENT).problem(404), "not_found");
        assert_eq!(app.get_as(&museum, "/api/v1/organizations/museum/hosting").ok(200)["data"], json!([]));
        assert_eq!(delete(&app, &app.token, &format!("{HOSTS}/museum")).problem(404), "not_found");
        // A host leaves by itself, and is asked again as if it had never been there.
        app.get_as(&foundry, &registrations).ok(200);
        assert_eq!(delete(&app, &foundry, &format!("{HOSTS}/foundry")).status, 204);
        assert_eq!(app.get_as(&foundry, &registrations).problem(404), "not_found");
        assert_eq!(invite(&app, "foundry", "partner", "none").ok(201)["version"], 1);
        let removed = trail(&app, "host.removed");
        assert_eq!(removed.len(), 2);
        assert_eq!(removed[1].1, json!([change("data_access", json!("full"), json!(null)),
            change("organization", json!("foundry"), json!(null)), change("role", json!("co_host"), json!(null)),
            change("state", json!("accepted"), json!(null))]));
    }
}
