//! `POST /api/v1/events/{event}/registrations`

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::group::PlacedObject;
use super::hand::hand;
use super::object::RegistrationObject;
use crate::access::{Caller, Deed, Identity, may, registers_by_hand};
use crate::api::body::{Body, Field, Nested};
use crate::api::call::{Answer, Call};
use crate::api::issues::{At, Issues, at_most, id, ids, text};
use crate::api::many::Many;
use crate::api::rate_limit::client;
use crate::api::reply::Reply;
use crate::clock::Timestamp;
use crate::error::{Error, Result, both};
use crate::events::{Held, Host};
use crate::registrations::{
    Answers, Attendee, ByHand, Hand, Party, Placed, PlacedParty, RegistrationRefusal, Source, Wish, place_party,
};
use crate::store::{Db, EventId, OrganizationId};
use crate::values::{Country, EmailAddress, Language, Line, Name, Prose, Slug};

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
    /// What is answered, by the keys of the event's questions.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    answers: Field<Answers>,
    /// The keys of the texts to which they consent. What is not named is not consented to.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    consents: Field<Vec<String>>,
    /// What the organizers write down about it: theirs alone, and not about the guests. At most 2000 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    note: Field<String>,
    /// The organizers' words for it, at most 20: theirs alone, and not for the guests.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    tags: Field<Vec<String>>,
    /// A code of the organizer, for everybody who is registered here.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    access_code: Field<String>,
    /// Who comes along: at most 19, registered all or none.
    #[serde(default)]
    #[schema(value_type = Option<Vec<GuestFields>>)]
    guests: Many<GuestFields>,
}

/// Somebody who comes along, or by.
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
    /// What is answered, by the keys of the event's questions.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    answers: Field<Answers>,
    /// The keys of the texts to which they consent. What is not named is not consented to.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    consents: Field<Vec<String>>,
}

/// The person who wants to come.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct AttendeeFields {
    /// 1 to 100 characters, without a link.
    #[serde(default)]
    #[schema(value_type = String)]
    pub(super) first_name: Field<String>,
    /// 1 to 100 characters, without a link.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(super) last_name: Field<String>,
    #[serde(default)]
    #[schema(value_type = String)]
    pub(super) email: Field<String>,
    /// 1 to 200 characters, without a link.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(super) organization: Field<String>,
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(super) job_title: Field<String>,
    /// 1 to 50 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(super) phone: Field<String>,
    /// Two letters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(super) country: Field<String>,
}

impl AttendeeFields {
    /// A whole person; nobody if something that must be there is missing, which is an issue.
    pub(super) fn read(self, pointer: &str, issues: &mut Issues) -> Option<Attendee> {
        let at = |name| At(pointer, name);
        let first_name = issues.required(at("first_name"), self.first_name, text::<Name<100>>);
        let last_name = issues.optional(at("last_name"), self.last_name, text::<Name<100>>);
        let email = issues.required(at("email"), self.email, text::<EmailAddress>);
        let organization = issues.optional(at("organization"), self.organization, text::<Name<200>>);
        let job_title = issues.optional(at("job_title"), self.job_title, text::<Line<200>>);
        let phone = issues.optional(at("phone"), self.phone, text::<Line<50>>);
        let country = issues.optional(at("country"), self.country, text::<Country>);
        let (first_name, email) = first_name.zip(email)?;
        Some(Attendee { first_name, last_name, email, organization, job_title, phone, country })
    }
}

/// What is said of a registration.
enum Told {
    New(Box<PlacedObject>),
    Before,
    /// The same for every address.
    Nothing,
}

/// What everybody is told who registers for an event that verifies addresses, whatever is known of theirs.
#[derive(Serialize, ToSchema)]
pub(crate) struct LetterSent {
    /// Always `letter_sent`.
    result: &'static str,
    /// The same for a person.
    detail: &'static str,
}

const LETTER_SENT: LetterSent = LetterSent {
    result: "letter_sent",
    detail: "A letter is on its way to this address. Follow its link to confirm the registration: no seat is held before.",
};

