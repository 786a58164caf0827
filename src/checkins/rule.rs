//! What counts as attending an event.

use diesel::prelude::*;
use serde_json::json;

use super::CheckInList;
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::events::Held;
use crate::store::schema::attendance_rules;
use crate::store::{Db, EventId, SessionId, TicketTypeId};

/// At how many of an event's lists somebody has to have been.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = attendance_rules, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct AttendanceRule {
    /// Of which event.
    pub event_id: EventId,
    /// At so many; none: at all at which they are let in.
    pub lists: Option<i64>,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1; 0: nobody has chosen.
    pub version: i64,
}

/// What the rule shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleDraft {
    /// At so many lists; none: at all.
    pub lists: Option<i64>,
}

impl AttendanceRule {
    /// The rule of an event; unless somebody has chosen, one list is enough.
    pub fn of(db: &mut Db, event: EventId) -> Result<Self> {
        let chosen = Self::query().filter(attendance_rules::event_id.eq(event)).first(db).optional()?;
        let usual = Self { event_id: event, lists: Some(1), updated_at: Timestamp::from_micros(0), version: 0 };
        Ok(chosen.unwrap_or(usual))
    }

    /// Whether somebody with this kind of admission and these sessions attended, who came in at the lists that `came` names.
    pub fn is_met(
        &self,
        lists: &[CheckInList],
        (ticket_type, sessions): (Option<TicketTypeId>, &[SessionId]),
        came: impl Fn(&CheckInList) -> bool,
    ) -> bool {
        if let Some(wanted) = self.lists {
            return i64::try_from(lists.iter().filter(|list| came(list)).count()).unwrap_or(i64::MAX) >= wanted;
        }
        let mut theirs = lists.iter().filter(|list| super::judge::covers(list, ticket_type, sessions)).peekable();
        theirs.peek().is_some() && theirs.all(came)
    }
}

/// Changes the rule of an event that is held, at any time: who attended follows from it.
///
/// # Errors
/// `VersionMismatch`.
pub fn revise_rule(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    draft: RuleDraft,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<AttendanceRule> {
    let before = AttendanceRule::of(db, held.event.id)?;
    expect_version(expected, before.version)?;
    let rule =
        AttendanceRule { event_id: held.event.id, lists: draft.lists, updated_at: now, version: before.version + 1 };
    if before.version == 0 {
        diesel::insert_into(attendance_rules::table).values(&rule).execute(db)?;
    } else {
        diesel::update(attendance_rules::table.filter(attendance_rules::event_id.eq(held.event.id)))
            .set(&rule)
            .execute(db)?;
    }
    let told = |rule: &AttendanceRule| json!({ "lists": rule.lists });
    let changes = Changes::between(&told(&before), &told(&rule));
    audit::record_changes(db, by, held.event.scope(), "attendance_rule.revised", held.event.id.uuid(), changes, now)?;
    Ok(rule)
}
