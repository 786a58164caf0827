//! A million participants as an XLSX workbook, against the `sqlite3` shell that writes the same query as CSV.

use std::cell::Cell;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use turnout::registrations::Filter;
use turnout::store::Db;
use turnout::transfer::{self, Dialect, Export, Headers};
use turnout::values::Language;

use crate::csv::{ROWS, fill, resident, shell};
use crate::say;
use crate::world::World;

/// Takes everything, and notes when the first of it came.
struct Sink {
    begun: Instant,
    first: Cell<Option<Duration>>,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.first.get().is_none() {
            self.first.set(Some(self.begun.elapsed()));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn participants() {
    let world = World::new();
    fill(&world);
    // Once to warm the caches of both, then to measure.
    shell(&world);
    let before = resident();
    let (highest, watching) = (Arc::new(AtomicU64::new(before)), Arc::new(AtomicBool::new(true)));
    let watcher = {
        let (highest, watching) = (highest.clone(), watching.clone());
        std::thread::spawn(move || {
            while watching.load(Ordering::Relaxed) {
                highest.fetch_max(resident(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(20));
            }
        })
    };
    let export = Export {
        filter: Filter::default(),
        columns: None,
        headers: Headers::Keys,
        dialect: Dialect::Rfc4180,
        locale: Language::English,
    };
    let begun = Instant::now();
    // As the connection takes it.
    let mut sink = BufWriter::with_capacity(64 * 1024, Sink { begun, first: Cell::new(None) });
    let write = |db: &mut Db| {
        let export = export.for_event(db, &world.event)?;
        transfer::participants_xlsx(db, &world.event, &export, &mut sink)
    };
    assert_eq!(world.app.store.read_here(write).unwrap(), ROWS as u64);
    let ours = ROWS as f64 / begun.elapsed().as_secs_f64();
    watching.store(false, Ordering::Relaxed);
    watcher.join().unwrap();
    let grown = highest.load(Ordering::Relaxed).saturating_sub(before);
    let shell = shell(&world);
    let figure = format!("{ours:.0} ({shell:.0} by the shell)");
    say("XLSX rows/s at 1,000,000 rows", &figure, &format!("{:.0} % of the sqlite3 shell", ours / shell * 100.0));
    say("memory that it grew by at most", &format!("{:.1} MiB", grown as f64 / 1024.0), "(reach under 64 MiB)");
    let first = sink.get_ref().first.get().unwrap();
    say("first byte of the workbook", &format!("{:.0} ms", first.as_secs_f64() * 1000.0), "(reach under 300 ms)");
}
