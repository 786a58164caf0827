//! What staff see and ask; how many there are, where, and who attended.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::check_ins::Door;
use super::{address, column, pairs, send, text};
use crate::support::parts::{session, ticket_type};
use crate::support::{TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

fn open(app: &TestApp, settings: &Value) -> Value {
    app.post_as_owner(&format!("{EVENT}/check-in-lists"), settings).ok(201)
}

fn door<'a>(app: &'a TestApp, list: &Value) -> Door<'a> {
    Door { app, list: format!("/api/v1/check-in-lists/{}", text(list, "/id")) }
}

/// expected, attended, inside, entries, exits, denied
fn numbers(status: &Value) -> [i64; 6] {
    ["expected", "attended", "inside", "entries", "exits", "denied"].map(|name| status[name].as_i64().unwrap())
}

on_both_databases! {
    fn staff_see_what_the_list_shows(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({}));
        let press = ticket_type(&app, &event, "Press", None, false);
        let tour = session(&app, &event, "Tour", None);
        let wish = json!({ "attendee": { "first_name": "Camille", "email": "camille@museum.example", "organization": "Musée",
            "job_title": "Curator", "country": "LU" }, "ticket_type": press, "sessions": [tour] });
        let camille = app.post(&format!("{EVENT}/registrations"), &wish).ok(201);
        app.patch_as_owner(&address(&camille), &json!({ "note": "wheelchair", "tags": ["vip"] })).ok(200);
        let shown = |settings: &Value| {
            let verdict = door(&app, &open(&app, settings)).scan(&json!({ "code": camille["code"] })).ok(200);
            verdict["registration"].clone()
        };
        let person = |kind: Value, note: Value, fields: Value| json!({ "id": camille["id"], "code": camille["code"],
            "name": "Camille", "ticket_type": kind, "note": note, "fields": fields });
        assert_eq!(shown(&json!({ "name": "A" })), person(json!("Press"), json!("wheelchair"), json!({})));
        assert_eq!(shown(&json!({ "name": "B", "fields": [] })), person(Value::Null, Value::Null, json!({})));
        let all = json!({ "name": "C", "fields": ["organization", "job_title", "country", "locale", "sessions", "tags"] });
        assert_eq!(shown(&all), person(Value::Null, Value::Null, json!({ "organization": "Musée", "job_title": "Curator",
            "country": "LU", "locale": "en", "sessions": ["Tour"], "tags": ["vip"] })));
    }

    fn staff_ask_what_the_list_asks(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let question = |key: &str, required: bool| json!({ "key": key, "kind": "text", "label": { "en": key, "fr": "?" },
            "asked_at": "door", "required": required });
        for (key, required) in [("badge", true), ("lunch", false)] {
            app.post_as_owner(&format!("{EVENT}/questions"), &question(key, required)).ok(201);
        }
        let list = open(&app, &json!({ "name": "A", "questions": ["badge", "lunch"], "fields": ["answer.badge"] }));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let scan = |answers: Value| door(&app, &list).scan(&json!({ "code": ada["code"], "nonce": "n-1", "answers": answers }));
        let asked = scan(Value::Null).ok(200);
        assert_eq!((&asked["result"], &asked["reason"], &asked["check_in_id"]),
            (&json!("needs_input"), &json!("questions_required"), &Value::Null));
        assert_eq!(asked["text"], "Something has to be asked first.");
        let keys: Vec<&Value> = asked["questions"].as_array().unwrap().iter().map(|one| &one["key"]).collect();
        assert_eq!(keys, ["badge"]);
        assert_eq!(door(&app, &list).numbers(), [1, 0, 0, 0, 0, 0]);
        assert_eq!(scan(json!({ "badge": 17, "size": "XL" })).issues(),
            pairs(&[("/answers/size", "unknown_question"), ("/answers/badge", "invalid_type")]));
        let accepted = scan(json!({ "badge": "17" })).ok(200);
        assert_eq!((&accepted["result"], &accepted["repeat"]), (&json!("accepted"), &json!(false)));
        assert_eq!(accepted["registration"]["fields"], json!({ "answer.badge": "17" }));
        assert_eq!(app.get_as_owner(&address(&ada)).ok(200)["answers"], json!({ "badge": "17" }));
        assert_eq!(scan(Value::Null).ok(200)["repeat"], true);
    }

    fn the_door_speaks_the_language_of_who_stands_there(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let path = format!("{}/check-ins", Door::of(&app, "digital-day").list);
        let says = |language: &str| {
            let answer = send(&app, reqwest::Method::POST, &path, &[("Accept-Language", language)], &json!({ "ticket": "x" }));
            text(&answer.ok(200), "/text")
        };
        assert_eq!(["fr-LU, en;q=0.5", "de", "pt, lb;q=0.8, en;q=0.2", "pt", "*", "en;q=0, fr", ""].map(says), [
            "Ce n’est pas un de nos billets.", "Das ist kein Ticket von uns.", "Dat ass kee Ticket vun eis.",
            "This is no ticket of ours.", "This is no ticket of ours.", "Ce n’est pas un de nos billets.", "This is no ticket of ours.",
        ]);
    }

    fn whoever_enters_another_zone_has_left_this_one(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let [north, south, hall] = [("North", "Foyer"), ("South", "Foyer"), ("Hall", "Hall")]
            .map(|(name, zone)| open(&app, &json!({ "name": name, "zone": zone })));
        let [ada, ben] = ["ada", "ben"].map(|n| app.register("digital-day", &format!("{n}@museum.example")).ok(201));
        let go = |list: &Value, who: &Value, way: &str| {
            app.advance(TimeDelta::minutes(1));
            door(&app, list).verdict(&json!({ "code": who["code"], "direction": way })).0
        };
        assert_eq!(go(&north, &ada, "entry"), "accepted");
        assert_eq!(go(&south, &ada, "entry"), "denied");
        assert_eq!(go(&south, &ben, "entry"), "accepted");
        assert_eq!(go(&hall, &ada, "entry"), "accepted");
        assert_eq!(go(&north, &ada, "exit"), "denied");
        assert_eq!(go(&north, &ben, "exit"), "accepted");
        let status = app.get_as_owner(&format!("{EVENT}/check-in-status")).ok(200);
        let of = |kind: &str| -> Vec<(String, [i64; 6])> {
            let name = if kind == "zones" { "/zone" } else { "/name" };
            status[kind].as_array().unwrap().iter().map(|row| (text(row, name), numbers(row))).collect()
        };
        assert_eq!(of("zones"), [("Foyer".to_owned(), [2, 2, 0, 2, 1, 2]), ("Hall".to_owned(), [2, 1, 1, 1, 0, 0])]);
        assert_eq!(of("lists"), [
            ("Entrance".to_owned(), [2, 0, 0, 0, 0, 0]), ("North".to_owned(), [2, 1, 0, 1, 1, 1]),
            ("South".to_owned(), [2, 1, 0, 1, 0, 1]), ("Hall".to_owned(), [2, 1, 1, 1, 0, 0]),
        ]);
        assert_eq!(numbers(&status["event"]), [2, 2, 1, 3, 1, 2]);
    }

    fn at_the_automatic_exit_everybody_has_gone(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let list = open(&app, &json!({ "name": "A", "automatic_exit_at": "2026-03-02T10:00:00Z" }));
        let people = ["ada", "ben"].map(|n| app.register("digital-day", &format!("{n}@museum.example")).ok(201));
        let door = door(&app, &list);
        for person in &people {
            door.scan(&json!({ "code": person["code"] })).ok(200);
        }
        app.advance(TimeDelta::microseconds(3_599_999_999));
        assert_eq!(door.numbers(), [2, 2, 2, 2, 0, 0]);
        app.advance(TimeDelta::microseconds(1));
        assert_eq!(door.numbers(), [2, 2, 0, 2, 0, 0]);
        door.scan(&json!({ "code": people[0]["code"] })).ok(200);
        assert_eq!(door.numbers(), [2, 2, 1, 3, 0, 0]);
        app.advance(TimeDelta::minutes(7));
        let minutes = column(&app.get_as_owner(&format!("{}/attendance", door.list)), "/minutes_inside");
        assert_eq!(minutes, [67, 60]);
    }

    fn a_list_expects_whom_it_lets_in(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({}));
        let (press, public) = (ticket_type(&app, &event, "Press", None, false), ticket_type(&app, &event, "Public", None, false));
        let (tour, talk) = (session(&app, &event, "Tour", None), session(&app, &event, "Talk", None));
        let register = |n: usize, kind: &str, sessions: Value| {
            let wish = json!({ "attendee": { "first_name": "P", "email": format!("p{n}@museum.example") }, "ticket_type": kind,
                "sessions": sessions });
            app.post(&format!("{EVENT}/registrations"), &wish).ok(201)
        };
        register(1, &press, json!([tour]));
        register(2, &press, json!([tour, talk]));
        register(3, &public, json!([talk]));
        register(4, &public, json!([]));
        let expected = |settings: Value| door(&app, &open(&app, &settings)).numbers()[0];
        assert_eq!(expected(json!({ "name": "A" })), 4);
        assert_eq!(expected(json!({ "name": "B", "ticket_types": [press] })), 2);
        assert_eq!(expected(json!({ "name": "C", "sessions": [talk] })), 2);
        assert_eq!(expected(json!({ "name": "D", "sessions": [talk, tour] })), 3);
        assert_eq!(expected(json!({ "name": "E", "ticket_types": [public], "sessions": [talk, tour] })), 1);
    }

    fn arrivals_are_told_on_the_clocks_of_the_event(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let people = [0, 1, 2].map(|n| app.register("digital-day", &format!("p{n}@museum.example")).ok(201));
        let door = Door::of(&app, "digital-day");
        let go = |who: &Value, way: &str| drop(door.scan(&json!({ "code": who["code"], "direction": way })).ok(200));
        go(&people[0], "entry");
        app.advance(TimeDelta::minutes(4));
        go(&people[1], "entry");
        app.advance(TimeDelta::minutes(1));
        go(&people[0], "exit");
        go(&people[2], "entry");
        app.advance(TimeDelta::minutes(1));
        go(&people[0], "entry");
        let rows = json!([
            { "from": "2026-03-02T10:00:00+01:00", "arrivals": 2, "entries": 2 },
            { "from": "2026-03-02T10:05:00+01:00", "arrivals": 1, "entries": 2 },
        ]);
        assert_eq!(app.get_as_owner(&format!("{}/arrivals", door.list)).ok(200)["data"], rows);
        assert_eq!(app.get_as_owner(&format!("{EVENT}/arrivals")).ok(200)["data"], rows);
    }

    fn the_rule_of_an_event_says_who_attended_it_everywhere(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({}));
        let tour = session(&app, &event, "Tour", None);
        let day_two = open(&app, &json!({ "name": "Day 2" }));
        let of_tour = open(&app, &json!({ "name": "Tour", "sessions": [tour] }));
        let entrance = app.get_as_owner(&format!("{EVENT}/check-in-lists")).ok(200)["data"][0].clone();
        let names = ["one", "two", "tourist", "nobody"];
        let people = names.map(|name| {
            let sessions = if name == "tourist" { json!([tour]) } else { json!([]) };
            let wish = json!({ "attendee": { "first_name": name, "email": format!("{name}@museum.example") }, "sessions": sessions });
            app.post(&format!("{EVENT}/registrations"), &wish).ok(201)
        });
        for (person, lists) in people.iter().zip([vec![&entrance], vec![&entrance, &day_two], vec![&entrance, &day_two]]) {
            for list in lists {
                assert_eq!(door(&app, list).verdict(&json!({ "code": person["code"] })).0, "accepted");
            }
        }
        let check = |rule: Value, expected: &[&str]| {
            app.patch_as_owner(&format!("{EVENT}/attendance-rule"), &rule).ok(200);
            let told = |answer: &Value| answer["attendance"]["attended"] == true;
            let one_by_one: Vec<&str> = names.iter().zip(&people)
                .filter(|(_, person)| told(&app.get_as_owner(&address(person)).ok(200))).map(|(name, _)| *name).collect();
            assert_eq!(one_by_one, expected, "{rule}");
            let list = app.get_as_owner(&format!("{EVENT}/registrations")).ok(200)["data"].as_array().unwrap().clone();
            let named = |rows: &[Value]| rows.iter().map(|row| text(row, "/attendee/first_name")).collect::<Vec<_>>();
            let listed: Vec<Value> = list.iter().filter(|row| told(row)).cloned().collect();
            assert_eq!(named(&listed), expected, "{rule}");
            let filtered = |attended: bool| {
                let path = format!("{EVENT}/registrations?attended={attended}");
                named(app.get_as_owner(&path).ok(200)["data"].as_array().unwrap())
            };
            assert_eq!(filtered(true), expected, "{rule}");
            let others: Vec<&str> = names.into_iter().filter(|name| !expected.contains(name)).collect();
            assert_eq!(filtered(false), others, "{rule}");
            let file = app.get_as_owner(&format!("{EVENT}/participants.csv?columns=first_name,attended")).body;
            let rows = names.iter().map(|name| format!("{name},{}", expected.contains(name)));
            let lines: Vec<String> = std::iter::once("first_name,attended".to_owned()).chain(rows).collect();
            assert_eq!(file, format!("{}\r\n", lines.join("\r\n")), "{rule}");
            let status = app.get_as_owner(&format!("{EVENT}/check-in-status")).ok(200);
            assert_eq!(status["event"]["attended"], expected.len(), "{rule}");
        };
        check(json!({ "rule": "any" }), &["one", "two", "tourist"]);
        check(json!({ "rule": "at_least", "lists": 2 }), &["two", "tourist"]);
        check(json!({ "rule": "at_least", "lists": 3 }), &[]);
        check(json!({ "rule": "all" }), &["two"]);
        door(&app, &of_tour).scan(&json!({ "code": people[2]["code"] })).ok(200);
        check(json!({ "rule": "all" }), &["two", "tourist"]);
        check(json!({ "rule": "at_least", "lists": 3 }), &["tourist"]);
    }

    fn a_rule_is_changed_by_who_has_read_it(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let path = format!("{EVENT}/attendance-rule");
        let rule = app.get_as_owner(&path);
        assert_eq!(rule.ok(200), json!({ "rule": "any", "lists": null, "version": 0 }));
        let change = |headers: &[(&str, &str)], body: Value| send(&app, reqwest::Method::PATCH, &path, headers, &body);
        assert_eq!(change(&[], json!({ "rule": "all" })).problem(428), "if_match_required");
        let etag = rule.header("etag");
        let changed = change(&[("If-Match", &etag)], json!({ "rule": "at_least", "lists": 2 })).ok(200);
        assert_eq!(changed, json!({ "rule": "at_least", "lists": 2, "version": 1 }));
        assert_eq!(change(&[("If-Match", &etag)], json!({ "rule": "all" })).problem(412), "version_mismatch");
        for (body, issues) in [
            (json!({}), [("/rule", "required")].as_slice()),
            (json!({ "rule": "some", "lists": 0 }), &[("/rule", "unknown_value"), ("/lists", "out_of_range")]),
            (json!({ "rule": "at_least" }), &[("/lists", "required")]),
            (json!({ "rule": "all", "lists": 2 }), &[("/lists", "not_asked")]),
        ] {
            assert_eq!(change(&[("If-Match", "*")], body).issues(), pairs(issues));
        }
    }

    fn after_the_event_who_did_not_come_is_told(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let [ada, ben, cleo] = ["ada", "ben", "cleo"].map(|n| app.register("digital-day", &format!("{n}@museum.example")).ok(201));
        app.post_as_owner(&format!("{}/cancel", address(&cleo)), &json!({})).ok(200);
        let door = Door::of(&app, "digital-day");
        app.advance("2026-06-08T14:00:00Z".parse::<turnout::clock::Timestamp>().unwrap().utc() - app.clock.now().utc());
        door.scan(&json!({ "code": ada["code"] })).ok(200);
        let rows = || {
            let answer = app.get_as_owner(&format!("{}/attendance", door.list)).ok(200);
            let row = |row: &Value| (text(row, "/registration/name"), row["attended"] == true, row["no_show"] == true,
                row["minutes_inside"].as_i64().unwrap());
            answer["data"].as_array().unwrap().iter().map(row).collect::<Vec<_>>()
        };
        assert_eq!(rows(), [("ada".to_owned(), true, false, 0), ("ben".to_owned(), false, false, 0)]);
        app.advance(TimeDelta::hours(3));
        // The event ended at 15:00: nobody is said to have stayed longer.
        assert_eq!(rows(), [("ada".to_owned(), true, false, 60), ("ben".to_owned(), false, true, 0)]);
        let _ = ben;
    }
}
