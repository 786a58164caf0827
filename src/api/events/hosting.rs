//! What an organization is asked to host, and what it says.

use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::host_object::HostOrganization;
use super::hosts::{find_for_itself, find_organization, reply};
use crate::access::{OrganizationDeed, may_at_organization};
use crate::api::body::OptionalBody;
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::clock::Timestamp;
use crate::error::Error;
use crate::events::{DataAccess, HostRole, HostState, Hosting, HostingAnswer, answer_hosting};

/// An organization's part in another one's event.
#[derive(Serialize, ToSchema)]
#[schema(as = Hosting)]
pub(crate) struct HostingObject {
    event: HostedEvent,
    /// Whose event it is.
    owner: HostOrganization,
    role: HostRole,
    data_access: DataAccess,
    state: HostState,
    version: i64,
}

/// An event, as far as whoever was asked to host it may know.
#[derive(Serialize, ToSchema)]
pub(crate) struct HostedEvent {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    slug: String,
    title: String,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    starts_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    ends_at: Timestamp,
    timezone: String,
}

impl From<Hosting> for HostingObject {
    fn from(hosting: Hosting) -> Self {
        let (slug, name) = hosting.owner;
        Self {
            event: HostedEvent {
                id: hosting.event.to_string(),
                slug: hosting.slug,
                title: hosting.title,
                starts_at: hosting.starts_at,
                ends_at: hosting.ends_at,
                timezone: hosting.timezone,
            },
            owner: HostOrganization { slug, name },
            role: hosting.role,
            data_access: hosting.data_access,
            state: hosting.state,
            version: hosting.version,
        }
    }
}

/// The events of others that an organization hosts, or was asked to host.
#[utoipa::path(get, path = "/api/v1/organizations/{organization}/hosting", tag = "Hosts", security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("state" = Option<HostState>, Query),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(HostingList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn hosting(call: Call, organization: Path<String>) -> Answer {
    let mut query = call.query();
    let (state, updated_since, paging) = (query.word("state"), query.word("updated_since"), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        caller.must_be_known()?;
        let nothing = |error: Error| error.speaking_of("organization");
        let organization = find_organization(db, &organization).map_err(nothing)?;
        may_at_organization(caller, OrganizationDeed::ReadHosting, organization.id)?;
        wrong?;
        Reply::page(&Hosting::of(db, organization.id, state, updated_since, &paging)?.map(HostingObject::from))
    })
    .await
}

/// Accept to host an event, as an organization that was asked.
#[utoipa::path(post, path = "/api/v1/events/{event}/hosts/{organization}/accept", tag = "Hosts", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("organization" = String, Path, description = "Id or slug"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = super::host_object::HostInEvent), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn accept(call: Call, path: Path<(String, String)>, body: OptionalBody) -> Answer {
    answer(call, path.into_inner(), body, HostingAnswer::Accept).await
}

/// Decline to host an event, as an organization that was asked.
#[utoipa::path(post, path = "/api/v1/events/{event}/hosts/{organization}/decline", tag = "Hosts", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("organization" = String, Path, description = "Id or slug"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = super::host_object::HostInEvent), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn decline(call: Call, path: Path<(String, String)>, body: OptionalBody) -> Answer {
    answer(call, path.into_inner(), body, HostingAnswer::Decline).await
}

async fn answer(
    call: Call,
    (event, organization): (String, String),
    body: OptionalBody,
    answer: HostingAnswer,
) -> Answer {
    let expected = call.expected_version()?;
    let key = call.api.key_of_event(&event).await;
    call.write(key, &body.0, move |db, caller, now| {
        let (event, host) = find_for_itself(db, caller, &event, &organization)?;
        reply(answer_hosting(db, &caller.actor(), event.id, host.organization, (answer, expected), now)?)
    })
    .await
}

/// A page of what an organization hosts.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct HostingList {
    data: Vec<HostingObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
