//! Somebody looks at registrations, and says yes or no.

use super::transition::{Hand, Transition, change, still_on};
use super::{Registration, RegistrationStatus, waitlist};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Held;
use crate::store::{Db, EventId, RegistrationId, undone_on_failure};
use crate::values::Line;

/// What became of one of several: where it stands now, or why not.
pub type Verdict = (RegistrationId, Result<Registration>);

/// Confirms a registration that somebody has looked at.
///
/// # Errors
/// `VersionMismatch`; `not_now`; `sold_out` if it has no seat and none is free, unless by force; `event_cancelled`;
/// `event_ended`.
pub fn approve(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    expected: Option<i64>,
    hand: Hand,
    now: Timestamp,
) -> Result<Registration> {
    let (held, found) = Registration::hold(db, registration, expected)?;
    still_on(&held.event, now)?;
    say_yes(db, by, &held, found, hand, now)
}

/// Rejects a registration that somebody has looked at, and lets the next who waits move up.
///
/// # Errors
/// `VersionMismatch`; `not_now`; `event_cancelled`; `event_ended`.
pub fn reject(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    expected: Option<i64>,
    reason: Option<Line<500>>,
    now: Timestamp,
) -> Result<Registration> {
    let (held, found) = Registration::hold(db, registration, expected)?;
    still_on(&held.event, now)?;
    let rejected = say_no(db, by, &held, found, reason, now)?;
    waitlist::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
    Ok(rejected)
}

/// Confirms several of one event, each by itself, in their order.
///
/// # Errors
/// `event_cancelled`, `event_ended`; nothing is done then.
pub fn approve_all(
    db: &mut Db,
    by: &Actor,
    event: EventId,
    registrations: Vec<RegistrationId>,
    hand: Hand,
    now: Timestamp,
) -> Result<Vec<Verdict>> {
    let held = Held::by_id(db, event)?;
    still_on(&held.event, now)?;
    each(db, &held, registrations, |db, found| say_yes(db, by, &held, found, hand, now))
}

/// Rejects several of one event, each by itself, and lets those who wait move up.
///
/// # Errors
/// `event_cancelled`, `event_ended`; nothing is done then.
pub fn reject_all(
    db: &mut Db,
    by: &Actor,
    event: EventId,
    registrations: Vec<RegistrationId>,
    reason: Option<&Line<500>>,
    now: Timestamp,
) -> Result<Vec<Verdict>> {
    let held = Held::by_id(db, event)?;
    still_on(&held.event, now)?;
    let verdicts = each(db, &held, registrations, |db, found| say_no(db, by, &held, found, reason.cloned(), now))?;
    waitlist::move_up(db, &Actor::SYSTEM, event, now)?;
    Ok(verdicts)
}

fn say_yes(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    mut found: Registration,
    hand: Hand,
    now: Timestamp,
) -> Result<Registration> {
    found.reason = None;
    change(db, by, held, found, (Transition::Approve, RegistrationStatus::Confirmed), hand, now)
}

fn say_no(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    mut found: Registration,
    reason: Option<Line<500>>,
    now: Timestamp,
) -> Result<Registration> {
    found.reason = reason.map(Into::into);
    change(db, by, held, found, (Transition::Reject, RegistrationStatus::Rejected), Hand::default(), now)
}

/// Does something to each, so that the refusal of one undoes nothing of another. What is a fault of ours stops all.
fn each(
    db: &mut Db,
    held: &Held,
    registrations: Vec<RegistrationId>,
    deed: impl Fn(&mut Db, Registration) -> Result<Registration>,
) -> Result<Vec<Verdict>> {
    let mut verdicts = Vec::with_capacity(registrations.len());
    for id in registrations {
        let done = undone_on_failure(db, |db| match Registration::find(db, id)? {
            found if found.event_id == held.event.id => deed(db, found),
            _ => Err(Error::NotFound("registration")),
        });
        match done {
            Err(fault @ (Error::Busy | Error::Internal(_))) => return Err(fault),
            verdict => verdicts.push((id, verdict)),
        }
    }
    Ok(verdicts)
}
