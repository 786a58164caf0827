//! What is over by the clock ends once, whichever instance wakes first.

use std::collections::BTreeMap;
use std::sync::Barrier;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{SecondInstance, TestApp, on_both_databases};

const EVENTS: usize = 4;
const SEATS: usize = 3;
const PEOPLE: usize = 12;

/// Both instances do the same chores, beginning at the same moment.
fn both_wake(app: &TestApp, second: &SecondInstance) {
    let begin = Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            begin.wait();
            for chore in ["end offers", "deliver mail"] {
                app.do_chore(chore);
            }
        });
        scope.spawn(|| {
            begin.wait();
            for chore in ["end offers", "deliver mail"] {
                second.do_chore(chore);
            }
        });
    });
}

/// How many people of an event have each status.
fn statuses(app: &TestApp, event: &str) -> BTreeMap<String, usize> {
    let people = app.get_as_owner(&format!("/api/v1/events/{event}/registrations?limit=500")).ok(200);
    let mut statuses = BTreeMap::new();
    for one in people["data"].as_array().unwrap() {
        *statuses.entry(one["status"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    statuses
}

/// The letters about an event.
fn letters(app: &TestApp, event: &str) -> Vec<Value> {
    app.get_as_owner(&format!("/api/v1/events/{event}/messages?limit=500")).ok(200)["data"].as_array().unwrap().clone()
}

on_both_databases! {
    fn an_offer_ends_once_at_two_instances_that_wake_at_once(database: Database) {
        let app = TestApp::start(database);
        let second = SecondInstance::of(&app);
        let events: Vec<String> = (0..EVENTS).map(|number| format!("event-{number}")).collect();
        for event in &events {
            let rules = json!({ "waitlist": "offer", "offer_hours": 1 });
            app.published_event(&json!({ "slug": event, "capacity": 0, "registration": rules }));
            for number in 0..PEOPLE {
                app.register(event, &format!("guest{number}@museum.example")).ok(201);
            }
            app.patch_as_owner(&format!("/api/v1/events/{event}"), &json!({ "capacity": SEATS })).ok(200);
        }
        for over in (0..=PEOPLE).step_by(SEATS) {
            both_wake(&app, &second);
            for event in &events {
                let offered = SEATS.min(PEOPLE - over);
                let numbers = [("expired", over), ("offered", offered), ("waitlisted", PEOPLE - over - offered)];
                let numbers = numbers.into_iter().filter(|(_, count)| *count > 0);
                assert_eq!(statuses(&app, event), numbers.map(|(status, count)| (status.to_owned(), count)).collect());
                let mut told: BTreeMap<(String, String), usize> = BTreeMap::new();
                for letter in letters(&app, event) {
                    let word = |name: &str| letter[name].as_str().unwrap().to_owned();
                    assert_eq!((word("state"), letter["attempts"].as_i64()), ("sent".to_owned(), Some(1)));
                    *told.entry((word("recipient"), word("kind"))).or_default() += 1;
                }
                assert!(told.values().all(|count| *count == 1), "{told:?}");
                assert_eq!(told.len(), PEOPLE + (over + offered) + over, "{told:?}");
            }
            let all: usize = events.iter().map(|event| letters(&app, event).len()).sum();
            assert_eq!(app.letters().len(), all, "each letter has left once");
            app.advance(TimeDelta::hours(1));
        }
    }
}
