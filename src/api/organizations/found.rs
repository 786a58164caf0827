//! `POST /api/v1/organizations`

use super::object::{OrganizationFields, OrganizationObject};
use crate::access::{Caller, Identity, Membership, add_member, may_found, may_require_second_factor};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::Issues;
use crate::api::reply::Reply;
use crate::error::Result;
use crate::organizations::{self, Organization, Revision, Role};
use crate::values::{Fault, Line};

/// Found another organization, and become its owner. For people who own one already.
#[utoipa::path(post, path = "/api/v1/organizations", tag = "Organizations", request_body = OrganizationFields,
    security(("bearer" = [])), params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = OrganizationObject),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn found(call: Call, body: Body<OrganizationFields>) -> Answer {
    let founding = read(body.json, body.issues);
    // A new organization has no queue of its own yet.
    call.write(uuid::Uuid::nil(), &body.bytes, move |db, caller, now| {
        let founder = may_found(caller)?;
        let (name, details) = founding?;
        if details.second_factor_required == Some(true) {
            may_require_second_factor(caller)?;
        }
        let organization = organizations::found_with(db, &caller.actor(), name, details, now)?;
        add_member(db, &caller.actor(), organization.id, None, (founder, Role::Owner), now)?;
        let owner = as_owner(caller, &organization);
        let object = OrganizationObject::of(organization, &owner);
        Ok(Reply::object(&object, object.version())?.created(&object.address()))
    })
    .await
}

/// The caller, with what they have just become.
fn as_owner(caller: &Caller, founded: &Organization) -> Caller {
    let mut caller = caller.clone();
    if let Identity::Member(member) = &mut caller.identity {
        member.memberships.push(Membership {
            organization: founded.id,
            event: None,
            role: Role::Owner,
            second_factor_required: founded.second_factor_required,
        });
    }
    caller
}

fn read(fields: OrganizationFields, mut issues: Issues) -> Result<(Line<200>, Revision)> {
    if fields.name == Field::Missing {
        issues.add("/name", Fault::new("required", "this is required"));
    }
    let mut details = fields.read(&mut issues);
    let name = details.name.take();
    issues.finish_with(name, "/name", "this is required").map(|name| (name, details))
}
