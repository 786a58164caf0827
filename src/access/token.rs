//! Tokens with which programs call for an organization.

use diesel::prelude::*;

use super::{Granted, Member, Scopes};
use crate::audit::{self, Actor, Scope};
use crate::clock::Timestamp;
use crate::error::{Error, Result, expect_version};
use crate::keys::{hash_token, new_token};
use crate::organizations::Role;
use crate::store::schema::api_tokens;
use crate::store::{
    AccountId, ApiTokenId, Db, EventId, Json, OrganizationId, Page, Paging, lock_organization, on_each_database,
};
use crate::values::{Line, Secret};

const PREFIX: &str = "turnout_";

/// A token of an organization. Its text is not kept: only what recognizes it.
#[derive(Debug, Clone, HasQuery, Insertable)]
#[diesel(table_name = api_tokens, treat_none_as_default_value = false)]
pub struct ApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// Whose it is.
    pub organization_id: OrganizationId,
    /// What it is for, in its owner's words.
    pub name: String,
    /// What it may do.
    pub role: Role,
    token_hash: String,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    scopes: Option<Json<Scopes>>,
    events: Option<Json<Vec<EventId>>>,
    /// When it ends by itself, if it does.
    pub expires_at: Option<Timestamp>,
    /// The owner who issued it, also by a token of theirs; none: the operator.
    pub issued_by: Option<AccountId>,
}

impl ApiToken {
    /// The token with this text, unless it was revoked or has expired.
    pub(super) fn find_by_text(db: &mut Db, text: &str, now: Timestamp) -> Result<Option<Self>> {
        if !text.starts_with(PREFIX) {
            return Ok(None);
        }
        // Looked up by the hash of 256 random bits: how long this takes says nothing about them.
        let of_text = api_tokens::token_hash.eq(hash_token(text));
        let found = on_each_database!(db, |c| {
            Self::query().filter(of_text).filter(api_tokens::revoked_at.is_null()).first(c)
        });
        Ok(found.optional()?.filter(|token: &Self| token.expires_at.is_none_or(|end| now < end)))
    }

    /// The tokens of an organization in the order in which they were issued, with those that have ended.
    pub fn of_organization(
        db: &mut Db,
        organization: OrganizationId,
        updated_since: Option<Timestamp>,
        paging: &Paging,
    ) -> Result<Page<Self>> {
        let list = format!("tokens {organization} {updated_since:?}");
        let mut query = Self::query().filter(api_tokens::organization_id.eq(organization)).into_boxed();
        if let Some(since) = updated_since {
            query = query.filter(api_tokens::created_at.ge(since).or(api_tokens::revoked_at.ge(since)));
        }
        if let Some(after) = paging.after::<uuid::Uuid>(&list)? {
            query = query.filter(api_tokens::id.gt(ApiTokenId::from(after)));
        }
        let rows = query.order(api_tokens::id).limit(paging.rows()).load(db)?;
        paging.page(&list, rows, |token| token.id.uuid())
    }

    /// The token with this id.
    pub fn find(db: &mut Db, id: ApiTokenId) -> Result<Self> {
        Self::query().filter(api_tokens::id.eq(id)).first(db).optional()?.ok_or(Error::NotFound("token"))
    }

    /// The token of an organization with this id.
    pub fn find_at(db: &mut Db, organization: OrganizationId, id: ApiTokenId) -> Result<Self> {
        let of_organization = api_tokens::organization_id.eq(organization);
        let found = Self::query().filter(api_tokens::id.eq(id)).filter(of_organization).first(db);
        found.optional()?.ok_or(Error::NotFound("token"))
    }

    /// Counts changes, from 1: a token is revoked, and nothing else.
    pub fn version(&self) -> i64 {
        if self.revoked_at.is_some() { 2 } else { 1 }
    }

    /// What it is for.
    pub fn scopes(&self) -> Scopes {
        self.scopes.as_ref().map_or(Scopes::ALL, |scopes| scopes.0)
    }

