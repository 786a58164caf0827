//! `q` among 100,000 registrations of one event, against the same query by hand.

use std::time::Instant;

use rusqlite::params;
use turnout::registrations::{Filter, Registration, possible_duplicates};
use turnout::store::Paging;
use turnout::values::search_key;

use crate::say;
use crate::world::{World, address, insert_registration};

pub(crate) const ROWS: usize = 100_000;
const ROUNDS: usize = 20;

pub(crate) fn registrations() {
    let world = World::new();
    fill(&world);
    let db = world.by_hand();
    let alone = address(ROWS - 1);
    let rare = alone.as_str();
    for (what, q) in [("who is there once", rare), ("whom nobody knows", "nobody at all")] {
        let ours = median(|| {
            let filter = Filter { q: Some(search_key(q)), ..Filter::default() };
            let paging = Paging { cursor: None, limit: 50 };
            world.app.store.read_here(|db| filter.page(db, world.event.id, &paging)).unwrap().data.len()
        });
        let by_hand = median(|| scan(&db, &world, q));
        let against = format!("{by_hand:.1} ms by hand (reach under 100 ms)");
        say(&format!("q at {ROWS} rows, {what}"), &format!("{ours:.1} ms"), &against);
    }
    let one: Registration = {
        let filter = Filter { q: Some(search_key(rare)), ..Filter::default() };
        let paging = Paging { cursor: None, limit: 50 };
        world.app.store.read_here(|db| filter.page(db, world.event.id, &paging)).unwrap().data.remove(0)
    };
    let hint = median(|| world.app.store.read_here(|db| possible_duplicates(db, &one)).unwrap().len());
    say(&format!("possible duplicates at {ROWS} rows"), &format!("{hint:.1} ms"), "(reach under 100 ms)");
}

/// Milliseconds, the one in the middle.
fn median(mut work: impl FnMut() -> usize) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            std::hint::black_box(work());
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

fn scan(db: &rusqlite::Connection, world: &World, q: &str) -> usize {
    let words: Vec<String> = q.split(' ').map(|word| format!("%{word}%")).collect();
    let like = words.iter().map(|_| "AND search_key LIKE ? ESCAPE '\\'").collect::<Vec<_>>().join(" ");
    let mut query = db
        .prepare_cached(&format!("SELECT * FROM registrations WHERE event_id = ? {like} ORDER BY id LIMIT 51"))
        .unwrap();
    let event = world.event.id.uuid();
    query.raw_bind_parameter(1, event.as_bytes()).unwrap();
    for (place, word) in words.iter().enumerate() {
        query.raw_bind_parameter(place + 2, word).unwrap();
    }
    let mut rows = query.raw_query();
    let mut found = 0;
    while rows.next().unwrap().is_some() {
        found += 1;
    }
    found
}

/// Fills the event with people.
pub(crate) fn fill(world: &World) {
    let db = world.by_hand();
    db.execute_batch("PRAGMA synchronous = OFF; BEGIN IMMEDIATE").unwrap();
    let (event, now) = (world.event.id.uuid(), world.app.clock.now().micros());
    for number in 0..ROWS {
        insert_registration(&db, event, number, now + number as i64);
    }
    let alone = address(ROWS - 1);
    db.execute(
        "UPDATE registrations SET first_name = 'Zoé', last_name = 'Muller', search_key = 'zoe muller ' || email WHERE email = ?",
        params![alone],
    )
    .unwrap();
    db.execute("UPDATE quotas SET taken = ? WHERE event_id = ?", params![ROWS as i64, event.as_bytes()]).unwrap();
    db.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}
