//! `POST /api/v1/registrations/{id}/cancel`

use actix_web::web::Path;
use serde::Deserialize;
use utoipa::ToSchema;

use super::group::shown;
use super::object::RegistrationObject;
use super::read::find_for_lead;
use crate::access::Deed;
use crate::api::body::{Field, Optional};
use crate::api::call::{Answer, Call};
use crate::registrations::{Hand, cancel as cancel_one, cancel_group};

/// How much is cancelled.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct Cancellation {
    /// Of who leads a group: their own registration alone; the next of the group leads it then.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    only: Field<bool>,
}

/// Cancel a registration, as an organizer, as its attendee, or as the one who leads its group. Who leads a group cancels
/// all of it, unless `only` is true; of a guest they are answered what a group shows. The next who waits moves up.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/cancel", tag = "Registrations",
    request_body = Option<Cancellation>, security(("bearer" = []), ("manage_token" = [])),
    params(("id" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn cancel(call: Call, id: Path<String>, body: Optional<Cancellation>) -> Answer {
    let expected = call.expected_version()?;
    let mut issues = body.issues;
    let only = issues.optional("/only", body.json.only, Ok).unwrap_or_default();
    issues.finish()?;
    let key = call.api.key_of_registration(&id).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let (registration, sees_all) = find_for_lead(db, caller, Deed::WriteRegistrations, &id)?;
        let cancel = if only { cancel_one } else { cancel_group };
        let registration = cancel(db, &caller.actor(), registration.id, expected, Hand::default(), now)?;
        shown(db, caller, registration, sees_all)
    })
    .await
}
