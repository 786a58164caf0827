//! Devices at the door: paired by a code, bound to lists, shut out at once.

use std::collections::BTreeSet;
use std::sync::Barrier;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::{column, pairs, send, text};
use crate::support::{Answer, Database, SecondInstance, TestApp, on_both_databases};

pub const DEVICES: &str = "/api/v1/events/digital-day/devices";

/// Opens a pairing at `digital-day` and pairs a device: its id and its token.
pub fn paired(app: &TestApp, fields: &Value) -> (String, String) {
    let mut device = json!({ "name": "Left" });
    device.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let opened = app.post_as_owner(DEVICES, &device).ok(201);
    let paired = app.post("/api/v1/devices/pair", &json!({ "code": opened["pairing_code"] })).ok(201);
    (text(&opened, "/id"), text(&paired, "/token"))
}

fn pair(app: &TestApp, code: &Value) -> Answer {
    app.post("/api/v1/devices/pair", &json!({ "code": code }))
}

on_both_databases! {
    fn a_code_becomes_a_device_that_checks_people_in(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let list = app.list_of("digital-day");
        let opened = app.post_as_owner(DEVICES, &json!({ "name": " Left door ", "lists": [list] }));
        let address = opened.header("location");
        let opened = opened.ok(201);
        let code = text(&opened, "/pairing_code");
        assert_eq!(opened, json!({
            "id": opened["id"], "event_id": opened["event_id"], "name": "Left door", "lists": [list], "walk_ins": false,
            "state": "pairing", "paired_at": null, "expires_at": "2026-06-09T15:00:00Z", "last_seen_at": null, "revoked_at": null,
            "created_at": "2026-03-02T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z", "version": 1,
            "pairing_code": code, "pairing_code_expires_at": "2026-03-02T09:10:00Z",
        }));
        app.advance(TimeDelta::minutes(9));
        // As people type.
        let typed = format!("{} {}", code[..4].to_lowercase(), &code[4..]);
        let paired = pair(&app, &json!(typed)).ok(201);
        let token = text(&paired, "/token");
        let own = json!({ "id": opened["id"], "name": "Left door", "walk_ins": false, "expires_at": "2026-06-09T15:00:00Z",
            "event": { "id": opened["event_id"], "slug": "digital-day", "title": "Digital Day", "timezone": "Europe/Luxembourg" },
            "lists": [{ "id": list, "name": "Entrance" }] });
        assert_eq!(paired, json!({ "token": token, "device": own }));
        let me = app.get_as(&token, "/api/v1/me").ok(200);
        assert_eq!((&me["kind"], &me["device"]), (&json!("device"), &own));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let checked = app.post_as(&token, &format!("/api/v1/check-in-lists/{list}/check-ins"), &json!({ "code": ada["code"] })).ok(200);
        assert_eq!(checked["result"], "accepted");
        assert_eq!(app.get_as(&token, &format!("/api/v1/check-in-lists/{list}/status")).ok(200)["inside"], 1);
        let log = app.get_as_owner(&format!("/api/v1/check-in-lists/{list}/check-ins")).ok(200);
        assert_eq!(log["data"][0]["device"], format!("device {}", text(&opened, "/id")));
        assert_eq!(app.get_as_owner(&address).ok(200)["state"], "paired");
    }

    fn a_code_works_once_in_time_and_tells_nothing_when_it_does_not(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let open = || app.post_as_owner(DEVICES, &json!({ "name": "X" })).ok(201);
        let [used, late, revoked] = [open(), open(), open()];
        pair(&app, &used["pairing_code"]).ok(201);
        let revoke = format!("/api/v1/devices/{}", text(&revoked, "/id"));
        assert_eq!(send(&app, Method::DELETE, &revoke, &[], &json!({})).status, 204);
        app.advance(TimeDelta::minutes(10));
        let said = |code: &Value| {
            let mut problem = pair(&app, code).ok(409);
            problem["request_id"] = json!("");
            problem.to_string()
        };
        let never = json!("ABCDEFGH");
        let all: BTreeSet<String> = [&used["pairing_code"], &late["pairing_code"], &revoked["pairing_code"], &never].map(said).into();
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(pair(&app, &never).problem(409), "pairing_code_invalid");
        assert_eq!(pair(&app, &json!("ABC")).issues(), pairs(&[("/code", "invalid_code")]));
        assert_eq!(pair(&app, &Value::Null).issues(), pairs(&[("/code", "required")]));
        let states = column(&app.get_as_owner(DEVICES), "/state");
        assert_eq!(states, ["paired", "lapsed", "revoked"]);
        // A code that was typed in time, and is typed after its event.
        app.advance(TimeDelta::days(365));
        assert_eq!(column(&app.get_as_owner(DEVICES), "/state"), ["expired", "expired", "revoked"]);
    }

    fn two_who_type_a_code_at_the_same_moment_are_one_device(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let other = SecondInstance::of(&app);
        let codes: Vec<Value> = (0..12).map(|n| app.post_as_owner(DEVICES, &json!({ "name": format!("D{n}") })).ok(201)["pairing_code"].take()).collect();
        let at_once = Barrier::new(2);
        let claim = |address: &str| -> Vec<u16> {
            codes.iter().map(|code| {
                let request = app.client.request(Method::POST, format!("{address}/api/v1/devices/pair"));
                at_once.wait();
                Answer::of(request.json(&json!({ "code": code }))).status
            }).collect()
        };
        let (one, two) = std::thread::scope(|scope| {
            let two = scope.spawn(|| claim(&other.address));
            (claim(&app.address), two.join().unwrap())
        });
        for (one, two) in one.into_iter().zip(two) {
            let mut both = [one, two];
            both.sort_unstable();
            assert_eq!(both, [201, 409]);
        }
        let of_trail = column(&app.get_as_owner("/api/v1/events/digital-day/audit?deed=device.paired&limit=500"), "/actor/kind");
        assert_eq!(of_trail, ["device"; 12]);
    }

    fn a_device_ends_when_it_is_revoked_and_by_itself_after_the_event(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let me = |token: &str| app.get_as(token, "/api/v1/me").status;
        let (id, revoked) = paired(&app, &json!({}));
        let (_, short) = paired(&app, &json!({ "expires_at": "2026-06-08T12:00:00Z" }));
        let (_, usual) = paired(&app, &json!({}));
        assert_eq!([&revoked, &short, &usual].map(|token| me(token)), [200; 3]);
        let device = format!("/api/v1/devices/{id}");
        for _ in 0..2 {
            assert_eq!(send(&app, Method::DELETE, &device, &[], &json!({})).status, 204);
        }
        assert_eq!(me(&revoked), 401);
        let of_trail = column(&app.get_as_owner("/api/v1/events/digital-day/audit?deed=device.revoked"), "/subject_id");
        assert_eq!(of_trail, [id]);
        app.advance("2026-06-08T12:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - app.clock.now().utc());
        assert_eq!((me(&short), me(&usual)), (401, 200));
        app.advance(TimeDelta::hours(27) - TimeDelta::seconds(1));
        assert_eq!(me(&usual), 200);
        app.advance(TimeDelta::seconds(1));
        assert_eq!(me(&usual), 401);
        // An event that is put off takes its devices along.
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "starts_at": "2026-07-08T09:00:00+02:00", "ends_at": "2026-07-08T17:00:00+02:00" })).ok(200);
        assert_eq!((me(&short), me(&usual)), (401, 200));
    }

    fn a_device_is_renamed_and_remembers_when_it_was_seen(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (id, token) = paired(&app, &json!({}));
        let device = format!("/api/v1/devices/{id}");
        let rename = |headers: &[(&str, &str)], name: &Value| send(&app, Method::PATCH, &device, headers, &json!({ "name": name }));
        assert_eq!(rename(&[], &json!("Right")).problem(428), "if_match_required");
        assert_eq!(rename(&[("If-Match", "\"1\"")], &json!("Right")).problem(412), "version_mismatch");
        let renamed = rename(&[("If-Match", "\"2\"")], &json!("Right")).ok(200);
        assert_eq!((&renamed["name"], &renamed["version"]), (&json!("Right"), &json!(3)));
        assert_eq!(rename(&[("If-Match", "*")], &Value::Null).issues(), pairs(&[("/name", "required")]));
        app.advance(TimeDelta::minutes(2));
        app.get_as(&token, "/api/v1/me").ok(200);
        app.do_chore("note last uses");
        assert_eq!(app.get_as_owner(&device).ok(200)["last_seen_at"], "2026-03-02T09:02:00Z");
        let changes = column(&app.get_as_owner("/api/v1/events/digital-day/audit?deed=device.renamed"), "/changes");
        assert_eq!(changes, [json!([{ "field": "name", "before": "Left", "after": "Right" }])]);
    }

    fn a_pairing_that_makes_no_sense_is_refused(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.published_event(&json!({ "title": "Night" }));
        let other = app.list_of("night");
        for (fields, issues) in [
            (json!({}), [("/name", "required")].as_slice()),
            (json!({ "name": "X", "lists": [] }), &[("/lists", "required")]),
            (json!({ "name": "X", "lists": ["x"] }), &[("/lists", "invalid_id")]),
            (json!({ "name": "X", "lists": [other], "walk_ins": 1 }), &[("/lists/0", "unknown_list"), ("/walk_ins", "invalid_type")]),
            (json!({ "name": "X", "expires_at": "2026-03-02T09:00:00Z" }), &[("/expires_at", "in_the_past")]),
            (json!({ "name": "X", "expires_at": "2026-07-08T15:00:01Z" }), &[("/expires_at", "out_of_range")]),
        ] {
            assert_eq!(app.post_as_owner(DEVICES, &fields).issues(), pairs(issues), "{fields}");
        }
        app.post_as_owner(DEVICES, &json!({ "name": "X", "expires_at": "2026-07-08T15:00:00Z" })).ok(201);
    }

    fn a_device_knows_its_lists_and_nothing_beside_them(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.published_event(&json!({ "title": "Night" }));
        let (_, token) = paired(&app, &json!({}));
        let other = format!("/api/v1/check-in-lists/{}", app.list_of("night"));
        assert_eq!(app.post_as(&token, &format!("{other}/check-ins"), &json!({ "code": "ABCDEFGH" })).problem(404), "not_found");
        assert_eq!(app.get_as(&token, &format!("{other}/status")).problem(404), "not_found");
        assert_eq!(app.get_as(&token, &format!("/api/v1/check-in-lists/{}/check-ins", app.list_of("digital-day"))).problem(403), "forbidden");
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        assert_eq!(app.get_as(&token, &format!("/api/v1/registrations/{}", text(&ada, "/id"))).problem(403), "forbidden");
        // What a device tried is in the trail.
        app.do_chore("note denials");
        let tried = column(&app.get_as_owner("/api/v1/events/digital-day/audit?actor=device&deed=denied"), "/deed");
        assert_eq!(tried.into_iter().map(|deed| deed.as_str().unwrap().to_owned()).collect::<BTreeSet<_>>(),
            ["denied.read_check_ins".to_owned(), "denied.read_registrations".to_owned()].into());
    }

    fn whoever_checked_somebody_in_takes_it_back_within_a_quarter_of_an_hour(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let list = format!("/api/v1/check-in-lists/{}", app.list_of("digital-day"));
        let (_, left) = paired(&app, &json!({}));
        let (_, right) = paired(&app, &json!({}));
        let door = app.token_of("ict-cluster", Role::Door);
        let scan = |token: &str, email: &str| {
            let person = app.register("digital-day", email).ok(201);
            let verdict = app.post_as(token, &format!("{list}/check-ins"), &json!({ "code": person["code"] })).ok(200);
            format!("/api/v1/check-ins/{}/annul", text(&verdict, "/check_in_id"))
        };
        let undo = |token: &str, path: &str| app.post_as(token, path, &json!({ "reason": "the neighbour" }));
        let [ada, ben, cleo] = [scan(&left, "ada@museum.example"), scan(&left, "ben@museum.example"), scan(&door, "cleo@museum.example")];
        app.advance(TimeDelta::minutes(15) - TimeDelta::seconds(1));
        assert_eq!(undo(&right, &ada).problem(403), "forbidden");
        assert_eq!(undo(&door, &ada).problem(403), "forbidden");
        let undone = undo(&left, &ada).ok(200);
        assert_eq!((&undone["result"], &undone["annul_reason"]), (&json!("annulment"), &json!("the neighbour")));
        assert_eq!(undo(&left, &ada).problem(409), "already_annulled");
        assert_eq!(undo(&door, &cleo).ok(200)["result"], "annulment");
        app.advance(TimeDelta::seconds(1));
        assert_eq!(undo(&left, &ben).problem(403), "forbidden");
        assert_eq!(undo(&app.token, &ben).ok(200)["result"], "annulment");
        let status = app.get_as(&left, &format!("{list}/status")).ok(200);
        assert_eq!((&status["attended"], &status["inside"]), (&json!(0), &json!(0)));
        let actors = column(&app.get_as_owner("/api/v1/events/digital-day/audit?deed=check_in.annulled"), "/actor/kind");
        assert_eq!(actors, ["token", "token", "device"]);
    }
}

