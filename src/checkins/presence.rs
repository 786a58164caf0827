//! Who is inside, how often they came, how long they stayed. Pure values.

use std::ops::{Add, Sub};

use chrono::TimeDelta;

use crate::clock::Timestamp;

/// One person at one list, after all that happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Presence {
    /// Since when they are inside, if they are; whoever came in before the list's automatic exit is until then.
    pub since: Option<Timestamp>,
    /// When they first came in.
    pub first_entry_at: Option<Timestamp>,
    /// When they last went out by a scan.
    pub last_exit_at: Option<Timestamp>,
    /// How often they came in.
    pub entries: i64,
    /// How often they went out.
    pub exits: i64,
    /// How long they were inside before they last went out, in microseconds.
    pub stayed: i64,
}

impl Presence {
    /// Whether they are inside at `now`, at a list with this automatic exit.
    pub fn inside(&self, automatic_exit_at: Option<Timestamp>, now: Timestamp) -> bool {
        match (self.since, automatic_exit_at) {
            (Some(since), Some(exit)) if now >= exit => since >= exit,
            (since, _) => since.is_some(),
        }
    }

    /// How many whole minutes they have been inside by `now`, at a list with this automatic exit.
    pub fn minutes(&self, automatic_exit_at: Option<Timestamp>, now: Timestamp) -> i64 {
        let until = |since: Timestamp| match automatic_exit_at {
            Some(exit) if since < exit => exit.min(now),
            _ => now,
        };
        let open = self.since.map_or(0, |since| (until(since).micros() - since.micros()).max(0));
        (self.stayed + open) / TimeDelta::minutes(1).num_microseconds().unwrap_or(i64::MAX)
    }

    /// What this person adds to the numbers of a list with this automatic exit.
    pub fn tally(&self, automatic_exit_at: Option<Timestamp>) -> Tally {
        let later = self.since.zip(automatic_exit_at).is_some_and(|(since, exit)| since >= exit);
        Tally {
            attended: i64::from(self.entries > 0),
            inside: i64::from(self.since.is_some()),
            inside_later: i64::from(later),
            entries: self.entries,
            exits: self.exits,
            denied: 0,
        }
    }
}

/// The numbers of a list: each counts something else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// People who came in at least once.
    pub attended: i64,
    /// People who are inside as long as the list's automatic exit has not come.
    pub inside: i64,
    /// People who are inside once it has come.
    pub inside_later: i64,
    /// Accepted entries.
    pub entries: i64,
    /// Accepted exits.
    pub exits: i64,
    /// Scans that were turned away.
    pub denied: i64,
}

impl Tally {
    /// People who are inside at `now`, at a list with this automatic exit.
    pub fn inside_at(&self, automatic_exit_at: Option<Timestamp>, now: Timestamp) -> i64 {
        if automatic_exit_at.is_some_and(|exit| now >= exit) { self.inside_later } else { self.inside }
    }

    fn zip(self, other: Self, with: impl Fn(i64, i64) -> i64) -> Self {
        Self {
            attended: with(self.attended, other.attended),
            inside: with(self.inside, other.inside),
            inside_later: with(self.inside_later, other.inside_later),
            entries: with(self.entries, other.entries),
            exits: with(self.exits, other.exits),
            denied: with(self.denied, other.denied),
        }
    }
}

impl Add for Tally {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
}

impl Sub for Tally {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_micros(minute * 60_000_000)
    }

    #[test]
    fn whoever_came_before_the_automatic_exit_is_inside_until_then() {
        let presence = Presence { since: Some(at(5)), entries: 1, stayed: 120_000_000, ..Presence::default() };
        let exit = Some(at(20));
        assert_eq!([at(19), at(20)].map(|now| presence.inside(exit, now)), [true, false]);
        assert_eq!([at(10), at(60)].map(|now| presence.minutes(exit, now)), [7, 17]);
        assert_eq!([at(10), at(60)].map(|now| presence.minutes(None, now)), [7, 57]);
        let later = Presence { since: Some(at(20)), ..presence };
        assert_eq!((later.inside(exit, at(60)), later.minutes(exit, at(60))), (true, 42));
    }
}
