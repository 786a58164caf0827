//! API tokens over HTTP.

use std::collections::{BTreeSet, HashMap};

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Body, Field};
use super::call::{Answer, Call};
use super::issues::{Issues, text};
use super::organizations::organization_for;
use super::reply::Reply;
use crate::access::{self, Account, ApiToken, OrganizationDeed, Scopes, TokenScope, Wanted, may_grant};
use crate::clock::Timestamp;
use crate::error::{Error, Result, if_found};
use crate::events::Event;
use crate::organizations::Role;
use crate::store::{AccountId, ApiTokenId, Db, EventId, OrganizationId, Page};
use crate::values::{Fault, Line};

/// An API token; its text is shown once, when it is issued.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
pub(super) struct TokenObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    name: String,
    role: Role,
    scopes: Vec<TokenScope>,
    /// At these events only; null: at all of the organization's.
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    events: Option<Vec<String>>,
    /// Null: it does not end by itself.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    expires_at: Option<Timestamp>,
    /// To the minute.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    last_used_at: Option<Timestamp>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    /// The owner who issued it, themselves or by a token of theirs: it ends when they are an owner no more. Null: the
    /// operator issued it.
    issued_by: Option<TokenIssuer>,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    revoked_at: Option<Timestamp>,
    version: i64,
}

/// The owner who issued a token.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenIssuer {
    /// Of the account.
    #[schema(value_type = uuid::Uuid)]
    id: String,
    name: String,
}

/// A new API token, with its text.
#[derive(Serialize, ToSchema)]
pub(super) struct IssuedToken {
    #[serde(flatten)]
    object: TokenObject,
    /// To be shown as `Authorization: Bearer …`. Null where the same request came again: it was shown already.
    token: Option<String>,
}

impl TokenObject {
    fn of_all(db: &mut Db, tokens: Vec<ApiToken>) -> Result<Vec<Self>> {
        let issuers: Vec<AccountId> = tokens.iter().filter_map(|token| token.issued_by).collect();
        let names = Account::names_of(db, &issuers)?;
        Ok(tokens.into_iter().map(|token| Self::of(token, &names)).collect())
    }

    fn of_one(db: &mut Db, token: ApiToken) -> Result<Self> {
        let issuer: Vec<AccountId> = token.issued_by.into_iter().collect();
        let names = Account::names_of(db, &issuer)?;
        Ok(Self::of(token, &names))
    }

    fn of(token: ApiToken, names: &HashMap<AccountId, String>) -> Self {
        let issuer = |id: AccountId| Some(TokenIssuer { id: id.to_string(), name: names.get(&id)?.clone() });
        Self {
            version: token.version(),
            issued_by: token.issued_by.and_then(issuer),
            id: token.id.to_string(),
            scopes: token.scopes().iter().collect(),
            events: token.events().map(|events| events.iter().map(EventId::to_string).collect()),
            name: token.name,
            role: token.role,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            created_at: token.created_at,
            revoked_at: token.revoked_at,
        }
    }
}

/// What a request says of a new token.
#[derive(Deserialize, ToSchema)]
pub(super) struct TokenFields {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = String)]
    name: Field<String>,
    /// Your own if not given.
    #[serde(default)]
    #[schema(value_type = Option<Role>)]
    role: Field<String>,
    /// All that the role may do if not given.
    #[serde(default)]
    #[schema(value_type = Option<Vec<TokenScope>>)]
    scopes: Field<Vec<String>>,
    /// Ids or slugs of the organization's events, at most 100; all events if not given.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    events: Field<Vec<String>>,
    /// In the future.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    expires_at: Field<String>,
}

/// The tokens of an organization in the order in which they were issued, with those that have ended.
#[utoipa::path(get, path = "/api/v1/organizations/{organization}/tokens", tag = "Tokens", security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(TokenList)), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn list(call: Call, organization: Path<String>) -> Answer {
    let mut query = call.query();
    let (updated_since, paging) = (query.word("updated_since"), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        let organization = organization_for(db, caller, OrganizationDeed::WriteTokens, &organization)?;
        wrong?;
        let page = ApiToken::of_organization(db, organization.id, updated_since, &paging)?;
        let Page { data, next_cursor } = page;
        Reply::page(&Page { data: TokenObject::of_all(db, data)?, next_cursor })
    })
    .await
}

