//! How long each of many things took.

use std::time::Duration;

/// How long each of many things took, and all of them together.
#[derive(Default)]
pub(crate) struct Latencies {
    each: Vec<Duration>,
    all: Duration,
}

impl Latencies {
    /// Of those that ended within `all`.
    pub(crate) fn new(mut each: Vec<Duration>, all: Duration) -> Self {
        each.sort_unstable();
        Self { each, all }
    }

    /// The same with those of another time.
    pub(crate) fn and(self, other: Self) -> Self {
        Self::new([self.each, other.each].concat(), self.all + other.all)
    }

    /// How many a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.each.len() as f64 / self.all.as_secs_f64()
    }

    /// What 99 in 100 stayed under.
    pub(crate) fn p99(&self) -> Duration {
        self.each[self.each.len() * 99 / 100]
    }
}
