//! `POST /api/v1/events/{event}/registrations`

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde::Deserialize;
use utoipa::ToSchema;

use super::group::PlacedObject;
use crate::access::{Caller, Deed, may};
use crate::api::body::{Body, Field, Nested};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, id, ids, text};
use crate::api::many::Many;
use crate::api::rate_limit::client;
use crate::api::reply::Reply;
use crate::clock::Timestamp;
use crate::error::{Error, Result, both};
use crate::events::{Held, Host};
use crate::registrations::{Attendee, Party, PlacedParty, RegistrationRefusal, Source, Wish, place_party};
use crate::store::{Db, EventId, OrganizationId};
use crate::values::{Country, EmailAddress, Language, Line};

/// Who wants to come.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct NewRegistration {
    #[serde(default)]
    #[schema(value_type = AttendeeFields)]
    attendee: Nested<AttendeeFields>,
    /// Their language, such as `fr` or `fr-LU`; the event's first, if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    locale: Field<String>,
    /// Its name in another system; at most 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    external_ref: Field<String>,
    /// With which kind of admission; needed if the event has any.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    ticket_type: Field<String>,
    /// To which sessions, beyond those that come with the ticket type.
    #[serde(default)]
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    sessions: Field<Vec<String>>,
    /// A code of the organizer, for everybody who is registered here.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    access_code: Field<String>,
    /// Who comes along: at most 19, registered all or none.
    #[serde(default)]
    #[schema(value_type = Option<Vec<GuestFields>>)]
    guests: Many<GuestFields>,
}

/// Somebody who comes along.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct GuestFields {
    #[serde(default)]
    #[schema(value_type = AttendeeFields)]
    attendee: Nested<AttendeeFields>,
    /// Their language; that of who registers them, if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    locale: Field<String>,
    /// With which kind of admission; needed if the event has any.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    ticket_type: Field<String>,
    /// To which sessions, beyond those that come with the ticket type.
    #[serde(default)]
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    sessions: Field<Vec<String>>,
}

/// The person who wants to come.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct AttendeeFields {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = String)]
    first_name: Field<String>,
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    last_name: Field<String>,
    #[serde(default)]
    #[schema(value_type = String)]
    email: Field<String>,
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    organization: Field<String>,
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    job_title: Field<String>,
    /// 1 to 50 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    phone: Field<String>,
    /// Two letters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    country: Field<String>,
}

/// Register somebody, alone or with up to 19 guests. Confirmed if there is a seat, `waitlisted` if the event has a waiting
/// list, 409 `sold_out` otherwise. A group is registered all or none, and waits together. Tickets leave by mail, one letter
/// to each address.
#[utoipa::path(post, path = "/api/v1/events/{event}/registrations", tag = "Registrations",
    request_body = NewRegistration, security((), ("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("via" = Option<String>, Query, description = "Slug of the host through which they come"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 201, body = PlacedObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn register(
    call: Call,
    request: HttpRequest,
    event: Path<String>,
    body: Body<NewRegistration>,
) -> Answer {
    let address = client(&request, &call.api.trusted_proxies);
    let allowance = call.api.registration_rate.as_ref().map(|rate| rate.count(&address)).transpose()?;
    let mut query = call.query();
    let via = query.text("via", 200);
    let party = both(read(body.json, body.issues), query.finish()).map(|(party, ())| party);
    let (key, context) = (call.api.key_of_event(&event).await, call.context.clone());
    let told = context.clone();
    let work = move |db: &mut Db, caller: &Caller, now: Timestamp| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::SeeEvent, &held.event)?;
        let (party, via) = both(party, via.map(|slug| host(db, held.event.id, &slug)).transpose())?;
        match place_party(db, &caller.actor(), &held, party.through(via), now)? {
            PlacedParty::New(lead, guests) => PlacedObject::of(db, lead, guests).map(Some),
            // An answer, not an error: the letter that is sent again stays in the outbox.
            PlacedParty::Before(_) => Ok(None),
        }
    };
    let tell = move |new: Option<PlacedObject>| match new {
        Some(object) => {
            let lead = &object.registration;
            Ok(Reply::object(&object, lead.version())?.created(&lead.address()))
        }
        None => Ok(Reply::problem(&Error::from(RegistrationRefusal::AlreadyRegistered).into(), &context)),
    };
    match (call.write_and_tell(key, &body.bytes, work, tell).await, allowance) {
        // Refusals count as well: whoever is refused learns what is left.
        (answer, Some(allowance)) => {
            Ok(allowance.tell(answer.unwrap_or_else(|problem| Reply::problem(&problem, &told))))
        }
        (answer, None) => answer,
    }
}

