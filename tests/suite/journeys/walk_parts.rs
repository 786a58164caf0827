//! Random walks over events with ticket types, sessions, groups, codes, offers, approval and verification: after each step
//! no promise is broken, and every change of a status has left its row and its letter. And the same by many at once.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use turnout::registrations::find_miscounts;

use super::walk_deeds::{Deed, Step};
use super::walk_place::{Door, Place, Rules, keys_of};
use super::walk_standing::Standing;
use super::walk_trail::{WAYS, told};
use crate::support::{SecondInstance, TestApp, on_both_databases};

const SEEDS: u64 = 60;
const STEPS: usize = 40;
const THREADS: u64 = 16;

/// What has come about.
#[derive(Default)]
struct Seen {
    changes: BTreeSet<String>,
    deeds: BTreeSet<String>,
}

fn door_of(app: &TestApp) -> Door {
    Door {
        address: app.address.clone(),
        token: app.token.clone(),
        client: app.client.clone(),
        keys: keys_of(app.database.folder()),
        clock: app.clock.clone(),
    }
}

/// Takes a walk on an event of its own; what went wrong, with all that was done until then.
fn take(app: &TestApp, rules: &Rules, steps: &[Step], seen: &mut Seen) -> Result<(), String> {
    let (door, store) = (door_of(app), &app.app.store);
    let place = Place::new(&door, rules, app.clock.now().plus(TimeDelta::minutes(300)));
    let mut history = vec![format!("{rules:?}")];
    let mut before = Standing::of(store, place.event);
    let so_far = |fault: String, history: &[String]| format!("{fault}\n{}", history.join("\n"));
    for Step { deed, minutes } in steps {
        if matches!(deed, Deed::TimePasses) {
            app.do_chore("end offers");
            app.do_chore("release reserved seats");
            app.do_chore("end invitations");
        }
        let done = place.perform(&door, store, deed).map_err(|fault| so_far(fault, &history))?;
        if done.contains(": 20") && !done.ends_with("nobody") {
            seen.deeds.insert(deed.word());
        }
        history.push(format!("{} {done}", app.clock.now()));
        let after = Standing::of(store, place.event);
        let checked = after.check(app.clock.now(), true).and_then(|changes| {
            seen.changes.extend(changes);
            let revised = matches!(deed, Deed::Code { .. });
            if deed.is_forced() { Ok(()) } else { after.exceeds_no_more_than(&before, revised) }
        });
        checked.map_err(|fault| so_far(fault, &history))?;
        before = after;
        app.advance(TimeDelta::minutes(*minutes));
    }
    Ok(())
}

/// As few of the steps as still go wrong.
fn shrunk(app: &TestApp, rules: &Rules, mut steps: Vec<Step>) -> String {
    let fails = |steps: &[Step]| take(app, rules, steps, &mut Seen::default()).err();
    let mut size = steps.len() / 2;
    while size > 0 {
        let mut from = 0;
        while from < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(from..(from + size).min(steps.len()));
            if fails(&fewer).is_some() { steps = fewer } else { from += size }
        }
        size /= 2;
    }
    fails(&steps).unwrap_or_else(|| "it does not go wrong again".to_owned())
}

on_both_databases! {
    fn random_walks_over_everything_an_event_can_have_keep_every_promise(database: Database) {
        let app = TestApp::start(database);
        let mut seen = Seen::default();
        let all: BTreeSet<String> = WAYS.iter().map(told).collect();
        // What is rare needs some more walks to come about.
        for seed in 0..6 * SEEDS {
            if seed >= SEEDS && seen.changes == all {
                break;
            }
            let mut random = StdRng::seed_from_u64(seed);
            let (rules, steps) = (Rules::any(&mut random), Step::walk(&mut random, STEPS));
            if let Err(fault) = take(&app, &rules, &steps, &mut seen) {
                // Said at once: to find fewer steps takes a while.
                eprintln!("seed {seed}: {fault}");
                panic!("seed {seed}, with fewer steps: {}", shrunk(&app, &rules, steps));
            }
        }
        assert_eq!(seen.changes, all, "every change has come about");
        let words = ["Register", "Capacity", "Code", "TimePasses", "Transfer", "Edit", "Cancel", "CancelAlone", "Approve",
            "Reject", "Verify", "Accept", "Decline", "Promote", "Prioritize", "Restore", "Erase", "Resend", "Many Approve",
            "Many Reject", "Many Cancel", "Many Restore", "Many Tag", "Many Resend", "Invite", "Invited Yes", "Invited No",
            "Invited Resend", "Invited Revoke"];
        assert_eq!(seen.deeds, words.iter().map(|word| (*word).to_owned()).collect(), "every deed was done");
    }

    fn sixteen_at_once_at_two_instances_break_no_promise(database: Database) {
        let app = TestApp::start(database);
        let second = SecondInstance::of(&app);
        let other = || Door { address: second.address.clone(), ..door_of(&app) };
        let mut random = StdRng::seed_from_u64(7);
        let starts_at = app.clock.now().plus(TimeDelta::hours(10));
        let mut places: Vec<Place> =
            (0..3).map(|_| Place::new(&door_of(&app), &Rules::any(&mut random), starts_at)).collect();
        for round in 0..3_u64 {
            for place in &mut places {
                place.names = format!("guest{round}x");
            }
            std::thread::scope(|scope| {
                for thread in 0..THREADS {
                    let (app, places) = (&app, &places);
                    let door = if thread % 2 == 0 { door_of(app) } else { other() };
                    scope.spawn(move || {
                        let mut random = StdRng::seed_from_u64(round * THREADS + thread);
                        for Step { deed, .. } in Step::walk(&mut random, STEPS / 2) {
                            let place = &places[random.random_range(0..places.len())];
                            place.perform(&door, &app.app.store, &deed).unwrap();
                        }
                    });
                }
            });
            for place in &places {
                let standing = Standing::of(&app.app.store, place.event);
                standing.check(app.clock.now(), false).unwrap_or_else(|fault| panic!("round {round}: {fault}"));
            }
            assert_eq!(app.app.store.read_here(find_miscounts).unwrap(), []);
            // What was offered in this round has ended in the next.
            app.advance(TimeDelta::hours(1));
            app.do_chore("end offers");
        }
        assert!(places.iter().all(|place| Standing::of(&app.app.store, place.event).people() > 0));
    }
}
