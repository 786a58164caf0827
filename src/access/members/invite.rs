//! An invitation to become a member.

use chrono::TimeDelta;
use diesel::prelude::*;

use crate::access::AccessRefusal;
use crate::audit::Scope;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::organizations::Role;
use crate::store::schema::invites;
use crate::store::{Db, EventId, InviteId, OrganizationId, Page, Paging};
use crate::text_enum;

text_enum! {
    /// What has become of an invitation.
    pub enum InviteState {
        /// Its link can be followed.
        Open = "open",
        /// Somebody became a member.
        Accepted = "accepted",
        /// It was taken back, or replaced by a newer one.
        Revoked = "revoked",
        /// Its time is over.
        Expired = "expired",
    }
}

/// An invitation to become a member. What is in its link is derived, not stored.
#[derive(Debug, Clone, HasQuery, Insertable)]
#[diesel(table_name = invites, treat_none_as_default_value = false)]
pub struct Invite {
    /// Its id, which its link carries.
    pub id: InviteId,
    /// Where.
    pub organization_id: OrganizationId,
    /// At this one event only.
    pub event_id: Option<EventId>,
    /// Who, by their address.
    pub email: String,
    /// What all spellings of the address have in common.
    pub email_key: String,
    /// What they would be.
    pub role: Role,
    /// When it was sent.
    pub created_at: Timestamp,
    /// Until when its link is good.
    pub expires_at: Timestamp,
    /// When it was accepted, if it was.
    pub accepted_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    /// Counts changes, from 1.
    pub version: i64,
}

impl Invite {
    /// How long a link is good.
    pub const GOOD_FOR: TimeDelta = TimeDelta::days(7);

    /// The invitation with this id.
    pub fn find(db: &mut Db, id: InviteId) -> Result<Self> {
        Self::query().filter(invites::id.eq(id)).first(db).optional()?.ok_or(Error::NotFound("invite"))
    }

    /// The invitations of an organization in the order in which they were sent.
    pub fn of_organization(
        db: &mut Db,
        organization: OrganizationId,
        updated_since: Option<Timestamp>,
        paging: &Paging,
    ) -> Result<Page<Self>> {
        let list = format!("invites {organization} {updated_since:?}");
        let mut query = Self::query().filter(invites::organization_id.eq(organization)).into_boxed();
        if let Some(since) = updated_since {
            query = query.filter(
                invites::created_at.ge(since).or(invites::accepted_at.ge(since)).or(invites::revoked_at.ge(since)),
            );
        }
        if let Some(after) = paging.after::<uuid::Uuid>(&list)? {
            query = query.filter(invites::id.gt(InviteId::from(after)));
        }
        let rows = query.order(invites::id).limit(paging.rows()).load(db)?;
        paging.page(&list, rows, |invite| invite.id.uuid())
    }

    /// Those of an organization whose links can be followed.
    pub(super) fn open_of(db: &mut Db, organization: OrganizationId, now: Timestamp) -> Result<Vec<Self>> {
        Ok(Self::query()
            .filter(invites::organization_id.eq(organization))
            .filter(invites::accepted_at.is_null())
            .filter(invites::revoked_at.is_null())
            .filter(invites::expires_at.gt(now))
            .load(db)?)
    }

    /// What has become of it.
    pub fn state(&self, now: Timestamp) -> InviteState {
        match (self.accepted_at, self.revoked_at) {
            (Some(_), _) => InviteState::Accepted,
            (None, Some(_)) => InviteState::Revoked,
            (None, None) if now >= self.expires_at => InviteState::Expired,
            (None, None) => InviteState::Open,
        }
    }

    /// Whether its link can be followed.
    ///
    /// # Errors
    /// `link_used`, `link_revoked`, `link_expired`.
    pub fn check(&self, now: Timestamp) -> Result<()> {
        match self.state(now) {
            InviteState::Open => Ok(()),
            InviteState::Accepted => Err(AccessRefusal::LinkUsed.into()),
            InviteState::Revoked => Err(AccessRefusal::LinkRevoked.into()),
            InviteState::Expired => Err(AccessRefusal::LinkExpired.into()),
        }
    }

    /// Whose trail its deeds belong to.
    pub(super) fn scope(&self) -> Scope {
        Scope { organization: Some(self.organization_id), event: self.event_id }
    }
}
