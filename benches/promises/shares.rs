//! What part of its floor something reaches, measured in turns: whatever else the machine does meets both.

use std::ops::Range;

/// How many turns the floor and what stands on it take: an odd number has a middle.
const TURNS: usize = 11;

/// So many things, divided into turns.
pub(crate) fn turns(count: usize) -> impl Iterator<Item = Range<usize>> {
    (0..TURNS).map(move |turn| turn * count / TURNS..(turn + 1) * count / TURNS)
}

/// What came of each turn beside what it is held against: the one in the middle, the lowest and the highest.
pub(crate) struct Shares {
    pub middle: f64,
    pub lowest: f64,
    pub highest: f64,
}

impl Shares {
    /// Of a figure in each turn, and the one that it is held against.
    pub(crate) fn of(turns: impl Iterator<Item = (f64, f64)>) -> Self {
        let mut shares: Vec<f64> = turns.map(|(figure, against)| figure / against).collect();
        shares.sort_unstable_by(f64::total_cmp);
        Self { middle: shares[shares.len() / 2], lowest: shares[0], highest: shares[shares.len() - 1] }
    }

    /// The same in words, as a part.
    pub(crate) fn percent(&self) -> String {
        let [middle, lowest, highest] = [self.middle, self.lowest, self.highest].map(|share| share * 100.0);
        format!("{middle:.0} % ({lowest:.0} to {highest:.0})")
    }
}
