//! Members over HTTP.

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Body, Field};
use super::call::{Answer, Call};
use super::issues::{Issues, text};
use super::organizations::organization_for;
use super::reply::Reply;
use crate::access::{self, Account, Member, OrganizationDeed, may_remove_member};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::organizations::{Organization, Role};
use crate::store::MemberId;

/// A person's part in an organization.
#[derive(Serialize, ToSchema)]
#[schema(as = Member)]
pub(in crate::api) struct MemberObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    account: MemberAccount,
    role: Role,
    /// At this one event only; null: at the organization.
    #[schema(value_type = Option<uuid::Uuid>)]
    event: Option<String>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    version: i64,
}

/// A person, as other members know them.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct MemberAccount {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    name: String,
    email: String,
}

impl From<(Member, Account)> for MemberObject {
    fn from((member, account): (Member, Account)) -> Self {
        Self {
            id: member.id.to_string(),
            account: MemberAccount { id: account.id.to_string(), name: account.name, email: account.email },
            role: member.role,
            event: member.event_id.map(|event| event.to_string()),
            created_at: member.created_at,
            version: member.version,
        }
    }
}

/// What a request says of a member.
#[derive(Deserialize, ToSchema)]
pub(super) struct MemberFields {
    #[serde(default)]
    #[schema(value_type = Option<Role>)]
    role: Field<String>,
}

/// The members of an organization in the order in which they came, with those at one event alone.
#[utoipa::path(get, path = "/api/v1/organizations/{organization}/members", tag = "Members", security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(MemberList)), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn list(call: Call, organization: Path<String>) -> Answer {
    let mut query = call.query();
    let (updated_since, paging) = (query.word("updated_since"), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        let organization = organization_for(db, caller, OrganizationDeed::ReadMembers, &organization)?;
        wrong?;
        let page = Member::of_organization(db, organization.id, updated_since, &paging)?;
        Reply::page(&page.map(MemberObject::from))
    })
    .await
}

/// Give a member another role. An organization keeps an owner.
#[utoipa::path(patch, path = "/api/v1/organizations/{organization}/members/{member}", tag = "Members",
    request_body = MemberFields, security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("member" = uuid::Uuid, Path),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, body = MemberObject), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn change_role(call: Call, path: Path<(String, String)>, body: Body<MemberFields>) -> Answer {
    let (organization, member) = path.into_inner();
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let key = call.api.key_of_organization(&organization).await;
    let role = read(body.json, body.issues);
    call.write(key, &body.bytes, move |db, caller, now| {
        let organization = organization_for(db, caller, OrganizationDeed::WriteMembers, &organization)?;
        let member = Member::find(db, organization.id, member_id(&member)?)?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        let which = (organization.id, member.id);
        let member = access::change_role(db, &caller.actor(), which, role?, expected, now)?;
        let account = Account::find(db, member.account_id)?;
        let object = MemberObject::from((member, account));
        Reply::object(&object, object.version)
    })
    .await
}

/// Remove a member; everybody may leave. What they could do ends at once. An organization keeps an owner.
#[utoipa::path(delete, path = "/api/v1/organizations/{organization}/members/{member}", tag = "Members",
    security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("member" = uuid::Uuid, Path),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 204), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn remove(call: Call, path: Path<(String, String)>) -> Answer {
    let (organization, member) = path.into_inner();
    let (expected, key) = (call.expected_version()?, call.api.key_of_organization(&organization).await);
    call.write(key, &[], move |db, caller, now| {
        caller.must_be_known()?;
        let organization = Organization::find_by_name(db, &organization)?;
        let found = member_id(&member).and_then(|id| Member::find(db, organization.id, id));
        let who = found.as_ref().ok().map(|member| member.account_id);
        may_remove_member(caller, organization.id, who)?;
        access::remove_member(db, &caller.actor(), (organization.id, found?.id), expected, now)?;
        Ok(Reply::done())
    })
    .await
}

fn read(fields: MemberFields, mut issues: Issues) -> Result<Role> {
    let role = issues.required("/role", fields.role, text::<Role>);
    issues.finish_with(role, "/role", "this is required")
}

fn member_id(text: &str) -> Result<MemberId> {
    text.parse().map_err(|_| Error::NotFound("member"))
}

/// A page of members.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(super) struct MemberList {
    data: Vec<MemberObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
