//! In process: the deeds against the same SQL in a loop of prepared statements, written by hand.

use std::ops::Range;
use std::time::Instant;

use rusqlite::{Connection, params};
use turnout::access::{Caller, Granted, Identity, Scopes};
use turnout::audit::Actor;
use turnout::checkins::{Admission, Direction, Scan, admit};
use turnout::events::Held;
use turnout::organizations::Role;
use turnout::registrations::{Registration, place};
use turnout::store::{ApiTokenId, CheckInId, Db, MessageId};

use crate::say;
use crate::shares::{Shares, turns};
use crate::world::{World, address, insert_registration, register, wish};

const CLIENTS: usize = 64;
const ROUNDS: usize = 40_000;

pub(crate) fn registrations() {
    let world = World::new();
    let ours = |world: &World, number: usize| {
        let (event, clock, wish) = (world.event_of(number).id, world.app.clock.clone(), wish(number));
        let store = world.app.store.clone();
        async move {
            let work = move |db: &mut Db| {
                let held = Held::by_id(db, event)?;
                place(db, &Actor::ANONYMOUS, &held, wish, clock.now())
            };
            store.write(event.uuid(), work).await.unwrap();
        }
    };
    let other = World::new();
    let by_hand = |db: &Connection, number: usize| register_by_hand(db, &other, number);
    in_turns("registrations/s in process", (&world, ours), (&other, by_hand));
}

pub(crate) fn check_ins() {
    let world = World::new();
    let people = register(&world, 0..ROUNDS);
    let ours = |world: &World, number: usize| {
        let (list, clock, store) = (world.list.id, world.app.clock.clone(), world.app.store.clone());
        let (event, person) = (world.event.id, people[number].id);
        let (organization, id) = (world.event.organization_id, ApiTokenId::new());
        async move {
            let (role, scopes) = (Role::Door, Scopes::ALL);
            let granted = Granted {
                id,
                organization,
                role,
                scopes,
                events: None,
                expires_at: None,
                issued_by: None,
                last_used_at: None,
            };
            let caller = Caller { identity: Identity::Token(granted), from: None, lapsed: false };
            let scan = Scan::Registration(person);
            let admission =
                Admission { scan, direction: Some(Direction::Entry), nonce: None, occurred_at: None, answers: None };
            let work = move |db: &mut Db| {
                let held = Held::by_id(db, event)?;
                admit(db, &caller, &held, list, &admission, clock.now())
            };
            store.write(event.uuid(), work).await.unwrap();
        }
    };
    let other = World::new();
    let others = register(&other, 0..ROUNDS);
    let by_hand = |db: &Connection, number: usize| check_in_by_hand(db, &other, &others[number]);
    in_turns("check-ins/s in process", (&world, ours), (&other, by_hand));
}

/// Does a deed [`ROUNDS`] times, and as often what is written by hand in a world of its own, in turns; says what part of the
/// latter is reached.
pub(crate) fn in_turns<F: Future<Output = ()> + 'static>(
    what: &str,
    (world, ours): (&World, impl Fn(&World, usize) -> F),
    (other, by_hand): (&World, impl Fn(&Connection, usize)),
) {
    // Nobody but the loop by hand works there.
    other.app.store.close();
    let db = other.by_hand();
    let measured = turns(ROUNDS).map(|numbers| {
        let by_hand = loop_by_hand(&db, numbers.clone(), &by_hand);
        (in_process(world, numbers, &ours), by_hand)
    });
    let measured: Vec<(f64, f64)> = measured.collect();
    let shares = Shares::of(measured.iter().copied()).percent();
    // Each turn has as many: what they make a second is the harmonic mean.
    let mean =
        |of: fn(&(f64, f64)) -> f64| measured.len() as f64 / measured.iter().map(|turn| 1.0 / of(turn)).sum::<f64>();
    let figure = format!("{:.0} ({:.0} by hand)", mean(|turn| turn.0), mean(|turn| turn.1));
    say(what, &figure, &format!("{shares} of the loop by hand (reach 50 %)"));
}

/// 64 callers at once, each with its next as soon as the last is durable; how many a second.
fn in_process<F: Future<Output = ()> + 'static>(
    world: &World,
    numbers: Range<usize>,
    deed: impl Fn(&World, usize) -> F,
) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (begun, count) = (Instant::now(), numbers.len());
    runtime.block_on(async {
        use futures_util::StreamExt;
        let deeds = futures_util::stream::iter(numbers.map(|number| deed(world, number)));
        deeds.buffer_unordered(CLIENTS).for_each(|()| async {}).await;
    });
    count as f64 / begun.elapsed().as_secs_f64()
}

