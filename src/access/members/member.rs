//! A person's part in an organization.

use diesel::prelude::*;

use crate::access::{AccessRefusal, Account};
use crate::audit::Scope;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::organizations::Role;
use crate::store::schema::{accounts, members};
use crate::store::{AccountId, Db, EventId, MemberId, OrganizationId, Page, Paging};

/// What a person is at an organization, or at one of its events alone.
#[derive(Debug, Clone, HasQuery, Insertable)]
#[diesel(table_name = members, treat_none_as_default_value = false)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// Where.
    pub organization_id: OrganizationId,
    /// Who.
    pub account_id: AccountId,
    /// At this one event only.
    pub event_id: Option<EventId>,
    /// What.
    pub role: Role,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

impl Member {
    /// The member of an organization with this id.
    pub fn find(db: &mut Db, organization: OrganizationId, id: MemberId) -> Result<Self> {
        let of_organization = members::organization_id.eq(organization);
        let found = Self::query().filter(members::id.eq(id)).filter(of_organization).first(db);
        found.optional()?.ok_or(Error::NotFound("member"))
    }

    /// What a person is at an organization, or at one of its events, if anything.
    pub fn of_account(
        db: &mut Db,
        organization: OrganizationId,
        event: Option<EventId>,
        account: AccountId,
    ) -> Result<Option<Self>> {
        let mut query = Self::query()
            .filter(members::account_id.eq(account))
            .filter(members::organization_id.eq(organization))
            .into_boxed();
        query = match event {
            Some(event) => query.filter(members::event_id.eq(event)),
            None => query.filter(members::event_id.is_null()),
        };
        Ok(query.first(db).optional()?)
    }

    /// The members of an organization, each with their account, in the order in which they came.
    pub fn of_organization(
        db: &mut Db,
        organization: OrganizationId,
        updated_since: Option<Timestamp>,
        paging: &Paging,
    ) -> Result<Page<(Self, Account)>> {
        let list = format!("members {organization} {updated_since:?}");
        let mut query = members::table
            .inner_join(accounts::table)
            .filter(members::organization_id.eq(organization))
            .select((Self::as_select(), Account::as_select()))
            .into_boxed();
        if let Some(since) = updated_since {
            query = query.filter(members::updated_at.ge(since));
        }
        if let Some(after) = paging.after::<uuid::Uuid>(&list)? {
            query = query.filter(members::id.gt(MemberId::from(after)));
        }
        let rows: Vec<(Self, Account)> = query.order(members::id).limit(paging.rows()).load(db)?;
        paging.page(&list, rows, |(member, _)| member.id.uuid())
    }

    /// Whose trail its deeds belong to.
    pub(super) fn scope(&self) -> Scope {
        Scope { organization: Some(self.organization_id), event: self.event_id }
    }

    /// The organization to which somebody belongs, if it is just one.
    pub fn only_organization_of(db: &mut Db, account: AccountId) -> Result<Option<OrganizationId>> {
        let organizations: Vec<OrganizationId> = members::table
            .filter(members::account_id.eq(account))
            .select(members::organization_id)
            .distinct()
            .limit(2)
            .load(db)?;
        Ok(if let [only] = organizations[..] { Some(only) } else { None })
    }

    /// Whether somebody is an owner of the organization now.
    pub(in crate::access) fn is_owner(db: &mut Db, organization: OrganizationId, account: AccountId) -> Result<bool> {
        let part = Self::of_account(db, organization, None, account)?;
        Ok(part.is_some_and(|part| part.role == Role::Owner))
    }

    /// Fails if nobody would own the organization without this member. Its row must be locked.
    pub(super) fn is_not_the_last_owner(&self, db: &mut Db) -> Result<()> {
        if self.role != Role::Owner || self.event_id.is_some() {
            return Ok(());
        }
        let others = members::table
            .filter(members::organization_id.eq(self.organization_id))
            .filter(members::event_id.is_null())
            .filter(members::role.eq(Role::Owner))
            .filter(members::id.ne(self.id));
        match others.count().get_result::<i64>(db)? {
            0 => Err(AccessRefusal::LastOwner.into()),
            _ => Ok(()),
        }
    }
}
