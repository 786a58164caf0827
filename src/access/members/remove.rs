//! A member leaves, or is made to.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::Member;
use crate::access::Account;
use crate::access::token::revoke_tokens_of;
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::store::schema::{former_members, members};
use crate::store::{Db, MemberId, OrganizationId, lock_organization};

/// Removes a member; their account stays. The tokens that they issued as an owner end.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `last_owner`.
pub fn remove_member(
    db: &mut Db,
    by: &Actor,
    (organization, id): (OrganizationId, MemberId),
    expected: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    lock_organization(db, organization)?;
    let member = Member::find(db, organization, id)?;
    expect_version(expected, member.version)?;
    member.is_not_the_last_owner(db)?;
    diesel::delete(members::table.filter(members::id.eq(id))).execute(db)?;
    remember(db, &member, now)?;
    let was = json!({ "account_id": member.account_id, "role": member.role });
    let changes = Changes::between(&was, &Value::Null);
    audit::record_changes(db, by, member.scope(), "member.removed", id.uuid(), changes, now)?;
    match member.event_id {
        Some(_) => Ok(()),
        None => revoke_tokens_of(db, by, organization, member.account_id, now),
    }
}

/// Keeps the name of who was a member: the trail names them still.
fn remember(db: &mut Db, member: &Member, now: Timestamp) -> Result<()> {
    let name = Account::find(db, member.account_id)?.name;
    let before = former_members::table
        .filter(former_members::organization_id.eq(member.organization_id))
        .filter(former_members::account_id.eq(member.account_id));
    diesel::delete(before).execute(db)?;
    let row = (
        former_members::organization_id.eq(member.organization_id),
        former_members::account_id.eq(member.account_id),
        former_members::name.eq(name),
        former_members::left_at.eq(now),
    );
    diesel::insert_into(former_members::table).values(row).execute(db)?;
    Ok(())
}
