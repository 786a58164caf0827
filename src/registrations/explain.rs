//! Why a registration is where it is, in a sentence.

use super::transition::needs_seat;
use super::waitlist::{self, Waiting, goal, moves, needed};
use super::{Registration, RegistrationStatus, reserve};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{Event, EventStatus, Held, Part, Quota, Session, TicketType};
use crate::store::{Db, RegistrationId};

/// Why a registration is where it is. Names nobody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Where it stands.
    pub status: RegistrationStatus,
    /// The same, and why, for a person.
    pub sentence: String,
    /// How many wait before it; none if it does not wait.
    pub ahead: Option<i64>,
    /// Where seats are missing for it to move up.
    pub blocking: Vec<Blocking>,
}

/// Seats of which too few are free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocking {
    /// Whose they are; none: the event's own.
    pub part: Option<Part>,
    /// The name of that.
    pub name: String,
    /// How many there are.
    pub capacity: i64,
    /// How many are taken, or kept.
    pub taken: i64,
    /// How many of these are kept for access codes and invitations.
    pub kept: i64,
}

/// Explains a registration.
pub fn explain(db: &mut Db, registration: RegistrationId, now: Timestamp) -> Result<Explanation> {
    let found = Registration::find(db, registration)?;
    let event = Event::find(db, found.event_id)?;
    let status = found.status;
    let (ahead, blocking, sentence) = match waitlist::position(db, &found)? {
        Some(position) => {
            let held = Held::seen(db, event.clone())?;
            let party = waitlist::party_of(db, &held, found)?;
            let blocking = blocking(db, &held, &party)?;
            let sentence = waiting(&held.event, position - 1, party.len(), &blocking, now);
            (Some(position - 1), blocking, sentence)
        }
        None => (None, Vec::new(), standing(&event, &found)),
    };
    let sentence = match event.status {
        EventStatus::Cancelled => format!("{sentence}; the event is cancelled"),
        EventStatus::Archived => format!("{sentence}; the event is over"),
        EventStatus::Draft | EventStatus::Published => sentence,
    };
    Ok(Explanation { status, sentence, ahead, blocking })
}

fn blocking(db: &mut Db, held: &Held, party: &[Waiting]) -> Result<Vec<Blocking>> {
    let types = TicketType::of_event(db, held.event.id)?;
    let seat = |waits: &&Waiting| needs_seat(&held.event, goal(&held.event, &types, waits).1);
    let code = party.first().map(|waits| reserve::code_of(db, &waits.registration)).transpose()?.flatten();
    let party: Vec<&Waiting> = party.iter().filter(seat).collect();
    let needed = needed(held, &party, code.as_ref());
    let short = needed.into_iter().filter(|(quota, seats)| quota.available().is_some_and(|free| free < *seats));
    short.map(|(quota, _)| block(db, &held.event, quota)).collect()
}

fn block(db: &mut Db, event: &Event, quota: &Quota) -> Result<Blocking> {
    let part = quota.part_of_event();
    let name = match part {
        None => event.title.clone(),
        Some(Part::TicketType(id)) => TicketType::find(db, event.id, id)?.name,
        Some(Part::Session(id)) => Session::find(db, event.id, id)?.title,
    };
    Ok(Blocking {
        part,
        name,
        capacity: quota.capacity.unwrap_or_default(),
        taken: quota.taken + quota.held,
        kept: quota.held,
    })
}

fn waiting(event: &Event, ahead: i64, size: usize, blocking: &[Blocking], now: Timestamp) -> String {
    let ahead = if ahead == 0 { "nobody ahead".to_owned() } else { format!("{ahead} ahead") };
    if !moves(event, now) && event.status == EventStatus::Published {
        return format!("waiting: {ahead}, and nobody moves up any more: the event has begun");
    }
    let places: Vec<String> = blocking
        .iter()
        .map(|short| if short.part.is_none() { "at the event".to_owned() } else { format!("in {}", short.name) })
        .collect();
    let kept = blocking.iter().map(|short| short.kept).max().unwrap_or_default();
    let kept = if kept > 0 { format!(" ({kept} kept for codes and invitations)") } else { String::new() };
    match (places.as_slice(), size) {
        ([], _) => format!("waiting: {ahead}"),
        (places, ..2) => format!("waiting: {ahead}, no seat free {}{kept}", places.join(" and ")),
        (places, size) => {
            let seats = format!("fewer than the {size} seats of the group free {}{kept}", places.join(" and "));
            format!("waiting: {ahead}, {seats}; smaller groups may pass")
        }
    }
}

fn standing(event: &Event, found: &Registration) -> String {
    let zone = event.tz();
    let until = found.ends_at(event).map(|end| end.local(zone).format("%-d %B %Y, %H:%M").to_string());
    let until = until.map(|end| format!("{end} ({zone})")).unwrap_or_default();
    let because = found.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    match found.status {
        RegistrationStatus::PendingVerification => {
            format!("not verified: the link in the letter has to be followed until {until}; no seat is held before")
        }
        RegistrationStatus::PendingApproval if found.seated => {
            "pending: the organizers have not decided yet; a seat is held meanwhile".to_owned()
        }
        RegistrationStatus::PendingApproval => {
            "pending: the organizers have not decided yet; no seat is held meanwhile".to_owned()
        }
        RegistrationStatus::Confirmed => "confirmed: it has a seat".to_owned(),
        RegistrationStatus::Waitlisted => "waiting".to_owned(),
        RegistrationStatus::Offered => format!("offered: a seat is held until {until}"),
        RegistrationStatus::Cancelled => "cancelled: its place was given up".to_owned(),
        RegistrationStatus::Rejected => format!("rejected: the organizers said no{because}"),
        RegistrationStatus::Expired => "expired: it was not verified, or its seat not taken, in time".to_owned(),
    }
}
