//! What a scanner saw, or somebody typed.

use std::collections::HashMap;

use crate::access::Caller;
use crate::clock::Timestamp;
use crate::error::{Error, Result, if_found};
use crate::events::Event;
use crate::keys::Keys;
use crate::registrations::{Registration, Ticket};
use crate::store::{Db, EventId, RegistrationId};
use crate::values::{Code, Line};

use super::Reason;

/// What a scanner saw, or somebody typed: checked as far as that goes without the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    /// A ticket with our signature.
    Ticket(Ticket),
    /// What people type: a code of ours, or the name of a registration in another system, such as the number on a badge.
    Typed {
        /// The code, if it can be one.
        code: Option<Code>,
        /// As it was typed, if it is a line.
        text: Option<Line<255>>,
    },
    /// A registration chosen from a list.
    Registration(RegistrationId),
    /// Something else.
    Unknown,
}

impl Scan {
    /// Reads what a scanner saw in a QR code: any text.
    pub fn of_ticket(keys: &Keys, text: &str) -> Self {
        Ticket::read(keys, text).map_or(Self::Unknown, Self::Ticket)
    }

    /// Reads what somebody typed: any text.
    pub fn of_code(text: &str) -> Self {
        let (code, line) = (text.parse().ok(), text.parse().ok());
        if code.is_none() && line.is_none() { Self::Unknown } else { Self::Typed { code, text: line } }
    }

    /// Whose it is, at `event`.
    ///
    /// A registration for another event stays unnamed: whoever stands at this door need not be allowed to know it.
    pub(super) fn find(&self, db: &mut Db, event: EventId) -> Result<Result<Registration, Reason>> {
        let found = match self {
            Self::Unknown => None,
            Self::Ticket(ticket) => if_found(Registration::find(db, ticket.registration))?,
            Self::Registration(id) => if_found(Registration::find(db, *id))?,
            Self::Typed { code, text } => {
                let by_code = code.as_ref().map(|code| Registration::find_by_code(db, event, code)).transpose()?;
                match (by_code.flatten(), text) {
                    (Some(found), _) => Some(found),
                    (None, None) => None,
                    (None, Some(text)) => {
                        return Ok(only(Registration::find_by_references(db, event, &[text])?));
                    }
                }
            }
        };
        Ok(found.map_or(Err(Reason::Invalid), |registration| at_event(registration, event)))
    }

    /// Whose all of these are, at `event`, in three queries at most.
    pub(super) fn find_all<'a>(db: &mut Db, event: EventId, scans: impl Iterator<Item = &'a Self>) -> Result<Found> {
        let (mut ids, mut codes, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for scan in scans {
            match scan {
                Self::Unknown => {}
                Self::Ticket(ticket) => ids.push(ticket.registration),
                Self::Registration(id) => ids.push(*id),
                Self::Typed { code, text } => {
                    codes.extend(code.as_ref());
                    texts.extend(text.as_deref());
                }
            }
        }
        let by_id = if ids.is_empty() { Vec::new() } else { Registration::find_all(db, &ids)? };
        let by_code = if codes.is_empty() { Vec::new() } else { Registration::find_by_codes(db, event, &codes)? };
        let mut by_text: HashMap<String, Vec<Registration>> = HashMap::new();
        if !texts.is_empty() {
            for found in Registration::find_by_references(db, event, &texts)? {
                by_text.entry(found.external_ref.clone().unwrap_or_default()).or_default().push(found);
            }
        }
        Ok(Found {
            event,
            by_id: by_id.into_iter().map(|found| (found.id, found)).collect(),
            by_code: by_code.into_iter().map(|found| (found.code.clone(), found)).collect(),
            by_text,
        })
    }

    /// Whether it shows an issue of the ticket that was replaced.
    pub(super) fn is_revoked(&self, registration: &Registration) -> bool {
        matches!(self, Self::Ticket(ticket) if i64::from(ticket.epoch) != registration.ticket_epoch)
    }
}

/// Registrations that were looked for together.
pub(super) struct Found {
    event: EventId,
    by_id: HashMap<RegistrationId, Registration>,
    by_code: HashMap<String, Registration>,
    by_text: HashMap<String, Vec<Registration>>,
}

impl Found {
    /// Whose this scan is.
    pub(super) fn of(&self, scan: &Scan) -> Result<Registration, Reason> {
        let by_id = |id: &RegistrationId| self.by_id.get(id).cloned().ok_or(Reason::Invalid);
        let found = match scan {
            Scan::Unknown => Err(Reason::Invalid),
            Scan::Ticket(ticket) => by_id(&ticket.registration),
            Scan::Registration(id) => by_id(id),
            Scan::Typed { code, text } => match code.as_ref().and_then(|code| self.by_code.get(code.as_str())) {
                Some(found) => Ok(found.clone()),
                None => only(text.as_deref().and_then(|text| self.by_text.get(text)).cloned().unwrap_or_default()),
            },
        };
        found.and_then(|registration| at_event(registration, self.event))
    }
}

/// The one that goes by a name; of several the one that was not given up.
fn only(found: Vec<Registration>) -> Result<Registration, Reason> {
    let (mut live, mut others): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.status.is_live());
    match (live.pop(), live.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err(Reason::Ambiguous),
        (None, _) => others.pop().ok_or(Reason::Invalid),
    }
}

fn at_event(registration: Registration, event: EventId) -> Result<Registration, Reason> {
    if registration.event_id == event { Ok(registration) } else { Err(Reason::WrongEvent) }
}

/// Who scanned, as far as telling scanners apart goes.
pub(super) fn device(caller: &Caller) -> String {
    caller.key()
}

/// How far ahead of ours a clock at the door may be.
const MAX_AHEAD: chrono::TimeDelta = chrono::TimeDelta::minutes(5);
/// How long before there is an event somebody may be let in, and how far behind ours a clock may be.
const MAX_BEFORE: chrono::TimeDelta = chrono::TimeDelta::days(1);

/// Whether somebody can have been let in then.
///
/// # Errors
/// `Invalid` for what is more than five minutes ahead, and for what was more than a day before the event began and before
/// it was drafted.
pub fn check_time(event: &Event, at: Option<Timestamp>, now: Timestamp) -> Result<()> {
    match at {
        Some(at) if at > now.plus(MAX_AHEAD) => {
            Err(Error::invalid("/occurred_at", "in_the_future", "this is more than five minutes ahead"))
        }
        Some(at) if at < earliest(event) => {
            Err(Error::invalid("/occurred_at", "before_the_event", "this was before there was the event"))
        }
        _ => Ok(()),
    }
}

/// Before this, nobody was let in: a clock that says so is wrong.
pub(super) fn earliest(event: &Event) -> Timestamp {
    event.created_at.min(event.starts_at).plus(-MAX_BEFORE)
}

/// When a scan counts as having happened: not before the last thing that happened to the person, not in the future.
pub(super) fn effective_time(said: Option<Timestamp>, last: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let at = said.unwrap_or(now).min(now);
    last.map_or(at, |last| at.max(last))
}
