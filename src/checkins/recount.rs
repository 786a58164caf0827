//! The numbers and conflicts of all lists, counted again from all rows.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::{CheckIn, CheckInList, Presence, Reason, Story, Tally};
use crate::error::Result;
use crate::store::schema::{check_in_conflicts, check_in_lists, check_ins};
use crate::store::{CheckInId, CheckInListId, Db, EventId, RegistrationId};

/// What is kept of a list beside its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Its numbers.
    pub tally: Tally,
    /// Its conflicts.
    pub conflicts: BTreeMap<CheckInId, Reason>,
}

/// A list of which something else is kept than its rows say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistally {
    /// The list.
    pub list: CheckInListId,
    /// What is kept.
    pub says: Kept,
    /// What its rows say.
    pub counted: Kept,
}

/// Counts all lists again and names those of which something wrong is kept: there should be none.
pub fn find_mistallies(db: &mut Db) -> Result<Vec<Mistally>> {
    let mut events: Vec<EventId> = check_in_lists::table.select(check_in_lists::event_id).distinct().load(db)?;
    events.sort_unstable();
    let mut mistallies = Vec::new();
    for event in events {
        let lists = CheckInList::of_event(db, event)?;
        let counted = recount(db, event, &lists)?;
        let says = kept(db, event, &lists)?;
        let wrong = lists.iter().map(|list| (list.id, &says[&list.id], &counted[&list.id]));
        mistallies.extend(wrong.filter(|(_, says, counted)| says != counted).map(|(list, says, counted)| Mistally {
            list,
            says: says.clone(),
            counted: counted.clone(),
        }));
    }
    Ok(mistallies)
}

fn kept(db: &mut Db, event: EventId, lists: &[CheckInList]) -> Result<HashMap<CheckInListId, Kept>> {
    let mut kept: HashMap<CheckInListId, Kept> =
        lists.iter().map(|list| (list.id, Kept { tally: list.tally(), conflicts: BTreeMap::new() })).collect();
    let conflicts = check_in_conflicts::table.filter(check_in_conflicts::event_id.eq(event));
    let conflicts: Vec<(CheckInListId, CheckInId, Reason)> = conflicts
        .select((check_in_conflicts::list_id, check_in_conflicts::check_in_id, check_in_conflicts::reason))
        .load(db)?;
    for (list, check_in, reason) in conflicts {
        kept.entry(list).or_default().conflicts.insert(check_in, reason);
    }
    Ok(kept)
}

fn recount(db: &mut Db, event: EventId, lists: &[CheckInList]) -> Result<HashMap<CheckInListId, Kept>> {
    let mut counted: HashMap<CheckInListId, Kept> = lists.iter().map(|list| (list.id, Kept::default())).collect();
    let denied: Vec<(CheckInListId, i64)> = check_ins::table
        .filter(check_ins::event_id.eq(event))
        .filter(check_ins::result.eq(super::CheckInResult::Denied))
        .group_by(check_ins::list_id)
        .select((check_ins::list_id, diesel::dsl::count_star()))
        .load(db)?;
    for (list, denied) in denied {
        counted.entry(list).or_default().tally.denied = denied;
    }
    let rooms = rooms(lists);
    each_person(db, event, |_, rows| {
        for room in &rooms {
            let story = Story::of(room, rows);
            for (list, presence) in story.presences() {
                let sum = counted.entry(list.id).or_default();
                sum.tally = sum.tally + presence.tally(list.automatic_exit_at);
            }
            for conflict in &story.conflicts {
                counted.entry(conflict.list).or_default().conflicts.insert(conflict.check_in, conflict.reason);
            }
        }
    })?;
    Ok(counted)
}

/// The lists that tell a story together: those with a zone; each of the others by itself.
pub(super) fn rooms(lists: &[CheckInList]) -> Vec<Vec<CheckInList>> {
    let (zoned, others): (Vec<_>, Vec<_>) = lists.iter().cloned().partition(|list| list.zone.is_some());
    let mut rooms: Vec<Vec<CheckInList>> = others.into_iter().map(|list| vec![list]).collect();
    if !zoned.is_empty() {
        rooms.push(zoned);
    }
    rooms
}

/// One person's presence at every list of their event.
pub(super) fn presences(rooms: &[Vec<CheckInList>], rows: &[CheckIn]) -> Vec<(CheckInListId, Presence)> {
    let of_room = |room: &Vec<CheckInList>| {
        let story = Story::of(room, rows);
        story.presences().map(|(list, presence)| (list.id, *presence)).collect::<Vec<_>>()
    };
    rooms.iter().flat_map(of_room).collect()
}

/// Calls `each` with every person who was scanned at an event, and their rows; a few thousand rows are in memory at a time.
pub(super) fn each_person(db: &mut Db, event: EventId, mut each: impl FnMut(RegistrationId, &[CheckIn])) -> Result<()> {
    const ROWS: i64 = 5_000;
    let mut after: Option<RegistrationId> = None;
    loop {
        let mut query = CheckIn::query().filter(check_ins::event_id.eq(event)).into_boxed();
        query = match after {
            Some(after) => query.filter(check_ins::registration_id.gt(after)),
            None => query.filter(check_ins::registration_id.is_not_null()),
        };
        let mut rows: Vec<CheckIn> = query.order(check_ins::registration_id).limit(ROWS).load(db)?;
        let last = rows.last().and_then(|row| row.registration_id);
        let Some(last) = last else { return Ok(()) };
        let whole = i64::try_from(rows.len()).unwrap_or(i64::MAX) < ROWS;
        if !whole {
            // The last one may have more rows: all of them, by themselves.
            rows.retain(|row| row.registration_id != Some(last));
            let theirs = CheckIn::of_registration(db, event, last)?;
            rows.extend(theirs);
        }
        for person in rows.chunk_by(|one, other| one.registration_id == other.registration_id) {
            if let Some(registration) = person[0].registration_id {
                each(registration, person);
            }
        }
        if whole {
            return Ok(());
        }
        after = Some(last);
    }
}
