//! `POST /api/v1/registrations/{id}/resend`

use actix_web::web::Path;

use super::object::RegistrationObject;
use super::read::find_for;
use crate::access::Deed;
use crate::api::body::OptionalBody;
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::registrations;

/// Send the letter again that says where a registration stands. An attendee waits ten minutes after the letter before.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/resend", tag = "Registrations",
    security(("bearer" = []), ("manage_token" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 202, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn resend(call: Call, id: Path<String>, body: OptionalBody) -> Answer {
    let key = call.api.key_of_registration(&id).await;
    call.write(key, &body.0, move |db, caller, now| {
        let (registration, _) = find_for(db, caller, Deed::WriteRegistrations, &id)?;
        let registration = registrations::resend(db, &caller.actor(), registration.id, now)?;
        Ok(Reply { status: 202, ..RegistrationObject::reply(db, caller, registration)? })
    })
    .await
}
