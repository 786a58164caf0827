//! What hosts can do, by what they may see.

use reqwest::Method;
use serde_json::{Value, json};
use turnout::access::{self, Grant};
use turnout::audit::Actor;
use turnout::organizations::{Organization, Role};

use super::hosts::{call, host, trail};
use super::{address, column, text};
use crate::support::{TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

/// A token of the museum.
fn issue(app: &TestApp, grant: Grant) -> String {
    let now = app.clock.now();
    let token = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
        let museum = Organization::find_by_slug(db, "museum")?;
        Ok(access::issue_token(db, &Actor::COMMAND_LINE, museum.id, grant, now)?.1)
    });
    token.unwrap().reveal().to_owned()
}

on_both_databases! {
    fn a_host_does_what_its_data_access_and_its_people_do_what_their_role_lets_them(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "visibility": "private" }));
        for data_access in ["full", "aggregate", "none"] {
            host(&app, data_access, "co_host", data_access);
        }
        let wish = json!({ "attendee": { "first_name": "Ada", "email": "ada@museum.example" } });
        let ada = app.post_as_owner(&format!("{EVENT}/registrations"), &wish).ok(201);
        let list = format!("/api/v1/check-in-lists/{}", app.list_of("digital-day"));
        let scan = app.post_as_owner(&format!("{list}/check-ins"), &json!({ "code": ada["code"] })).ok(200);
        let message = app.get_as_owner(&format!("{EVENT}/messages")).ok(200)["data"][0]["id"].clone();
        let person = address(&ada);
        // owner, editor, door and viewer of a host that sees all; whoever at one that sees numbers; at one that sees none
        #[rustfmt::skip]
        let matrix = [
            ("get",    EVENT.to_owned(),                                   [200, 200, 200, 200], 200, 200),
            ("get",    format!("{EVENT}/calendar.ics"),                    [200, 200, 200, 200], 200, 200),
            ("get",    format!("{EVENT}/hosts"),                           [200, 200, 200, 200], 200, 200),
            ("get",    format!("{EVENT}/statistics"),                      [200, 200, 200, 200], 200, 403),
            ("get",    format!("{EVENT}/check-in-lists"),                  [200, 200, 200, 200], 200, 403),
            ("get",    format!("{list}/status"),                           [200, 200, 200, 200], 200, 403),
            ("get",    format!("{list}/check-ins"),                        [200, 200, 200, 200], 403, 403),
            ("post",   format!("{list}/check-ins"),                        [200, 200, 200, 403], 403, 403),
            ("get",    format!("{EVENT}/registrations"),                   [200, 200, 403, 200], 403, 403),
            ("get",    person.clone(),                                     [200, 200, 403, 200], 403, 403),
            ("get",    format!("{person}/ticket"),                         [200, 200, 403, 200], 403, 403),
            ("get",    format!("{person}/ticket.svg"),                     [200, 200, 403, 200], 403, 403),
            ("get",    format!("{person}/ticket.png"),                     [200, 200, 403, 200], 403, 403),
            ("get",    format!("{person}/calendar.ics"),                   [200, 200, 403, 200], 403, 403),
            ("get",    format!("{EVENT}/participants.csv"),                [200, 200, 403, 200], 403, 403),
            ("get",    format!("{EVENT}/attendance.csv"),                  [200, 200, 403, 200], 403, 403),
            ("get",    format!("{EVENT}/messages"),                        [200, 200, 403, 200], 403, 403),
            ("post",   format!("/api/v1/messages/{}/retry", message.as_str().unwrap()), [409, 409, 403, 403], 403, 403),
            ("post",   format!("/api/v1/check-ins/{}/annul", text(&scan, "/check_in_id")), [200, 409, 403, 403], 403, 403),
            ("patch",  EVENT.to_owned(),                                   [200, 200, 403, 403], 403, 403),
            ("delete", EVENT.to_owned(),                                   [403, 403, 403, 403], 403, 403),
            ("patch",  format!("{EVENT}/hosts/full"),                      [403, 403, 403, 403], 403, 403),
            ("post",   format!("{EVENT}/publish"),                         [409, 409, 403, 403], 403, 403),
            ("post",   format!("{person}/cancel"),                         [200, 409, 403, 403], 403, 403),
            ("post",   format!("{EVENT}/cancel"),                          [200, 409, 403, 403], 403, 403),
        ];
        let roles = [Role::Owner, Role::Editor, Role::Door, Role::Viewer];
        let tokens = |slug: &str| roles.map(|role| app.token_of(slug, role));
        let (full, aggregate, none) = (tokens("full"), tokens("aggregate"), tokens("none"));
        for (method, path, by_role, numbers, nothing) in matrix {
            let body = match (method, path.rsplit('/').next().unwrap()) {
                ("get" | "delete", _) => Value::Null,
                (_, "annul") => json!({ "reason": "by mistake" }),
                (_, "check-ins") => json!({ "code": "2222 2222" }),
                _ => json!({}),
            };
            let status = |token: &String| {
                call(&app, Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(), token, &path, &body).status
            };
            assert_eq!(none.each_ref().map(status), [nothing; 4], "none {method} {path}");
            assert_eq!(aggregate.each_ref().map(status), [numbers; 4], "aggregate {method} {path}");
            assert_eq!(full.each_ref().map(status), by_role, "full {method} {path}");
        }
    }

    fn door_staff_see_a_name_and_a_code_and_no_address(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        host(&app, "museum", "venue", "full");
        let wish = json!({ "attendee": { "first_name": "Ada", "last_name": "Weber", "email": "ada@home.example",
            "phone": "+352 621 000", "organization": "Museum of Secrets", "job_title": "Curator" } });
        let ada = app.post(&format!("{EVENT}/registrations"), &wish).ok(201);
        let list = format!("/api/v1/check-in-lists/{}", app.list_of("digital-day"));
        for slug in ["museum", "ict-cluster"] {
            let door = app.token_of(slug, Role::Door);
            let verdict = app.post_as(&door, &format!("{list}/check-ins"), &json!({ "code": ada["code"] })).ok(200);
            assert_eq!(verdict["registration"], json!({ "id": ada["id"], "code": ada["code"], "name": "Ada Weber",
                "ticket_type": null, "note": null, "fields": {} }));
            for path in [format!("{list}/check-ins"), format!("{list}/status"), EVENT.to_owned(), format!("{EVENT}/statistics")] {
                let answer = app.get_as(&door, &path);
                assert_eq!(answer.status, 200, "{path}");
                for secret in ["home.example", "621 000", "Secrets", "Curator"] {
                    assert!(!answer.body.contains(secret), "{path} tells {secret}");
                }
            }
        }
    }

    fn the_trail_says_which_organization_took_what(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let museum = host(&app, "museum", "co_host", "full");
        app.register("digital-day", "ada@museum.example").ok(201);
        let taken = |token: &str, path: &str| assert_eq!(app.get_as(token, &format!("{EVENT}/{path}")).status, 200);
        taken(&museum, "participants.csv?columns=code,email&status=confirmed&q=ada&via=museum");
        taken(&app.token, "attendance.csv?columns=code&attended=false&external_ref=7");
        let told = |organization: &str, columns: Value, filter: Value| json!([
            { "field": "columns", "before": null, "after": columns },
            { "field": "filter", "before": null, "after": filter },
            { "field": "organization", "before": null, "after": organization },
        ]);
        // What was searched for may be somebody's name: the trail keeps that something was.
        assert_eq!(trail(&app, "export."), [
            ("export.participants".to_owned(), told("museum", json!(["code", "email"]),
                json!({ "status": ["confirmed"], "q": "given", "via": "museum" }))),
            ("export.attendance".to_owned(), told("ict-cluster", json!(["code"]),
                json!({ "attended": false, "external_ref": "given" }))),
        ]);
    }

    fn an_event_says_what_whoever_asks_may_do(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.published_event(&json!({ "title": "Other" }));
        let museum = host(&app, "museum", "co_host", "full");
        let permissions = |token: Option<&str>| {
            let get = |path: &str| token.map_or_else(|| app.get(path), |token| app.get_as(token, path));
            let one = get(EVENT);
            assert_eq!(one.header("vary"), "Authorization, Cookie");
            let listed = column(&get("/api/v1/events"), "/permissions");
            assert_eq!(listed[0], one.ok(200)["permissions"]);
            (listed[0].clone(), listed[1].clone())
        };
        let anyone = json!(["see_event"]);
        assert_eq!(permissions(None), (anyone.clone(), anyone.clone()));
        assert_eq!(permissions(Some(&museum)), (json!(["see_event", "see_numbers", "write_event", "read_registrations",
            "export_registrations", "write_registrations", "read_messages", "write_messages", "read_check_ins", "check_in",
            "follow_check_ins", "walk_in", "annul_check_in", "read_audit"]), anyone.clone()));
        assert_eq!(permissions(Some(&app.token_of("museum", Role::Door))),
            (json!(["see_event", "see_numbers", "read_check_ins", "check_in", "follow_check_ins", "walk_in"]), anyone));
        // What differs between callers is no other version.
        let known = app.get(EVENT).header("etag");
        let title = json!({ "title": "Digital Day, again" });
        let changed = app.request(Method::PATCH, EVENT).bearer_auth(&museum).header("If-Match", known).json(&title);
        assert_eq!(crate::support::Answer::of(changed).ok(200)["version"], 3);
        let etag = app.get_as(&museum, EVENT).header("etag");
        assert_ne!(etag, app.get(EVENT).header("etag"));
        let again = app.request(Method::GET, EVENT).bearer_auth(&museum).header("If-None-Match", etag);
        assert_eq!(crate::support::Answer::of(again).status, 304);
    }

    fn a_token_for_one_event_lists_it_as_long_as_its_organization_hosts_it(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({ "visibility": "private" }));
        app.published_event(&json!({ "title": "Other", "visibility": "private" }));
        host(&app, "museum", "co_host", "full");
        let only = text(&event, "/id").parse().unwrap();
        let whole = || Grant::whole("test".parse().unwrap(), Role::Owner);
        let token = issue(&app, Grant { events: Some(vec![only]), ..whole() });
        assert_eq!(column(&app.get_as(&token, "/api/v1/events"), "/slug"), ["digital-day"]);
        assert_eq!(column(&app.get_as(&token, "/api/v1/events?q=other"), "/slug"), [""; 0]);
        // What a token is not for is not listed either.
        let scanner = issue(&app, Grant { scopes: Some("check_ins:write".parse().unwrap()), ..whole() });
        assert_eq!(app.get_as(&scanner, EVENT).problem(403), "scope_required");
        assert_eq!(column(&app.get_as(&scanner, "/api/v1/events"), "/slug"), [""; 0]);
        assert_eq!(call(&app, Method::DELETE, &app.token, &format!("{EVENT}/hosts/museum"), &Value::Null).status, 204);
        assert_eq!(column(&app.get_as(&token, "/api/v1/events"), "/slug"), [""; 0]);
    }
}
