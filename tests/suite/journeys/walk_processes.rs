//! The same walk by sixteen at once at two processes, over HTTP and by the machine's clock: no fault, and nothing that
//! stands still. `TURNOUT_WALK_SECONDS` says how long; a few seconds, if not given.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use turnout::clock::Clock;
use turnout::keys::Keys;
use turnout::registrations::find_miscounts;
use turnout::store::{Location, Store};

use super::walk_deeds::Deed;
use super::walk_place::{Door, Place, Rules, keys_of};
use super::walk_standing::Standing;
use crate::support::Database;
use crate::support::process::{Turnout, assert_healthy, open_many_files, owner_token};

const THREADS: u64 = 16;
const EVENTS: usize = 4;
/// How long one round takes: every other event begins in the middle of it, so that what is offered then ends by the clock.
const ROUND: Duration = Duration::from_secs(6);

fn walk(database: &Database) {
    open_many_files();
    let seconds = std::env::var("TURNOUT_WALK_SECONDS").map_or(ROUND.as_secs(), |seconds| seconds.parse().unwrap());
    let token = owner_token(database);
    // Sixteen answer invitations from one address.
    let serve = || {
        Turnout::serve_with(database, |command| {
            command.args(["--sign-in-rate-limit", "0"]);
        })
    };
    let servers = [serve(), serve()];
    let store = Store::open(Location::parse(Some(&database.url()), database.folder()).unwrap()).unwrap();
    let keys = keys_of(database.folder());
    let (started, requests, people) = (Instant::now(), AtomicU64::new(0), AtomicU64::new(0));
    let mut rounds = 0;
    while rounds == 0 || started.elapsed() < Duration::from_secs(seconds) {
        round(&servers, (&token, &keys), &store, rounds, (&requests, &people));
        rounds += 1;
    }
    assert_eq!(store.read_here(find_miscounts).unwrap(), []);
    store.close();
    for server in servers {
        let log = server.log();
        let faults: Vec<&str> = log
            .lines()
            .filter(|line| line.contains("ERROR") || line.contains("panic") || line.contains("deadlock"))
            .collect();
        assert!(faults.is_empty(), "{faults:?}");
        server.terminate();
        assert!(server.wait().success());
    }
    assert_healthy(database);
    println!(
        "{} s, {rounds} rounds, {} requests, {} registrations: no fault",
        started.elapsed().as_secs(),
        requests.into_inner(),
        people.into_inner()
    );
}

/// Sixteen walk at some new events until these have begun, and a little longer; then the events are looked at.
fn round(
    servers: &[Turnout],
    (token, keys): (&str, &Arc<Keys>),
    store: &Store,
    round: u64,
    (requests, people): (&AtomicU64, &AtomicU64),
) {
    let clock = Clock::system();
    let door = |server: &Turnout| Door {
        address: server.address.clone(),
        token: token.to_owned(),
        client: server.client.clone(),
        keys: keys.clone(),
        clock: clock.clone(),
    };
    let mut random = StdRng::seed_from_u64(round);
    let begins =
        |n: usize| if n.is_multiple_of(2) { TimeDelta::from_std(ROUND / 2).unwrap() } else { TimeDelta::days(1) };
    let places: Vec<Place> = (0..EVENTS)
        .map(|n| Place::new(&door(&servers[0]), &Rules::any(&mut random), clock.now().plus(begins(n))))
        .collect();
    let end = Instant::now() + ROUND;
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (door, places) = (door(&servers[usize::from(thread % 2 == 1)]), &places);
            scope.spawn(move || {
                let mut random = StdRng::seed_from_u64(round * THREADS + thread);
                while Instant::now() < end {
                    let (deed, place) = (Deed::any(&mut random), &places[random.random_range(0..places.len())]);
                    place.perform(&door, store, &deed).unwrap();
                    requests.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    for place in &places {
        let standing = Standing::of(store, place.event);
        people.fetch_add(standing.people() as u64, Ordering::Relaxed);
        standing.check(clock.now(), false).unwrap_or_else(|fault| panic!("round {round}: {fault}"));
    }
}

#[test]
fn two_processes_break_no_promise_on_sqlite() {
    walk(&Database::sqlite());
}

#[test]
#[ignore = "needs a PostgreSQL server: scripts/test starts one"]
fn two_processes_break_no_promise_on_postgres() {
    walk(&Database::postgres());
}
