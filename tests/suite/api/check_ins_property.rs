//! Whatever happens at a door, its numbers are those that its log says.

use std::collections::HashMap;

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::check_ins::Door;
use super::text;
use crate::support::{Database, TestApp};

/// What may happen; people and rows are chosen by number.
#[derive(Debug, Clone)]
enum Step {
    Scan { person: usize, way: &'static str, minutes_ago: i64 },
    Stranger,
    Annul { row: usize },
    Wait { minutes: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    let way = prop_oneof![Just("entry"), Just("exit")];
    prop_oneof![
        6 => (0..3_usize, way, 0..20_i64).prop_map(|(person, way, minutes_ago)| Step::Scan { person, way, minutes_ago }),
        1 => Just(Step::Stranger),
        3 => (0..20_usize).prop_map(|row| Step::Annul { row }),
        2 => (0..15_i64).prop_map(|minutes| Step::Wait { minutes }),
    ]
}

/// The numbers of a list of three people, counted from its log.
fn recount(log: &[Value]) -> [i64; 6] {
    let annulled: Vec<&Value> = log.iter().map(|row| &row["annuls"]).filter(|id| !id.is_null()).collect();
    let mut standing: Vec<&Value> =
        log.iter().filter(|row| row["result"] == "accepted" && !annulled.contains(&&row["id"])).collect();
    standing.sort_by_key(|row| {
        (row["occurred_at"].as_str().unwrap().parse::<turnout::clock::Timestamp>().unwrap(), text(row, "/id"))
    });
    let mut people: HashMap<String, Vec<&str>> = HashMap::new();
    let mut last: HashMap<String, (&str, i64)> = HashMap::new();
    for row in standing {
        let (person, way) = (text(row, "/registration_id"), row["direction"].as_str().unwrap());
        let at = row["occurred_at"].as_str().unwrap().parse::<turnout::clock::Timestamp>().unwrap().micros();
        // One device has read it all: what it reads again within five seconds is no second scan.
        if last.get(&person).is_some_and(|(before, when)| *before == way && at - when <= 5_000_000) {
            continue;
        }
        last.insert(person.clone(), (way, at));
        people.entry(person).or_default().push(way);
    }
    let sum = |count: &dyn Fn(&[&str]) -> usize| {
        i64::try_from(people.values().map(|ways| count(ways)).sum::<usize>()).unwrap()
    };
    let times = |word: &'static str| move |ways: &[&str]| ways.iter().filter(|way| **way == word).count();
    [
        3,
        sum(&|ways| usize::from(ways.contains(&"entry"))),
        sum(&|ways| usize::from(ways.last() == Some(&"entry"))),
        sum(&times("entry")),
        sum(&times("exit")),
        i64::try_from(log.iter().filter(|row| row["result"] == "denied").count()).unwrap(),
    ]
}

fn walk(app: &TestApp, steps: Vec<Step>) {
    let event = text(&app.published_event(&json!({ "title": "Property" })), "/id");
    let door = Door::of(app, &event);
    let codes = [0, 1, 2].map(|n| text(&app.register(&event, &format!("p{n}@museum.example")).ok(201), "/code"));
    let log = || -> Vec<Value> {
        app.get_as_owner(&format!("{}/check-ins?limit=500", door.list)).ok(200)["data"].as_array().unwrap().clone()
    };
    for step in steps {
        match step {
            Step::Scan { person, way, minutes_ago } => {
                let at = app.clock.now().plus(-TimeDelta::minutes(minutes_ago));
                door.scan(&json!({ "code": codes[person], "direction": way, "occurred_at": at })).ok(200);
            }
            Step::Stranger => drop(door.scan(&json!({ "ticket": "x" })).ok(200)),
            Step::Annul { row } => {
                let rows = log();
                let Some(row) = rows.get(row % rows.len().max(1)) else { continue };
                let path = format!("/api/v1/check-ins/{}/annul", text(row, "/id"));
                let status = app.post_as_owner(&path, &json!({ "reason": "x" })).status;
                let taken_back = rows.iter().any(|other| other["annuls"] == row["id"]);
                assert_eq!(status, if row["result"] == "accepted" && !taken_back { 200 } else { 409 });
            }
            Step::Wait { minutes } => app.advance(TimeDelta::minutes(minutes)),
        }
        assert_eq!(door.numbers(), recount(&log()));
        assert_eq!(app.app.store.read_here(turnout::checkins::find_mistallies).unwrap(), []);
    }
}

#[test]
fn the_numbers_of_a_door_are_those_of_its_log() {
    let app = TestApp::start(Database::sqlite());
    let config = Config { cases: 60, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    TestRunner::new(config)
        .run(&prop::collection::vec(step(), 1..16), |steps| {
            walk(&app, steps);
            Ok(())
        })
        .unwrap();
}
