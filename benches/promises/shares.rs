//! What part of its floor something reaches, measured in turns: whatever else the machine does meets both.

/// How many turns the floor and what stands on it take: an odd number has a middle.
pub(crate) const TURNS: usize = 11;

/// What part of its floor something reached in each turn.
pub(crate) struct Shares(Vec<f64>);

impl Shares {
    /// Of so many a second in each turn, beside the floor's.
    pub(crate) fn of(turns: impl Iterator<Item = (f64, f64)>) -> Self {
        let mut shares: Vec<f64> = turns.map(|(ours, floor)| ours / floor * 100.0).collect();
        shares.sort_unstable_by(f64::total_cmp);
        Self(shares)
    }
}

impl std::fmt::Display for Shares {
    /// The one in the middle, and the lowest and the highest.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(shares) = self;
        write!(f, "{:.0} % ({:.0} to {:.0})", shares[shares.len() / 2], shares[0], shares[shares.len() - 1])
    }
}
