//! `POST /api/v1/registrations/{id}/accept` and `/decline`

use actix_web::web::Path;

use super::object::RegistrationObject;
use super::verify::change;
use crate::api::body::OptionalBody;
use crate::api::call::{Answer, Call};
use crate::registrations;

/// Take the offered seat, as its attendee or as an organizer. 409 `too_late` once the offer has ended.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/accept", tag = "Registrations",
    security(("bearer" = []), ("manage_token" = [])),
    params(("id" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn accept(call: Call, id: Path<String>, body: OptionalBody) -> Answer {
    change(call, id, body, registrations::accept).await
}

/// Leave the offered seat to the next who waits.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/decline", tag = "Registrations",
    security(("bearer" = []), ("manage_token" = [])),
    params(("id" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn decline(call: Call, id: Path<String>, body: OptionalBody) -> Answer {
    change(call, id, body, registrations::decline).await
}
