//! A line that says how far something is, on a terminal alone.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often the line is written anew.
const EVERY: Duration = Duration::from_millis(200);
/// How many signs the bar has.
const WIDTH: u64 = 30;

/// The line; it goes away with this.
pub(super) struct Progress {
    ended: Arc<AtomicBool>,
    line: Option<JoinHandle<()>>,
}

impl Progress {
    /// Shows on standard error how much of `total` is done, if somebody looks.
    pub(super) fn show(done: Arc<AtomicU64>, total: u64) -> Self {
        let ended = Arc::<AtomicBool>::default();
        let stop = ended.clone();
        let line = std::io::stderr().is_terminal().then(|| {
            std::thread::spawn(move || {
                let mut shown = false;
                while !stop.load(Ordering::Acquire) {
                    std::thread::park_timeout(EVERY);
                    let line = bar(done.load(Ordering::Relaxed), total);
                    shown = write!(std::io::stderr(), "\r{line}").is_ok();
                }
                if shown {
                    // Nothing is left of it (ECMA-48: erase in line).
                    let _ = write!(std::io::stderr(), "\r\x1b[K");
                }
            })
        });
        Self { ended, line }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        if let Some(line) = self.line.take() {
            line.thread().unpark();
            let _ = line.join();
        }
    }
}

fn bar(done: u64, total: u64) -> String {
    let done = done.min(total);
    let filled = (done * WIDTH).checked_div(total).unwrap_or(WIDTH);
    let signs: String = (0..WIDTH).map(|sign| if sign < filled { '#' } else { '.' }).collect();
    format!("[{signs}] {done} of {total} rows")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills() {
        assert_eq!(bar(0, 60), "[..............................] 0 of 60 rows");
        assert_eq!(bar(30, 60), "[###############...............] 30 of 60 rows");
        assert_eq!(bar(99, 60), "[##############################] 60 of 60 rows");
        assert_eq!(bar(0, 0), "[##############################] 0 of 0 rows");
    }
}
