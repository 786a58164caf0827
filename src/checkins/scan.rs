//! What a scanner saw, or somebody typed.

use crate::access::Caller;
use crate::clock::Timestamp;
use crate::error::{Result, if_found};
use crate::keys::Keys;
use crate::registrations::{Registration, Ticket};
use crate::store::{Db, EventId, RegistrationId};
use crate::values::Code;

use super::Reason;

/// What a scanner saw, or somebody typed: checked as far as that goes without the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    /// A ticket with our signature.
    Ticket(Ticket),
    /// A code as people type it.
    Code(Code),
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
        text.parse().map_or(Self::Unknown, Self::Code)
    }

    /// Whose it is, at `event`.
    ///
    /// A registration for another event stays unnamed: whoever stands at this door need not be allowed to know it.
    pub(super) fn find(&self, db: &mut Db, event: EventId) -> Result<Result<Registration, Reason>> {
        let found = match self {
            Self::Unknown => None,
            Self::Code(code) => Registration::find_by_code(db, event, code)?,
            Self::Ticket(ticket) => if_found(Registration::find(db, ticket.registration))?,
            Self::Registration(id) => if_found(Registration::find(db, *id))?,
        };
        Ok(match found {
            None => Err(Reason::Invalid),
            Some(registration) if registration.event_id != event => Err(Reason::WrongEvent),
            Some(registration) => Ok(registration),
        })
    }

    /// Whether it shows an issue of the ticket that was replaced.
    pub(super) fn is_revoked(&self, registration: &Registration) -> bool {
        matches!(self, Self::Ticket(ticket) if i64::from(ticket.epoch) != registration.ticket_epoch)
    }
}

/// Who scanned, as far as telling scanners apart goes.
pub(super) fn device(caller: &Caller) -> String {
    caller.key()
}

/// How far ahead a scanner's clock may be.
pub(super) const MAX_AHEAD: chrono::TimeDelta = chrono::TimeDelta::minutes(5);

/// When a scan counts as having happened: not before the last thing that happened to the person, not in the future.
pub(super) fn effective_time(said: Option<Timestamp>, last: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let at = said.unwrap_or(now).min(now);
    last.map_or(at, |last| at.max(last))
}
