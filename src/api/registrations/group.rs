//! Groups: who was registered together, as the one who leads them sees them.

use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::object::RegistrationObject;
use super::read::find_group_for;
use crate::access::{Caller, Deed};
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::error::Result;
use crate::registrations::{self, Registration, RegistrationStatus};
use crate::store::Db;

/// A new registration, with those of the guests.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlacedObject {
    #[serde(flatten)]
    pub registration: RegistrationObject,
    /// Who comes along; missing if nobody does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    guests: Vec<GroupMemberObject>,
}

/// Somebody of a group. Codes and tickets go to each of them alone.
#[derive(Serialize, ToSchema)]
#[schema(as = GroupMember)]
pub(crate) struct GroupMemberObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    status: RegistrationStatus,
    first_name: String,
    last_name: Option<String>,
    #[schema(value_type = Option<uuid::Uuid>)]
    ticket_type: Option<String>,
    /// From 1; null unless they wait.
    waitlist_position: Option<i64>,
    version: i64,
}

/// A group.
#[derive(Serialize, ToSchema)]
#[schema(as = Group)]
pub(crate) struct GroupObject {
    /// The registration of who leads it.
    #[schema(value_type = uuid::Uuid)]
    lead: String,
    /// Everybody, the lead among them, in the order in which they were registered; cancelled or not.
    members: Vec<GroupMemberObject>,
}

impl PlacedObject {
    /// One registration that has just come in, and those of the guests.
    pub(crate) fn of(db: &mut Db, registration: RegistrationObject, guests: Vec<Registration>) -> Result<Self> {
        let guests = guests.into_iter().map(|guest| GroupMemberObject::of(db, guest)).collect::<Result<_>>()?;
        Ok(Self { registration, guests })
    }
}

impl GroupMemberObject {
    /// One of a group.
    pub(crate) fn of(db: &mut Db, member: Registration) -> Result<Self> {
        Ok(Self {
            waitlist_position: registrations::position(db, &member)?,
            id: member.id.to_string(),
            status: member.status,
            first_name: member.first_name,
            last_name: member.last_name,
            ticket_type: member.ticket_type_id.map(|id| id.to_string()),
            version: member.version,
        })
    }
}

/// A registration of a group, as the caller sees it: who leads it does not see all of a guest's.
pub(super) fn shown(db: &mut Db, caller: &Caller, registration: Registration, sees_all: bool) -> Result<Reply> {
    if sees_all {
        return RegistrationObject::reply(db, caller, registration);
    }
    let version = registration.version;
    Reply::object(&GroupMemberObject::of(db, registration)?, version)
}

/// Read the group of a registration, as an organizer or as the one who leads it.
#[utoipa::path(get, path = "/api/v1/registrations/{id}/group", tag = "Registrations",
    security(("bearer" = []), ("manage_token" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = GroupObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn group(call: Call, id: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let (lead, members) = find_group_for(db, caller, Deed::ReadRegistrations, &id)?;
        let members = members.into_iter().map(|member| GroupMemberObject::of(db, member)).collect::<Result<_>>()?;
        Reply::json(&GroupObject { lead: lead.to_string(), members })
    })
    .await
}
