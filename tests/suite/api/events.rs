//! Events drafted, read, published, cancelled, deleted.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{send, text};
use crate::support::{Answer, TestApp, on_both_databases};

fn delete(app: &TestApp, path: &str) -> Answer {
    Answer::of(app.request(Method::DELETE, path).bearer_auth(&app.token))
}

on_both_databases! {
    fn an_organizer_drafts_an_event_and_reads_what_they_said(database: Database) {
        let app = TestApp::start(database);
        let drafted = app.post_as_owner("/api/v1/events", &json!({
            "title": " Digital Day ", "summary": "All houses open", "description": "# Come\n\nall",
            "starts_at": "2026-06-08T09:00:00.123456789+02:00", "ends_at": "2026-06-08T17:00:00+02:00",
            "location": { "name": "Musée", "city": "Luxembourg", "country": "lu", "online_url": "https://live.example/x" },
            "languages": ["fr", "lb"], "contact_email": "hello@museum.example", "capacity": 350,
            "registration": { "opens_at": "2026-04-01T00:00:00Z", "closes_at": "2026-06-07T00:00:00Z", "waitlist": "auto" },
            "tags": ["digital", "ai", "digital"], "visibility": "unlisted",
        }));
        let event = drafted.ok(201);
        let id = text(&event, "/id");
        assert_eq!(drafted.header("location"), format!("/api/v1/events/{id}"));
        assert_eq!(event, json!({
            "id": id, "slug": "digital-day", "title": "Digital Day", "summary": "All houses open",
            "description": "# Come\n\nall", "status": "draft", "visibility": "unlisted",
            "starts_at": "2026-06-08T07:00:00.123456Z", "ends_at": "2026-06-08T15:00:00Z",
            "timezone": "Europe/Luxembourg",
            "location": { "name": "Musée", "address": null, "city": "Luxembourg", "country": "LU",
                          "online_url": "https://live.example/x" },
            "languages": ["fr", "lb"], "contact_email": "hello@museum.example", "capacity": 350,
            "seats": { "capacity": 350, "taken": 0, "available": 350, "waitlisted": 0, "overbooked": 0 },
            "registration": { "opens_at": "2026-04-01T00:00:00Z", "closes_at": "2026-06-07T00:00:00Z",
                              "waitlist": "auto", "mode": "built_in", "external_url": null, "approval": false, "pending_holds_seat": true, "verify_email": false, "offer_hours": 24, "edit_until": null, "state": "not_open" },
            "hosts": [{ "organization": { "slug": "ict-cluster", "name": "Luxembourg ICT Cluster" }, "role": "owner",
                        "data_access": "full" }],
            "tags": ["ai", "digital"], "series": null, "edition": null, "version": 1,
            "permissions": ["see_event", "see_numbers", "write_event", "delete_event", "write_hosts",
                "read_registrations", "export_registrations", "write_registrations", "read_messages", "write_messages",
                "read_check_ins", "check_in", "follow_check_ins", "walk_in", "write_devices", "annul_check_in", "read_audit"],
            "created_at": "2026-03-02T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z",
        }));
        for name in ["digital-day", &id] {
            let read = app.get_as_owner(&format!("/api/v1/events/{name}"));
            assert_eq!((read.ok(200), read.header("etag")), (event.clone(), drafted.header("etag")));
        }
    }

    fn a_second_event_of_the_same_title_gets_a_numbered_slug(database: Database) {
        let app = TestApp::start(database);
        let slug = |title: &str| text(&app.drafted_event(&json!({ "title": title })), "/slug");
        assert_eq!(slug("Fête de l'Été"), "fete-de-l-ete");
        assert_eq!(slug("Fête de l'Été"), "fete-de-l-ete-2");
        assert_eq!(slug("FETE DE L'ETE!"), "fete-de-l-ete-3");
        let asked = json!({ "title": "X", "slug": "fete-de-l-ete", "starts_at": "2026-06-08T09:00:00Z",
            "ends_at": "2026-06-08T10:00:00Z" });
        assert_eq!(app.post_as_owner("/api/v1/events", &asked).problem(409), "slug_taken");
    }

    fn an_event_is_known_to_all_once_it_is_published(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({}));
        assert_eq!(app.get("/api/v1/events/digital-day").problem(404), "not_found");
        let published = app.post_as_owner("/api/v1/events/digital-day/publish", &json!({})).ok(200);
        assert_eq!((&published["status"], &published["version"]), (&json!("published"), &json!(2)));
        let mut to_anyone = published.clone();
        to_anyone["permissions"] = json!(["see_event"]);
        assert_eq!(app.get("/api/v1/events/digital-day").ok(200), to_anyone);
        let again = app.post_as_owner("/api/v1/events/digital-day/publish", &json!({}));
        assert_eq!(again.problem(409), "not_a_draft");
    }

    fn what_is_cancelled_is_neither_published_nor_cancelled_nor_changed_again(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({}));
        let act = |verb: &str| app.post_as_owner(&format!("/api/v1/events/digital-day/{verb}"), &json!({}));
        assert_eq!(act("cancel").problem(409), "not_published");
        act("publish").ok(200);
        let cancelled = act("cancel").ok(200);
        assert_eq!((&cancelled["status"], &cancelled["registration"]["state"]), (&json!("cancelled"), &json!("closed")));
        assert_eq!(app.get_as_owner("/api/v1/events/digital-day").ok(200), cancelled);
        assert_eq!(app.get("/api/v1/events/digital-day").ok(200)["status"], "cancelled");
        assert_eq!(act("cancel").problem(409), "event_cancelled");
        assert_eq!(act("publish").problem(409), "not_a_draft");
        let changed = app.patch_as_owner("/api/v1/events/digital-day", &json!({ "title": "Other" }));
        assert_eq!(changed.problem(409), "event_cancelled");
        assert_eq!(app.register("digital-day", "ada@museum.example").problem(409), "event_cancelled");
    }

    fn what_is_over_is_put_away_and_stays_as_it_is(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({ "title": "Night" }));
        let event = app.published_event(&json!({}));
        app.register("digital-day", "ada@museum.example").ok(201);
        let archive = |event: &str| app.post_as_owner(&format!("/api/v1/events/{event}/archive"), &json!({}));
        assert_eq!(archive("night").problem(409), "not_published");
        assert_eq!(archive("digital-day").problem(409), "event_not_over");
        app.advance(TimeDelta::days(98));
        assert_eq!(app.get("/api/v1/events/digital-day").ok(200)["registration"]["state"], "open");
        app.advance(TimeDelta::hours(6));
        let stale = send(&app, Method::POST, "/api/v1/events/digital-day/archive", &[("If-Match", "\"1\"")], &json!({}));
        assert_eq!(stale.problem(412), "version_mismatch");
        let archived = archive("digital-day").ok(200);
        assert_eq!((&archived["status"], &archived["registration"]["state"]), (&json!("archived"), &json!("closed")));
        assert_eq!(archive("digital-day").problem(409), "event_archived");
        for deed in ["publish", "cancel"] {
            let refused = app.post_as_owner(&format!("/api/v1/events/digital-day/{deed}"), &json!({}));
            assert_eq!(refused.problem(409), if deed == "publish" { "not_a_draft" } else { "event_archived" });
        }
        assert_eq!(app.patch_as_owner("/api/v1/events/digital-day", &json!({ "title": "X" })).problem(409), "event_archived");
        assert_eq!(delete(&app, "/api/v1/events/digital-day").problem(409), "not_deletable");
        assert_eq!(app.register("digital-day", "ben@museum.example").problem(409), "registration_closed");
        // Whoever has the address reads it; in the list it is for those who run it.
        assert_eq!(app.get("/api/v1/events/digital-day").ok(200)["id"], event["id"]);
        let count = |list: Answer| list.ok(200)["data"].as_array().unwrap().len();
        assert_eq!(count(app.get("/api/v1/events")), 0);
        assert_eq!(count(app.get_as_owner("/api/v1/events")), 2);
        assert_eq!(count(app.get_as_owner("/api/v1/events?status=archived")), 1);
        assert!(!app.get("/api/v1/calendar.ics").body.contains("Digital Day"));
        assert!(app.get("/api/v1/events/digital-day/calendar.ics").body.contains("STATUS:CONFIRMED"));
        assert_eq!(app.get_as_owner("/api/v1/events/digital-day/participants.csv").status, 200);
        let trail = app.get_as_owner("/api/v1/events/digital-day/audit?deed=event.archived").ok(200);
        assert_eq!(trail["data"].as_array().unwrap().len(), 1);
    }

    fn a_draft_is_deleted_and_what_was_published_is_not(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({ "tags": ["a"] }));
        let list = app.list_of("digital-day");
        // Somebody tried the door: the row goes with the draft.
        app.post_as_owner(&format!("/api/v1/check-in-lists/{list}/check-ins"), &json!({ "ticket": "x" })).ok(200);
        let deleted = delete(&app, "/api/v1/events/digital-day");
        assert_eq!((deleted.ok(204), deleted.body.as_str()), (Value::Null, ""));
        assert_eq!(app.get_as_owner("/api/v1/events/digital-day").problem(404), "not_found");
        assert_eq!(delete(&app, "/api/v1/events/digital-day").problem(404), "not_found");
        app.published_event(&json!({}));
        assert_eq!(delete(&app, "/api/v1/events/digital-day").problem(409), "not_deletable");
    }

    fn what_happens_to_an_event_can_be_said_to_be_of_one_version(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({}));
        for (method, path) in [(Method::DELETE, ""), (Method::POST, "/publish"), (Method::POST, "/cancel")] {
            let request = app.request(method, &format!("/api/v1/events/digital-day{path}"));
            let answer = Answer::of(request.bearer_auth(&app.token).header("If-Match", "\"7\""));
            assert_eq!(answer.problem(412), "version_mismatch");
        }
        let publish = app.request(Method::POST, "/api/v1/events/digital-day/publish");
        Answer::of(publish.bearer_auth(&app.token).header("If-Match", "\"1\"")).ok(200);
    }

    fn a_calendar_takes_one_event_or_all(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({ "title": "Day; one, two", "summary": "Open",
            "contact_email": "hello@museum.example", "location": { "name": "Musée", "country": "LU" } }));
        app.drafted_event(&json!({ "title": "Secret" }));
        app.published_event(&json!({ "title": "For friends", "visibility": "unlisted" }));
        let one = app.get(&format!("/api/v1/events/{}/calendar.ics", text(&event, "/slug")));
        assert_eq!(one.status, 200);
        assert_eq!(one.header("content-type"), "text/calendar; charset=utf-8; method=PUBLISH");
        assert_eq!(one.body, format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Turnout//Turnout//EN\r\nCALSCALE:GREGORIAN\r\n\
             METHOD:PUBLISH\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Luxembourg\r\nBEGIN:DAYLIGHT\r\n\
             DTSTART:20260329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n\
             END:VTIMEZONE\r\nBEGIN:VEVENT\r\nDESCRIPTION:Open\r\nDTEND;TZID=Europe/Luxembourg:20260608T170000\r\n\
             DTSTAMP:20260302T090000Z\r\nDTSTART;TZID=Europe/Luxembourg:20260608T090000\r\nLOCATION:Musée\\, LU\r\n\
             ORGANIZER:mailto:hello@museum.example\r\nSEQUENCE:1\r\nSTATUS:CONFIRMED\r\n\
             SUMMARY:Day\\; one\\, two\r\nUID:{}@turnout\r\n\
             URL:https://turnout.example/api/v1/events/day-one-two\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            text(&event, "/id")
        ));
        assert_eq!(app.get("/api/v1/calendar.ics").body, one.body);
    }
}
