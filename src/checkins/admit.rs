//! Somebody stands at the door.

use diesel::prelude::*;

use super::scan::{MAX_AHEAD, device, effective_time};
use super::{
    CheckIn, CheckInList, CheckInResult, CheckInSource, Direction, Fact, Presence, Reason, Scan, Status, Tally,
};
use crate::access::Caller;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{Event, EventStatus, Held, Quota};
use crate::registrations::{Registration, RegistrationStatus};
use crate::store::schema::check_ins;
use crate::store::{CheckInId, CheckInListId, Db, on_each_database};

/// Somebody at the door.
#[derive(Debug, Clone)]
pub struct Admission {
    /// What was scanned or typed.
    pub scan: Scan,
    /// Which way they go.
    pub direction: Direction,
    /// The scanner's own name for it: the same one is the same scan.
    pub nonce: Option<String>,
    /// When it happened, if not now.
    pub occurred_at: Option<Timestamp>,
}

/// What the door says.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The row that was written, now or when the same scan came before.
    pub check_in: CheckIn,
    /// Whose ticket it is, if it is one for this event.
    pub registration: Option<Registration>,
    /// Whether the same scan came before.
    pub repeat: bool,
    /// When this person first came in.
    pub first_entry_at: Option<Timestamp>,
    /// The numbers of the list afterwards.
    pub status: Status,
}

/// Lets somebody in or out at an event that is held, or says why not; writes it down either way.
///
/// # Errors
/// `Invalid` for a time in the future. A ticket that is no good is not an error but a verdict.
pub fn admit(
    db: &mut Db,
    by: &Caller,
    held: &Held,
    list: CheckInListId,
    admission: &Admission,
    now: Timestamp,
) -> Result<Verdict> {
    if admission.occurred_at.is_some_and(|at| at > now.plus(MAX_AHEAD)) {
        return Err(Error::invalid("/occurred_at", "in_the_future", "this is more than five minutes ahead"));
    }
    let Held { event, seats, .. } = held;
    let mut list = CheckInList::find(db, list)?;
    if list.event_id != event.id {
        return Err(Error::NotFound("check-in list"));
    }
    let device = device(by);
    if let Some(nonce) = &admission.nonce
        && let Some(before) = CheckIn::find_by_nonce(db, list.id, &device, nonce)?
    {
        return answer_again(db, &list, seats, before);
    }
    let found = admission.scan.find(db, event.id)?;
    let rows = match &found {
        Ok(registration) => CheckIn::history(db, event.id, registration.id, list.id)?,
        Err(_) => Vec::new(),
    };
    let before = Presence::after(&Fact::of(&rows));
    let reason = match &found {
        Err(reason) => Some(*reason),
        Ok(registration) => judge(event, registration, admission, &before),
    };
    let accepted = reason.is_none();
    let entries = rows.iter().filter(|row| row.visit.is_some()).count();
    let check_in = CheckIn {
        id: CheckInId::new(),
        list_id: list.id,
        event_id: event.id,
        registration_id: found.as_ref().ok().map(|registration| registration.id),
        direction: admission.direction,
        result: if accepted { CheckInResult::Accepted } else { CheckInResult::Denied },
        reason,
        visit: (accepted && admission.direction == Direction::Entry)
            .then(|| i64::try_from(entries).unwrap_or(i64::MAX).saturating_add(1)),
        device,
        nonce: admission.nonce.clone(),
        annuls_id: None,
        annul_reason: None,
        occurred_at: effective_time(admission.occurred_at, before.last_at, now),
        recorded_at: now,
        source: CheckInSource::Online,
        standing: None,
    };
    on_each_database!(db, |c| diesel::insert_into(check_ins::table).values(&check_in).execute(c))?;
    let after = with(&rows, &check_in);
    let denied = Tally { denied: i64::from(!accepted), ..Tally::default() };
    list.add(db, after.tally() - before.tally() + denied)?;
    Ok(Verdict {
        first_entry_at: after.first_entry_at,
        registration: found.ok(),
        repeat: false,
        status: list.status(seats),
        check_in,
    })
}

/// The rules of the door: why not, if not.
fn judge(event: &Event, registration: &Registration, admission: &Admission, presence: &Presence) -> Option<Reason> {
    if event.status != EventStatus::Published {
        return Some(Reason::ListClosed);
    }
    if admission.direction == Direction::Exit {
        // Whoever is inside can leave, whatever has become of their registration: who is inside must be true.
        return if presence.inside { None } else { Some(Reason::NotCheckedIn) };
    }
    match registration.status {
        RegistrationStatus::Cancelled | RegistrationStatus::Rejected | RegistrationStatus::Expired => {
            return Some(Reason::Cancelled);
        }
        RegistrationStatus::Waitlisted | RegistrationStatus::Offered => return Some(Reason::Waitlisted),
        RegistrationStatus::PendingApproval => return Some(Reason::PendingApproval),
        RegistrationStatus::PendingVerification => return Some(Reason::PendingVerification),
        RegistrationStatus::Confirmed => {}
    }
    if admission.scan.is_revoked(registration) {
        return Some(Reason::Revoked);
    }
    presence.inside.then_some(Reason::AlreadyCheckedIn)
}

fn with(rows: &[CheckIn], new: &CheckIn) -> Presence {
    let mut facts = Fact::of(rows);
    facts.extend(Fact::of(std::slice::from_ref(new)));
    facts.sort_by_key(|fact| (fact.at, fact.id));
    Presence::after(&facts)
}

fn answer_again(db: &mut Db, list: &CheckInList, seats: &Quota, before: CheckIn) -> Result<Verdict> {
    let registration = before.registration_id.map(|id| Registration::find(db, id)).transpose()?;
    let rows = match &registration {
        Some(registration) => CheckIn::history(db, list.event_id, registration.id, list.id)?,
        None => Vec::new(),
    };
    Ok(Verdict {
        first_entry_at: Presence::after(&Fact::of(&rows)).first_entry_at,
        registration,
        repeat: true,
        status: list.status(seats),
        check_in: before,
    })
}