/// As many a commit as there are callers at once; how many a second.
fn loop_by_hand(db: &Connection, numbers: Range<usize>, deed: impl Fn(&Connection, usize)) -> f64 {
    let (begun, count) = (Instant::now(), numbers.len());
    for first in numbers.clone().step_by(CLIENTS) {
        db.execute_batch("BEGIN IMMEDIATE").unwrap();
        for number in first..(first + CLIENTS).min(numbers.end) {
            deed(db, number);
        }
        db.execute_batch("COMMIT").unwrap();
    }
    count as f64 / begun.elapsed().as_secs_f64()
}

/// What `registrations::place` asks of the database.
pub(crate) fn register_by_hand(db: &Connection, world: &World, number: usize) {
    let (event, now) = (world.event_of(number).id.uuid(), world.app.clock.now().micros());
    let email = address(number);
    lock_event(db, event);
    let before = db
        .prepare_cached(
            "SELECT id FROM registrations WHERE event_id = ? AND email_key = ? AND status <> 'cancelled' LIMIT 1",
        )
        .unwrap()
        .exists(params![event.as_bytes(), email])
        .unwrap();
    assert!(!before);
    db.prepare_cached(
        "UPDATE quotas SET taken = taken + 1 WHERE event_id = ? AND (capacity IS NULL OR taken < capacity)",
    )
    .unwrap()
    .execute(params![event.as_bytes()])
    .unwrap();
    let id = insert_registration(db, event, number, now);
    tell_by_hand(db, world, (event, id), &email, now);
}

/// The letter and the row in the trail of somebody who has registered.
pub(crate) fn tell_by_hand(
    db: &Connection,
    world: &World,
    (event, id): (uuid::Uuid, uuid::Uuid),
    email: &str,
    now: i64,
) {
    db.prepare_cached(
        "INSERT INTO messages VALUES (?, ?, ?, NULL, 'confirmed', ?, 'queued', 0, ?, NULL, NULL, NULL, ?, ?, 1)",
    )
    .unwrap()
    .execute(params![MessageId::new().uuid().as_bytes(), event.as_bytes(), id.as_bytes(), email, now, now, now])
    .unwrap();
    let organization = world.event.organization_id.uuid();
    db.prepare_cached("INSERT INTO audit VALUES (?, ?, ?, 'anonymous', NULL, NULL, 'registration.placed', ?, NULL, ?)")
        .unwrap()
        .execute(params![
            organization.as_bytes(),
            MessageId::new().uuid().as_bytes(),
            event.as_bytes(),
            id.as_bytes(),
            now
        ])
        .unwrap();
}

/// What `checkins::admit` asks of the database.
fn check_in_by_hand(db: &Connection, world: &World, person: &Registration) {
    let (event, list, now) = (world.event.id.uuid(), world.list.id.uuid(), world.app.clock.now().micros());
    lock_event(db, event);
    row(db, "SELECT * FROM check_in_lists WHERE id = ? LIMIT 1", list);
    row(db, "SELECT * FROM registrations WHERE id = ? LIMIT 1", person.id.uuid());
    let before = db
        .prepare_cached("SELECT * FROM check_ins WHERE event_id = ? AND registration_id = ? AND list_id = ?")
        .unwrap()
        .exists(params![event.as_bytes(), person.id.uuid().as_bytes(), list.as_bytes()])
        .unwrap();
    assert!(!before);
    db.prepare_cached(
        "INSERT INTO check_ins VALUES (?, ?, ?, ?, 'entry', 'accepted', NULL, 1, 'token', NULL, NULL, NULL, ?, ?, 'online', NULL, NULL)",
    )
    .unwrap()
    .execute(params![
        CheckInId::new().uuid().as_bytes(),
        list.as_bytes(),
        event.as_bytes(),
        person.id.uuid().as_bytes(),
        now,
        now
    ])
    .unwrap();
    db.prepare_cached(
        "UPDATE check_in_lists SET attended = attended + 1, inside = inside + 1, entries = entries + 1 WHERE id = ?",
    )
    .unwrap()
    .execute(params![list.as_bytes()])
    .unwrap();
}

pub(crate) fn lock_event(db: &Connection, event: uuid::Uuid) {
    row(db, "SELECT id, capacity, taken FROM quotas WHERE event_id = ? ORDER BY id", event);
    row(db, "SELECT * FROM events WHERE id = ? LIMIT 1", event);
}

/// Reads every column of the first row, as a program that wants it must.
fn row(db: &Connection, sql: &str, id: uuid::Uuid) {
    let mut statement = db.prepare_cached(sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query(params![id.as_bytes()]).unwrap();
    let row = rows.next().unwrap().unwrap();
    for column in 0..columns {
        std::hint::black_box(row.get::<_, rusqlite::types::Value>(column).unwrap());
    }
}
