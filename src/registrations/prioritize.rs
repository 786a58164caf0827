//! Somebody comes before others on the waiting list.

use serde_json::json;

use super::transition::{save, still_on};
use super::waitlist::{at_priority, priority_of};
use super::{Registration, RegistrationRefusal};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::{Db, RegistrationId};
use crate::values::Fault;

/// How much earlier somebody's turn comes: 0 to 100. Who has more comes first; among equals, who came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priority(i64);

impl TryFrom<i64> for Priority {
    type Error = Fault;

    fn try_from(priority: i64) -> Result<Self, Fault> {
        if (0..=100).contains(&priority) {
            Ok(Self(priority))
        } else {
            Err(Fault::new("out_of_range", "a priority is a whole number from 0 to 100"))
        }
    }
}

/// Gives somebody who waits another priority. They keep their turn among those who have the same.
///
/// # Errors
/// `VersionMismatch`; `not_now` if it does not wait; `event_cancelled`; `event_ended`.
pub fn prioritize(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    expected: Option<i64>,
    priority: Priority,
    now: Timestamp,
) -> Result<Registration> {
    let (held, mut found) = Registration::hold(db, registration, expected)?;
    still_on(&held.event, now)?;
    let Some(rank) = found.waitlist_rank else {
        return Err(RegistrationRefusal::NotNow { status: found.status.as_str() }.into());
    };
    let before = priority_of(rank);
    if before == priority.0 {
        return Ok(found);
    }
    found.waitlist_rank = Some(at_priority(rank, priority.0));
    let found = save(db, found, now)?;
    let changes = Changes::between(&json!({ "priority": before }), &json!({ "priority": priority.0 }));
    audit::record_changes(db, by, held.event.scope(), "registration.prioritized", found.id.uuid(), changes, now)?;
    Ok(found)
}
