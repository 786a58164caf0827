//! `POST /api/v1/registrations/{id}/cancel`

use actix_web::web::Path;

use super::object::RegistrationObject;
use super::read::find_for;
use crate::access::Deed;
use crate::api::body::OptionalBody;
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::registrations::{self, Hand};

/// Cancel a registration, as an organizer or as its attendee. The next who waits moves up.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/cancel", tag = "Registrations",
    security(("bearer" = []), ("manage_token" = [])),
    params(("id" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn cancel(call: Call, id: Path<String>, body: OptionalBody) -> Answer {
    let expected = call.expected_version()?;
    let key = call.api.key_of_registration(&id).await;
    call.write(key, &body.0, move |db, caller, now| {
        let (registration, _) = find_for(db, caller, Deed::WriteRegistrations, &id)?;
        let registration = registrations::cancel(db, &caller.actor(), registration.id, expected, Hand::default(), now)?;
        let object = RegistrationObject::shown(db, caller, registration)?;
        Reply::object(&object, object.version())
    })
    .await
}
