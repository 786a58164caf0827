//! A copy of an event has the same check-in lists.

use std::collections::HashMap;
use std::hash::Hash;

use diesel::prelude::*;

use super::write_list::insert;
use super::{AttendanceRule, CheckInList, ListDraft};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{Event, Session, TicketType, moved_to_copy};
use crate::store::Db;
use crate::store::schema::attendance_rules;

/// Opens the lists of an event at a copy of it that was just made: with the same settings, for the same parts, their times
/// moved as the event was; with the same rule of attendance.
pub fn copy_lists(db: &mut Db, by: &Actor, original: &Event, copy: &Event, now: Timestamp) -> Result<()> {
    let types = |kinds: Vec<TicketType>| kinds.into_iter().map(|kind| kind.id).collect::<Vec<_>>();
    let types = pairs(types(TicketType::of_event(db, original.id)?), types(TicketType::of_event(db, copy.id)?));
    let ids = |sessions: Vec<Session>| sessions.into_iter().map(|session| session.id).collect::<Vec<_>>();
    let sessions = pairs(ids(Session::of_event(db, original.id)?), ids(Session::of_event(db, copy.id)?));
    let moved = |at: Option<Timestamp>| at.map(|at| moved_to_copy(original, copy, at));
    for list in CheckInList::of_event(db, original.id)? {
        let draft = ListDraft::of(&list).map_err(Error::internal)?;
        let draft = ListDraft {
            ticket_types: draft.ticket_types.iter().filter_map(|id| types.get(id).copied()).collect(),
            sessions: draft.sessions.iter().filter_map(|id| sessions.get(id).copied()).collect(),
            opens_at: moved(draft.opens_at),
            closes_at: moved(draft.closes_at),
            automatic_exit_at: moved(draft.automatic_exit_at),
            ..draft
        };
        let mut copied = CheckInList::new(copy.id, now);
        draft.apply(&mut copied);
        insert(db, by, copy, copied, now)?;
    }
    let rule = AttendanceRule::of(db, original.id)?;
    if rule.version > 0 {
        let copied = AttendanceRule { event_id: copy.id, updated_at: now, version: 1, ..rule };
        diesel::insert_into(attendance_rules::table).values(&copied).execute(db)?;
    }
    Ok(())
}

/// Which part of a copy stands for which of the original: both are in the same order.
fn pairs<Id: Eq + Hash>(of_original: Vec<Id>, of_copy: Vec<Id>) -> HashMap<Id, Id> {
    of_original.into_iter().zip(of_copy).collect()
}
