//! What concerns a person's account stands in the trails of all organizations to which they belong, so that their owners
//! see whose account is attacked; in the installation's own while they belong to none.

use diesel::prelude::*;

use crate::audit::{self, Actor, Changes, Scope};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::members;
use crate::store::{AccountId, Db, OrganizationId};

/// Writes down that `by` did `deed` to `subject`, which concerns an account.
pub(super) fn record(
    db: &mut Db,
    by: &Actor,
    account: AccountId,
    (deed, subject): (&'static str, uuid::Uuid),
    now: Timestamp,
) -> Result<()> {
    for scope in scopes(db, account)? {
        audit::record(db, by, scope, deed, subject, now)?;
    }
    Ok(())
}

/// The same for a change of the account itself, with what was before and is now.
pub(super) fn record_changes(
    db: &mut Db,
    by: &Actor,
    account: AccountId,
    (deed, changes): (&'static str, &Changes),
    now: Timestamp,
) -> Result<()> {
    for scope in scopes(db, account)? {
        audit::record_changes(db, by, scope, deed, account.uuid(), changes.clone(), now)?;
    }
    Ok(())
}

/// Whose trails: who belongs to one event of an organization belongs to the organization here as well.
fn scopes(db: &mut Db, account: AccountId) -> Result<Vec<Scope>> {
    let organizations: Vec<OrganizationId> = members::table
        .filter(members::account_id.eq(account))
        .select(members::organization_id)
        .distinct()
        .order(members::organization_id)
        .load(db)?;
    if organizations.is_empty() {
        return Ok(vec![Scope::default()]);
    }
    Ok(organizations.into_iter().map(Scope::organization).collect())
}
