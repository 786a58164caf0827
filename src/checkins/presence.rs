//! Who is inside: a fold over what happened. Pure rules.

use std::collections::HashSet;
use std::ops::{Add, Sub};

use super::{CheckIn, CheckInResult, Direction};
use crate::clock::Timestamp;
use crate::store::CheckInId;

/// An accepted scan that was not taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// When it happened.
    pub at: Timestamp,
    /// Decides between two at the same microsecond.
    pub id: CheckInId,
    /// Which way.
    pub direction: Direction,
}

impl Fact {
    /// The facts among one person's rows at one list, in the order in which they happened.
    pub fn of(rows: &[CheckIn]) -> Vec<Self> {
        let annulled: HashSet<CheckInId> = rows.iter().filter_map(|row| row.annuls_id).collect();
        let mut facts: Vec<Self> = rows
            .iter()
            .filter(|row| row.result == CheckInResult::Accepted && !annulled.contains(&row.id))
            .map(|row| Self { at: row.occurred_at, id: row.id, direction: row.direction })
            .collect();
        facts.sort_by_key(|fact| (fact.at, fact.id));
        facts
    }
}

/// One person at one list, after all that happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Presence {
    /// Whether they are inside now.
    pub inside: bool,
    /// When they first came in.
    pub first_entry_at: Option<Timestamp>,
    /// When they last went out.
    pub last_exit_at: Option<Timestamp>,
    /// When the last thing happened.
    pub last_at: Option<Timestamp>,
    /// How often they came in.
    pub entries: i64,
    /// How often they went out.
    pub exits: i64,
}

impl Presence {
    /// After these facts, which are in the order in which they happened.
    pub fn after(facts: &[Fact]) -> Self {
        facts.iter().fold(Self::default(), |mut presence, fact| {
            match fact.direction {
                Direction::Entry => {
                    presence.inside = true;
                    presence.first_entry_at = presence.first_entry_at.or(Some(fact.at));
                    presence.entries += 1;
                }
                Direction::Exit => {
                    presence.inside = false;
                    presence.last_exit_at = Some(fact.at);
                    presence.exits += 1;
                }
            }
            presence.last_at = Some(fact.at);
            presence
        })
    }

    /// What this person adds to the numbers of the list.
    pub fn tally(&self) -> Tally {
        Tally {
            attended: i64::from(self.entries > 0),
            inside: i64::from(self.inside),
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
    /// People who are inside now.
    pub inside: i64,
    /// Accepted entries.
    pub entries: i64,
    /// Accepted exits.
    pub exits: i64,
    /// Scans that were turned away.
    pub denied: i64,
}

impl Add for Tally {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            attended: self.attended + other.attended,
            inside: self.inside + other.inside,
            entries: self.entries + other.entries,
            exits: self.exits + other.exits,
            denied: self.denied + other.denied,
        }
    }
}

impl Sub for Tally {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            attended: self.attended - other.attended,
            inside: self.inside - other.inside,
            entries: self.entries - other.entries,
            exits: self.exits - other.exits,
            denied: self.denied - other.denied,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(directions: &[Direction]) -> Vec<Fact> {
        directions
            .iter()
            .zip(1..)
            .map(|(direction, at)| Fact { at: Timestamp::from_micros(at), id: CheckInId::new(), direction: *direction })
            .collect()
    }

    #[test]
    fn nobody_has_arrived_before_anything_happened() {
        assert_eq!(Presence::after(&[]), Presence::default());
    }

    #[test]
    fn in_out_and_in_again_is_inside_with_two_entries() {
        let presence = Presence::after(&facts(&[Direction::Entry, Direction::Exit, Direction::Entry]));
        assert_eq!(
            presence,
            Presence {
                inside: true,
                first_entry_at: Some(Timestamp::from_micros(1)),
                last_exit_at: Some(Timestamp::from_micros(2)),
                last_at: Some(Timestamp::from_micros(3)),
                entries: 2,
                exits: 1,
            }
        );
        assert_eq!(presence.tally(), Tally { attended: 1, inside: 1, entries: 2, exits: 1, denied: 0 });
    }
}
