//! Somebody follows their invitation.

use diesel::prelude::*;

use super::{Invite, Member, add_member};
use crate::access::{Account, PasswordHash, open_account};
use crate::audit::{self, Actor, Who};
use crate::clock::Timestamp;
use crate::error::{Error, Result, if_found};
use crate::store::schema::invites;
use crate::store::{Db, InviteId, lock_organization};
use crate::values::{EmailAddress, Language, Line};

/// What somebody says of themselves who has no account yet.
#[derive(Debug)]
pub struct Invited {
    /// Their name.
    pub name: Line<100>,
    /// Their password.
    pub password: PasswordHash,
}

/// Makes whoever has the letter a member. An address without an account gets one, which takes `invited`; one with an
/// account keeps it as it is.
///
/// # Errors
/// `link_used` to whoever comes second, `link_revoked`, `link_expired`; `already_member`; `Invalid` for an address
/// without an account about which nothing is said.
pub fn accept_invite(
    db: &mut Db,
    by: &Actor,
    id: InviteId,
    invited: Option<Invited>,
    now: Timestamp,
) -> Result<Member> {
    // Of two that come with the same link, the second finds it used.
    let organization = Invite::find(db, id)?.organization_id;
    lock_organization(db, organization)?;
    let invite = Invite::find(db, id)?;
    invite.check(now)?;
    let account = match (if_found(Account::find_by_email(db, &invite.email_key))?, invited) {
        (Some(account), _) => account,
        (None, Some(Invited { name, password })) => {
            let email: EmailAddress = invite.email.parse().map_err(Error::internal)?;
            open_account(db, by, email, name, Language::English, Some(password), now)?
        }
        (None, None) => return Err(Error::invalid("/password", "required", "this is required")),
    };
    diesel::update(invites::table.filter(invites::id.eq(id)))
        .set((invites::accepted_at.eq(Some(now)), invites::version.eq(invites::version + 1)))
        .execute(db)?;
    let by = Actor { who: Who::Member(account.id), ..*by };
    audit::record(db, &by, invite.scope(), "invite.accepted", id.uuid(), now)?;
    add_member(db, &by, invite.organization_id, invite.event_id, (account.id, invite.role), now)
}
