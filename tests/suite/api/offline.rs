//! What devices did while they could not ask: in whichever order and in whichever batches it comes, the end is the same.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::check_ins::Door;
use super::imports::csv;
use super::{address, pairs, text};
use crate::support::{Answer, Database, TestApp, on_both_databases};

fn batch(app: &TestApp, token: &str, list: &str, facts: &[Value]) -> Answer {
    let body = json!({ "sent_at": app.clock.now(), "check_ins": facts });
    app.post_as(token, &format!("/api/v1/check-in-lists/{list}/check-ins/batch"), &body)
}

/// Result, reason and repeat of each verdict.
#[track_caller]
fn told(answer: &Answer) -> Vec<(String, Value, bool)> {
    let verdicts = answer.ok(200)["verdicts"].as_array().unwrap().clone();
    let one = |verdict: &Value| (text(verdict, "/result"), verdict["reason"].clone(), verdict["repeat"] == true);
    verdicts.iter().map(one).collect()
}

fn conflicts(app: &TestApp, list: &str) -> Vec<(Value, Value)> {
    let rows = app.get_as_owner(&format!("/api/v1/check-in-lists/{list}/conflicts?limit=500")).ok(200);
    rows["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["check_in"]["nonce"].clone(), row["reason"].clone()))
        .collect()
}

/// An event that asks at the door: its list, the token of a door, and Ada's registration.
fn asked_at_the_door(app: &TestApp, mut event: Value) -> (String, String, Value) {
    event["languages"] = json!(["en"]);
    app.published_event(&event);
    for question in questions() {
        app.post_as_owner("/api/v1/events/digital-day/questions", &question).ok(201);
    }
    let ada = app.register("digital-day", "ada@museum.example").ok(201);
    (app.list_of("digital-day"), app.token_of("ict-cluster", Role::Door), ada)
}

on_both_databases! {
    fn what_a_device_did_is_kept_answered_in_order_and_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (list, token) = (app.list_of("digital-day"), app.token_of("ict-cluster", Role::Door));
        let [ada, ben] = ["ada", "ben"].map(|n| app.register("digital-day", &format!("{n}@museum.example")).ok(201));
        app.post_as_owner(&format!("{}/cancel", address(&ben)), &json!({})).ok(200);
        app.advance(TimeDelta::hours(1));
        let fact = |nonce: &str, at: &str, who: &Value, more: &Value| {
            let mut fact = json!({ "registration_id": who["id"], "nonce": nonce, "occurred_at": format!("2026-03-02T09:{at}Z") });
            for (name, value) in more.as_object().unwrap() {
                fact[name] = value.clone();
            }
            fact
        };
        let facts = [
            fact("n3", "40:00", &ada, &json!({ "direction": "exit" })),
            fact("n1", "30:00", &ada, &json!({})),
            fact("n2", "30:02", &ada, &json!({})),
            fact("n4", "31:00", &ben, &json!({})),
            json!({ "ticket": "not ours", "nonce": "n5", "occurred_at": "2026-03-02T09:32:00Z" }),
            fact("n6", "33:00", &ben, &json!({ "refused": "cancelled" })),
        ];
        let first = batch(&app, &token, &list, &facts);
        let plain = |result: &str, reason: Value, repeat: bool| (result.to_owned(), reason, repeat);
        assert_eq!(told(&first), vec![
            plain("accepted", Value::Null, false),
            plain("accepted", Value::Null, false),
            plain("accepted", Value::Null, true),
            plain("accepted_conflict", json!("cancelled"), false),
            plain("denied", json!("invalid"), false),
            plain("denied", json!("cancelled"), false),
        ]);
        let numbers = Door::of(&app, "digital-day").numbers();
        assert_eq!(numbers, [1, 2, 1, 2, 1, 2]);
        let log = app.get_as_owner(&format!("/api/v1/check-in-lists/{list}/check-ins")).ok(200);
        assert_eq!(log["data"].as_array().unwrap().len(), 6);
        assert!(log["data"].as_array().unwrap().iter().all(|row| row["source"] == "offline"));

        let again = told(&batch(&app, &token, &list, &facts));
        let as_before: Vec<_> = told(&first).into_iter().map(|(result, reason, _)| (result, reason, true)).collect();
        assert_eq!(again, as_before);
        assert_eq!(Door::of(&app, "digital-day").numbers(), numbers);
        assert_eq!(conflicts(&app, &list), [(json!("n4"), json!("cancelled"))]);
    }

    fn an_entry_that_comes_late_makes_a_conflict_of_the_one_that_we_accepted(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (list, token) = (app.list_of("digital-day"), app.token_of("ict-cluster", Role::Door));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        app.advance(TimeDelta::minutes(10));
        let door = Door::of(&app, "digital-day");
        let online = door.scan(&json!({ "code": ada["code"], "nonce": "online" })).ok(200);
        assert_eq!(online["result"], "accepted");
        let fact = json!({ "code": ada["code"], "nonce": "offline", "occurred_at": "2026-03-02T09:05:00Z" });
        assert_eq!(told(&batch(&app, &token, &list, &[fact])), [("accepted".to_owned(), Value::Null, false)]);
        assert_eq!(conflicts(&app, &list), [(json!("online"), json!("already_checked_in"))]);
        assert_eq!(door.numbers(), [1, 1, 1, 2, 0, 0]);

        let settle = |decision: &str| {
            let path = format!("/api/v1/check-ins/{}/settle", text(&online, "/check_in_id"));
            app.post_as_owner(&path, &json!({ "decision": decision, "reason": "two people with one ticket" }))
        };
        assert_eq!(settle("keep").ok(200)["conflict"], "already_checked_in");
        assert_eq!(settle("keep").problem(409), "already_settled");
        let rows = |settled: bool| {
            let path = format!("/api/v1/check-in-lists/{list}/conflicts?settled={settled}");
            app.get_as_owner(&path).ok(200)["data"].as_array().unwrap().clone()
        };
        assert_eq!((rows(false).len(), rows(true)[0]["settled"]["reason"].clone()), (0, json!("two people with one ticket")));
        assert_eq!(settle("take_back").ok(200)["conflict"], Value::Null);
        assert_eq!((conflicts(&app, &list), door.numbers()), (Vec::new(), [1, 1, 1, 1, 0, 0]));
        assert_eq!(settle("keep").problem(409), "no_conflict");
    }

    fn the_clock_of_a_device_is_corrected(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (list, token) = (app.list_of("digital-day"), app.token_of("ict-cluster", Role::Door));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        app.advance(TimeDelta::minutes(30));
        // The device is two hours ahead: it let her in twenty minutes ago.
        let body = json!({ "sent_at": "2026-03-02T11:30:00Z", "check_ins": [
            { "code": ada["code"], "nonce": "n", "occurred_at": "2026-03-02T11:10:00Z" }] });
        let answer = app.post_as(&token, &format!("/api/v1/check-in-lists/{list}/check-ins/batch"), &body).ok(200);
        assert_eq!(answer["skew_seconds"], -7200);
        assert_eq!(answer["verdicts"][0]["first_entry_at"], "2026-03-02T09:10:00Z");
        // One that has forgotten the time let nobody in long before there was the event.
        let ben = app.register("digital-day", "ben@museum.example").ok(201);
        let forgotten = json!({ "code": ben["code"], "nonce": "m", "occurred_at": "1970-01-01T00:00:07Z" });
        let told = batch(&app, &token, &list, &[forgotten]).ok(200);
        assert_eq!(told["verdicts"][0]["first_entry_at"], "2026-03-01T09:00:00Z");
    }

    fn what_a_device_asked_comes_along_and_what_was_answered_last_counts(database: Database) {
        let app = TestApp::start(database);
        let (list, token, ada) = asked_at_the_door(&app, json!({}));
        let answers = || app.get_as_owner(&address(&ada)).ok(200)["answers"].clone();
        app.advance(TimeDelta::hours(1));
        let fact = |nonce: &str, minute: u32, answers: Value| json!({ "code": ada["code"], "nonce": nonce,
            "occurred_at": format!("2026-03-02T09:{minute}:00Z"), "answers": answers });
        let errors = |answer: &Value| -> Vec<Vec<(String, String)>> {
            let of = |verdict: &Value| verdict["answer_errors"].as_array().unwrap().iter()
                .map(|error| (text(error, "/pointer"), text(error, "/code"))).collect();
            answer["verdicts"].as_array().unwrap().iter().map(of).collect()
        };
        let facts = [
            fact("n2", 20, json!({ "why": "cold", "badge": 17, "shoe": 1 })),
            fact("n1", 10, json!({ "size": "a", "why": "small" })),
        ];
        let first = batch(&app, &token, &list, &facts).ok(200);
        let wrong = vec![pairs(&[("/answers/badge", "invalid_type"), ("/answers/shoe", "unknown_question")]), vec![]];
        assert_eq!(errors(&first), wrong);
        assert_eq!(answers(), json!({ "size": "a", "why": "cold" }));
        // The same again is the same, also if other answers come with it.
        let other = [fact("n2", 20, json!({ "why": "never" })), facts[1].clone()];
        assert_eq!(errors(&batch(&app, &token, &list, &other).ok(200)), wrong);
        assert_eq!(answers(), json!({ "size": "a", "why": "cold" }));
        let answered = "/api/v1/events/digital-day/audit?deed=registration.answered";
        assert_eq!(app.get_as_owner(answered).ok(200)["data"].as_array().unwrap().len(), 1);
        let log = app.get_as_owner(&format!("/api/v1/check-in-lists/{list}/check-ins")).ok(200);
        let in_log: Vec<usize> = log["data"].as_array().unwrap().iter()
            .map(|row| row["answer_errors"].as_array().unwrap().len()).collect();
        assert_eq!(in_log, [0, 2]);

        // Whoever corrects an answer afterwards has the last word.
        app.patch_as_owner(&address(&ada), &json!({ "answers": { "size": "b" } })).ok(200);
        assert_eq!(answers(), json!({ "size": "b" }));
        batch(&app, &token, &list, &[fact("n3", 30, json!({ "size": "a", "badge": "17" }))]).ok(200);
        assert_eq!(answers(), json!({ "size": "b", "badge": "17" }));
    }

    fn what_was_answered_before_a_place_was_given_away_is_not_the_answer_of_who_has_it_now(database: Database) {
        let app = TestApp::start(database);
        let later = json!({ "starts_at": "2026-03-02T18:00:00Z", "ends_at": "2026-03-02T20:00:00Z" });
        let (list, token, ada) = asked_at_the_door(&app, later);
        app.advance(TimeDelta::minutes(30));
        let ben = json!({ "attendee": { "first_name": "Ben", "email": "ben@museum.example" } });
        app.post_as_owner(&format!("{}/transfer", address(&ada)), &ben).ok(200);
        app.advance(TimeDelta::minutes(30));
        let fact = |nonce: &str, minute: u32, answers: Value| json!({ "registration_id": ada["id"], "nonce": nonce,
            "occurred_at": format!("2026-03-02T09:{minute}:00Z"), "answers": answers });
        let facts = [fact("n1", 10, json!({ "size": "a", "badge": "17" })), fact("n2", 40, json!({ "badge": "18" }))];
        batch(&app, &token, &list, &facts).ok(200);
        assert_eq!(app.get_as_owner(&address(&ada)).ok(200)["answers"], json!({ "badge": "18" }));
    }

    fn an_answer_that_came_with_a_file_is_a_later_one_too(database: Database) {
        let app = TestApp::start(database);
        let (list, token, ada) = asked_at_the_door(&app, json!({}));
        app.advance(TimeDelta::hours(1));
        let file = "email,answer.badge\nada@museum.example,17\n";
        csv(&app, "mode=upsert&dry_run=false", file).ok(200);
        let fact = json!({ "code": ada["code"], "nonce": "n1", "occurred_at": "2026-03-02T09:10:00Z",
            "answers": { "badge": "18", "size": "a" } });
        batch(&app, &token, &list, &[fact]).ok(200);
        assert_eq!(app.get_as_owner(&address(&ada)).ok(200)["answers"], json!({ "badge": "17", "size": "a" }));
    }

    fn a_batch_says_what_is_wrong_with_answers_and_keeps_everybody(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (list, token) = (app.list_of("digital-day"), app.token_of("ict-cluster", Role::Door));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        app.advance(TimeDelta::hours(1));
        let at = "2026-03-02T09:30:00Z";
        let answer = batch(&app, &token, &list, &[
            json!({ "code": ada["code"], "nonce": "n1", "occurred_at": at, "answers": ["a"] }),
            json!({ "ticket": "not ours", "nonce": "n2", "occurred_at": at, "answers": { "a": 1 } }),
            json!({ "ticket": "not ours", "nonce": "n3", "occurred_at": at, "answers": {} }),
        ]).ok(200);
        let told: Vec<Value> = answer["verdicts"].as_array().unwrap().iter()
            .map(|verdict| json!([verdict["result"], verdict["answer_errors"]])).collect();
        let detail = "these are nobody's answers: nobody was let in, or with a ticket that was replaced";
        assert_eq!(told, [
            json!(["accepted", [{ "pointer": "/answers", "code": "invalid_type", "detail": "this is an object" }]]),
            json!(["denied", [{ "pointer": "/answers", "code": "not_kept", "detail": detail }]]),
            json!(["denied", []]),
        ]);
        assert_eq!(Door::of(&app, "digital-day").numbers(), [1, 1, 1, 1, 0, 2]);
    }

    fn everything_wrong_with_a_batch_is_said_at_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let path = format!("/api/v1/check-in-lists/{}/check-ins/batch", app.list_of("digital-day"));
        let send = |body: &Value| app.post_as_owner(&path, body);
        assert_eq!(send(&json!({})).issues(), pairs(&[("/check_ins", "required")]));
        let facts = json!([{ "code": "A" }, { "nonce": "n", "occurred_at": "yesterday", "refused": "why" }]);
        assert_eq!(send(&json!({ "check_ins": facts, "sent_at": "now" })).issues(), pairs(&[
            ("/sent_at", "invalid_time"),
            ("/check_ins/0/nonce", "required"), ("/check_ins/0/occurred_at", "required"),
            ("/check_ins/1", "required"), ("/check_ins/1/occurred_at", "invalid_time"), ("/check_ins/1/refused", "unknown_value"),
        ]));
        let many: Vec<Value> = (0..1001).map(|n| json!({ "code": "A", "nonce": n.to_string(), "occurred_at": "2026-03-02T09:00:00Z" })).collect();
        assert_eq!(send(&json!({ "check_ins": many })).issues()[0], ("/check_ins".to_owned(), "too_many".to_owned()));
        let answer = send(&json!({ "check_ins": many[..1000] })).ok(200);
        assert_eq!(answer["verdicts"].as_array().unwrap().len(), 1000);
        assert_eq!(Door::of(&app, "digital-day").numbers(), [0, 0, 0, 0, 0, 1000]);
    }
}