/// Issue a token. A program can issue tokens with scopes of its own, that end no later than it does.
#[utoipa::path(post, path = "/api/v1/organizations/{organization}/tokens", tag = "Tokens", request_body = TokenFields,
    security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 201, body = IssuedToken), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn issue(call: Call, organization: Path<String>, body: Body<TokenFields>) -> Answer {
    let key = call.api.key_of_organization(&organization).await;
    let (fields, issues) = (body.json, body.issues);
    call.write(key, &body.bytes, move |db, caller, now| {
        let organization = organization_for(db, caller, OrganizationDeed::WriteTokens, &organization)?;
        let wanted = wanted(db, organization.id, fields, issues, now)?;
        let grant = may_grant(caller, organization.id, wanted)?;
        let (token, text) = access::issue_token(db, &caller.actor(), organization.id, grant, now)?;
        let address = format!("/api/v1/organizations/{}/tokens/{}", organization.id, token.id);
        let version = token.version();
        let mut answer = IssuedToken { object: TokenObject::of_one(db, token)?, token: None };
        let without_text = Reply::object(&answer, version)?;
        answer.token = Some(text.reveal().to_owned());
        Ok(Reply::object(&answer, version)?.created(&address).kept_as(without_text))
    })
    .await
}

/// One token of an organization.
#[utoipa::path(get, path = "/api/v1/organizations/{organization}/tokens/{token}", tag = "Tokens",
    security(("bearer" = [])),
    params(("organization" = String, Path, description = "Id or slug"), ("token" = uuid::Uuid, Path)),
    responses((status = 200, body = TokenObject), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn read(call: Call, path: Path<(String, String)>) -> Answer {
    let (organization, token) = path.into_inner();
    call.read(move |db, caller, _| {
        let organization = organization_for(db, caller, OrganizationDeed::WriteTokens, &organization)?;
        let token = ApiToken::find_at(db, organization.id, token_id(&token)?)?;
        let object = TokenObject::of_one(db, token)?;
        Reply::object(&object, object.version)
    })
    .await
}

/// Revoke a token: the next request with it is one by nobody.
#[utoipa::path(delete, path = "/api/v1/organizations/{organization}/tokens/{token}", tag = "Tokens",
    security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("token" = uuid::Uuid, Path),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 204), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn revoke(call: Call, path: Path<(String, String)>) -> Answer {
    let (expected, (organization, token)) = (call.expected_version()?, path.into_inner());
    let key = call.api.key_of_organization(&organization).await;
    call.write(key, &[], move |db, caller, now| {
        let organization = organization_for(db, caller, OrganizationDeed::WriteTokens, &organization)?;
        let token = ApiToken::find_at(db, organization.id, token_id(&token)?)?;
        access::revoke_token(db, &caller.actor(), &token, expected, now)?;
        Ok(Reply::done())
    })
    .await
}

fn token_id(text: &str) -> Result<ApiTokenId> {
    text.parse().map_err(|_| Error::NotFound("token"))
}

fn wanted(
    db: &mut Db,
    organization: OrganizationId,
    fields: TokenFields,
    mut issues: Issues,
    now: Timestamp,
) -> Result<Wanted> {
    let name = issues.required("/name", fields.name, text::<Line<100>>);
    let role = issues.optional("/role", fields.role, text::<Role>);
    let scopes = issues.words::<TokenScope, 8>("/scopes", fields.scopes);
    if scopes.as_ref().is_some_and(Vec::is_empty) {
        issues.add("/scopes", none_named());
    }
    let scopes = scopes.map(Scopes::from);
    let names = issues.optional("/events", fields.events, |names| match names.len() {
        0 => Err(none_named()),
        1..=100 => Ok(names),
        _ => Err(Fault::new("too_many", "there can be at most 100 of these")),
    });
    let events = match names {
        Some(names) => events_of(db, organization, &names, &mut issues)?,
        None => None,
    };
    let expires_at = issues.optional("/expires_at", fields.expires_at, |at| {
        let at: Timestamp = at.parse()?;
        if at > now { Ok(at) } else { Err(Fault::new("in_the_past", "a token ends in the future")) }
    });
    let name = issues.finish_with(name, "/name", "this is required")?;
    Ok(Wanted { name, role, scopes, events, expires_at })
}

/// The events with these ids or slugs, if the organization owns or hosts all of them.
fn events_of(
    db: &mut Db,
    organization: OrganizationId,
    names: &[String],
    issues: &mut Issues,
) -> Result<Option<Vec<EventId>>> {
    let mut events = BTreeSet::new();
    for (place, name) in names.iter().enumerate() {
        match if_found(Event::find_hosted(db, name, organization))? {
            Some(event) => drop(events.insert(event.id)),
            None => issues
                .add(format!("/events/{place}"), Fault::new("unknown_event", "this is no event of the organization")),
        }
    }
    Ok(Some(events.into_iter().collect()))
}

fn none_named() -> Fault {
    Fault::new("required", "name at least one, or leave this out for all")
}

/// A page of tokens.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(super) struct TokenList {
    data: Vec<TokenObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
