//! What a device takes along, read as `docs/ROSTER.md` says and by nothing else.

use chrono::TimeDelta;
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::devices::paired;
use super::{address, column, pairs, text};
use crate::support::{Answer, Database, TestApp, on_both_databases, parts};

/// A roster as a device keeps it.
struct Roster(Value);

fn bytes(text: &Value) -> Vec<u8> {
    BASE64URL_NOPAD.decode(text.as_str().unwrap().as_bytes()).unwrap()
}

fn key(bytes: &[u8]) -> VerifyingKey {
    VerifyingKey::from_bytes(bytes.try_into().unwrap()).unwrap()
}

fn signature(bytes: &[u8]) -> Signature {
    Signature::from_bytes(bytes.try_into().unwrap())
}

impl Roster {
    /// Verify it, then read it.
    fn read(app: &TestApp, answer: &Value) -> Option<Self> {
        let keys = app.get("/api/v1/keys").ok(200);
        let ours = |key: &&Value| key["kid"] == answer["kid"] && key["purpose"] == "rosters";
        let ours = keys["keys"].as_array().unwrap().iter().find(ours)?;
        let roster = answer["roster"].as_str().unwrap();
        key(&bytes(&ours["x"])).verify(roster.as_bytes(), &signature(&bytes(&answer["signature"]))).ok()?;
        let roster: Value = serde_json::from_str(roster).unwrap();
        (roster["format"] == "turnout-roster-1").then_some(Self(roster))
    }

    fn recognizer(&self, shown: &[u8]) -> String {
        let hash = Sha256::digest([bytes(&self.0["salt"]), shown.to_vec()].concat());
        BASE64URL_NOPAD.encode(&hash[..12])
    }

    /// What the device says of a ticket.
    fn of_ticket(&self, shown: &str) -> String {
        let ticket = shown.trim().to_uppercase();
        let Some(bytes_of) = ticket.strip_prefix("T1.").and_then(|rest| BASE32_NOPAD.decode(rest.as_bytes()).ok())
        else {
            return "invalid".to_owned();
        };
        if bytes_of.len() != 82
            || key(&bytes(&self.0["ticket_key"])).verify(&bytes_of[..18], &signature(&bytes_of[18..])).is_err()
        {
            return "invalid".to_owned();
        }
        let epoch = u64::from(u16::from_be_bytes([bytes_of[16], bytes_of[17]]));
        self.look(0, &self.recognizer(&bytes_of[..16]), Some(epoch))
    }

    /// What the device says of a code.
    fn of_code(&self, typed: &str) -> String {
        let code = typed.replace([' ', '-'], "").to_uppercase();
        self.look(1, &self.recognizer(code.as_bytes()), None)
    }

    fn look(&self, place: usize, by: &str, epoch: Option<u64>) -> String {
        let find = |rows: &Value| rows.as_array().unwrap().iter().find(|row| row[place] == by).cloned();
        if let Some(person) = find(&self.0["people"]) {
            let stale = epoch.is_some_and(|epoch| person[2] != epoch);
            return if stale { "revoked".to_owned() } else { format!("in: {}", text(&person, "/3")) };
        }
        find(&self.0["withdrawn"]).map_or("unknown".to_owned(), |row| text(&row, "/2"))
    }

    /// Puts what has changed in its place.
    fn update(&mut self, change: &Self) {
        assert_eq!(change.0["whole"], false);
        for kind in ["people", "withdrawn"] {
            for row in change.0[kind].as_array().unwrap() {
                for before in ["people", "withdrawn"] {
                    self.0[before].as_array_mut().unwrap().retain(|old| old[0] != row[0]);
                }
                self.0[kind].as_array_mut().unwrap().push(row.clone());
            }
        }
        self.0["cursor"] = change.0["cursor"].clone();
    }

    fn len(&self) -> (usize, usize) {
        (self.0["people"].as_array().unwrap().len(), self.0["withdrawn"].as_array().unwrap().len())
    }
}

