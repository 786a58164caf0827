//! The same registration at 1,000 and at 1,000,000 rows.

use std::ops::Range;
use std::time::Instant;

use rusqlite::params;
use turnout::audit::Actor;
use turnout::events::Held;
use turnout::registrations::place;
use turnout::store::{EventId, MessageId, QuotaId};

use crate::say;
use crate::shares::{Shares, turns};
use crate::world::{PEOPLE, World, address, insert_registration, wish};

const ROUNDS: usize = 20_000;
/// How many share a commit.
const TOGETHER: usize = 64;

pub(crate) fn registrations() {
    let worlds = [1_000, 1_000_000].map(|rows| {
        let world = World::new();
        fill(&world, rows);
        register_from(&world, 10_000_000);
        world
    });
    let measured: Vec<[f64; 2]> =
        turns(ROUNDS / TOGETHER).map(|commits| worlds.each_ref().map(|world| cost(world, commits.clone()))).collect();
    let Shares { middle, lowest, highest } = Shares::of(measured.iter().map(|[few, many]| (*many, *few)));
    let mean = |place: usize| measured.iter().map(|turn| turn[place]).sum::<f64>() / measured.len() as f64;
    let figure = format!("{:.1} µs ({:.1} µs)", mean(1), mean(0));
    let against = format!("{middle:.2} times ({lowest:.2} to {highest:.2}, reach 1.3)");
    say("a registration at 1,000,000 rows (at 1,000)", &figure, &against);
}

/// Microseconds a registration, in these commits.
fn cost(world: &World, commits: Range<usize>) -> f64 {
    let (begun, count) = (Instant::now(), commits.len() * TOGETHER);
    commits.for_each(|commit| register_from(world, commit * TOGETHER));
    begun.elapsed().as_secs_f64() * 1e6 / count as f64
}

/// Registers so many who share a commit, at events of 350.
fn register_from(world: &World, first: usize) {
    let clock = world.app.clock.clone();
    let events: Vec<_> = (first..first + TOGETHER).map(|number| world.event_of(number).id).collect();
    let work = move |db: &mut turnout::store::Db| {
        for (number, event) in (first..).zip(events) {
            let held = Held::by_id(db, event)?;
            place(db, &Actor::ANONYMOUS, &held, wish(number), clock.now())?;
        }
        Ok(())
    };
    world.app.store.write_here(uuid::Uuid::nil(), work).unwrap();
}

/// Rows as other events have left them: registrations, letters that were sent, the audit trail.
fn fill(world: &World, rows: usize) {
    let db = world.by_hand();
    db.execute_batch("PRAGMA synchronous = OFF; BEGIN IMMEDIATE").unwrap();
    let (organization, now) = (world.event.organization_id.uuid(), world.app.clock.now().micros());
    let mut event = EventId::new().uuid();
    for number in 0..rows {
        if number % PEOPLE == 0 {
            event = EventId::new().uuid();
            db.prepare_cached(
                "INSERT INTO events SELECT ?, organization_id, ?, title, summary, description, status, visibility, starts_at, \
                 ends_at, timezone, location, languages, contact_email, registration_opens_at, registration_closes_at, \
                 waitlist, search_key, published_at, created_at, updated_at, version, registration_mode, external_url, approval, \
                 pending_holds_seat, verify_email, offer_hours, edit_until, series_id, edition FROM events WHERE slug = 'digital-day'",
            )
            .unwrap()
            .execute(params![event.as_bytes(), format!("digital-day-{number}")])
            .unwrap();
            db.prepare_cached("INSERT INTO quotas VALUES (?, ?, NULL, ?, NULL, NULL, 0, 0, NULL)")
                .unwrap()
                .execute(params![QuotaId::new().uuid().as_bytes(), event.as_bytes(), PEOPLE as i64])
                .unwrap();
        }
        let (id, email) = (insert_registration(&db, event, number, now), address(number));
        db.prepare_cached(
            "INSERT INTO messages VALUES (?, ?, ?, NULL, 'confirmed', ?, 'sent', 1, NULL, NULL, '250 ok', ?, ?, ?, 3)",
        )
        .unwrap()
        .execute(params![MessageId::new().uuid().as_bytes(), event.as_bytes(), id.as_bytes(), email, now, now, now])
        .unwrap();
        db.prepare_cached(
            "INSERT INTO audit VALUES (?, ?, ?, 'anonymous', NULL, NULL, 'registration.placed', ?, NULL, ?)",
        )
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
    // On the disk, and not on its way there: else the first commit that is measured would wait for all of this.
    db.execute_batch("COMMIT; PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    std::fs::File::open(world.database()).unwrap().sync_all().unwrap();
}
