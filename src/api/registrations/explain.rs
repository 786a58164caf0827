//! `GET /api/v1/registrations/{id}/explain`

use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::read::find_for;
use crate::access::Deed;
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::events::Part;
use crate::registrations::{self, Blocking, Explanation, RegistrationStatus};

/// Why a registration is where it is.
#[derive(Serialize, ToSchema)]
#[schema(as = Explanation)]
pub(crate) struct ExplanationObject {
    status: RegistrationStatus,
    /// The same, and why, for a person.
    sentence: String,
    /// How many wait before it; null if it does not wait.
    ahead: Option<i64>,
    /// Where seats are missing for it to move up.
    blocking: Vec<BlockingObject>,
}

/// Seats of which too few are free.
#[derive(Serialize, ToSchema)]
#[schema(as = Blocking)]
pub(crate) struct BlockingObject {
    /// `event`, `ticket_type` or `session`.
    quota: &'static str,
    /// The name of that.
    name: String,
    capacity: i64,
    /// Seats that registrations hold, or that are kept.
    taken: i64,
    /// How many of these are kept for access codes and invitations.
    kept: i64,
}

impl From<Blocking> for BlockingObject {
    fn from(blocking: Blocking) -> Self {
        let quota = match blocking.part {
            None => "event",
            Some(Part::TicketType(_)) => "ticket_type",
            Some(Part::Session(_)) => "session",
        };
        Self { quota, name: blocking.name, capacity: blocking.capacity, taken: blocking.taken, kept: blocking.kept }
    }
}

/// Why a registration is where it is, for organizers and its attendee. It names nobody else.
#[utoipa::path(get, path = "/api/v1/registrations/{id}/explain", tag = "Registrations",
    security(("bearer" = []), ("manage_token" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = ExplanationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn explain(call: Call, id: Path<String>) -> Answer {
    call.read(move |db, caller, now| {
        let (registration, _) = find_for(db, caller, Deed::ReadRegistrations, &id)?;
        let Explanation { status, sentence, ahead, blocking } = registrations::explain(db, registration.id, now)?;
        let blocking = blocking.into_iter().map(Into::into).collect();
        Reply::json(&ExplanationObject { status, sentence, ahead, blocking })
    })
    .await
}
