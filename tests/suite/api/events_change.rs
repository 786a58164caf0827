//! Events changed, by somebody who has read what they change.

use reqwest::Method;
use serde_json::{Value, json};

use super::{address, messages, pairs, send, text};
use crate::support::{Answer, SecondInstance, TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

fn patch(app: &TestApp, if_match: &str, body: &Value) -> Answer {
    send(app, Method::PATCH, EVENT, &[("If-Match", if_match)], body)
}

on_both_databases! {
    fn whoever_changes_an_event_says_which_version_they_have_read(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({}));
        let read = app.get_as_owner(EVENT).header("etag");
        let title = json!({ "title": "Digital Days" });
        assert_eq!(send(&app, Method::PATCH, EVENT, &[], &title).problem(428), "if_match_required");
        assert_eq!(patch(&app, "\"2\"", &title).problem(412), "version_mismatch");
        assert_eq!(patch(&app, "no tag of ours", &title).problem(412), "version_mismatch");
        let changed = patch(&app, &read, &title);
        assert_eq!((&changed.ok(200)["title"], &changed.ok(200)["version"]), (&json!("Digital Days"), &json!(2)));
        assert_ne!(changed.header("etag"), read);
        assert_eq!(patch(&app, &read, &title).problem(412), "version_mismatch");
        patch(&app, "*", &title).ok(200);
    }

    fn of_several_versions_that_somebody_knows_one_has_to_be_the_one_of_now(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({}));
        let title = |number: i64| json!({ "title": format!("Digital Day {number}") });
        let etag = app.get_as_owner(EVENT).header("etag");
        for none in [format!("W/{etag}"), "W/\"1\"".to_owned(), "\"0\", \"x\"".to_owned(), format!("\"0\", W/{etag}")] {
            assert_eq!(patch(&app, &none, &title(1)).problem(412), "version_mismatch", "{none}");
        }
        assert_eq!(patch(&app, &format!("\"0\", {etag}"), &title(2)).ok(200)["version"], 2);
        assert_eq!(patch(&app, &format!("{etag},\"2\" , \"other\""), &title(3)).ok(200)["version"], 3);
        assert_eq!(patch(&app, &format!("\"1\", {etag}"), &title(4)).problem(412), "version_mismatch");
    }

    fn whoever_has_the_event_already_is_told_so(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 5 }));
        let etag = app.get(EVENT).header("etag");
        let ask = |etag: &str| Answer::of(app.request(Method::GET, EVENT).header("If-None-Match", etag));
        for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
            let answer = ask(&known);
            assert_eq!((answer.status, answer.body.as_str()), (304, ""), "{known}");
            assert_eq!(answer.header("etag"), etag);
        }
        assert_eq!(ask("\"other\"").status, 200);
        app.register("digital-day", "ada@museum.example").ok(201);
        assert_eq!(ask(&etag).ok(200)["seats"]["taken"], 1);
    }

    fn a_seat_that_is_taken_meanwhile_does_not_stop_an_edit(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 5 }));
        let before = app.get_as_owner(EVENT).header("etag");
        app.register("digital-day", "ada@museum.example").ok(201);
        assert_ne!(app.get_as_owner(EVENT).header("etag"), before);
        patch(&app, &before, &json!({ "summary": "Soon" })).ok(200);
    }

    fn a_change_touches_what_it_names_and_nothing_else(database: Database) {
        let app = TestApp::start(database);
        let mut event = app.drafted_event(&json!({ "capacity": 5, "contact_email": "a@b.example", "tags": ["x"],
            "location": { "name": "Musée", "city": "Luxembourg" }, "registration": { "opens_at": "2026-04-01T00:00:00Z" } }));
        assert_eq!(patch(&app, "*", &json!({})).ok(200)["title"], "Digital Day");
        let changed = patch(&app, "*", &json!({ "capacity": null, "contact_email": null, "tags": ["z", "y"],
            "location": { "name": "Kirchberg" }, "registration": { "opens_at": null }, "slug": "day" })).ok(200);
        for (name, value) in [
            ("capacity", json!(null)), ("contact_email", json!(null)), ("tags", json!(["y", "z"])), ("slug", json!("day")),
            ("seats", json!({ "capacity": null, "taken": 0, "available": null, "waitlisted": 0, "overbooked": 0 })),
            ("location", json!({ "name": "Kirchberg", "address": null, "city": null, "country": null, "online_url": null })),
            ("version", json!(3)),
        ] {
            event[name] = value;
        }
        event["registration"]["opens_at"] = json!(null);
        assert_eq!(changed, event);
        assert_eq!(app.get_as_owner("/api/v1/events/day").ok(200), event);
        assert_eq!(app.get_as_owner(EVENT).problem(404), "not_found");
    }

    fn a_slug_that_moves_to_another_event_takes_its_registrations_along(database: Database) {
        let app = TestApp::start(database);
        let other = SecondInstance::of(&app);
        let first = app.published_event(&json!({}));
        let second = app.published_event(&json!({ "title": "Digital Night" }));
        app.register("digital-day", "ada@museum.example").ok(201);
        let key = |app: &turnout::app::App| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(app.api.key_of_event("digital-day")).to_string()
        };
        assert_eq!([key(&app.app), key(&other.app)].map(|key| json!(key)), [first["id"].clone(), first["id"].clone()]);
        patch(&app, "*", &json!({ "slug": "before" })).ok(200);
        app.patch_as_owner("/api/v1/events/digital-night", &json!({ "slug": "digital-day" })).ok(200);
        assert_eq!(app.register("digital-day", "ada@museum.example").ok(201)["event_id"], second["id"]);
        // Writes queue up where the others of that event do: here at once, elsewhere within a minute.
        assert_eq!(json!(key(&app.app)), second["id"]);
        app.advance(chrono::TimeDelta::minutes(1));
        assert_eq!(json!(key(&other.app)), second["id"]);
    }

    fn a_change_that_breaks_a_rule_changes_nothing(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({ "title": "Other" }));
        let event = app.drafted_event(&json!({}));
        let refused = |body: Value| patch(&app, "*", &body);
        assert_eq!(refused(json!({ "slug": "other" })).problem(409), "slug_taken");
        assert_eq!(
            refused(json!({ "title": null, "starts_at": null, "timezone": "x" })).issues(),
            pairs(&[("/title", "required"), ("/starts_at", "required"), ("/timezone", "unknown_timezone")])
        );
        let early = json!({ "ends_at": "2026-06-08T07:00:00Z" });
        assert_eq!(refused(early).issues(), pairs(&[("/ends_at", "ends_before_start")]));
        assert_eq!(app.get_as_owner(EVENT).ok(200), event);
    }

    fn the_capacity_does_not_fall_below_the_seats_taken(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 3 }));
        for person in ["ada", "ben"] {
            app.register("digital-day", &format!("{person}@museum.example")).ok(201);
        }
        assert_eq!(patch(&app, "*", &json!({ "capacity": 1 })).problem(409), "capacity_below_taken");
        let lowered = patch(&app, "*", &json!({ "capacity": 2 })).ok(200);
        assert_eq!(lowered["seats"], json!({ "capacity": 2, "taken": 2, "available": 0, "waitlisted": 0, "overbooked": 0 }));
        let forced = app.patch_as_owner(&format!("{EVENT}?force=true"), &json!({ "capacity": 1 })).ok(200);
        assert_eq!(forced["seats"], json!({ "capacity": 1, "taken": 2, "available": 0, "waitlisted": 0, "overbooked": 1 }));
    }

    fn raising_the_capacity_confirms_those_who_wait_in_their_order(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto" } }));
        let people: Vec<Value> = ["ada", "ben", "cléo", "dan"]
            .iter()
            .map(|name| app.register("digital-day", &format!("{name}@museum.example")).ok(201))
            .collect();
        let raised = patch(&app, "*", &json!({ "capacity": 3 })).ok(200);
        assert_eq!(raised["seats"], json!({ "capacity": 3, "taken": 3, "available": 0, "waitlisted": 1, "overbooked": 0 }));
        let stand = |person: &Value| {
            let person = app.get_as_owner(&address(person)).ok(200);
            (text(&person, "/status"), person["waitlist_position"].clone())
        };
        assert_eq!(
            people.iter().map(stand).collect::<Vec<_>>(),
            ["confirmed", "confirmed", "confirmed", "waitlisted"].map(|status| {
                (status.to_owned(), if status == "waitlisted" { json!(1) } else { json!(null) })
            })
        );
        assert_eq!(messages(&app, "digital-day"), pairs(&[
            ("confirmed", "ada@museum.example"), ("waitlisted", "ben@museum.example"),
            ("waitlisted", "cléo@museum.example"), ("waitlisted", "dan@museum.example"),
            ("promoted", "ben@museum.example"), ("promoted", "cléo@museum.example"),
        ]));
        let unlimited = patch(&app, "*", &json!({ "capacity": null })).ok(200);
        assert_eq!(unlimited["seats"], json!({ "capacity": null, "taken": 4, "available": null, "waitlisted": 0, "overbooked": 0 }));
    }
}