#[test]
fn whoever_guesses_codes_is_slowed_down() {
    let app = TestApp::start(Database::sqlite());
    let guess = || pair(&app, &json!("ABCDEFGH"));
    let first = guess();
    assert_eq!((first.status, first.header("ratelimit")), (409, "\"pairing\";r=29;t=60".to_owned()));
    let statuses: Vec<u16> = (0..40).map(|_| guess().status).collect();
    assert!(statuses[..29].iter().all(|status| *status == 409), "{statuses:?}");
    assert!(statuses.contains(&429));
    let slowed = std::iter::repeat_with(guess).find(|answer| answer.status == 429).unwrap();
    assert_eq!(slowed.problem(429), "rate_limited");
}

#[test]
fn neither_code_nor_token_is_kept_and_a_code_is_shown_once() {
    let app = TestApp::start(Database::sqlite());
    app.published_event(&json!({}));
    let open = || send(&app, Method::POST, DEVICES, &[("Idempotency-Key", "k1")], &json!({ "name": "Left" })).ok(201);
    let (first, again) = (open(), open());
    assert_eq!((&again["id"], &again["pairing_code"]), (&first["id"], &Value::Null));
    let code = text(&first, "/pairing_code");
    let token = text(&pair(&app, &json!(code)).ok(201), "/token");
    app.app.store.close();
    for file in ["turnout.sqlite", "turnout.sqlite-wal"] {
        let bytes = std::fs::read(app.database.folder().join(file)).unwrap_or_default();
        for secret in [&code, &token] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{file} has {secret}");
        }
    }
}
