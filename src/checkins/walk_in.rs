//! Somebody comes without a registration.

use super::{Admission, CheckInRefusal, Direction, Reason, Scan, Verdict, VerdictResult, admit};
use crate::access::Caller;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Held;
use crate::registrations::{Placed, RegistrationRefusal, RegistrationStatus, Wish, place};
use crate::store::{CheckInListId, Db};

/// Registers somebody at an event that is held, and lets them in: both or neither.
///
/// # Errors
/// As [`place`] has them; `sold_out` also where others would wait; `already_registered`; `walk_in_not_confirmed` where
/// somebody looks at registrations first; `walk_in_denied` if the list does not let them in.
pub fn walk_in(
    db: &mut Db,
    by: &Caller,
    held: &Held,
    list: CheckInListId,
    wish: Wish,
    now: Timestamp,
) -> Result<Verdict> {
    let registration = match place(db, &by.actor(), held, wish, now)? {
        Placed::New(registration) => registration,
        Placed::Before(_) => return Err(RegistrationRefusal::AlreadyRegistered.into()),
    };
    match registration.status {
        RegistrationStatus::Confirmed => {}
        RegistrationStatus::Waitlisted => return Err(RegistrationRefusal::SoldOut.into()),
        status => return Err(CheckInRefusal::WalkInNotConfirmed { status: status.as_str() }.into()),
    }
    // Held again: there is one more seat taken now.
    let held = Held::by_id(db, held.event.id)?;
    let admission = Admission {
        scan: Scan::Registration(registration.id),
        direction: Some(Direction::Entry),
        nonce: None,
        occurred_at: None,
        answers: None,
    };
    let verdict = admit(db, by, &held, list, &admission, now)?;
    if verdict.result == VerdictResult::Accepted {
        return Ok(verdict);
    }
    // What has to be asked first can be answered with the registration.
    let reason = verdict.reason.unwrap_or(Reason::QuestionsRequired);
    Err(CheckInRefusal::WalkInDenied { reason: reason.as_str() }.into())
}
