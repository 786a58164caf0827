//! Somebody gives a place up.

use super::transition::{Hand, Transition, change};
use super::{Registration, RegistrationRefusal, RegistrationStatus, waitlist};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Held;
use crate::store::{Db, RegistrationId};

/// Cancels a registration, tells its attendee, and lets the next who waits move up. If it led a group, the next of the
/// group leads it.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `already_cancelled`; `event_ended`.
pub fn cancel(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    expected: Option<i64>,
    hand: Hand,
    now: Timestamp,
) -> Result<Registration> {
    let (held, found) = hold(db, registration, expected, now)?;
    let may_help = may_help(&found);
    let cancelled = give_up(db, by, &held, found, hand, now)?;
    if may_help {
        waitlist::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
    }
    Ok(cancelled)
}

/// Cancels a registration, and all the others of its group if it leads one; tells each of them.
///
/// # Errors
/// As [`cancel`].
pub fn cancel_group(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    expected: Option<i64>,
    hand: Hand,
    now: Timestamp,
) -> Result<Registration> {
    let (held, found) = hold(db, registration, expected, now)?;
    let others = if found.leads() { Registration::of_group(db, found.id)? } else { Vec::new() };
    let may_help = may_help(&found);
    // The others first: nobody is left then to lead them.
    for other in others.into_iter().filter(|other| other.id != found.id && other.status.is_live()) {
        give_up(db, by, &held, other, hand, now)?;
    }
    let cancelled = give_up(db, by, &held, found, hand, now)?;
    if may_help {
        waitlist::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
    }
    Ok(cancelled)
}

fn hold(
    db: &mut Db,
    registration: RegistrationId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<(Held, Registration)> {
    let (held, found) = Registration::hold(db, registration, expected)?;
    if !found.status.is_live() {
        return Err(RegistrationRefusal::AlreadyCancelled.into());
    }
    if now >= held.event.ends_at {
        return Err(RegistrationRefusal::EventEnded.into());
    }
    Ok((held, found))
}

/// Whether others may move up once it is gone: of a group that waits, fewer seats are enough from then on.
fn may_help(found: &Registration) -> bool {
    found.seated || found.group_id.is_some()
}

fn give_up(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    found: Registration,
    hand: Hand,
    now: Timestamp,
) -> Result<Registration> {
    change(db, by, held, found, (Transition::Cancel, RegistrationStatus::Cancelled), hand, now)
}
