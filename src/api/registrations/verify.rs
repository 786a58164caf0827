//! `POST /api/v1/registrations/{id}/verify`

use actix_web::web::Path;

use super::object::RegistrationObject;
use super::read::find_for;
use crate::access::Deed;
use crate::api::body::OptionalBody;
use crate::api::call::{Answer, Call};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::registrations::{self, Registration};
use crate::store::{Db, RegistrationId};

/// Confirm that an address is one's own, with the token of the link in its letter; or as an organizer, for somebody whose
/// letter does not arrive. 409 `sold_out` if no seat is free and nobody can wait: it stays unverified then.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/verify", tag = "Registrations",
    security(("bearer" = []), ("manage_token" = [])),
    params(("id" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn verify(call: Call, id: Path<String>, body: OptionalBody) -> Answer {
    change(call, id, body, registrations::verify).await
}

/// A deed on a registration that needs no words.
pub(super) type Plain = fn(&mut Db, &Actor, RegistrationId, Option<i64>, Timestamp) -> Result<Registration>;

/// Does it for the attendee or an organizer.
pub(super) async fn change(call: Call, id: Path<String>, body: OptionalBody, deed: Plain) -> Answer {
    let expected = call.expected_version()?;
    let key = call.api.key_of_registration(&id).await;
    call.write(key, &body.0, move |db, caller, now| {
        let (registration, _) = find_for(db, caller, Deed::WriteRegistrations, &id)?;
        let registration = deed(db, &caller.actor(), registration.id, expected, now)?;
        RegistrationObject::reply(db, caller, registration)
    })
    .await
}
