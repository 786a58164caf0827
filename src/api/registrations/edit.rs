//! `PATCH /api/v1/registrations/{id}`

use actix_web::web::Path;
use serde::Deserialize;
use utoipa::ToSchema;

use super::create::AttendeeFields;
use super::group::shown;
use super::hand::{hand, may_use};
use super::object::RegistrationObject;
use super::read::find_for_lead;
use crate::access::Deed;
use crate::api::body::{Body, Field, Nested};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, id, ids, text};
use crate::error::{Error, Result};
use crate::events::Host;
use crate::registrations::{self, Answers, Edit};
use crate::store::{Db, EventId};
use crate::values::{Fault, Language, Slug};

/// What is to change; what is not given stays, null empties what can be empty.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct RegistrationFields {
    #[serde(default)]
    #[schema(value_type = Option<AttendeeFields>)]
    attendee: Nested<AttendeeFields>,
    /// Their language, such as `fr` or `fr-LU`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    locale: Field<String>,
    /// With which kind of admission. Organizers only.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    ticket_type: Field<String>,
    /// To which sessions, beyond those that come with the ticket type.
    #[serde(default)]
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    sessions: Field<Vec<String>>,
    /// What is answered, by the keys of the event's questions: what is not named stays, null takes an answer back.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    answers: Field<Answers>,
    /// Its name in another system; at most 200 characters. Organizers only.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    external_ref: Field<String>,
    /// What the organizers write down about it; at most 2000 characters. Organizers only.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    note: Field<String>,
    /// The organizers' words for it, at most 20. Organizers only.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    tags: Field<Vec<String>>,
    /// Slug of the host through which they came. Organizers only.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    via: Field<String>,
}

/// Change a registration, as an organizer or, until the event's `edit_until`, as its attendee or as the one who leads its
/// group; of a guest they are answered what a group shows. Another ticket type or other sessions move its seats, all or
/// none: 409 `sold_out` names the part that is full. What the letters tell is told by letter. An organizer who changes the
/// address revokes the link that went to the old one.
#[utoipa::path(patch, path = "/api/v1/registrations/{id}", tag = "Registrations", request_body = RegistrationFields,
    security(("bearer" = []), ("manage_token" = [])),
    params(
        ("id" = uuid::Uuid, Path),
        ("force" = Option<bool>, Query, description = "Organizers: over the capacity"),
        ("silent" = Option<bool>, Query, description = "Organizers: without a letter"),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn edit(call: Call, id: Path<String>, body: Body<RegistrationFields>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let mut query = call.query();
    let hand = hand(&mut query);
    let wrong = query.finish();
    let key = call.api.key_of_registration(&id).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let (registration, sees_all) = find_for_lead(db, caller, Deed::WriteRegistrations, &id)?;
        wrong?;
        may_use(caller, hand)?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        let edit = read(db, registration.event_id, body.json, body.issues, caller.is_attendee())?;
        let registration = registrations::edit(db, &caller.actor(), registration.id, edit, expected, hand, now)?;
        shown(db, caller, registration, sees_all)
    })
    .await
}

fn read(
    db: &mut Db,
    event: EventId,
    mut fields: RegistrationFields,
    mut issues: Issues,
    attendee: bool,
) -> Result<Edit> {
    let mut person = fields.attendee.take("/attendee", &mut issues).unwrap_or_default();
    if attendee {
        for (pointer, field) in [
            ("/attendee/email", &mut person.email),
            ("/ticket_type", &mut fields.ticket_type),
            ("/external_ref", &mut fields.external_ref),
            ("/note", &mut fields.note),
            ("/via", &mut fields.via),
        ] {
            organizers_only(pointer, field, &mut issues);
        }
        organizers_only("/tags", &mut fields.tags, &mut issues);
    }
    let via = issues.clearable("/via", fields.via, Ok);
    let via =
        via.map(|slug: Option<String>| slug.map(|slug| Host::accepted(db, event, &slug)).transpose()).transpose()?;
    if via == Some(Some(None)) {
        issues.add("/via", Fault::new("not_a_host", "no organization of this name hosts the event"));
    }
    let via = via.map(Option::flatten);
    let edit = Edit {
        first_name: issues.change("/attendee/first_name", person.first_name, text),
        last_name: issues.clearable("/attendee/last_name", person.last_name, text),
        email: issues.change("/attendee/email", person.email, text),
        organization: issues.clearable("/attendee/organization", person.organization, text),
        job_title: issues.clearable("/attendee/job_title", person.job_title, text),
        phone: issues.clearable("/attendee/phone", person.phone, text),
        country: issues.clearable("/attendee/country", person.country, text),
        locale: issues.change("/locale", fields.locale, |tag| Language::from_tag(&tag)),
        ticket_type: issues.clearable("/ticket_type", fields.ticket_type, id),
        sessions: issues.change("/sessions", fields.sessions, ids::<_, 50>),
        answers: issues.change("/answers", fields.answers, Ok),
        external_ref: issues.clearable("/external_ref", fields.external_ref, text),
        note: issues.clearable("/note", fields.note, text),
        tags: issues.changed_words::<Slug, 20>("/tags", fields.tags),
        via,
    };
    issues.finish()?;
    Ok(edit)
}

/// What attendees do not change themselves.
fn organizers_only<T>(pointer: &str, field: &mut Field<T>, issues: &mut Issues) {
    if !matches!(std::mem::take(field), Field::Missing) {
        issues.add(pointer, Fault::new("organizers_only", "only the organizers change this"));
    }
}