    /// At which events only; none: at all of the organization's.
    pub fn events(&self) -> Option<&[EventId]> {
        self.events.as_ref().map(|events| events.0.as_slice())
    }

    /// What it gives to who shows it.
    pub(super) fn granted(self) -> Granted {
        Granted {
            scopes: self.scopes(),
            events: self.events.map(|events| events.0),
            id: self.id,
            organization: self.organization_id,
            role: self.role,
            expires_at: self.expires_at,
            issued_by: self.issued_by,
            last_used_at: self.last_used_at,
        }
    }
}

/// What a new token is for.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Its name, in its owner's words.
    pub name: Line<100>,
    /// What it is at the organization.
    pub role: Role,
    /// What it is for; none: whatever the role may do.
    pub scopes: Option<Scopes>,
    /// At which events only; none: at all.
    pub events: Option<Vec<EventId>>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// The owner who issues it, and with whose part as an owner it ends; none: the operator.
    pub issued_by: Option<AccountId>,
}

impl Grant {
    /// Everything that the role may do, for as long as nobody revokes it.
    pub fn whole(name: Line<100>, role: Role) -> Self {
        Self { name, role, scopes: None, events: None, expires_at: None, issued_by: None }
    }
}

/// Issues a token; its text is shown this once.
///
/// # Errors
/// `Forbidden` if whoever issues it has just ceased to be an owner.
pub fn issue_token(
    db: &mut Db,
    by: &Actor,
    organization: OrganizationId,
    grant: Grant,
    now: Timestamp,
) -> Result<(ApiToken, Secret)> {
    if let Some(issuer) = grant.issued_by {
        // Whoever takes an owner's part away ends their tokens: none may slip in behind.
        lock_organization(db, organization)?;
        if !Member::is_owner(db, organization, issuer)? {
            return Err(Error::Forbidden);
        }
    }
    let text = new_token(PREFIX);
    let token = ApiToken {
        id: ApiTokenId::new(),
        organization_id: organization,
        name: grant.name.into(),
        role: grant.role,
        token_hash: hash_token(text.reveal()),
        created_at: now,
        last_used_at: None,
        revoked_at: None,
        scopes: grant.scopes.map(Json),
        events: grant.events.map(Json),
        expires_at: grant.expires_at,
        issued_by: grant.issued_by,
    };
    diesel::insert_into(api_tokens::table).values(&token).execute(db)?;
    audit::record(db, by, Scope::organization(organization), "token.issued", token.id.uuid(), now)?;
    Ok((token, text))
}

/// Ends a token: the next request with it is one by nobody. One that has ended already stays as it is.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`.
pub fn revoke_token(db: &mut Db, by: &Actor, token: &ApiToken, expected: Option<i64>, now: Timestamp) -> Result<()> {
    expect_version(expected, token.version())?;
    let row = api_tokens::table.filter(api_tokens::id.eq(token.id)).filter(api_tokens::revoked_at.is_null());
    if diesel::update(row).set(api_tokens::revoked_at.eq(Some(now))).execute(db)? == 0 {
        return Ok(());
    }
    audit::record(db, by, Scope::organization(token.organization_id), "token.revoked", token.id.uuid(), now)
}

/// Ends the tokens that somebody issued who owns the organization no more. The organization must be locked.
pub(super) fn revoke_tokens_of(
    db: &mut Db,
    by: &Actor,
    organization: OrganizationId,
    issuer: AccountId,
    now: Timestamp,
) -> Result<()> {
    let tokens: Vec<ApiToken> = ApiToken::query()
        .filter(api_tokens::organization_id.eq(organization))
        .filter(api_tokens::issued_by.eq(issuer))
        .filter(api_tokens::revoked_at.is_null())
        .order(api_tokens::id)
        .load(db)?;
    tokens.iter().try_for_each(|token| revoke_token(db, by, token, None, now))
}
