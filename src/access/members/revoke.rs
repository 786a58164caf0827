//! An invitation is taken back.

use diesel::prelude::*;

use super::{Invite, InviteState};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::mail::outbox;
use crate::store::schema::invites;
use crate::store::{Db, InviteId, lock_organization};

/// Takes an invitation back: its link leads nowhere any more, and its letter stays unsent if it has not left. One that is
/// not open stays as it is.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`.
pub fn revoke_invite(db: &mut Db, by: &Actor, id: InviteId, expected: Option<i64>, now: Timestamp) -> Result<()> {
    let organization = Invite::find(db, id)?.organization_id;
    lock_organization(db, organization)?;
    let invite = Invite::find(db, id)?;
    expect_version(expected, invite.version)?;
    if invite.state(now) != InviteState::Open {
        return Ok(());
    }
    diesel::update(invites::table.filter(invites::id.eq(id)))
        .set((invites::revoked_at.eq(Some(now)), invites::version.eq(invites::version + 1)))
        .execute(db)?;
    outbox::withdraw_about(db, id.uuid(), now)?;
    audit::record(db, by, invite.scope(), "invite.revoked", id.uuid(), now)
}
