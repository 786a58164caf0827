//! `GET /api/v1/organizations/{organization}`

use actix_web::web::Path;

use super::object::OrganizationObject;
use crate::access::{Caller, OrganizationDeed, may_at_organization};
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::error::Result;
use crate::organizations::Organization;
use crate::store::Db;

/// Read an organization to which one belongs.
#[utoipa::path(get, path = "/api/v1/organizations/{organization}", tag = "Organizations", security(("bearer" = [])),
    params(("organization" = String, Path, description = "Id or slug")),
    responses((status = 200, body = OrganizationObject), (status = 304),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn read(call: Call, organization: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let organization = organization_for(db, caller, OrganizationDeed::SeeOrganization, &organization)?;
        let object = OrganizationObject::of(organization, caller);
        Reply::object(&object, object.version())
    })
    .await
}

/// The organization with this id or slug, if the caller may do `deed` there. Who has not said who they are does not
/// learn whether it is there.
pub(in crate::api) fn organization_for(
    db: &mut Db,
    caller: &Caller,
    deed: OrganizationDeed,
    id_or_slug: &str,
) -> Result<Organization> {
    caller.must_be_known()?;
    let organization = Organization::find_by_name(db, id_or_slug)?;
    may_at_organization(caller, deed, organization.id)?;
    Ok(organization)
}