/// Something that a device saw: who, where, which way, when; devices, lists and people by number.
#[derive(Debug, Clone)]
struct Seen {
    device: usize,
    list: usize,
    person: usize,
    way: &'static str,
    second: i64,
    nonce: usize,
    answers: Value,
}

/// Good answers and bad ones, one of them to a question that depends on another.
fn answers() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => Just(Value::Null),
        2 => "[ab]".prop_map(|size| json!({ "size": size })),
        1 => "[xy]".prop_map(|why| json!({ "why": why })),
        1 => Just(json!({ "size": "a", "why": "z", "badge": 1 })),
        1 => Just(json!({ "size": null, "nothing": 1 })),
        1 => Just(json!({ "size": "c", "badge": "17" })),
    ]
}

fn seen() -> impl Strategy<Value = Seen> {
    let way = prop_oneof![3 => Just("entry"), 2 => Just("exit")];
    // Seconds that are close to each other, and some that are the same.
    let seen = (0..2_usize, 0..3_usize, 0..2_usize, way, 0..40_i64, answers());
    seen.prop_map(|(device, list, person, way, second, answers)| Seen {
        device,
        list,
        person,
        way,
        second: second * 2,
        nonce: 0,
        answers,
    })
}

/// What is asked at the door: the second one only of whom answers `a` to the first.
fn questions() -> [Value; 3] {
    let question =
        |key: &str, kind: &str| json!({ "key": key, "kind": kind, "label": { "en": key }, "asked_at": "door" });
    let options: Vec<Value> = ["a", "b"].iter().map(|key| json!({ "key": key, "label": { "en": key } })).collect();
    let mut questions = [question("size", "one_of"), question("why", "text"), question("badge", "text")];
    questions[0]["options"] = options.into();
    questions[1]["condition"] = json!({ "question": "size", "one_of": ["a"] });
    questions
}

