//! `POST /api/v1/registrations/{id}/transfer`

use actix_web::web::Path;
use serde::Deserialize;
use utoipa::ToSchema;

use super::create::AttendeeFields;
use super::object::RegistrationObject;
use super::read::find_for_lead;
use crate::access::Deed;
use crate::api::body::{Body, Field, Nested};
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::registrations;
use crate::values::Language;

/// Who gets the place.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct NewAttendee {
    #[serde(default)]
    #[schema(value_type = AttendeeFields)]
    attendee: Nested<AttendeeFields>,
    /// Their language; as it is, if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    locale: Field<String>,
}

/// Give a place to somebody else, as an organizer, as its attendee, or as the one who leads its group, before the event
/// begins. The old ticket, code and link are revoked; both are told by letter. An organizer is answered the registration,
/// an attendee 204: it is not theirs any more.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/transfer", tag = "Registrations", request_body = NewAttendee,
    security(("bearer" = []), ("manage_token" = [])),
    params(("id" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RegistrationObject), (status = 204),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn transfer(call: Call, id: Path<String>, body: Body<NewAttendee>) -> Answer {
    let expected = call.expected_version()?;
    let mut issues = body.issues;
    let attendee = body.json.attendee.take("/attendee", &mut issues).unwrap_or_default();
    let attendee = attendee.read("/attendee", &mut issues);
    let locale = issues.optional("/locale", body.json.locale, |tag| Language::from_tag(&tag));
    let wanted = issues.finish_with(attendee, "/attendee", "this is required");
    let key = call.api.key_of_registration(&id).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let (registration, _) = find_for_lead(db, caller, Deed::WriteRegistrations, &id)?;
        let who = (wanted?, locale);
        let registration = registrations::transfer(db, &caller.actor(), registration.id, who, expected, now)?;
        if caller.is_attendee() {
            return Ok(Reply::done());
        }
        RegistrationObject::reply(db, caller, registration)
    })
    .await
}
