//! The rules of the door: pure, from the settings of a list, what has happened, and one scan.

use super::settings::{Directions, WhenFull};
use super::story::AtTheDoor;
use super::{CheckInList, Direction, Reason};
use crate::clock::Timestamp;
use crate::events::EventStatus;
use crate::registrations::{Registration, RegistrationStatus};
use crate::store::{CheckInId, SessionId, TicketTypeId};

/// What the door has to know of a registration for its event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Where it stands.
    pub status: RegistrationStatus,
    /// The kind of admission.
    pub ticket_type: Option<TicketTypeId>,
    /// The sessions that were chosen; needed at lists for sessions alone.
    pub sessions: Vec<SessionId>,
    /// Whether what was scanned is an issue of the ticket that was replaced.
    pub revoked: bool,
    /// Whether every question that the list has staff ask is answered.
    pub answered: bool,
}

impl Holder {
    /// Of a registration whose current ticket was scanned, at a list that is not for sessions and asks nothing.
    pub fn of(registration: &Registration) -> Self {
        Self {
            status: registration.status,
            ticket_type: registration.ticket_type_id,
            sessions: Vec::new(),
            revoked: false,
            answered: true,
        }
    }
}

/// One scan of somebody's ticket.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// Who scanned.
    pub device: &'a str,
    /// Which way, if the scanner says so.
    pub direction: Option<Direction>,
    /// When.
    pub at: Timestamp,
    /// How many are in the room.
    pub in_room: i64,
}

/// What the rules say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgment {
    /// Let through; with what to mind.
    Accepted(Direction, Option<Reason>),
    /// The same device has just read this: the row that it repeats.
    Repeated(Direction, CheckInId),
    /// Turned away.
    Denied(Direction, Reason),
    /// Something has to be asked first.
    NeedsInput(Direction),
}

/// Judges one scan.
pub fn judge(
    event: EventStatus,
    list: &CheckInList,
    story: AtTheDoor<'_, '_>,
    holder: &Holder,
    moment: &Moment<'_>,
) -> Judgment {
    let direction = moment.direction.unwrap_or_else(|| usual_way(list, story, moment));
    if let Some(reason) = standing(event, list, holder, direction, moment.at) {
        return Judgment::Denied(direction, reason);
    }
    if let Some(first) = story.repeated(moment.device, direction, moment.at) {
        return Judgment::Repeated(direction, first.id);
    }
    let against = match direction {
        Direction::Entry => story.against_entry(moment.at),
        Direction::Exit => story.against_exit(moment.at),
    };
    if let Some(reason) = against {
        return Judgment::Denied(direction, reason);
    }
    if direction == Direction::Exit {
        return Judgment::Accepted(direction, None);
    }
    let is_full = list.capacity.is_some_and(|capacity| moment.in_room >= capacity) && !story.is_inside(moment.at);
    if is_full && list.when_full == WhenFull::Refuse {
        return Judgment::Denied(direction, Reason::RoomFull);
    }
    if !holder.answered {
        return Judgment::NeedsInput(direction);
    }
    Judgment::Accepted(direction, is_full.then_some(Reason::RoomFull))
}

/// Which way a scan goes that does not say so.
fn usual_way(list: &CheckInList, story: AtTheDoor<'_, '_>, moment: &Moment<'_>) -> Direction {
    if list.directions != Directions::Toggle {
        return Direction::Entry;
    }
    // A second read goes the way of the first: it does not turn anybody around.
    if let Some(last) = story.last_way(moment.device, moment.at) {
        return last;
    }
    if story.is_inside(moment.at) { Direction::Exit } else { Direction::Entry }
}

/// What speaks against letting somebody through, whatever else was scanned.
///
/// Whoever is inside can leave, whatever has become of their registration: who is inside must be true.
pub fn standing(
    event: EventStatus,
    list: &CheckInList,
    holder: &Holder,
    direction: Direction,
    at: Timestamp,
) -> Option<Reason> {
    if event != EventStatus::Published {
        return Some(Reason::ListClosed);
    }
    if direction == Direction::Exit {
        return (list.directions == Directions::EntryOnly).then_some(Reason::ListClosed);
    }
    let by_status = match holder.status {
        RegistrationStatus::Cancelled | RegistrationStatus::Rejected | RegistrationStatus::Expired => {
            Some(Reason::Cancelled)
        }
        RegistrationStatus::Waitlisted | RegistrationStatus::Offered => Some(Reason::Waitlisted),
        RegistrationStatus::PendingApproval => Some(Reason::PendingApproval),
        RegistrationStatus::PendingVerification => Some(Reason::PendingVerification),
        RegistrationStatus::Confirmed => None,
    };
    by_status
        .or(holder.revoked.then_some(Reason::Revoked))
        .or((!covers(list, holder.ticket_type, &holder.sessions)).then_some(Reason::NotOnList))
        .or(list.opens_at.is_some_and(|opens| at < opens).then_some(Reason::NotYetValid))
        .or(list.closes_at.is_some_and(|closes| at >= closes).then_some(Reason::Expired))
}

/// Whether a list is for people with this kind of admission and these sessions.
pub fn covers(list: &CheckInList, ticket_type: Option<TicketTypeId>, sessions: &[SessionId]) -> bool {
    let by_type = list.ticket_types.0.is_empty() || ticket_type.is_some_and(|id| list.ticket_types.0.contains(&id));
    let by_session = list.sessions.0.is_empty() || sessions.iter().any(|id| list.sessions.0.contains(id));
    by_type && by_session
}
