//! `PATCH /api/v1/organizations/{organization}`

use actix_web::web::Path;

use super::object::{OrganizationFields, OrganizationObject};
use super::read::organization_for;
use crate::access::{OrganizationDeed, may_require_second_factor};
use crate::api::body::Body;
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::error::Error;
use crate::organizations;

/// Change an organization. What is not given stays; null empties what can be empty.
#[utoipa::path(patch, path = "/api/v1/organizations/{organization}", tag = "Organizations",
    request_body = OrganizationFields, security(("bearer" = [])),
    params(("organization" = String, Path, description = "Id or slug"), ("If-Match" = String, Header)),
    responses((status = 200, body = OrganizationObject),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revise(call: Call, organization: Path<String>, body: Body<OrganizationFields>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let key = call.api.key_of_organization(&organization).await;
    let mut issues = body.issues;
    let revision = body.json.read(&mut issues);
    let wrong = issues.finish();
    call.write(key, &body.bytes, move |db, caller, now| {
        let organization = organization_for(db, caller, OrganizationDeed::WriteOrganization, &organization)?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        wrong?;
        if revision.second_factor_required == Some(true) && !organization.second_factor_required {
            may_require_second_factor(caller)?;
        }
        let revised = organizations::revise(db, &caller.actor(), organization.id, revision, expected, now)?;
        let object = OrganizationObject::of(revised, caller);
        Reply::object(&object, object.version())
    })
    .await
}
