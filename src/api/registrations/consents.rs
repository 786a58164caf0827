//! `POST /api/v1/registrations/{id}/consents/{key}/give` and `…/withdraw`

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

/// Consent to the last edition of a text, as its attendee, or as an organizer who was told. Giving it again changes
/// nothing.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/consents/{key}/give", tag = "Consents",
    security(("bearer" = []), ("manage_token" = [])),
    params(("id" = uuid::Uuid, Path), ("key" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn give_consent(call: Call, path: Path<(String, String)>, body: OptionalBody) -> Answer {
    say(call, path.into_inner(), body, registrations::give_consent).await
}

/// Withdraw a consent, as its attendee, or as an organizer who was told. One without which nobody registers cannot be
/// withdrawn: cancel instead.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/consents/{key}/withdraw", tag = "Consents",
    security(("bearer" = []), ("manage_token" = [])),
    params(("id" = uuid::Uuid, Path), ("key" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn withdraw_consent(call: Call, path: Path<(String, String)>, body: OptionalBody) -> Answer {
    say(call, path.into_inner(), body, registrations::withdraw_consent).await
}

/// Gives a consent, or withdraws it.
type Say = fn(&mut Db, &Actor, RegistrationId, &str, Option<i64>, Timestamp) -> Result<Registration>;

async fn say(call: Call, (id, key): (String, String), body: OptionalBody, say: Say) -> Answer {
    let expected = call.expected_version()?;
    let queue = call.api.key_of_registration(&id).await;
    call.write(queue, &body.0, move |db, caller, now| {
        let (registration, _) = find_for(db, caller, Deed::WriteRegistrations, &id)?;
        let registration = say(db, &caller.actor(), registration.id, &key, expected, now)?;
        RegistrationObject::reply(db, caller, registration)
    })
    .await
}
