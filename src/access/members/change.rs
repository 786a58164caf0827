//! A member gets another role.

use diesel::prelude::*;
use serde_json::json;

use super::Member;
use super::add::check_role;
use crate::access::token::revoke_tokens_of;
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, Result, expect_version};
use crate::organizations::Role;
use crate::store::schema::members;
use crate::store::{Db, MemberId, OrganizationId, lock_organization};

/// Gives a member another role; the tokens of who is an owner no more end. The organization is locked first: two owners who
/// demote each other leave one.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `Invalid` for a role that is none at one event alone; `last_owner`.
pub fn change_role(
    db: &mut Db,
    by: &Actor,
    (organization, id): (OrganizationId, MemberId),
    role: Role,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Member> {
    lock_organization(db, organization)?;
    let mut member = Member::find(db, organization, id)?;
    expect_version(expected, member.version)?;
    check_role(member.event_id, role).map_err(|fault| Error::invalid("/role", fault.code, fault.detail))?;
    if role != Role::Owner {
        member.is_not_the_last_owner(db)?;
    }
    let changes = Changes::between(&json!({ "role": member.role }), &json!({ "role": role }));
    member.role = role;
    member.updated_at = now;
    member.version += 1;
    diesel::update(members::table.filter(members::id.eq(id)))
        .set((members::role.eq(role), members::updated_at.eq(now), members::version.eq(member.version)))
        .execute(db)?;
    audit::record_changes(db, by, member.scope(), "member.role_changed", id.uuid(), changes, now)?;
    if member.event_id.is_none() && role != Role::Owner {
        revoke_tokens_of(db, by, organization, member.account_id, now)?;
    }
    Ok(member)
}
