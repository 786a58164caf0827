//! Organizations: read and changed by their own, and by nobody else.

use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::{column, pairs, send, text};
use crate::support::{Answer, TestApp, on_both_databases};

const CLUSTER: &str = "/api/v1/organizations/ict-cluster";

fn patch(app: &TestApp, body: &Value) -> Answer {
    send(app, Method::PATCH, CLUSTER, &[("If-Match", "*")], body)
}

/// What stands in the audit trail of the cluster: deed and changes.
fn trail(app: &TestApp) -> Vec<(String, Value)> {
    use diesel::prelude::*;
    use turnout::audit::Changes;
    use turnout::store::Json;
    use turnout::store::schema::audit;
    let read = app.app.store.read_here(|db| {
        let rows: Vec<(String, Option<Json<Changes>>)> = audit::table
            .filter(audit::deed.like("organization.%"))
            .order(audit::id)
            .select((audit::deed, audit::changes))
            .load(db)?;
        Ok(rows)
    });
    read.unwrap().into_iter().map(|(deed, changes)| (deed, json!(changes.map(|c| c.0)))).collect()
}

on_both_databases! {
    fn an_owner_reads_their_organization_by_slug_and_by_id(database: Database) {
        let app = TestApp::start(database);
        let read = app.get_as_owner(CLUSTER);
        let organization = read.ok(200);
        assert_eq!(organization, json!({
            "id": organization["id"], "slug": "ict-cluster", "name": "Luxembourg ICT Cluster", "contact_email": null,
            "default_language": "en", "default_timezone": "Europe/Luxembourg", "mail_sender_name": null,
            "mail_reply_to": null, "second_factor_required": false,
            "permissions": ["see_organization", "read_organization", "write_organization", "draft_events", "read_hosting", "answer_hosting", "read_members",
                "write_members", "write_tokens", "read_organization_audit", "read_organization_messages"],
            "version": 1, "created_at": "2026-03-02T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z",
        }));
        let by_id = format!("/api/v1/organizations/{}", text(&organization, "/id"));
        assert_eq!(app.get_as_owner(&by_id).ok(200), organization);
        let known = app.request(Method::GET, CLUSTER).bearer_auth(&app.token).header("If-None-Match", read.header("etag"));
        assert_eq!(Answer::of(known).status, 304);
        let viewer = app.token_of("ict-cluster", Role::Viewer);
        assert_eq!(app.get_as(&viewer, CLUSTER).ok(200)["permissions"],
            json!(["see_organization", "read_organization", "read_hosting", "read_organization_messages"]));
    }

    fn everybody_lists_their_own_organizations_and_no_others(database: Database) {
        let app = TestApp::start(database);
        let museum = app.organization_with_token("Musée national", "museum", Role::Door);
        let own = |token: &str| column(&app.get_as(token, "/api/v1/organizations"), "/slug");
        assert_eq!(own(&app.token), [json!("ict-cluster")]);
        assert_eq!(own(&museum), [json!("museum")]);
        assert_eq!(app.get("/api/v1/organizations").problem(401), "unauthenticated");
        let issues = app.get_as_owner("/api/v1/organizations?limit=0&q=x").issues();
        assert_eq!(issues, pairs(&[("limit", "out_of_range"), ("q", "unknown_parameter")]));
    }

    fn a_stranger_does_not_learn_which_organizations_there_are(database: Database) {
        let app = TestApp::start(database);
        let museum = app.organization_with_token("Musée national", "museum", Role::Owner);
        for below in ["", "/events", "/members", "/tokens"] {
            let (there, nowhere) = (format!("{CLUSTER}{below}"), format!("/api/v1/organizations/nowhere{below}"));
            assert_eq!(app.get(&there).problem(401), "unauthenticated");
            assert_eq!(app.get(&nowhere).problem(401), "unauthenticated");
            let said = [&there, &nowhere].map(|path| app.get_as(&museum, path).ok(404)["detail"].clone());
            assert_eq!(said, ["there is no such organization", "there is no such organization"]);
        }
    }

    fn whoever_changes_an_organization_says_which_version_they_have_read(database: Database) {
        let app = TestApp::start(database);
        let read = app.get_as_owner(CLUSTER).header("etag");
        let name = json!({ "name": "ICT Cluster" });
        assert_eq!(send(&app, Method::PATCH, CLUSTER, &[], &name).problem(428), "if_match_required");
        assert_eq!(send(&app, Method::PATCH, CLUSTER, &[("If-Match", "\"2\"")], &name).problem(412), "version_mismatch");
        assert_eq!(send(&app, Method::PATCH, CLUSTER, &[("If-Match", &read)], &name).ok(200)["version"], 2);
        assert_eq!(send(&app, Method::PATCH, CLUSTER, &[("If-Match", &read)], &name).problem(412), "version_mismatch");
        let editor = app.token_of("ict-cluster", Role::Editor);
        let answer = Answer::of(app.request(Method::PATCH, CLUSTER).bearer_auth(editor).header("If-Match", "*").json(&name));
        assert_eq!(answer.problem(403), "forbidden");
    }

    fn a_change_is_told_in_the_trail_with_what_was_before(database: Database) {
        let app = TestApp::start(database);
        let changed = patch(&app, &json!({
            "name": "ICT Cluster", "slug": "ict", "contact_email": "hello@ict.example", "default_language": "fr",
            "default_timezone": "Europe/Paris", "mail_sender_name": "ICT Lëtzebuerg", "mail_reply_to": "desk@ict.example",
            "second_factor_required": true,
        })).ok(200);
        assert_eq!(app.get_as_owner("/api/v1/organizations/ict").ok(200), changed);
        assert_eq!(app.get_as_owner(CLUSTER).problem(404), "not_found");
        let emptied = json!({ "contact_email": null, "mail_sender_name": null, "mail_reply_to": null });
        app.patch_as_owner("/api/v1/organizations/ict", &emptied).ok(200);
        let change = |field: &str, before: Value, after: Value| json!({ "field": field, "before": before, "after": after });
        assert_eq!(trail(&app), [
            ("organization.founded".to_owned(), json!(null)),
            ("organization.revised".to_owned(), json!([
                change("contact_email", json!(null), json!("hello@ict.example")),
                change("default_language", json!("en"), json!("fr")),
                change("default_timezone", json!("Europe/Luxembourg"), json!("Europe/Paris")),
                change("mail_reply_to", json!(null), json!("desk@ict.example")),
                change("mail_sender_name", json!(null), json!("ICT Lëtzebuerg")),
                change("name", json!("Luxembourg ICT Cluster"), json!("ICT Cluster")),
                change("second_factor_required", json!(false), json!(true)),
                change("slug", json!("ict-cluster"), json!("ict")),
            ])),
            ("organization.revised".to_owned(), json!([
                change("contact_email", json!("hello@ict.example"), json!(null)),
                change("mail_reply_to", json!("desk@ict.example"), json!(null)),
                change("mail_sender_name", json!("ICT Lëtzebuerg"), json!(null)),
            ])),
        ]);
    }

    fn an_owner_who_mistypes_fields_is_told_all_of_them(database: Database) {
        let app = TestApp::start(database);
        app.organization_with_token("Musée national", "museum", Role::Owner);
        let before = app.get_as_owner(CLUSTER).ok(200);
        let wrong = json!({
            "name": null, "slug": "Not A Slug", "contact_email": "nobody", "default_language": "xx",
            "default_timezone": "Europe/Luxemburg", "mail_sender_name": "a\nb", "mail_reply_to": 7,
            "second_factor_required": "yes", "colour": "red",
        });
        assert_eq!(patch(&app, &wrong).issues(), pairs(&[
            ("/colour", "unknown_field"), ("/name", "required"), ("/slug", "invalid_slug"),
            ("/contact_email", "invalid_email"), ("/default_language", "unknown_value"),
            ("/default_timezone", "unknown_timezone"), ("/mail_sender_name", "invalid_text"),
            ("/mail_reply_to", "invalid_type"), ("/second_factor_required", "invalid_type"),
        ]));
        assert_eq!(patch(&app, &json!({ "slug": "museum" })).problem(409), "slug_taken");
        assert_eq!(app.get_as_owner(CLUSTER).ok(200), before);
    }

    fn what_an_event_does_not_say_its_organization_does(database: Database) {
        let app = TestApp::start(database);
        patch(&app, &json!({ "default_language": "fr", "default_timezone": "Europe/Paris", "contact_email": "hello@ict.example" })).ok(200);
        let facts = |event: &Value| (event["timezone"].clone(), event["languages"].clone(), event["contact_email"].clone());
        let silent = app.drafted_event(&json!({ "slug": "silent" }));
        assert_eq!(facts(&silent), (json!("Europe/Paris"), json!(["fr"]), json!("hello@ict.example")));
        let said = json!({ "slug": "said", "timezone": "UTC", "languages": ["de"], "contact_email": "a@b.example" });
        assert_eq!(facts(&app.drafted_event(&said)), (json!("UTC"), json!(["de"]), json!("a@b.example")));
    }

    fn letters_come_in_the_name_of_the_organization(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.register("digital-day", "ada@museum.example").ok(201);
        app.deliver_mail();
        patch(&app, &json!({ "mail_sender_name": "ICT Cluster", "mail_reply_to": "desk@ict.example" })).ok(200);
        app.register("digital-day", "ben@museum.example").ok(201);
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "contact_email": "day@ict.example" })).ok(200);
        app.deliver_mail();
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "contact_email": null })).ok(200);
        app.register("digital-day", "cleo@museum.example").ok(201);
        app.deliver_mail();
        let head = |letter: &String, name: &str| {
            letter.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
        };
        let heads: Vec<_> = app.letters().iter().map(|l| (head(l, "From:").unwrap(), head(l, "Reply-To:"))).collect();
        assert_eq!(heads, [
            ("Turnout <turnout@turnout.example>".to_owned(), None),
            ("\"ICT Cluster\" <turnout@turnout.example>".to_owned(), Some("day@ict.example".to_owned())),
            ("\"ICT Cluster\" <turnout@turnout.example>".to_owned(), Some("desk@ict.example".to_owned())),
        ]);
    }

    fn answers_go_to_the_contact_of_the_event_if_it_has_one_of_its_own(database: Database) {
        let app = TestApp::start(database);
        patch(&app, &json!({ "contact_email": "hello@ict.example", "mail_reply_to": "desk@ict.example" })).ok(200);
        // It takes the contact of the organization over.
        assert_eq!(app.published_event(&json!({}))["contact_email"], "hello@ict.example");
        let reply_to = |settings: Option<Value>, email: &str| {
            if let Some(settings) = settings {
                patch(&app, &settings).ok(200);
            }
            app.register("digital-day", email).ok(201);
            app.deliver_mail();
            let letter = app.letters().pop().unwrap();
            letter.lines().find_map(|line| line.strip_prefix("Reply-To: ")).map(ToOwned::to_owned)
        };
        assert_eq!(reply_to(None, "ada@museum.example").as_deref(), Some("desk@ict.example"));
        let none = json!({ "mail_reply_to": null });
        assert_eq!(reply_to(Some(none), "ben@museum.example").as_deref(), Some("hello@ict.example"));
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "contact_email": "day@ict.example" })).ok(200);
        let desk = json!({ "mail_reply_to": "desk@ict.example" });
        assert_eq!(reply_to(Some(desk), "cleo@museum.example").as_deref(), Some("day@ict.example"));
    }

    fn letters_to_members_are_answered_where_the_organization_wants_it(database: Database) {
        let app = TestApp::start(database);
        patch(&app, &json!({ "contact_email": "hello@ict.example", "mail_reply_to": "desk@ict.example" })).ok(200);
        app.member("ict-cluster", "jos@ict.example", Role::Door);
        app.account("nobody@ict.example");
        app.post_as_owner(&format!("{CLUSTER}/invites"), &json!({ "email": "ada@museum.example", "role": "door" })).ok(201);
        let reply_to = || {
            app.app.store.write_here(uuid::Uuid::nil(), |_| Ok(())).unwrap();
            assert_eq!(app.deliver_mail(), 1);
            let letter = app.letters().pop().unwrap();
            letter.lines().find_map(|line| line.strip_prefix("Reply-To: ")).map(ToOwned::to_owned)
        };
        assert_eq!(reply_to().as_deref(), Some("desk@ict.example"));
        app.post("/api/v1/password-resets", &json!({ "email": "jos@ict.example" })).ok(202);
        assert_eq!(reply_to().as_deref(), Some("desk@ict.example"));
        app.post("/api/v1/password-resets", &json!({ "email": "nobody@ict.example" })).ok(202);
        assert_eq!(reply_to(), None);
    }

    fn an_organization_lists_the_events_that_it_owns_or_hosts(database: Database) {
        let app = TestApp::start(database);
        let museum = app.organization_with_token("Musée national", "museum", Role::Owner);
        for (slug, day) in [("second", "2026-06-09"), ("first", "2026-06-08")] {
            let times = json!({ "slug": slug, "starts_at": format!("{day}T07:00:00Z"), "ends_at": format!("{day}T15:00:00Z") });
            app.drafted_event(&times);
        }
        let other = json!({ "title": "Other", "starts_at": "2026-06-07T07:00:00Z", "ends_at": "2026-06-07T15:00:00Z" });
        app.post_as(&museum, "/api/v1/events", &other).ok(201);
        let of = |token: &str, path: &str| column(&app.get_as(token, path), "/slug");
        assert_eq!(of(&app.token, &format!("{CLUSTER}/events")), [json!("first"), json!("second")]);
        assert_eq!(of(&app.token, &format!("{CLUSTER}/events?from=2026-06-09T00:00:00Z")), [json!("second")]);
        assert_eq!(of(&museum, "/api/v1/organizations/museum/events"), [json!("other")]);
        let pages = crate::api::pages(&app, &format!("{CLUSTER}/events?limit=1"), "/slug");
        assert_eq!(pages, [[json!("first")], [json!("second")]]);
        let issues = app.get_as_owner(&format!("{CLUSTER}/events?status=lost&organization=x")).issues();
        assert_eq!(issues, pairs(&[("status", "unknown_value"), ("organization", "unknown_parameter")]));
    }

    fn a_program_founds_no_organization(database: Database) {
        let app = TestApp::start(database);
        let wish = json!({ "name": "Musée national" });
        assert_eq!(app.post_as_owner("/api/v1/organizations", &wish).problem(403), "forbidden");
        assert_eq!(app.post("/api/v1/organizations", &wish).problem(401), "unauthenticated");
    }

    fn whoever_owns_an_organization_founds_another_and_owns_it(database: Database) {
        let app = TestApp::start(database);
        let camille = app.member("ict-cluster", "camille@ict.example", Role::Owner);
        let founded = app.post_with(&camille, "/api/v1/organizations", &json!({
            "name": "Musée national", "contact_email": "hello@museum.example", "default_language": "fr",
        }));
        let museum = founded.ok(201);
        assert_eq!(founded.header("location"), format!("/api/v1/organizations/{}", text(&museum, "/id")));
        assert_eq!((&museum["slug"], &museum["version"], &museum["default_language"]),
            (&json!("musee-national"), &json!(1), &json!("fr")));
        assert_eq!(app.get_with(&camille, "/api/v1/organizations/musee-national").ok(200), museum);
        assert_eq!(column(&app.get_with(&camille, "/api/v1/organizations"), "/slug"), [json!("ict-cluster"), json!("musee-national")]);
        let members = app.get_with(&camille, "/api/v1/organizations/musee-national/members");
        assert_eq!(column(&members, "/role"), [json!("owner")]);
        let again = json!({ "name": "Another", "slug": "musee-national" });
        assert_eq!(app.post_with(&camille, "/api/v1/organizations", &again).problem(409), "slug_taken");
        let wrong = json!({ "slug": "A", "default_timezone": null, "second_factor_required": 1 });
        assert_eq!(app.post_with(&camille, "/api/v1/organizations", &wrong).issues(), pairs(&[
            ("/name", "required"), ("/slug", "invalid_slug"), ("/default_timezone", "required"),
            ("/second_factor_required", "invalid_type"),
        ]));
        let ben = app.member("ict-cluster", "ben@ict.example", Role::Editor);
        assert_eq!(app.post_with(&ben, "/api/v1/organizations", &json!({ "name": "Mine" })).problem(403), "forbidden");
    }

    fn nobody_locks_themselves_out_with_a_second_factor(database: Database) {
        let app = TestApp::start(database);
        let camille = app.member("ict-cluster", "camille@ict.example", Role::Owner);
        let strict = json!({ "second_factor_required": true });
        let request = app.request_with(&camille, Method::PATCH, CLUSTER).header("If-Match", "*").json(&strict);
        assert_eq!(Answer::of(request).problem(403), "second_factor_required");
        let founding = json!({ "name": "Strict", "second_factor_required": true });
        assert_eq!(app.post_with(&camille, "/api/v1/organizations", &founding).problem(403), "second_factor_required");
        patch(&app, &strict).ok(200);
        assert_eq!(app.get_with(&camille, CLUSTER).problem(403), "second_factor_required");
        let listed = app.get_with(&camille, "/api/v1/organizations").ok(200);
        // The list is as silent as the organization itself.
        assert_eq!(listed["data"], json!([{
            "id": listed["data"][0]["id"], "slug": "ict-cluster", "name": "Luxembourg ICT Cluster",
            "second_factor_required": true, "permissions": [], "version": 2,
        }]));
        assert_eq!(app.post_with(&camille, "/api/v1/organizations", &json!({ "name": "Mine" })).problem(403), "second_factor_required");
    }
}
