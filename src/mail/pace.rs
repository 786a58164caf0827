//! How fast letters leave this instance.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;

use crate::clock::Timestamp;

/// At most so many letters in any minute, over so many connections at once.
pub struct Pace {
    per_minute: Option<usize>,
    connections: usize,
    /// When letters were begun in the last minute, and how many.
    begun: Mutex<VecDeque<(Timestamp, usize)>>,
}

impl Pace {
    /// `per_minute` 0 is no limit; there is at least one connection.
    pub fn new(per_minute: u32, connections: u32) -> Self {
        let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        Self {
            per_minute: Some(count(per_minute)).filter(|limit| *limit > 0),
            connections: count(connections).max(1),
            begun: Mutex::default(),
        }
    }

    /// How many letters may be on their way at once.
    pub(super) fn connections(&self) -> usize {
        self.connections
    }

    /// How many letters may be begun now, of `wanted`.
    pub(super) fn allows(&self, wanted: usize, now: Timestamp) -> usize {
        let Some(limit) = self.per_minute else { return wanted };
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let minute_ago = now.plus(TimeDelta::minutes(-1));
        while begun.front().is_some_and(|(at, _)| *at <= minute_ago) {
            begun.pop_front();
        }
        let used: usize = begun.iter().map(|(_, count)| count).sum();
        wanted.min(limit.saturating_sub(used))
    }

    /// Counts letters that are begun now.
    pub(super) fn count(&self, letters: usize, now: Timestamp) {
        if self.per_minute.is_some() && letters > 0 {
            self.begun.lock().unwrap_or_else(PoisonError::into_inner).push_back((now, letters));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_has_more_letters_than_it_may() {
        let pace = Pace::new(10, 1);
        let at = |second: i64| Timestamp::from_micros(second * 1_000_000);
        assert_eq!(pace.allows(64, at(0)), 10);
        pace.count(4, at(0));
        pace.count(5, at(30));
        assert_eq!(pace.allows(64, at(59)), 1);
        assert_eq!(pace.allows(64, at(60)), 5, "the first four are a minute old");
        pace.count(5, at(60));
        assert_eq!((pace.allows(64, at(89)), pace.allows(3, at(90))), (0, 3));
    }

    #[test]
    fn without_a_limit_everything_may_leave() {
        let pace = Pace::new(0, 0);
        pace.count(1000, Timestamp::from_micros(0));
        assert_eq!((pace.allows(64, Timestamp::from_micros(0)), pace.connections()), (64, 1));
    }
}
