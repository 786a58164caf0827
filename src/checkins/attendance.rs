//! Who attended: the same answer for the API, the pages and the files.

use std::collections::HashMap;

use diesel::prelude::*;

use super::judge::covers;
use super::recount::{presences, rooms};
use super::{AttendanceRule, CheckIn, CheckInList, Presence};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Event;
use crate::registrations::{Filter, Registration};
use crate::store::schema::check_ins;
use crate::store::{CheckInListId, Db, EventId, Page, Paging, RegistrationId, SessionId};

/// Whether and when somebody was at an event, over all its lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Whether they attended, by the event's rule.
    pub attended: bool,
    /// When they first came in.
    pub first_entry_at: Option<Timestamp>,
    /// When they last went out.
    pub last_exit_at: Option<Timestamp>,
}

/// Each person's presence at each list of their event; who was never scanned is left out.
pub type Visits = HashMap<(RegistrationId, CheckInListId), Presence>;

/// The presence of each of these registrations of an event at each list. `whole` says that they are all that came in
/// between the first and the last of them: then their rows are found faster.
pub fn visits(db: &mut Db, event: EventId, people: &[Registration], whole: bool) -> Result<Visits> {
    let lists = CheckInList::of_event(db, event)?;
    visits_at(db, event, &lists, people, whole)
}

fn visits_at(
    db: &mut Db,
    event: EventId,
    lists: &[CheckInList],
    people: &[Registration],
    whole: bool,
) -> Result<Visits> {
    let (Some(first), Some(last)) = (people.first(), people.last()) else { return Ok(Visits::new()) };
    let of_event = CheckIn::query().filter(check_ins::event_id.eq(event));
    let rows: Vec<CheckIn> = if whole {
        let between = of_event.filter(check_ins::registration_id.ge(first.id));
        between.filter(check_ins::registration_id.le(last.id)).load(db)?
    } else {
        // Few among many: a thousand registrations can have a million others between them.
        let ids: Vec<RegistrationId> = people.iter().map(|registration| registration.id).collect();
        of_event.filter(check_ins::registration_id.eq_any(ids)).load(db)?
    };
    let mut by_person: HashMap<RegistrationId, Vec<CheckIn>> = HashMap::new();
    for row in rows {
        if let Some(registration) = row.registration_id {
            by_person.entry(registration).or_default().push(row);
        }
    }
    let rooms = rooms(lists);
    let mut visits = Visits::new();
    for (registration, rows) in by_person {
        visits.extend(presences(&rooms, &rows).into_iter().map(|(list, presence)| ((registration, list), presence)));
    }
    Ok(visits)
}

/// The attendance of these registrations of an event, in the order of their ids; `whole` as for [`visits`]. Who is missing
/// was never scanned.
pub fn attendance_of(
    db: &mut Db,
    event: EventId,
    people: &[Registration],
    whole: bool,
) -> Result<HashMap<RegistrationId, Attendance>> {
    let lists = CheckInList::of_event(db, event)?;
    let visits = visits_at(db, event, &lists, people, whole)?;
    if visits.is_empty() {
        return Ok(HashMap::new());
    }
    let rule = AttendanceRule::of(db, event)?;
    let by_session = rule.lists.is_none() && lists.iter().any(|list| !list.sessions.0.is_empty());
    let ids: Vec<RegistrationId> = people.iter().map(|registration| registration.id).collect();
    let sessions = if by_session { Registration::sessions_of_all(db, &ids)? } else { HashMap::new() };
    let mut attendances = HashMap::new();
    for registration in people {
        let at = |list: &CheckInList| visits.get(&(registration.id, list.id));
        let theirs = || lists.iter().filter_map(at);
        if theirs().next().is_none() {
            continue;
        }
        let chosen = sessions.get(&registration.id).map_or(&[][..], Vec::as_slice);
        let came = |list: &CheckInList| at(list).is_some_and(|presence| presence.entries > 0);
        let attendance = Attendance {
            attended: rule.is_met(&lists, (registration.ticket_type_id, chosen), came),
            first_entry_at: theirs().filter_map(|presence| presence.first_entry_at).min(),
            last_exit_at: theirs().filter_map(|presence| presence.last_exit_at).max(),
        };
        attendances.insert(registration.id, attendance);
    }
    Ok(attendances)
}

/// Somebody at a list, after the event or during it.
#[derive(Debug, Clone)]
pub struct ListAttendance {
    /// Who.
    pub registration: Registration,
    /// What they did there.
    pub presence: Presence,
    /// Whether they were expected and did not come, although it is over.
    pub no_show: bool,
    /// How long they were inside, in whole minutes.
    pub minutes_inside: i64,
}

impl ListAttendance {
    /// A page of a list's attendance: who of a page of registrations is expected there or came in.
    pub fn page(db: &mut Db, event: &Event, list: &CheckInList, paging: &Paging, now: Timestamp) -> Result<Page<Self>> {
        let page = Filter::default().page(db, event.id, paging)?;
        let visits = visits(db, event.id, &page.data, true)?;
        let ids: Vec<RegistrationId> = page.data.iter().map(|registration| registration.id).collect();
        let by_session = !list.sessions.0.is_empty();
        let sessions = if by_session { Registration::sessions_of_all(db, &ids)? } else { HashMap::new() };
        let of = |registration: Registration| {
            let presence = visits.get(&(registration.id, list.id)).copied().unwrap_or_default();
            let chosen = sessions.get(&registration.id).map_or(&[][..], Vec::as_slice);
            let expected = Self::is_expected(list, &registration, chosen);
            (expected || presence.entries > 0).then(|| Self::of(event, list, registration, presence, now))
        };
        Ok(Page { data: page.data.into_iter().filter_map(of).collect(), next_cursor: page.next_cursor })
    }

    /// Somebody who is expected at a list, or came in.
    pub fn of(
        event: &Event,
        list: &CheckInList,
        registration: Registration,
        presence: Presence,
        now: Timestamp,
    ) -> Self {
        Self {
            no_show: Self::no_show(event, list, &presence, now),
            minutes_inside: Self::minutes_inside(event, list, &presence, now),
            registration,
            presence,
        }
    }

    /// Whether somebody has a seat, and the list is for them: for their ticket type, and one of the sessions that they
    /// have chosen.
    pub fn is_expected(list: &CheckInList, registration: &Registration, chosen: &[SessionId]) -> bool {
        registration.seated && covers(list, registration.ticket_type_id, chosen)
    }

    /// Whether somebody who is expected at a list did not come, although it is over.
    pub fn no_show(event: &Event, list: &CheckInList, presence: &Presence, now: Timestamp) -> bool {
        presence.entries == 0 && now >= list.closes_at.unwrap_or(event.ends_at)
    }

    /// How long somebody was inside, in whole minutes.
    pub fn minutes_inside(event: &Event, list: &CheckInList, presence: &Presence, now: Timestamp) -> i64 {
        // Whom nobody saw going was there until the end, at most.
        let until = now.min(event.ends_at.max(presence.since.unwrap_or(event.ends_at)));
        presence.minutes(list.automatic_exit_at, until)
    }
}
