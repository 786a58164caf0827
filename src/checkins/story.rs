//! What happened to one person: a fold over their rows, in the order in which they happened. Pure rules.
//!
//! The end of a story depends on the set of rows alone, not on the order in which we heard of them: see decision 11.

use std::collections::HashSet;

use super::{Admits, CheckIn, CheckInList, CheckInSource, Direction, Presence, Reason, Tally};
use crate::clock::Timestamp;
use crate::store::{CheckInId, CheckInListId};

/// What became of one person at some lists: at one without a zone, or at all that have one.
#[derive(Debug, Clone)]
pub struct Story<'a> {
    lists: &'a [CheckInList],
    presences: Vec<Presence>,
    /// Index of the list through which they came in and have not gone out.
    inside: Option<usize>,
    counted: Vec<(usize, &'a CheckIn)>,
    /// Rows that contradict what was before them, or the registration.
    pub conflicts: Vec<Contradiction>,
    /// Second reads, each with the row that it repeats.
    pub repeats: Vec<(CheckInId, CheckInId)>,
}

impl<'a> Story<'a> {
    /// The story that one person's rows at these lists tell. Rows at other lists, denied ones and those that were taken
    /// back are no part of it.
    pub fn of(lists: &'a [CheckInList], rows: impl IntoIterator<Item = &'a CheckIn> + Clone) -> Self {
        let annulled: HashSet<CheckInId> = rows.clone().into_iter().filter_map(|row| row.annuls_id).collect();
        let place = |id: CheckInListId| lists.iter().position(|list| list.id == id);
        let standing = rows.into_iter().filter(|row| row.passes() && !annulled.contains(&row.id));
        let mut facts: Vec<(usize, &CheckIn)> = standing.filter_map(|row| Some((place(row.list_id)?, row))).collect();
        facts.sort_by(|(_, one), (_, other)| order(one).cmp(&order(other)));
        let mut story = Self {
            lists,
            presences: vec![Presence::default(); lists.len()],
            inside: None,
            counted: Vec::with_capacity(facts.len()),
            conflicts: Vec::new(),
            repeats: Vec::new(),
        };
        for (list, row) in facts {
            story.tell(list, row);
        }
        story
    }

    fn tell(&mut self, list: usize, row: &'a CheckIn) {
        self.leave_by_itself(row.occurred_at);
        if let Some(first) = self.repeated(list, &row.device, row.direction, row.occurred_at) {
            self.repeats.push((row.id, first.id));
            return;
        }
        let against = match row.direction {
            Direction::Entry => self.against_entry(list, row.occurred_at),
            Direction::Exit => self.against_exit(list, row.occurred_at),
        };
        let contradiction = |reason| Contradiction { check_in: row.id, list: row.list_id, reason };
        self.conflicts.extend(row.standing.or(against).map(contradiction));
        match row.direction {
            Direction::Entry => {
                if self.inside != Some(list) {
                    self.leave(row.occurred_at);
                    self.inside = Some(list);
                    self.presences[list].since = Some(row.occurred_at);
                }
                let presence = &mut self.presences[list];
                presence.first_entry_at = presence.first_entry_at.or(Some(row.occurred_at));
                presence.entries += 1;
            }
            Direction::Exit => {
                if self.is_in_room(list) {
                    self.leave(row.occurred_at);
                }
                self.presences[list].last_exit_at = Some(row.occurred_at);
                self.presences[list].exits += 1;
            }
        }
        self.counted.push((list, row));
    }

    fn leave(&mut self, at: Timestamp) {
        if let Some(list) = self.inside.take()
            && let Some(since) = self.presences[list].since.take()
        {
            self.presences[list].stayed += at.micros() - since.micros();
        }
    }

    /// Whoever is inside when the automatic exit of their list comes has gone.
    fn leave_by_itself(&mut self, now: Timestamp) {
        let Some(list) = self.inside else { return };
        let Some(exit) = self.lists[list].automatic_exit_at else { return };
        if exit <= now && self.presences[list].since.is_some_and(|since| since < exit) {
            self.leave(exit);
        }
    }

    fn is_in_room(&self, list: usize) -> bool {
        self.inside.is_some_and(|inside| self.same_room(inside, list))
    }

    fn same_room(&self, one: usize, other: usize) -> bool {
        one == other || self.lists[one].zone.is_some() && self.lists[one].zone == self.lists[other].zone
    }

    fn is_inside_at(&self, list: usize, at: Timestamp) -> bool {
        let Some(inside) = self.inside.filter(|inside| self.same_room(*inside, list)) else { return false };
        self.presences[inside].inside(self.lists[inside].automatic_exit_at, at)
    }

