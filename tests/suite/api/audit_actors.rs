//! Who did it, by name where that is the reader's to know.

use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::hosts::host;
use super::{column, pairs, send, text};
use crate::support::{Answer, TestApp, on_both_databases};

const TRAIL: &str = "/api/v1/organizations/ict-cluster/audit";
const OF_EVENT: &str = "/api/v1/events/digital-day/audit";

on_both_databases! {
    fn the_trail_names_who_did_it(database: Database) {
        let app = TestApp::start(database);
        let jos = app.member("ict-cluster", "jos@ict.example", Role::Editor);
        let draft = json!({ "title": "Digital Day", "starts_at": "2026-06-08T09:00:00Z", "ends_at": "2026-06-08T17:00:00Z" });
        app.post_with(&jos, "/api/v1/events", &draft).ok(201);
        app.post_as_owner("/api/v1/events/digital-day/publish", &json!({})).ok(200);
        let row = |deed: &str| app.get_as_owner(&format!("{TRAIL}?deed={deed}")).ok(200)["data"][0]["actor"].take();
        let account = app.account("jos@ict.example").to_string();
        let expected = json!({ "kind": "member", "id": account, "name": "jos", "organization": null });
        assert_eq!(row("event.drafted"), expected);
        let by_token = row("event.published");
        assert_eq!((&by_token["name"], &by_token["organization"]), (&json!("test"), &json!(null)));
        let nobody = json!({ "kind": "command_line", "id": null, "name": null, "organization": null });
        assert_eq!(row("organization.founded"), nobody);
    }

    fn who_has_left_is_still_named_as_they_were_called(database: Database) {
        let app = TestApp::start(database);
        let jos = app.member("ict-cluster", "jos@ict.example", Role::Editor);
        app.organization_with_token("Museum", "museum", Role::Owner);
        let again = app.member("museum", "jos@ict.example", Role::Viewer);
        let series = "/api/v1/organizations/ict-cluster/series";
        app.post_with(&jos, series, &json!({ "title": "Days" })).ok(201);
        let members = "/api/v1/organizations/ict-cluster/members";
        let leave = || {
            let id = text(&app.get_as_owner(members).ok(200)["data"][0], "/id");
            send(&app, Method::DELETE, &format!("{members}/{id}"), &[], &json!({}))
        };
        assert_eq!(leave().status, 204);
        let renamed = app.request_with(&again, Method::PATCH, "/api/v1/me").json(&json!({ "name": "Joseph" }));
        Answer::of(renamed).ok(200);
        let actor = || app.get_as_owner(&format!("{TRAIL}?deed=series")).ok(200)["data"][0]["actor"].take();
        assert_eq!((&actor()["name"], &actor()["organization"]), (&json!("jos"), &json!(null)));
        // Who comes back has the name of today, and leaves with it.
        app.member("ict-cluster", "jos@ict.example", Role::Viewer);
        assert_eq!(actor()["name"], "Joseph");
        assert_eq!(leave().status, 204);
        assert_eq!(actor()["name"], "Joseph");
    }

    fn strangers_are_named_by_their_organization(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let museum = app.organization_with_token("Museum", "museum", Role::Owner);
        let ada = app.member("museum", "ada@museum.example", Role::Owner);
        app.get_as(&museum, "/api/v1/events/digital-day/participants.csv").problem(404);
        app.get_with(&ada, TRAIL).problem(404);
        app.do_chore("note denials");
        let denied = app.get_as_owner(&format!("{TRAIL}?deed=denied"));
        let mut kinds = column(&denied, "/actor/kind");
        kinds.sort_by_key(Value::to_string);
        assert_eq!(kinds, ["member", "token"]);
        assert_eq!(column(&denied, "/actor/name"), [json!(null), json!(null)]);
        let theirs = json!({ "slug": "museum", "name": "Museum" });
        assert_eq!(column(&denied, "/actor/organization"), [theirs.clone(), theirs]);
    }

    fn each_host_reads_its_own_people_by_name_and_the_others_by_organization(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let museum = host(&app, "museum", "co_host", "full");
        app.organization_with_token("Elsewhere", "elsewhere", Role::Owner);
        // Whoever belongs to several acts here by the one that hosts the event.
        app.member("elsewhere", "ada@museum.example", Role::Owner);
        let ada = app.member("museum", "ada@museum.example", Role::Owner);
        let jos = app.member("ict-cluster", "jos@ict.example", Role::Owner);
        let change = |session: &str, title: &str| {
            let request = app.request_with(session, Method::PATCH, "/api/v1/events/digital-day").header("If-Match", "*");
            Answer::of(request.json(&json!({ "title": title }))).ok(200)
        };
        change(&ada, "Digital Night");
        change(&jos, "Digital Evening");
        let read = |token: &str| {
            let trail = app.get_as(token, &format!("{OF_EVENT}?deed=event.revised"));
            column(&trail, "/actor/name").into_iter().zip(column(&trail, "/actor/organization")).collect::<Vec<_>>()
        };
        let slug = |value: &Value| value["slug"].clone();
        let of_owner = read(&app.token);
        assert_eq!((&of_owner[0].0, &of_owner[0].1), (&json!("jos"), &json!(null)));
        assert_eq!((&of_owner[1].0, slug(&of_owner[1].1)), (&json!(null), json!("museum")));
        let of_host = read(&museum);
        assert_eq!((&of_host[0].0, slug(&of_host[0].1)), (&json!(null), json!("ict-cluster")));
        assert_eq!((&of_host[1].0, &of_host[1].1), (&json!("ada"), &json!(null)));
    }

    fn a_device_is_named(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let wish = json!({ "name": "Left door", "walk_ins": true });
        let opened = app.post_as_owner("/api/v1/events/digital-day/devices", &wish).ok(201);
        let paired = app.post("/api/v1/devices/pair", &json!({ "code": opened["pairing_code"] })).ok(201);
        let device = text(&paired, "/token");
        let walk_ins = format!("/api/v1/check-in-lists/{}/walk-ins", app.list_of("digital-day"));
        let wish = json!({ "attendee": { "first_name": "Ada", "email": "ada@museum.example" } });
        app.post_as(&device, &walk_ins, &wish).ok(201);
        let placed = app.get_as_owner(&format!("{OF_EVENT}?deed=registration.placed"));
        assert_eq!(column(&placed, "/actor/name"), ["Left door"]);
        assert_eq!(column(&placed, "/actor/organization"), [Value::Null]);
    }

    fn an_actor_is_looked_for_by_kind_and_by_id(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        for trail in [TRAIL, OF_EVENT] {
            assert_eq!(app.get_as_owner(&format!("{trail}?actor=xyz")).issues(), pairs(&[("actor", "unknown_value")]));
            assert_eq!(app.get_as_owner(&format!("{trail}?actor=attendee")).ok(200)["data"], json!([]));
        }
        let published = app.get_as_owner(&format!("{TRAIL}?deed=event.published")).ok(200);
        let id = text(&published["data"][0], "/actor/id");
        let by_it = app.get_as_owner(&format!("{TRAIL}?actor_id={id}&deed=event"));
        assert_eq!(column(&by_it, "/deed"), ["event.published", "event.drafted"]);
    }
}
