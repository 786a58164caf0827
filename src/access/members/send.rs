//! Somebody is invited.

use diesel::prelude::*;

use super::add::check_part;
use super::revoke::revoke_invite;
use super::{Invite, Member};
use crate::access::{AccessRefusal, Account};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Result, if_found};
use crate::mail::{MessageKind, outbox};
use crate::organizations::Role;
use crate::store::schema::invites;
use crate::store::{Db, EventId, InviteId, OrganizationId, lock_organization};
use crate::values::EmailAddress;

/// How many invitations of an organization may be open at once.
const OPEN: usize = 200;

/// Invites somebody to become a member of an organization, or at one of its events alone, by a letter with a link. An
/// invitation that is open for the same takes its end.
///
/// # Errors
/// `Invalid` for a role or an event that is none for it; `already_member`; `too_many_invites`.
pub fn invite(
    db: &mut Db,
    by: &Actor,
    (organization, event): (OrganizationId, Option<EventId>),
    email: &EmailAddress,
    role: Role,
    now: Timestamp,
) -> Result<Invite> {
    lock_organization(db, organization)?;
    check_part(db, organization, event, role)?;
    if let Some(account) = if_found(Account::find_by_email(db, &email.key()))?
        && Member::of_account(db, organization, event, account.id)?.is_some()
    {
        return Err(AccessRefusal::AlreadyMember.into());
    }
    let open = Invite::open_of(db, organization, now)?;
    let (same, others): (Vec<_>, Vec<_>) =
        open.into_iter().partition(|open| open.email_key == email.key() && open.event_id == event);
    if others.len() >= OPEN {
        return Err(AccessRefusal::TooManyInvites.into());
    }
    for replaced in &same {
        revoke_invite(db, by, replaced.id, None, now)?;
    }
    let invite = Invite {
        id: InviteId::new(),
        organization_id: organization,
        event_id: event,
        email: email.to_string(),
        email_key: email.key(),
        role,
        created_at: now,
        expires_at: now.plus(Invite::GOOD_FOR),
        accepted_at: None,
        revoked_at: None,
        version: 1,
    };
    diesel::insert_into(invites::table).values(&invite).execute(db)?;
    outbox::post_about(db, MessageKind::MemberInvitation, invite.id.uuid(), &invite.email, now)?;
    // Who was invited stays out of the trail, which forgets nobody: the invitation knows.
    let changes = Changes::between(&serde_json::Value::Null, &serde_json::json!({ "role": role }));
    audit::record_changes(db, by, invite.scope(), "invite.sent", invite.id.uuid(), changes, now)?;
    Ok(invite)
}
