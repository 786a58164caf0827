//! Somebody becomes a member.

use diesel::prelude::*;

use super::Member;
use crate::access::AccessRefusal;
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Host;
use crate::organizations::Role;
use crate::store::schema::members;
use crate::store::{AccountId, Db, EventId, MemberId, OrganizationId, unless_taken};
use crate::values::Fault;

/// Makes somebody a member of an organization, or at one of its events alone.
///
/// # Errors
/// `Invalid` for a role or an event that is none for it; `already_member`.
pub fn add_member(
    db: &mut Db,
    by: &Actor,
    organization: OrganizationId,
    event: Option<EventId>,
    (account, role): (AccountId, Role),
    now: Timestamp,
) -> Result<Member> {
    check_part(db, organization, event, role)?;
    let member = Member {
        id: MemberId::new(),
        organization_id: organization,
        account_id: account,
        event_id: event,
        role,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    unless_taken(db, |db| diesel::insert_into(members::table).values(&member).execute(db))?
        .ok_or(AccessRefusal::AlreadyMember)?;
    let nothing = serde_json::Value::Null;
    let changes = Changes::between(&nothing, &serde_json::json!({ "account_id": account, "role": role }));
    audit::record_changes(db, by, member.scope(), "member.added", member.id.uuid(), changes, now)?;
    Ok(member)
}

/// Whether there is such a part: at one event alone, somebody edits it or keeps its door; and the event is one that the
/// organization owns or hosts.
pub(super) fn check_part(db: &mut Db, organization: OrganizationId, event: Option<EventId>, role: Role) -> Result<()> {
    let Some(event) = event else { return Ok(()) };
    check_role(Some(event), role).map_err(|fault| Error::invalid("/role", fault.code, fault.detail))?;
    if Host::access_of(db, &[event], &[organization])?.is_empty() {
        return Err(Error::invalid("/event", "unknown_event", "this is no event of the organization"));
    }
    Ok(())
}

/// Whether there is such a role, at one event alone if one is given.
pub fn check_role(event: Option<EventId>, role: Role) -> Result<(), Fault> {
    match role {
        Role::Editor | Role::Door => Ok(()),
        Role::Owner | Role::Viewer if event.is_none() => Ok(()),
        Role::Owner | Role::Viewer => {
            Err(Fault::new("not_at_an_event", "at one event alone, this is one of editor, door"))
        }
    }
}
