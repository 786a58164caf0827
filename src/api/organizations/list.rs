//! `GET /api/v1/organizations`

use super::object::OrganizationObject;
use crate::access::own_organizations;
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::organizations::Organization;

/// The organizations to which the caller belongs.
#[utoipa::path(get, path = "/api/v1/organizations", tag = "Organizations", security(("bearer" = [])),
    params(
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(OrganizationList)),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn list(call: Call) -> Answer {
    let mut query = call.query();
    let (updated_since, paging) = (query.word("updated_since"), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        let own = own_organizations(caller)?;
        wrong?;
        let page = Organization::of_ids(db, &own, updated_since, &paging)?;
        Reply::page(&page.map(|organization| OrganizationObject::of(organization, caller)))
    })
    .await
}

/// A page of organizations.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct OrganizationList {
    data: Vec<OrganizationObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
