//! Many people are let in at once, as a file says that they came.

use diesel::result::Error as DieselError;

use super::merge::{Fact, merge};
use super::room::Room;
use super::{CheckInSource, Direction, Scan, Verdict, VerdictResult, check_time};
use crate::access::Caller;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Held;
use crate::store::{CheckInListId, Db, RegistrationId, undone_on_failure};

/// Lets people in at a list of an event that is held, with the numbers of the list written down once. False, and nothing
/// is written, if anything might speak against one of them: then each has to be looked at (see [`super::admit`]).
///
/// # Errors
/// `NotFound` for a list that is not there.
pub fn admit_together(
    db: &mut Db,
    by: &Caller,
    held: &Held,
    list: CheckInListId,
    people: &[(RegistrationId, Option<Timestamp>)],
    now: Timestamp,
) -> Result<bool> {
    let asks = !Room::of(db, held.event.id, list)?.list().questions.0.is_empty();
    if asks || people.iter().any(|(_, at)| check_time(&held.event, *at, now).is_err()) {
        return Ok(false);
    }
    let facts: Vec<Fact> = people.iter().map(|(registration, at)| entry(*registration, at.unwrap_or(now))).collect();
    let mut nothing_against = Ok(false);
    let kept = undone_on_failure(db, |db| {
        let verdicts = merge(db, by, held, list, (CheckInSource::Online, &facts), now);
        nothing_against = verdicts.map(|verdicts| verdicts.iter().all(is_plain));
        if matches!(nothing_against, Ok(true)) { Ok(()) } else { Err(DieselError::RollbackTransaction) }
    });
    match kept {
        Ok(()) | Err(DieselError::RollbackTransaction) => nothing_against,
        Err(error) => Err(error.into()),
    }
}

fn entry(registration: RegistrationId, at: Timestamp) -> Fact {
    Fact {
        scan: Scan::Registration(registration),
        direction: Direction::Entry,
        // Each is a fact of its own, also where the same person was let in before and that was taken back.
        nonce: uuid::Uuid::new_v4().to_string(),
        at,
        refused: None,
        answers: None,
    }
}

fn is_plain(verdict: &Verdict) -> bool {
    verdict.result == VerdictResult::Accepted && verdict.reason.is_none() && !verdict.repeat
}
