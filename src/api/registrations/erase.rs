//! `POST /api/v1/registrations/{id}/erase`

use actix_web::web::Path;

use super::object::RegistrationObject;
use super::read::find_for;
use crate::access::Deed;
use crate::api::body::OptionalBody;
use crate::api::call::{Answer, Call};
use crate::registrations;

/// Erase what is known of the person, for good, as an organizer or as the attendee: names, addresses, answers, notes, to
/// whom letters went. The registration stays, as a number. A place at a coming event is given up first; the link is
/// revoked.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/erase", tag = "Registrations",
    security(("bearer" = []), ("manage_token" = [])), params(("id" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn erase(call: Call, id: Path<String>, body: OptionalBody) -> Answer {
    let expected = call.expected_version()?;
    let key = call.api.key_of_registration(&id).await;
    call.write(key, &body.0, move |db, caller, now| {
        let (registration, _) = find_for(db, caller, Deed::WriteRegistrations, &id)?;
        let registration = registrations::erase(db, &caller.actor(), registration.id, expected, now)?;
        RegistrationObject::reply(db, caller, registration)
    })
    .await
}
