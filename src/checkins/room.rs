//! The lists that tell a person's story together, and what is kept of it: numbers and conflicts.

use diesel::prelude::*;

use super::story::{Contradiction, Ending};
use super::{CheckInList, Story, Tally};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Quota;
use crate::store::schema::{check_in_conflicts, check_in_lists};
use crate::store::{CheckInListId, Db, EventId, RegistrationId};

use super::CheckIn;

/// A list without a zone, or all lists of an event that have one: whoever enters one zone leaves the others.
pub(super) struct Room {
    /// The lists.
    pub lists: Vec<CheckInList>,
    /// Which of them is asked.
    place: usize,
}

impl Room {
    /// The room of one list of an event: one query, and another one if it has a zone.
    ///
    /// # Errors
    /// `NotFound` for a list of another event.
    pub fn of(db: &mut Db, event: EventId, list: CheckInListId) -> Result<Self> {
        let own = CheckInList::find_of(db, event, list)?;
        if own.zone.is_none() {
            return Ok(Self { lists: vec![own], place: 0 });
        }
        let zoned = CheckInList::query().filter(check_in_lists::event_id.eq(event));
        let zoned = zoned.filter(check_in_lists::zone.is_not_null()).order(check_in_lists::id);
        let lists: Vec<CheckInList> = zoned.load(db)?;
        let place = lists.iter().position(|one| one.id == list).ok_or(Error::NotFound("check-in list"))?;
        Ok(Self { lists, place })
    }

    /// The list that is asked.
    pub fn list(&self) -> &CheckInList {
        &self.lists[self.place]
    }

    /// One person's rows here, and perhaps elsewhere at the event.
    pub fn rows(&self, db: &mut Db, registration: RegistrationId) -> Result<Vec<CheckIn>> {
        let list = self.list();
        if list.zone.is_none() {
            CheckIn::history(db, list.event_id, registration, list.id)
        } else {
            CheckIn::of_registration(db, list.event_id, registration)
        }
    }

    /// How many are in the room of the list that is asked: behind all doors of its zone.
    pub fn inside(&self, now: Timestamp) -> i64 {
        let own = self.list();
        let doors = self.lists.iter().filter(|list| list.id == own.id || list.zone == own.zone);
        doors.map(|list| list.tally().inside_at(list.automatic_exit_at, now)).sum()
    }

    /// Writes down what has changed for one person, beside the rows: the numbers of the lists, and the conflicts. Adds
    /// `denied` scans to the list that is asked.
    pub fn keep(
        &mut self,
        db: &mut Db,
        registration: RegistrationId,
        (before, after): (&Ending, &Ending),
        denied: i64,
    ) -> Result<()> {
        let changes: Vec<Tally> =
            after.tallies.iter().zip(&before.tallies).map(|(after, before)| *after - *before).collect();
        self.add(db, &changes, denied)?;
        let event = self.list().event_id;
        keep_conflicts(db, (event, registration), &before.conflicts, &after.conflicts)
    }

    /// Adds to the numbers of the lists, in their order, and `denied` scans to the list that is asked.
    pub fn add(&mut self, db: &mut Db, changes: &[Tally], denied: i64) -> Result<()> {
        for (place, list) in self.lists.iter_mut().enumerate() {
            let denied = if place == self.place { denied } else { 0 };
            let change = changes.get(place).copied().unwrap_or_default() + Tally { denied, ..Tally::default() };
            if change != Tally::default() {
                list.add(db, change)?;
            }
        }
        Ok(())
    }

    /// How the story of these rows ends here.
    pub fn ending<'a>(&'a self, rows: impl IntoIterator<Item = &'a CheckIn> + Clone) -> Ending {
        Story::of(&self.lists, rows).ending()
    }
}

/// Writes down which rows of one person are conflicts now.
pub(super) fn keep_conflicts(
    db: &mut Db,
    (event, registration): (EventId, RegistrationId),
    before: &[Contradiction],
    after: &[Contradiction],
) -> Result<()> {
    for gone in before.iter().filter(|one| !after.contains(one)) {
        diesel::delete(check_in_conflicts::table.filter(check_in_conflicts::check_in_id.eq(gone.check_in)))
            .execute(db)?;
    }
    for new in after.iter().filter(|one| !before.contains(one)) {
        let row = (
            check_in_conflicts::check_in_id.eq(new.check_in),
            check_in_conflicts::event_id.eq(event),
            check_in_conflicts::list_id.eq(new.list),
            check_in_conflicts::registration_id.eq(registration),
            check_in_conflicts::reason.eq(new.reason),
        );
        diesel::insert_into(check_in_conflicts::table).values(row).execute(db)?;
    }
    Ok(())
}

/// How many registrations hold a seat and are covered by a list: what is kept with the seats, if that says it all.
pub(super) fn expected(db: &mut Db, list: &CheckInList, own: &Quota, parts: &[Quota]) -> Result<i64> {
    let (types, sessions) = (&list.ticket_types.0, &list.sessions.0);
    let taken = |of: &dyn Fn(&Quota) -> bool| parts.iter().filter(|quota| of(quota)).map(|quota| quota.taken).sum();
    match (types.is_empty(), sessions.as_slice()) {
        (true, []) => Ok(own.taken),
        (false, []) => Ok(taken(&|quota| quota.ticket_type_id.is_some_and(|id| types.contains(&id)))),
        (true, [only]) => Ok(taken(&|quota| quota.session_id == Some(*only))),
        _ => crate::registrations::count_seated(db, list.event_id, &[(types, sessions)]),
    }
}
