//! What is told to many is told to each once, whichever instance wakes first.

use std::collections::BTreeMap;
use std::sync::Barrier;

use chrono::TimeDelta;
use serde_json::json;

use crate::support::{SecondInstance, TestApp, on_both_databases};

const PEOPLE: usize = 260;

/// Both instances do the same chores, beginning at the same moment.
fn both_wake(app: &TestApp, second: &SecondInstance) {
    let begin = Barrier::new(2);
    let chores = ["begin announcements", "announce"];
    std::thread::scope(|scope| {
        scope.spawn(|| {
            begin.wait();
            for chore in chores {
                app.do_chore(chore);
            }
        });
        scope.spawn(|| {
            begin.wait();
            for chore in chores {
                second.do_chore(chore);
            }
        });
    });
}

/// How many messages of each kind there are to each.
fn told(app: &TestApp) -> BTreeMap<(String, String), usize> {
    let (mut told, mut cursor) = (BTreeMap::new(), String::new());
    loop {
        let page = app.get_as_owner(&format!("/api/v1/events/digital-day/messages?limit=500{cursor}")).ok(200);
        for message in page["data"].as_array().unwrap() {
            let word = |name: &str| message[name].as_str().unwrap().to_owned();
            *told.entry((word("kind"), word("recipient"))).or_default() += 1;
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return told,
        }
    }
}

on_both_databases! {
    fn each_is_told_once_at_two_instances_that_wake_at_once(database: Database) {
        let app = TestApp::start(database);
        let second = SecondInstance::of(&app);
        app.published_event(&json!({ "starts_at": "2026-03-03T10:00:00Z", "ends_at": "2026-03-03T16:00:00Z" }));
        app.patch_as_owner("/api/v1/events/digital-day/letter-settings", &json!({ "reminders": ["1_day"] })).ok(200);
        for number in 0..PEOPLE {
            app.register("digital-day", &format!("guest{number}@museum.example")).ok(201);
        }
        app.advance(TimeDelta::hours(2));
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "ends_at": "2026-03-03T17:00:00Z" })).ok(200);
        for _ in 0..3 {
            both_wake(&app, &second);
        }
        let told = told(&app);
        assert!(told.values().all(|count| *count == 1), "{told:?}");
        assert_eq!(told.len(), 3 * PEOPLE, "a confirmation, a change and a reminder for each");
    }
}