/// Where it all ends: numbers of the lists and the event, conflicts, each person's attendance, and their answers.
fn end(app: &TestApp, tokens: &[String; 2], name: &str, settings: &[Value; 3], batches: &[Vec<Seen>]) -> Value {
    let event = text(&app.published_event(&json!({ "title": name })), "/id");
    let lists: Vec<String> = settings
        .iter()
        .map(|list| text(&app.post_as_owner(&format!("/api/v1/events/{event}/check-in-lists"), list).ok(201), "/id"))
        .collect();
    for question in questions() {
        app.post_as_owner(&format!("/api/v1/events/{event}/questions"), &question).ok(201);
    }
    let people = [0, 1].map(|n| text(&app.register(&event, &format!("p{n}@museum.example")).ok(201), "/code"));
    app.post_as_owner(&format!("{}/cancel", address_of(app, &event, 1)), &json!({})).ok(200);
    app.advance(TimeDelta::minutes(5));
    let from = app.clock.now().plus(-TimeDelta::minutes(4));
    for facts in batches {
        for (device, token) in tokens.iter().enumerate() {
            for (place, list) in lists.iter().enumerate() {
                let theirs = facts.iter().filter(|seen| seen.device == device && seen.list == place);
                let facts: Vec<Value> = theirs
                    .map(|seen| {
                        let at = from.plus(TimeDelta::seconds(seen.second));
                        let nonce = format!("n{}", seen.nonce);
                        json!({ "code": people[seen.person], "direction": seen.way, "nonce": nonce, "occurred_at": at,
                            "answers": seen.answers })
                    })
                    .collect();
                if !facts.is_empty() {
                    batch(app, token, list, &facts).ok(200);
                }
            }
        }
    }
    let numbers = app.get_as_owner(&format!("/api/v1/events/{event}/check-in-status")).ok(200);
    let plain = |mut numbers: Value| {
        for name in ["as_of", "id"] {
            numbers.as_object_mut().unwrap().remove(name);
        }
        numbers
    };
    let found: Vec<BTreeSet<String>> = lists
        .iter()
        .map(|list| conflicts(app, list).iter().map(|(nonce, reason)| format!("{nonce} {reason}")).collect())
        .collect();
    let presence = |list: &String| {
        let rows = app.get_as_owner(&format!("/api/v1/check-in-lists/{list}/attendance")).ok(200);
        let since_start = |time: &Value| {
            let at = time.as_str()?.parse::<turnout::clock::Timestamp>().unwrap();
            Some((at.micros() - from.micros()) / 1_000_000)
        };
        let row = |row: &Value| {
            json!([
                row["registration"]["name"],
                row["attended"],
                row["minutes_inside"],
                since_start(&row["first_entry_at"]),
                since_start(&row["last_exit_at"])
            ])
        };
        rows["data"].as_array().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    let attended: Vec<Vec<Value>> = lists.iter().map(presence).collect();
    for (list, presence) in numbers["lists"].as_array().unwrap().iter().skip(1).zip(&attended) {
        let forced = presence.iter().filter(|row| row[0] == "p1" && row[1] == true).count();
        let expected = list["expected"].as_u64().unwrap() + u64::try_from(forced).unwrap();
        assert!(list["attended"].as_u64().unwrap() <= expected, "{list}");
    }
    let registrations = app.get_as_owner(&format!("/api/v1/events/{event}/registrations")).ok(200);
    let answers = registrations["data"].as_array().unwrap().iter();
    let answers: Vec<Value> = answers.map(|row| json!([row["attendee"]["email"], row["answers"]])).collect();
    json!({
        "answers": answers,
        "event": plain(numbers["event"].clone()),
        "zones": numbers["zones"].as_array().unwrap().iter().cloned().map(plain).collect::<Vec<_>>(),
        "lists": numbers["lists"].as_array().unwrap().iter().cloned().map(plain).collect::<Vec<_>>(),
        "conflicts": found,
        "presence": attended,
    })
}

fn address_of(app: &TestApp, event: &str, place: usize) -> String {
    let rows = app.get_as_owner(&format!("/api/v1/events/{event}/registrations")).ok(200);
    address(&rows["data"][place])
}

#[test]
fn in_whichever_order_and_batches_facts_come_the_end_is_the_same() {
    let app = TestApp::start(Database::sqlite());
    let tokens = [(); 2].map(|()| app.token_of("ict-cluster", Role::Door));
    let settings = [
        json!({ "name": "A", "zone": "A" }),
        json!({ "name": "B", "zone": "B", "admits": "once" }),
        json!({ "name": "C", "admits": "many" }),
    ];
    let facts = prop::collection::vec(seen(), 1..10).prop_map(|mut facts| {
        for (nonce, fact) in facts.iter_mut().enumerate() {
            fact.nonce = nonce;
        }
        facts
    });
    let played = facts.prop_flat_map(|facts| (Just(facts.clone()).prop_shuffle(), 1..4_usize, Just(facts)));
    let config = Config { cases: 40, failure_persistence: None, max_shrink_iters: 100, ..Config::default() };
    TestRunner::new(config)
        .run(&played, |(shuffled, size, facts)| {
            let one = end(&app, &tokens, "Order", &settings, &[facts]);
            let batches: Vec<Vec<Seen>> = shuffled.chunks(size).map(<[Seen]>::to_vec).collect();
            let other = end(&app, &tokens, "Order", &settings, &batches);
            prop_assert_eq!(one, other);
            Ok(())
        })
        .unwrap();
}