/// The host with this slug.
fn host(db: &mut Db, event: EventId, slug: &str) -> Result<OrganizationId> {
    Host::accepted(db, event, slug)?
        .ok_or_else(|| Error::invalid("via", "not_a_host", "no organization of this name hosts the event"))
}

fn read(wish: NewRegistration, mut issues: Issues) -> Result<Party> {
    let attendee = person(wish.attendee, "", &mut issues);
    let locale = issues.optional("/locale", wish.locale, |tag| Language::from_tag(&tag));
    let external_ref = issues.optional("/external_ref", wish.external_ref, text::<Line<200>>);
    let ticket_type = issues.optional("/ticket_type", wish.ticket_type, id);
    let sessions = issues.optional("/sessions", wish.sessions, ids::<_, 50>).unwrap_or_default();
    let access_code = issues.optional("/access_code", wish.access_code, text::<Line<50>>);
    let mut guests = Vec::new();
    for (index, fields) in wish.guests.take("/guests", 19, &mut issues).into_iter().enumerate() {
        guests.extend(guest(fields, &format!("/guests/{index}"), locale, &mut issues));
    }
    let attendee = issues.finish_with(attendee, "/attendee", "this is required")?;
    let lead = Wish { attendee, locale, external_ref, source: Source::Api, ticket_type, sessions, via: None };
    Ok(Party { lead, guests, access_code })
}

/// Somebody who comes along with who has this language; what is wrong is told at its place.
fn guest(fields: GuestFields, at: &str, lead: Option<Language>, issues: &mut Issues) -> Option<Wish> {
    let attendee = person(fields.attendee, at, issues);
    let locale = issues.optional(&format!("{at}/locale"), fields.locale, |tag| Language::from_tag(&tag)).or(lead);
    let ticket_type = issues.optional(&format!("{at}/ticket_type"), fields.ticket_type, id);
    let sessions = issues.optional(&format!("{at}/sessions"), fields.sessions, ids::<_, 50>).unwrap_or_default();
    let (external_ref, source, via) = (None, Source::Api, None);
    Some(Wish { attendee: attendee?, locale, external_ref, source, ticket_type, sessions, via })
}

/// The person, if there is nothing wrong with what is said of them.
fn person(fields: Nested<AttendeeFields>, at: &str, issues: &mut Issues) -> Option<Attendee> {
    let at = |field: &str| format!("{at}/attendee{field}");
    let person = fields.take(&at(""), issues).unwrap_or_default();
    let first_name = issues.required(&at("/first_name"), person.first_name, text::<Line<100>>);
    let last_name = issues.optional(&at("/last_name"), person.last_name, text::<Line<100>>);
    let email = issues.required(&at("/email"), person.email, text::<EmailAddress>);
    let organization = issues.optional(&at("/organization"), person.organization, text::<Line<200>>);
    let job_title = issues.optional(&at("/job_title"), person.job_title, text::<Line<200>>);
    let phone = issues.optional(&at("/phone"), person.phone, text::<Line<50>>);
    let country = issues.optional(&at("/country"), person.country, text::<Country>);
    let (first_name, email) = first_name.zip(email)?;
    Some(Attendee { first_name, last_name, email, organization, job_title, phone, country })
}