    /// Why somebody does not come in again, if not.
    fn against_entry(&self, list: usize, at: Timestamp) -> Option<Reason> {
        let came = || {
            let rooms = self.presences.iter().enumerate().filter(|(other, _)| self.same_room(*other, list));
            rooms.map(|(_, presence)| presence.entries).sum::<i64>() > 0
        };
        let refused = match self.lists[list].admits {
            Admits::Many => false,
            Admits::Reentry => self.is_inside_at(list, at),
            Admits::Once => came(),
        };
        refused.then_some(Reason::AlreadyCheckedIn)
    }

    /// Why somebody does not go out, if not.
    fn against_exit(&self, list: usize, at: Timestamp) -> Option<Reason> {
        (!self.is_inside_at(list, at)).then_some(Reason::NotCheckedIn)
    }

    /// The row of which a scan by this device at `at` would be a second read.
    fn repeated(&self, list: usize, device: &str, direction: Direction, at: Timestamp) -> Option<&'a CheckIn> {
        let lately = self.counted.iter().rev().map(|(place, row)| (*place, *row)).take_while(|(place, row)| {
            *place == list && row.direction == direction && at.micros() - row.occurred_at.micros() <= DOUBLE_READ_MICROS
        });
        lately.map(|(_, row)| row).find(|row| row.device == device)
    }

    /// The same story, asked at the door of one of its lists; none for a list that is no part of it.
    pub fn at(&self, list: CheckInListId) -> Option<AtTheDoor<'_, 'a>> {
        let place = self.lists.iter().position(|one| one.id == list)?;
        Some(AtTheDoor { story: self, place })
    }

    /// The presence at each list.
    pub fn presences(&self) -> impl Iterator<Item = (&'a CheckInList, &Presence)> {
        self.lists.iter().zip(&self.presences)
    }

    /// The rows that count, in the order in which they happened.
    pub fn counted(&self) -> impl Iterator<Item = &'a CheckIn> {
        self.counted.iter().map(|(_, row)| *row)
    }

    /// How it ends.
    pub fn ending(&self) -> Ending {
        let tallies = self.presences().map(|(list, presence)| presence.tally(list.automatic_exit_at));
        Ending { tallies: tallies.collect(), conflicts: self.conflicts.clone() }
    }

    /// When the last thing happened.
    pub fn last_at(&self) -> Option<Timestamp> {
        self.counted.last().map(|(_, row)| row.occurred_at)
    }
}

/// A row that let somebody through although something speaks against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contradiction {
    /// The row.
    pub check_in: CheckInId,
    /// At which list.
    pub list: CheckInListId,
    /// What speaks against it.
    pub reason: Reason,
}

/// How a story ends: what is kept of it beside the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// What the person adds to the numbers of each list, in the order of the lists.
    pub tallies: Vec<Tally>,
    /// What contradicts, in the order in which it happened.
    pub conflicts: Vec<Contradiction>,
}

/// Somebody's story, asked at the door of one list.
#[derive(Debug, Clone, Copy)]
pub struct AtTheDoor<'s, 'a> {
    story: &'s Story<'a>,
    place: usize,
}

impl<'a> AtTheDoor<'_, 'a> {
    /// The presence at this list.
    pub fn presence(&self) -> &Presence {
        &self.story.presences[self.place]
    }

    /// Whether they are in the room of this list at `at`.
    pub fn is_inside(&self, at: Timestamp) -> bool {
        self.story.is_inside_at(self.place, at)
    }

    /// Why they do not come in, if not.
    pub fn against_entry(&self, at: Timestamp) -> Option<Reason> {
        self.story.against_entry(self.place, at)
    }

    /// Why they do not go out, if not.
    pub fn against_exit(&self, at: Timestamp) -> Option<Reason> {
        self.story.against_exit(self.place, at)
    }

    /// The row of which a scan by this device at `at` would be a second read.
    pub fn repeated(&self, device: &str, direction: Direction, at: Timestamp) -> Option<&'a CheckIn> {
        self.story.repeated(self.place, device, direction, at)
    }

    /// The way in which they went last, if this device has just read it.
    pub fn last_way(&self, device: &str, at: Timestamp) -> Option<Direction> {
        let (_, last) = self.story.counted.last()?;
        self.repeated(device, last.direction, at).map(|row| row.direction)
    }
}

/// A second read by the same device within this time is no second scan: five seconds.
const DOUBLE_READ_MICROS: i64 = 5_000_000;

/// The order in which rows happened: one for each set of rows, whenever we heard of them. What was decided elsewhere goes
/// before what we decided at the same microsecond; ours are in the order of their ids, theirs in that of their nonces.
fn order(row: &CheckIn) -> impl Ord + '_ {
    let online = row.source == CheckInSource::Online;
    let id = online.then_some(row.id);
    (row.occurred_at, online, id, row.nonce.as_deref(), row.device.as_str(), row.list_id, row.id)
}
