//! Ticket types and sessions, with their seats and registrations; and where the seats of the event have gone.

use std::collections::HashMap;

use diesel::prelude::*;

use super::StatusCounts;
use crate::error::Result;
use crate::events::{Event, Part, Quota, Session, TicketType};
use crate::registrations::{Invitation, RegistrationStatus};
use crate::store::schema::{registration_sessions, registrations};
use crate::store::{Db, EventId, SessionId, TicketTypeId};

/// The numbers of a ticket type or a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartCount {
    /// Which one.
    pub part: Part,
    /// Its name for people.
    pub name: String,
    /// How many seats it has of its own; none: no limit of its own.
    pub capacity: Option<i64>,
    /// How many of them are taken.
    pub taken: i64,
    /// Registrations with it, by where they stand.
    pub counts: StatusCounts,
}

/// The ticket types of an event, in their order.
pub(super) fn by_ticket_type(db: &mut Db, event: EventId, quotas: &[Quota]) -> Result<Vec<PartCount>> {
    let rows: Vec<(TicketTypeId, RegistrationStatus, i64)> = registrations::table
        .filter(registrations::event_id.eq(event))
        .filter(registrations::ticket_type_id.is_not_null())
        .group_by((registrations::ticket_type_id, registrations::status))
        .select((registrations::ticket_type_id.assume_not_null(), registrations::status, diesel::dsl::count_star()))
        .load(db)?;
    let mut counts = counted(rows.into_iter().map(|(id, status, count)| (Part::TicketType(id), status, count)));
    let types = TicketType::of_event(db, event)?.into_iter();
    Ok(types.map(|kind| part(Part::TicketType(kind.id), kind.name, quotas, &mut counts)).collect())
}

/// The sessions of an event, in their order.
pub(super) fn by_session(db: &mut Db, event: EventId, quotas: &[Quota]) -> Result<Vec<PartCount>> {
    let rows: Vec<(SessionId, RegistrationStatus, i64)> = registration_sessions::table
        .inner_join(registrations::table)
        .filter(registration_sessions::event_id.eq(event))
        .group_by((registration_sessions::session_id, registrations::status))
        .select((registration_sessions::session_id, registrations::status, diesel::dsl::count_star()))
        .load(db)?;
    let mut counts = counted(rows.into_iter().map(|(id, status, count)| (Part::Session(id), status, count)));
    let sessions = Session::of_event(db, event)?.into_iter();
    Ok(sessions.map(|session| part(Part::Session(session.id), session.title, quotas, &mut counts)).collect())
}

type Counts = HashMap<uuid::Uuid, StatusCounts>;

fn id(part: Part) -> uuid::Uuid {
    match part {
        Part::TicketType(id) => id.uuid(),
        Part::Session(id) => id.uuid(),
    }
}

fn counted(rows: impl Iterator<Item = (Part, RegistrationStatus, i64)>) -> Counts {
    let mut counts = Counts::new();
    for (part, status, count) in rows {
        counts.entry(id(part)).or_default().add(status, count);
    }
    counts
}

fn part(part: Part, name: String, quotas: &[Quota], counts: &mut Counts) -> PartCount {
    let quota = quotas.iter().find(|quota| quota.part_of_event() == Some(part));
    PartCount {
        part,
        name,
        capacity: quota.and_then(|quota| quota.capacity),
        taken: quota.map_or(0, |quota| quota.taken),
        counts: counts.remove(&id(part)).unwrap_or_default(),
    }
}

/// Where the seats of an event have gone, such as `350 = 338 confirmed + 8 offered + 4 held for codes`.
pub(super) fn capacity_explained(db: &mut Db, event: &Event, seats: &Quota) -> Result<String> {
    let invited = Invitation::seats_kept(db, event.id)?;
    let rows: Vec<(RegistrationStatus, i64)> = registrations::table
        .filter(registrations::event_id.eq(event.id))
        .filter(registrations::seated.eq(true))
        .group_by(registrations::status)
        .select((registrations::status, diesel::dsl::count_star()))
        .load(db)?;
    let mut seated = StatusCounts::default();
    for (status, count) in rows {
        seated.add(status, count);
    }
    Ok(sum(seats, invited, &seated))
}

/// `invited` of the seats that are held are kept for invitations.
fn sum(seats: &Quota, invited: i64, seated: &StatusCounts) -> String {
    let over = seats.capacity.map_or(0, |capacity| (seats.taken + seats.held - capacity).max(0));
    let parts = [
        (seated.confirmed, "confirmed"),
        (seated.offered, "offered"),
        (seated.pending_approval, "waiting for approval"),
        (seats.held - invited, "held for codes"),
        (invited, "held for invitations"),
        (seats.available().unwrap_or_default(), "free"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let mut sum = parts.collect::<Vec<_>>().join(" + ");
    if sum.is_empty() {
        "0 taken".clone_into(&mut sum);
    }
    if over > 0 {
        sum = format!("{sum} - {over} over capacity");
    }
    match seats.capacity {
        Some(capacity) => format!("{capacity} = {sum}"),
        None => format!("no limit: {sum}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::QuotaId;

    fn explained(
        capacity: Option<i64>,
        [codes, invited]: [i64; 2],
        [confirmed, offered, pending_approval]: [i64; 3],
    ) -> String {
        let taken = confirmed + offered + pending_approval;
        let seats = Quota {
            id: QuotaId::new(),
            event_id: EventId::new(),
            capacity,
            taken,
            ticket_type_id: None,
            session_id: None,
            held: codes + invited,
            allowed: 0,
            catalog: None,
        };
        sum(&seats, invited, &StatusCounts { pending_approval, confirmed, offered, ..StatusCounts::default() })
    }

    #[test]
    fn a_capacity_is_the_sum_of_where_its_seats_have_gone() {
        assert_eq!(explained(Some(350), [4, 0], [338, 8, 0]), "350 = 338 confirmed + 8 offered + 4 held for codes");
        let both = "350 = 338 confirmed + 4 held for codes + 5 held for invitations + 3 free";
        assert_eq!(explained(Some(350), [4, 5], [338, 0, 0]), both);
        assert_eq!(explained(Some(10), [0, 0], [3, 0, 2]), "10 = 3 confirmed + 2 waiting for approval + 5 free");
        assert_eq!(explained(Some(2), [0, 0], [5, 0, 0]), "2 = 5 confirmed - 3 over capacity");
        assert_eq!(explained(Some(0), [0, 0], [0, 0, 0]), "0 = 0 taken");
        assert_eq!(explained(None, [0, 0], [7, 0, 0]), "no limit: 7 confirmed");
    }
}