fn path(app: &TestApp) -> String {
    format!("/api/v1/check-in-lists/{}/roster", app.list_of("digital-day"))
}

fn fetch(app: &TestApp, token: &str, query: &str) -> Roster {
    Roster::read(app, &app.get_as(token, &format!("{}{query}", path(app))).ok(200)).unwrap()
}

fn ticket(app: &TestApp, registration: &Value) -> String {
    text(&app.get_as_owner(&format!("{}/ticket", address(registration))).ok(200), "/ticket")
}

on_both_databases! {
    fn a_device_takes_along_what_it_asks(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (_, device) = paired(&app, &json!({}));
        app.register("digital-day", "ada@museum.example").ok(201);
        let question = |key: &str| json!({ "key": key, "kind": "text", "label": { "en": key, "fr": "?" }, "asked_at": "door" });
        let [badge, lunch] = ["badge", "lunch"].map(|key| {
            app.post_as_owner("/api/v1/events/digital-day/questions", &question(key)).ok(201)
        });
        let settings = format!("/api/v1/check-in-lists/{}", app.list_of("digital-day"));
        app.patch_as_owner(&settings, &json!({ "questions": ["badge"] })).ok(200);
        let roster = fetch(&app, &device, "");
        assert_eq!(roster.0["questions"], json!([badge]));
        let since = format!("?since={}", text(&roster.0, "/cursor"));
        app.patch_as_owner(&format!("/api/v1/events/digital-day/questions/{}", text(&lunch, "/id")),
            &json!({ "label": { "en": "Lunch?", "fr": "Midi ?" } })).ok(200);
        assert_eq!(fetch(&app, &device, &since).0["whole"], false);
        let changed = app.patch_as_owner(&format!("/api/v1/events/digital-day/questions/{}", text(&badge, "/id")),
            &json!({ "required": true })).ok(200);
        let roster = fetch(&app, &device, &since);
        assert_eq!((&roster.0["whole"], &roster.0["questions"]), (&json!(true), &json!([changed])));
    }

    fn a_device_recognizes_people_without_the_server(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 2, "registration": { "waitlist": "auto" } }));
        let (_, device) = paired(&app, &json!({}));
        let [ada, ben, cleo] = ["ada", "ben", "cleo"].map(|n| app.register("digital-day", &format!("{n}@museum.example")).ok(201));
        let [adas, bens] = [&ada, &ben].map(|person| ticket(&app, person));
        let roster = fetch(&app, &device, "");
        assert_eq!((&roster.0["whole"], roster.len()), (&json!(true), (2, 1)));
        assert_eq!((&roster.0["event"]["slug"], &roster.0["event"]["timezone"], &roster.0["expires_at"]),
            (&json!("digital-day"), &json!("Europe/Luxembourg"), &json!("2026-06-09T15:00:00Z")));
        assert_eq!((&roster.0["list"]["name"], &roster.0["questions"]), (&json!("Entrance"), &json!([])));
        assert_eq!(roster.of_ticket(&adas), "in: ada");
        assert_eq!(roster.of_ticket(&format!(" {}\n", adas.to_lowercase())), "in: ada");
        let code = text(&ben, "/code");
        assert_eq!(roster.of_code(&format!("{}-{}", code[..4].to_lowercase(), &code[4..])), "in: ben");
        assert_eq!(roster.of_code(&text(&cleo, "/code")), "waitlisted");
        assert_eq!(roster.of_code("ABCDEFGH"), "unknown");
        let mut forged = bens.clone().into_bytes();
        forged[10] = if forged[10] == b'A' { b'B' } else { b'A' };
        assert_eq!(roster.of_ticket(std::str::from_utf8(&forged).unwrap()), "invalid");
        assert_eq!(roster.of_ticket("https://museum.example/"), "invalid");
        // The server says the same.
        let scan = json!({ "ticket": adas });
        let list = format!("/api/v1/check-in-lists/{}/check-ins", app.list_of("digital-day"));
        assert_eq!(app.post_as(&device, &list, &scan).ok(200)["result"], "accepted");
        assert_eq!(column(&app.get_as_owner("/api/v1/events/digital-day/audit?deed=roster.taken"), "/actor/kind"), ["device"]);
    }

    fn what_is_changed_on_the_way_is_not_read(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.register("digital-day", "ada@museum.example").ok(201);
        let answer = app.get_as_owner(&path(&app)).ok(200);
        assert!(Roster::read(&app, &answer).is_some());
        let mut changed = answer.clone();
        changed["roster"] = json!(text(&answer, "/roster").replace("ada", "eve"));
        assert!(Roster::read(&app, &changed).is_none());
        let mut other_key = answer.clone();
        let keys = app.get("/api/v1/keys").ok(200);
        let of_tickets = keys["keys"].as_array().unwrap().iter().find(|key| key["purpose"] == "tickets").unwrap();
        other_key["kid"] = of_tickets["kid"].clone();
        assert!(Roster::read(&app, &other_key).is_none());
    }

    fn a_roster_says_as_little_as_will_do(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({}));
        let press = parts::ticket_type(&app, &event, "Press", None, false);
        let wish = json!({ "attendee": { "first_name": "Zoë", "last_name": "Müller", "email": "zm@museum.example", "phone": "+352 621 123 456",
            "organization": "Secret Society" }, "ticket_type": press, "note": "needs a ramp" });
        let zoe = app.post_as_owner("/api/v1/events/digital-day/registrations", &wish).ok(201);
        let plain = json!({ "attendee": { "first_name": "Jos", "email": "jos@museum.example" }, "ticket_type": press });
        app.post_as_owner("/api/v1/events/digital-day/registrations", &plain).ok(201);
        let roster = fetch(&app, &app.token, "");
        let person = |name: &str| roster.0["people"].as_array().unwrap().iter().find(|row| row[3] == name).unwrap().as_array().unwrap()[2..].to_vec();
        assert_eq!(person("Zoë Müller"), [json!(1), json!("Zoë Müller"), json!(0), json!("needs a ramp")]);
        assert_eq!(person("Jos"), [json!(1), json!("Jos"), json!(0)]);
        assert_eq!(roster.0["ticket_types"], json!([{ "id": press, "name": "Press" }]));
        let said = roster.0.to_string();
        for secret in ["museum.example", "621 123", "Secret Society", &text(&zoe, "/id"), &text(&zoe, "/code")] {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
        let list = format!("/api/v1/check-in-lists/{}", app.list_of("digital-day"));
        app.patch_as_owner(&list, &json!({ "roster_names": "initials", "fields": [] })).ok(200);
        let roster = fetch(&app, &app.token, "");
        let names: Vec<&Value> = roster.0["people"].as_array().unwrap().iter().map(|row| &row[3]).collect();
        assert!(names.contains(&&json!("Z. M.")) && names.contains(&&json!("J.")), "{names:?}");
        assert!(!roster.0.to_string().contains("ramp"));
        // For others: not on this list.
        app.patch_as_owner(&list, &json!({ "ticket_types": [parts::ticket_type(&app, &event, "Speaker", None, false)] })).ok(200);
        let roster = fetch(&app, &app.token, "");
        assert_eq!((roster.len(), roster.of_code(&text(&zoe, "/code"))), ((0, 2), "not_on_list".to_owned()));
    }

    fn a_device_asks_for_what_has_changed(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (_, device) = paired(&app, &json!({}));
        let [ada, ben] = ["ada", "ben"].map(|n| app.register("digital-day", &format!("{n}@museum.example")).ok(201));
        let [adas, bens] = [&ada, &ben].map(|person| ticket(&app, person));
        // What has changed in the minute before the cursor is told again.
        app.advance(TimeDelta::minutes(2));
        let first = app.get_as(&device, &path(&app));
        let etag = first.header("etag");
        let mut roster = Roster::read(&app, &first.ok(200)).unwrap();
        let again = |query: &str, etag: &str| Answer::of(app.request(Method::GET, &format!("{}{query}", path(&app))).bearer_auth(&device).header("If-None-Match", etag));
        assert_eq!(again("", &etag).status, 304);
        app.advance(TimeDelta::minutes(5));
        let cursor = text(&roster.0, "/cursor");
        assert_eq!(again(&format!("?since={cursor}"), &etag).status, 304);
        // Nothing has changed, and nothing is told.
        let nothing = fetch(&app, &device, &format!("?since={cursor}"));
        assert_eq!((&nothing.0["whole"], nothing.len()), (&json!(false), (0, 0)));
        app.post_as_owner(&format!("{}/cancel", address(&ada)), &json!({})).ok(200);
        let bob = json!({ "attendee": { "first_name": "bob", "email": "bob@museum.example" } });
        app.post_as_owner(&format!("{}/transfer", address(&ben)), &bob).ok(200);
        let cleo = app.register("digital-day", "cleo@museum.example").ok(201);
        assert_eq!(again("", &etag).status, 200);
        let change = fetch(&app, &device, &format!("?since={cursor}"));
        assert_eq!(change.len(), (2, 1));
        roster.update(&change);
        assert_eq!(roster.len(), (2, 1));
        assert_eq!(roster.of_ticket(&adas), "cancelled");
        assert_eq!(roster.of_ticket(&bens), "revoked");
        assert_eq!(roster.of_ticket(&ticket(&app, &ben)), "in: bob");
        assert_eq!(roster.of_ticket(&ticket(&app, &cleo)), "in: cleo");
        // Whole and in parts it is the same.
        let sorted = |roster: &Roster| { let mut rows = roster.0["people"].as_array().unwrap().clone(); rows.sort_by_key(Value::to_string); rows };
        assert_eq!(sorted(&roster), sorted(&fetch(&app, &device, "")));
        // With other settings, what a device has is no good any more.
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "title": "Digital Night" })).ok(200);
        let whole = fetch(&app, &device, &format!("?since={}", text(&roster.0, "/cursor")));
        assert_eq!((&whole.0["whole"], whole.len()), (&json!(true), (2, 1)));
        let wrong = app.get_as(&device, &format!("{}?since=x&y=1", path(&app)));
        assert_eq!(wrong.issues(), pairs(&[("since", "invalid_cursor"), ("y", "unknown_parameter")]));
    }
}

#[test]
fn a_hundred_thousand_people_take_less_than_ten_megabytes() {
    const PEOPLE: usize = 2000;
    let app = TestApp::start(Database::sqlite());
    app.published_event(&json!({}));
    // Names that no compression finds anything in: worse than those that people have.
    let name = |n: usize, salt: &str| BASE32_NOPAD.encode(&Sha256::digest(format!("{salt} {n}"))[..6]);
    let mut empty = 0;
    for part in [0..1, 1..PEOPLE + 1] {
        let count = part.len();
        for n in part {
            let attendee = json!({ "first_name": name(n, "first"), "last_name": name(n, "last"), "email": format!("p{n}@museum.example") });
            app.post("/api/v1/events/digital-day/registrations", &json!({ "attendee": attendee })).ok(201);
        }
        let zipped = app
            .request(Method::GET, &path(&app))
            .bearer_auth(&app.token)
            .header("Accept-Encoding", "gzip")
            .send()
            .unwrap();
        assert_eq!(zipped.headers()["content-encoding"], "gzip");
        let length = zipped.bytes().unwrap().len();
        if count == 1 {
            empty = length;
        } else {
            assert!(length - empty < 100 * PEOPLE, "{} bytes for {PEOPLE} people", length - empty);
        }
    }
}
