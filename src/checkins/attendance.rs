//! Who attended: the same answer for the API, the pages and the files.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{CheckIn, Fact, Presence};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::check_ins;
use crate::store::{CheckInListId, Db, EventId, RegistrationId};

/// Whether and when somebody was at an event, over all its lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Whether they were let in at any list.
    pub attended: bool,
    /// When they first came in.
    pub first_entry_at: Option<Timestamp>,
    /// When they last went out.
    pub last_exit_at: Option<Timestamp>,
}

/// Each person's presence at each list, of those registrations of an event whose ids lie between two, both included.
pub fn visits_between(
    db: &mut Db,
    event: EventId,
    (first, last): (RegistrationId, RegistrationId),
) -> Result<HashMap<(RegistrationId, CheckInListId), Presence>> {
    let rows = CheckIn::query()
        .filter(check_ins::event_id.eq(event))
        .filter(check_ins::registration_id.ge(first))
        .filter(check_ins::registration_id.le(last))
        .load(db)?;
    Ok(visits(rows))
}

/// Each person's presence at each list, of these registrations of an event: for few among many, where
/// [`visits_between`] would load everybody between them.
pub fn visits_of(
    db: &mut Db,
    event: EventId,
    ids: &[RegistrationId],
) -> Result<HashMap<(RegistrationId, CheckInListId), Presence>> {
    let rows = CheckIn::query()
        .filter(check_ins::event_id.eq(event))
        .filter(check_ins::registration_id.eq_any(ids))
        .load(db)?;
    Ok(visits(rows))
}

/// The attendance of those registrations of an event whose ids lie between two, both included. Who is missing was
/// never scanned.
pub fn attendance_between(
    db: &mut Db,
    event: EventId,
    ids: (RegistrationId, RegistrationId),
) -> Result<HashMap<RegistrationId, Attendance>> {
    Ok(attendances(&visits_between(db, event, ids)?))
}

/// The attendance of these registrations of an event. Who is missing was never scanned.
pub fn attendance_of(
    db: &mut Db,
    event: EventId,
    ids: &[RegistrationId],
) -> Result<HashMap<RegistrationId, Attendance>> {
    Ok(attendances(&visits_of(db, event, ids)?))
}

fn visits(rows: Vec<CheckIn>) -> HashMap<(RegistrationId, CheckInListId), Presence> {
    let mut visits: HashMap<(RegistrationId, CheckInListId), Vec<CheckIn>> = HashMap::new();
    for row in rows {
        if let Some(registration) = row.registration_id {
            visits.entry((registration, row.list_id)).or_default().push(row);
        }
    }
    visits.into_iter().map(|(key, rows)| (key, Presence::after(&Fact::of(&rows)))).collect()
}

fn attendances(visits: &HashMap<(RegistrationId, CheckInListId), Presence>) -> HashMap<RegistrationId, Attendance> {
    let mut attendances: HashMap<RegistrationId, Attendance> = HashMap::new();
    for ((registration, _), presence) in visits {
        let attendance = attendances.entry(*registration).or_default();
        attendance.attended |= presence.entries > 0;
        attendance.first_entry_at = earliest(attendance.first_entry_at, presence.first_entry_at);
        attendance.last_exit_at = attendance.last_exit_at.max(presence.last_exit_at);
    }
    attendances
}

fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
