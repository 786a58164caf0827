//! Invitations, as an organization sends and revokes them.

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{self, Invite, InviteState, OrganizationDeed};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, text};
use crate::api::organizations::organization_for;
use crate::api::reply::Reply;
use crate::clock::Timestamp;
use crate::error::{Error, Result, if_found};
use crate::events::Event;
use crate::organizations::Role;
use crate::store::{Db, EventId, InviteId, OrganizationId};
use crate::values::{EmailAddress, Fault};

/// An invitation to become a member.
#[derive(Serialize, ToSchema)]
#[schema(as = Invite)]
pub(crate) struct InviteObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    email: String,
    role: Role,
    /// At this one event only; null: at the organization.
    #[schema(value_type = Option<uuid::Uuid>)]
    event: Option<String>,
    state: InviteState,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    expires_at: Timestamp,
    version: i64,
}

impl InviteObject {
    fn of(invite: Invite, now: Timestamp) -> Self {
        Self {
            id: invite.id.to_string(),
            role: invite.role,
            event: invite.event_id.map(|event| event.to_string()),
            state: invite.state(now),
            created_at: invite.created_at,
            expires_at: invite.expires_at,
            version: invite.version,
            email: invite.email,
        }
    }
}

/// What a request says of an invitation.
#[derive(Deserialize, ToSchema)]
pub(crate) struct InviteFields {
    #[serde(default)]
    #[schema(value_type = String)]
    email: Field<String>,
    /// At one event alone: `editor` or `door`.
    #[serde(default)]
    #[schema(value_type = Role)]
    role: Field<String>,
    /// Id or slug of an event that the organization owns or hosts; at the organization if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    event: Field<String>,
}

/// The invitations of an organization in the order in which they were sent.
#[utoipa::path(get, path = "/api/v1/organizations/{organization}/invites", tag = "Members", security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(InviteList)),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn list(call: Call, organization: Path<String>) -> Answer {
    let mut query = call.query();
    let (updated_since, paging) = (query.word("updated_since"), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, now| {
        let organization = organization_for(db, caller, OrganizationDeed::ReadMembers, &organization)?;
        wrong?;
        let page = Invite::of_organization(db, organization.id, updated_since, &paging)?;
        Reply::page(&page.map(|invite| InviteObject::of(invite, now)))
    })
    .await
}

/// Invite somebody by a letter with a link, good for seven days. An open invitation for the same address, organization
/// and event is replaced.
#[utoipa::path(post, path = "/api/v1/organizations/{organization}/invites", tag = "Members",
    request_body = InviteFields, security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 201, body = InviteObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn invite(call: Call, organization: Path<String>, body: Body<InviteFields>) -> Answer {
    let key = call.api.key_of_organization(&organization).await;
    let (fields, issues) = (body.json, body.issues);
    call.write(key, &body.bytes, move |db, caller, now| {
        let organization = organization_for(db, caller, OrganizationDeed::WriteMembers, &organization)?;
        let (email, role, event) = read(db, organization.id, fields, issues)?;
        let invite = access::invite(db, &caller.actor(), (organization.id, event), &email, role, now)?;
        let address = format!("/api/v1/organizations/{}/invites/{}", organization.id, invite.id);
        let version = invite.version;
        Ok(Reply::object(&InviteObject::of(invite, now), version)?.created(&address))
    })
    .await
}

/// One invitation of an organization.
#[utoipa::path(get, path = "/api/v1/organizations/{organization}/invites/{invite}", tag = "Members",
    security(("bearer" = [])),
    params(("organization" = String, Path, description = "Id or slug"), ("invite" = uuid::Uuid, Path)),
    responses((status = 200, body = InviteObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn read_one(call: Call, path: Path<(String, String)>) -> Answer {
    let (organization, invite) = path.into_inner();
    call.read(move |db, caller, now| {
        let organization = organization_for(db, caller, OrganizationDeed::ReadMembers, &organization)?;
        let invite = find(db, organization.id, &invite)?;
        let version = invite.version;
        Reply::object(&InviteObject::of(invite, now), version)
    })
    .await
}

/// Revoke an invitation: its link leads nowhere any more.
#[utoipa::path(delete, path = "/api/v1/organizations/{organization}/invites/{invite}", tag = "Members",
    security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("invite" = uuid::Uuid, Path),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revoke(call: Call, path: Path<(String, String)>) -> Answer {
    let (expected, (organization, invite)) = (call.expected_version()?, path.into_inner());
    let key = call.api.key_of_organization(&organization).await;
    call.write(key, &[], move |db, caller, now| {
        let organization = organization_for(db, caller, OrganizationDeed::WriteMembers, &organization)?;
        let invite = find(db, organization.id, &invite)?;
        access::revoke_invite(db, &caller.actor(), invite.id, expected, now)?;
        Ok(Reply::done())
    })
    .await
}

fn find(db: &mut Db, organization: OrganizationId, id: &str) -> Result<Invite> {
    let id: InviteId = id.parse().map_err(|_| Error::NotFound("invite"))?;
    let invite = Invite::find(db, id)?;
    if invite.organization_id == organization { Ok(invite) } else { Err(Error::NotFound("invite")) }
}

fn read(
    db: &mut Db,
    organization: OrganizationId,
    fields: InviteFields,
    mut issues: Issues,
) -> Result<(EmailAddress, Role, Option<EventId>)> {
    let email = issues.required("/email", fields.email, text::<EmailAddress>);
    let role = issues.required("/role", fields.role, text::<Role>);
    let event = match issues.optional("/event", fields.event, Ok::<String, Fault>) {
        None => None,
        Some(name) => {
            let event = if_found(Event::find_hosted(db, &name, organization))?;
            if event.is_none() {
                issues.add("/event", Fault::new("unknown_event", "this is no event of the organization"));
            }
            event.map(|event| event.id)
        }
    };
    if let (Some(event), Some(role)) = (event, role)
        && let Err(fault) = access::check_role(Some(event), role)
    {
        issues.add("/role", fault);
    }
    let (email, role) = issues.finish_with(email.zip(role), "", "a field is missing")?;
    Ok((email, role, event))
}

/// A page of invitations.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct InviteList {
    data: Vec<InviteObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