/// Register somebody, alone or with up to 19 guests. Confirmed if there is a seat, `waitlisted` if the event has a waiting
/// list, 409 `sold_out` otherwise. A group is registered all or none, and waits together. Tickets leave by mail, one letter
/// to each address. If the event verifies addresses, whoever is no organizer of it gets 202 and the
/// same answer for every address; the letter to that address leads on.
#[utoipa::path(post, path = "/api/v1/events/{event}/registrations", tag = "Registrations",
    request_body = NewRegistration, security((), ("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("via" = Option<String>, Query, description = "Slug of the host through which they come"),
        ("force" = Option<bool>, Query, description = "Organizers: over the capacity, and outside the time of registration"),
        ("silent" = Option<bool>, Query, description = "Organizers: without a letter"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 201, body = PlacedObject), (status = 202, body = LetterSent),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn register(
    call: Call,
    request: HttpRequest,
    event: Path<String>,
    body: Body<NewRegistration>,
) -> Answer {
    let address = client(&request, &call.api.trusted_proxies);
    let allowance = call.api.registration_rate.as_ref().map(|rate| rate.count(&address)).transpose()?;
    let mut query = call.query();
    let (via, hand) = (query.text("via", 200), hand(&mut query));
    let party = read(body.json, hand, body.issues);
    let asked = query.finish();
    let (key, context) = (call.api.key_of_event(&event).await, call.context.clone());
    let told = context.clone();
    let work = move |db: &mut Db, caller: &Caller, now: Timestamp| {
        let held = Held::by_remembered_name(db, &event, key.into())?;
        may(db, caller, Deed::SeeEvent, &held.event)?;
        let (mut party, needs_hand) = party?;
        let via = via.map(|slug| host(db, held.event.id, &slug)).transpose();
        let via = match both(asked, via) {
            Ok(((), via)) => via,
            Err(Error::Invalid(issues)) => {
                party.unread.extend(issues);
                None
            }
            Err(other) => return Err(other),
        };
        let by_hand = registers_by_hand(db, caller, &held.event)?;
        if needs_hand && !by_hand {
            return Err(Error::Forbidden);
        }
        let source = if matches!(caller.identity, Identity::Member(_)) { Source::Web } else { Source::Api };
        let told = Placed::may_be_told(&held.event, by_hand);
        let brought_consents = !party.lead.consents.is_empty();
        party.lead.by_hand = party.lead.by_hand.filter(|_| by_hand);
        for wish in party.wishes_mut() {
            (wish.via, wish.source, wish.vouched) = (via, source, by_hand);
        }
        match place_party(db, &caller.actor(), &held, party, now)? {
            _ if !told => Ok(Told::Nothing),
            PlacedParty::New(lead, guests) => {
                let lead = if by_hand {
                    RegistrationObject::shown(db, caller, lead)?
                } else if !brought_consents {
                    RegistrationObject::of_newcomer(db, &held, lead)?
                } else {
                    RegistrationObject::of(db, lead)?
                };
                PlacedObject::of(db, lead, guests).map(Box::new).map(Told::New)
            }
            PlacedParty::Unverified(..) => Ok(Told::Nothing),
            // An answer, not an error: the letter that is sent again stays in the outbox.
            PlacedParty::Before(_) => Ok(Told::Before),
        }
    };
    let tell = move |told: Told| match told {
        Told::New(object) => {
            let lead = &object.registration;
            Ok(Reply::object(&object, lead.version())?.created(&lead.address()))
        }
        Told::Before => Ok(Reply::problem(&Error::from(RegistrationRefusal::AlreadyRegistered).into(), &context)),
        Told::Nothing => Ok(Reply { status: 202, ..Reply::json(&LETTER_SENT)? }),
    };
    match (call.until_sure().write_and_tell(key, &body.bytes, work, tell).await, allowance) {
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

/// What is wished, with what of it could not be read, and whether only organizers can wish it.
fn read(wish: NewRegistration, hand: Hand, mut issues: Issues) -> Result<(Party, bool)> {
    let attendee = wish.attendee.take("/attendee", &mut issues).unwrap_or_default().read("/attendee", &mut issues);
    let locale = issues.optional("/locale", wish.locale, |tag| Language::from_tag(&tag));
    let external_ref = issues.optional("/external_ref", wish.external_ref, text::<Line<200>>);
    let ticket_type = issues.optional("/ticket_type", wish.ticket_type, id);
    let sessions = issues.optional("/sessions", wish.sessions, ids::<_, 50>).unwrap_or_default();
    let answers = issues.optional("/answers", wish.answers, Ok).unwrap_or_default();
    let consents = issues.optional("/consents", wish.consents, at_most::<_, 50>).unwrap_or_default();
    let note = issues.optional("/note", wish.note, text::<Prose<2000>>);
    let tags = issues.words::<Slug, 20>("/tags", wish.tags);
    let access_code = issues.optional("/access_code", wish.access_code, text::<Line<50>>);
    let mut guests = Vec::new();
    for (index, fields) in wish.guests.take("/guests", 19, &mut issues).into_iter().enumerate() {
        guests.extend(fields.read(&format!("/guests/{index}"), locale, &mut issues));
    }
    let attendee = attendee.or_else(nobody);
    let (attendee, unread) = issues.finish_later(attendee, "/attendee", "this is required")?;
    let needed = hand.force || hand.silent || note.is_some() || tags.is_some();
    let lead = Wish {
        attendee,
        locale,
        external_ref,
        source: Source::Api,
        ticket_type,
        sessions,
        via: None,
        answers,
        consents,
        vouched: false,
        by_hand: Some(ByHand { hand, note, tags: tags.unwrap_or_default() }),
    };
    Ok((Party { lead, guests, access_code, unread }, needed))
}

/// Stands for somebody who could not be read while all else of what they want is looked at.
fn nobody() -> Option<Attendee> {
    Some(Attendee {
        first_name: "Nobody".parse().ok()?,
        last_name: None,
        email: "nobody@turnout.invalid".parse().ok()?,
        organization: None,
        job_title: None,
        phone: None,
        country: None,
    })
}

impl GuestFields {
    /// Somebody who comes along with who has this language. What must be there and is not is an issue.
    pub(in crate::api) fn read(self, at: &str, lead: Option<Language>, issues: &mut Issues) -> Option<Wish> {
        let of = |field| At(at, field);
        let person = of("attendee").to_string();
        let attendee = self.attendee.take(&person, issues).unwrap_or_default().read(&person, issues);
        let locale = issues.optional(of("locale"), self.locale, |tag| Language::from_tag(&tag)).or(lead);
        let ticket_type = issues.optional(of("ticket_type"), self.ticket_type, id);
        let sessions = issues.optional(of("sessions"), self.sessions, ids::<_, 50>).unwrap_or_default();
        let answers = issues.optional(of("answers"), self.answers, Ok).unwrap_or_default();
        let consents = issues.optional(of("consents"), self.consents, at_most::<_, 50>).unwrap_or_default();
        Some(Wish {
            attendee: attendee.or_else(nobody)?,
            locale,
            external_ref: None,
            source: Source::Api,
            ticket_type,
            sessions,
            via: None,
            answers,
            consents,
            vouched: false,
            by_hand: None,
        })
    }
}
