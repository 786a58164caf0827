//! A million participants as CSV, against the `sqlite3` shell on the same query.

use std::io::{BufWriter, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

use turnout::registrations::Filter;
use turnout::store::Db;
use turnout::transfer::{self, Dialect, Export, Headers};
use turnout::values::Language;

use crate::say;
use crate::world::{World, insert_registration};

pub(crate) const ROWS: usize = 1_000_000;

/// The columns of participants.csv, as the shell can write them.
const QUERY: &str = "SELECT lower(hex(r.id)), code, status, first_name, last_name, email, organization, job_title, phone, \
    country, locale, source, external_ref, \
    EXISTS (SELECT 1 FROM check_ins c WHERE c.event_id = r.event_id AND c.registration_id = r.id AND c.visit IS NOT NULL), \
    (SELECT strftime('%Y-%m-%dT%H:%M:%S+01:00', min(c.occurred_at) / 1000000, 'unixepoch') FROM check_ins c \
        WHERE c.event_id = r.event_id AND c.registration_id = r.id AND c.visit IS NOT NULL), \
    (SELECT strftime('%Y-%m-%dT%H:%M:%S+01:00', max(c.occurred_at) / 1000000, 'unixepoch') FROM check_ins c \
        WHERE c.event_id = r.event_id AND c.registration_id = r.id AND c.direction = 'exit'), \
    strftime('%Y-%m-%dT%H:%M:%S+01:00', created_at / 1000000, 'unixepoch'), \
    strftime('%Y-%m-%dT%H:%M:%S+01:00', updated_at / 1000000, 'unixepoch') \
    FROM registrations r WHERE event_id = (SELECT id FROM events WHERE slug = 'digital-day') ORDER BY r.id";

fn participants_of(world: &World, out: &mut impl Write) -> u64 {
    let export = Export {
        filter: Filter::default(),
        columns: None,
        headers: Headers::Keys,
        dialect: Dialect::Rfc4180,
        locale: Language::English,
    };
    let write = |db: &mut Db| {
        let export = export.for_event(db, &world.event)?;
        transfer::participants(db, &world.event, &export, out)
    };
    world.app.store.read_here(write).unwrap()
}

pub(crate) fn participants() {
    let world = World::new();
    fill(&world);
    // Once to warm the caches of both, then to measure.
    shell(&world);
    let before = resident();
    let begun = Instant::now();
    let mut out =
        BufWriter::with_capacity(64 * 1024, std::fs::OpenOptions::new().write(true).open("/dev/null").unwrap());
    assert_eq!(participants_of(&world, &mut out), ROWS as u64);
    let ours = ROWS as f64 / begun.elapsed().as_secs_f64();
    let grown = resident().saturating_sub(before);
    let shell = shell(&world);
    let figure = format!("{ours:.0} ({shell:.0} by the shell)");
    let share = ours / shell * 100.0;
    say("CSV rows/s at 1,000,000 rows", &figure, &format!("{share:.0} % of the sqlite3 shell (reach 50 %)"));
    say("memory that the export grew by", &format!("{:.1} MiB", grown as f64 / 1024.0), "(reach under 32 MiB)");
}

/// Rows a second by the shell; nothing to compare with where it is not installed.
pub(crate) fn shell(world: &World) -> f64 {
    let begun = Instant::now();
    let mut shell = Command::new("sqlite3")
        .args(["-readonly", "-header", "-csv", "-cmd", "PRAGMA cache_size = -65536"])
        .arg(world.database())
        .arg(QUERY)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the sqlite3 shell is installed (Debian: sqlite3)");
    let mut null = std::fs::OpenOptions::new().write(true).open("/dev/null").unwrap();
    std::io::copy(&mut shell.stdout.take().unwrap(), &mut null).unwrap();
    assert!(shell.wait().unwrap().success());
    ROWS as f64 / begun.elapsed().as_secs_f64()
}

pub(crate) fn fill(world: &World) {
    let db = world.by_hand();
    db.execute_batch("PRAGMA synchronous = OFF; BEGIN IMMEDIATE").unwrap();
    let (event, now) = (world.event.id.uuid(), world.app.clock.now().micros());
    for number in 0..ROWS {
        insert_registration(&db, event, number, now + number as i64);
    }
    db.execute_batch("UPDATE quotas SET taken = 1000000; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}

/// KiB of memory that this process holds (`VmRSS`).
pub(crate) fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
