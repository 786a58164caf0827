//! Somebody gives a place up.

use serde_json::json;

use super::transition::{Hand, Transition, change, save};
use super::{Registration, RegistrationRefusal, RegistrationStatus, waitlist};
use crate::audit::{self, Actor, Changes};
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
    let (held, mut found) = hold(db, registration, expected, now)?;
    let may_help = may_help(&found);
    let group = if found.leads() { Registration::of_group(db, found.id)? } else { Vec::new() };
    let next = group.iter().find(|member| member.id != found.id && member.status.is_live()).map(|member| member.id);
    found.group_id = next.or(found.group_id);
    let cancelled = give_up(db, by, &held, found, hand, now)?;
    if let Some(next) = next {
        let mut others = group.into_iter().filter(|member| member.id != cancelled.id);
        others.try_for_each(|member| regroup(db, by, &held, member, next, now))?;
    }
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
    let cancelled = give_up(db, by, &held, found, hand, now)?;
    for other in others.into_iter().filter(|other| other.id != cancelled.id && other.status.is_live()) {
        give_up(db, by, &held, other, hand, now)?;
    }
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

/// One of a group whose lead has gone belongs to who leads it next.
fn regroup(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    mut member: Registration,
    lead: RegistrationId,
    now: Timestamp,
) -> Result<()> {
    let changes = Changes::between(&json!({ "group_id": member.group_id }), &json!({ "group_id": lead }));
    member.group_id = Some(lead);
    let member = save(db, member, now)?;
    audit::record_changes(db, by, held.event.scope(), "registration.regrouped", member.id.uuid(), changes, now)
}
