//! How many: of a list, of zones, of an event, and when they came.

use std::collections::{BTreeMap, BTreeSet};

use super::recount::{each_person, presences, rooms};
use super::room::expected;
use super::{CheckInList, Direction, Story};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Held;
use crate::registrations::{self, Filter};
use crate::store::{CheckInListId, Db, EventId};

/// The numbers of a list, a zone or an event at a moment: each counts something else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Status {
    /// Registrations that hold a seat and are let in.
    pub expected: i64,
    /// People who came in at least once; at an event, who attended by its rule.
    pub attended: i64,
    /// People who are inside.
    pub inside: i64,
    /// Accepted entries.
    pub entries: i64,
    /// Accepted exits.
    pub exits: i64,
    /// Scans that were turned away.
    pub denied: i64,
}

impl Status {
    /// The numbers of a list at `now`, of which so many are expected.
    pub(super) fn new(expected: i64, list: &CheckInList, now: Timestamp) -> Self {
        let tally = list.tally();
        Self {
            expected,
            attended: tally.attended,
            inside: tally.inside_at(list.automatic_exit_at, now),
            entries: tally.entries,
            exits: tally.exits,
            denied: tally.denied,
        }
    }

    /// What several lists have together, as far as that is a sum.
    fn sum<'a>(lists: impl Iterator<Item = &'a Self>) -> Self {
        lists.fold(Self::default(), |sum, list| Self {
            inside: sum.inside + list.inside,
            entries: sum.entries + list.entries,
            exits: sum.exits + list.exits,
            denied: sum.denied + list.denied,
            ..sum
        })
    }
}

/// The numbers of a list of an event, as that is seen, at `now`.
pub fn list_status(db: &mut Db, list: &CheckInList, seen: &Held, now: Timestamp) -> Result<Status> {
    Ok(Status::new(expected(db, list, &seen.seats, &seen.parts)?, list, now))
}

/// The numbers of an event, of its zones by their names, and of its lists, oldest first.
#[derive(Debug, Clone)]
pub struct EventNumbers {
    /// The event's.
    pub event: Status,
    /// Its zones'.
    pub zones: Vec<(String, Status)>,
    /// Its lists'.
    pub lists: Vec<(CheckInList, Status)>,
}

impl EventNumbers {
    /// The numbers of an event, as it is seen, at `now`: run it inside one read.
    pub fn of(db: &mut Db, seen: &Held, now: Timestamp) -> Result<Self> {
        let event = seen.event.id;
        let mut lists = Vec::new();
        for list in CheckInList::of_event(db, event)? {
            let status = list_status(db, &list, seen, now)?;
            lists.push((list, status));
        }
        let people = People::count(db, event, &lists, now)?;
        let attended = Filter { attended: Some(true), ..Filter::default() }.count(db, event)?;
        let mut whole = Status::sum(lists.iter().map(|(_, status)| status));
        whole = Status { expected: seen.seats.taken, attended, inside: people.inside, ..whole };
        let names: BTreeSet<String> = lists.iter().filter_map(|(list, _)| list.zone.clone()).collect();
        let mut zones = Vec::new();
        for name in names {
            let doors: Vec<&(CheckInList, Status)> =
                lists.iter().filter(|(list, _)| list.zone.as_ref() == Some(&name)).collect();
            let expected = match doors.as_slice() {
                [only] => only.1.expected,
                several => {
                    let covered = several.iter().map(|(list, _)| (&list.ticket_types.0[..], &list.sessions.0[..]));
                    registrations::count_seated(db, event, &covered.collect::<Vec<_>>())?
                }
            };
            let attended = people.attended.get(&name).copied().unwrap_or_default();
            let sum = Status::sum(doors.iter().map(|(_, status)| status));
            zones.push((name, Status { expected, attended, ..sum }));
        }
        Ok(Self { event: whole, zones, lists })
    }
}

/// People counted once, wherever they went.
#[derive(Default)]
struct People {
    inside: i64,
    attended: BTreeMap<String, i64>,
}

impl People {
    /// Where people go through several doors, they are looked at one by one; else the lists have counted them.
    fn count(db: &mut Db, event: EventId, lists: &[(CheckInList, Status)], now: Timestamp) -> Result<Self> {
        let zones: Vec<&String> = lists.iter().filter_map(|(list, _)| list.zone.as_ref()).collect();
        let own_doors = zones.iter().collect::<BTreeSet<_>>().len() == zones.len();
        if own_doors && (lists.len() <= 1 || zones.len() == lists.len()) {
            let of_zone = |(list, status): &(CheckInList, Status)| Some((list.zone.clone()?, status.attended));
            return Ok(Self {
                inside: lists.iter().map(|(_, status)| status.inside).sum(),
                attended: lists.iter().filter_map(of_zone).collect(),
            });
        }
        let all: Vec<CheckInList> = lists.iter().map(|(list, _)| list.clone()).collect();
        let rooms = rooms(&all);
        let mut people = Self::default();
        each_person(db, event, |_, rows| {
            let presences = presences(&rooms, rows);
            let list = |id: CheckInListId| all.iter().find(|list| list.id == id);
            let inside = |(id, presence): &(CheckInListId, super::Presence)| {
                list(*id).is_some_and(|list| presence.inside(list.automatic_exit_at, now))
            };
            people.inside += i64::from(presences.iter().any(inside));
            let came = presences.iter().filter(|(_, presence)| presence.entries > 0);
            let zones: BTreeSet<&String> = came.filter_map(|(id, _)| list(*id)?.zone.as_ref()).collect();
            for zone in zones {
                *people.attended.entry(zone.clone()).or_default() += 1;
            }
        })?;
        Ok(people)
    }
}

/// Five minutes, and who came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrivals {
    /// When they begin.
    pub from: Timestamp,
    /// People who came in for the first time.
    pub arrivals: i64,
    /// All who came in.
    pub entries: i64,
}

/// Who came in at an event, or at one of its lists, by five minutes: those in which nobody came are left out. All zones there
/// are have clocks that show multiples of five minutes at the same instants.
pub fn arrivals(db: &mut Db, event: EventId, list: Option<CheckInListId>) -> Result<Vec<Arrivals>> {
    const FIVE_MINUTES: i64 = 5 * 60 * 1_000_000;
    let lists = CheckInList::of_event(db, event)?;
    let rooms = rooms(&lists);
    let mut by_time: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    each_person(db, event, |_, rows| {
        let mut times = Vec::new();
        for room in &rooms {
            let story = Story::of(room, rows);
            let entries = story.counted().filter(|row| row.direction == Direction::Entry);
            let here = entries.filter(|row| list.is_none_or(|list| row.list_id == list));
            times.extend(here.map(|row| row.occurred_at));
        }
        let first = times.iter().min().copied();
        for at in &times {
            by_time.entry(at.micros().div_euclid(FIVE_MINUTES)).or_default().1 += 1;
        }
        if let Some(first) = first {
            by_time.entry(first.micros().div_euclid(FIVE_MINUTES)).or_default().0 += 1;
        }
    })?;
    let row = |(slot, (arrivals, entries)): (i64, (i64, i64))| Arrivals {
        from: Timestamp::from_micros(slot * FIVE_MINUTES),
        arrivals,
        entries,
    };
    Ok(by_time.into_iter().map(row).collect())
}
