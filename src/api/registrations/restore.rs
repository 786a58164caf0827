//! `POST /api/v1/registrations/{id}/restore`

use actix_web::web::Path;

use super::hand::hand;
use super::object::RegistrationObject;
use super::read::find_as_organizer;
use crate::access::Deed;
use crate::api::body::OptionalBody;
use crate::api::call::{Answer, Call};
use crate::registrations;

/// Confirm a registration that was cancelled, rejected or has expired, if there is a seat.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/restore", tag = "Registrations", security(("bearer" = [])),
    params(
        ("id" = uuid::Uuid, Path),
        ("force" = Option<bool>, Query, description = "Over the capacity"),
        ("silent" = Option<bool>, Query, description = "Without a letter"),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 200, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn restore(call: Call, id: Path<String>, body: OptionalBody) -> Answer {
    let expected = call.expected_version()?;
    let mut query = call.query();
    let hand = hand(&mut query);
    let wrong = query.finish();
    let key = call.api.key_of_registration(&id).await;
    call.write(key, &body.0, move |db, caller, now| {
        let (registration, _) = find_as_organizer(db, caller, Deed::WriteRegistrations, &id)?;
        wrong?;
        let registration = registrations::restore(db, &caller.actor(), registration.id, expected, hand, now)?;
        RegistrationObject::reply(db, caller, registration)
    })
    .await
}
