//! A registration, as it goes over the wire.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::Caller;
use crate::api::reply::Reply;
use crate::checkins::{Attendance, attendance_of};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Held;
use crate::mail::Undeliverable;
use crate::registrations::{
    self, Answers, Consent, GivenConsent, Parts, Registration, RegistrationStatus, Source, Vias,
};
use crate::store::{Db, RegistrationId};
use crate::values::Language;

/// A registration.
#[derive(Serialize, ToSchema)]
#[schema(as = Registration)]
pub(crate) struct RegistrationObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    /// 8 characters without `0 O 1 I L`.
    code: String,
    #[schema(value_type = uuid::Uuid)]
    event_id: String,
    status: RegistrationStatus,
    attendee: AttendeeObject,
    /// The kind of admission, if the event has any.
    ticket_type: Option<TicketTypeName>,
    /// The sessions, those that come with the ticket type included.
    #[schema(value_type = Vec<uuid::Uuid>)]
    sessions: Vec<String>,
    /// The registration that leads the group: for the lead, its own.
    #[schema(value_type = Option<uuid::Uuid>)]
    group_id: Option<String>,
    locale: Language,
    /// From 1; null unless it waits.
    waitlist_position: Option<i64>,
    /// Until when a seat is held; null unless one is offered.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    offer_expires_at: Option<Timestamp>,
    /// Why it was rejected; for organizers also why it was moved by hand.
    reason: Option<String>,
    attendance: AttendanceObject,
    /// What was answered, by the keys of the event's questions.
    #[schema(value_type = Object)]
    answers: Answers,
    /// What they said last to each text to which they ever consented, by its key.
    consents: Vec<ConsentObject>,
    external_ref: Option<String>,
    source: Source,
    /// The slug of the host through which the attendee came.
    via: Option<String>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
    version: i64,
    /// What the organizers wrote down; theirs alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[allow(clippy::option_option, reason = "not told, or told that there is none")]
    note: Option<Option<String>>,
    /// The organizers' words for it; theirs alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    /// That letters do not arrive at the address, or null; for organizers alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[allow(clippy::option_option, reason = "not told, or told that there is none")]
    undeliverable: Option<Option<UndeliverableObject>>,
    /// Other registrations for somebody of the same name; for organizers who read this one alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    possible_duplicates: Option<Vec<String>>,
}

/// A kind of admission, by its name.
#[derive(Serialize, ToSchema)]
pub(crate) struct TicketTypeName {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    name: String,
}

/// The person.
#[derive(Serialize, ToSchema)]
#[schema(as = Attendee)]
pub(crate) struct AttendeeObject {
    first_name: String,
    last_name: Option<String>,
    email: String,
    organization: Option<String>,
    job_title: Option<String>,
    phone: Option<String>,
    /// Two letters.
    country: Option<String>,
}

/// Whether and when somebody was there.
#[derive(Serialize, ToSchema)]
#[schema(as = Attendance)]
pub(crate) struct AttendanceObject {
    /// Whether they attended, by the event's attendance rule: unless the organizers chose another one, at any list.
    attended: bool,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    first_entry_at: Option<Timestamp>,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    last_exit_at: Option<Timestamp>,
}

/// That letters do not arrive at an address.
#[derive(Serialize, ToSchema)]
#[schema(as = Undeliverable)]
pub(crate) struct UndeliverableObject {
    /// What the mail server said, in its own words.
    reply: String,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    since: Timestamp,
}

impl From<Undeliverable> for UndeliverableObject {
    fn from(undeliverable: Undeliverable) -> Self {
        Self { reply: undeliverable.reply, since: undeliverable.since }
    }
}

/// That somebody consented to an edition of a text.
#[derive(Serialize, ToSchema)]
#[schema(as = Consent)]
pub(crate) struct ConsentObject {
    key: String,
    /// Which edition of the text they read.
    edition: i64,
    /// In which language.
    language: Language,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    given_at: Timestamp,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    withdrawn_at: Option<Timestamp>,
}

impl From<GivenConsent> for ConsentObject {
    fn from(GivenConsent { consent, edition }: GivenConsent) -> Self {
        Self {
            key: consent.key,
            edition,
            language: consent.language,
            given_at: consent.given_at,
            withdrawn_at: consent.withdrawn_at,
        }
    }
}

/// Who looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Eyes {
    Attendee,
    Organizer,
}

impl RegistrationObject {
    /// One registration, as its attendee sees it.
    pub(crate) fn of(db: &mut Db, registration: Registration) -> Result<Self> {
        Self::of_any(db, registration, Eyes::Attendee)
    }

    /// One registration, as the caller sees it, who is its attendee or an organizer.
    pub(crate) fn shown(db: &mut Db, caller: &Caller, registration: Registration) -> Result<Self> {
        let eyes = if caller.is_attendee() || caller.is_anonymous() { Eyes::Attendee } else { Eyes::Organizer };
        Self::of_any(db, registration, eyes)
    }

    /// The answer to whoever has done something to a registration: as they see it.
    pub(crate) fn reply(db: &mut Db, caller: &Caller, registration: Registration) -> Result<Reply> {
        let object = Self::shown(db, caller, registration)?;
        Reply::object(&object, object.version())
    }

    /// One registration, as an organizer sees it, with those that may be the same person's.
    pub(crate) fn with_duplicates(
        db: &mut Db,
        registration: Registration,
        duplicates: &[RegistrationId],
    ) -> Result<Self> {
        let object = Self::of_any(db, registration, Eyes::Organizer)?;
        let duplicates = duplicates.iter().map(ToString::to_string).collect();
        Ok(Self { possible_duplicates: Some(duplicates), ..object })
    }

    /// One that has just come to an event that is held, and consents to nothing, as its attendee sees it: nobody has been
    /// let in, and they lead whoever came with them.
    pub(crate) fn of_newcomer(db: &mut Db, held: &Held, newcomer: Registration) -> Result<Self> {
        let position = registrations::position(db, &newcomer)?;
        let parts = Parts::of_newcomer(db, held, &newcomer)?;
        let mut vias = Vias::default();
        vias.learn(db, std::slice::from_ref(&newcomer))?;
        Ok(Self::new(newcomer, (position, Attendance::default()), (&vias, &parts), Eyes::Attendee))
    }

    fn of_any(db: &mut Db, registration: Registration, eyes: Eyes) -> Result<Self> {
        let attendance = attendance_of(db, registration.event_id, std::slice::from_ref(&registration), true)?
            .remove(&registration.id)
            .unwrap_or_default();
        let position = registrations::position(db, &registration)?;
        let hides_group = eyes == Eyes::Attendee && registrations::hides_group(db, &registration)?;
        let one = std::slice::from_ref(&registration);
        let parts = Parts::of(db, one)?;
        let mut vias = Vias::default();
        vias.learn(db, one)?;
        let mut consents = Consent::of_all(db, &[registration.id])?;
        let given = consents.remove(&registration.id).unwrap_or_default();
        let consents = given.into_values().map(Into::into).collect();
        let undeliverable = match eyes {
            Eyes::Attendee => None,
            Eyes::Organizer => {
                let row = Undeliverable::of_all(db, &[registration.id])?.remove(&registration.id);
                Some(row.map(Into::into))
            }
        };
        let object = Self::new(registration, (position, attendance), (&vias, &parts), eyes);
        Ok(Self { consents, undeliverable, group_id: object.group_id.filter(|_| !hides_group), ..object })
    }

    /// A page of one event's registrations, in the order of their ids, as organizers see them; with as many queries as
    /// for one.
    pub(crate) fn of_page(db: &mut Db, page: Vec<Registration>) -> Result<Vec<Self>> {
        let Some(first) = page.first() else { return Ok(Vec::new()) };
        let attendances = attendance_of(db, first.event_id, &page, false)?;
        let positions = if page.iter().any(|registration| registration.waitlist_rank.is_some()) {
            registrations::positions(db, first.event_id)?
        } else {
            HashMap::new()
        };
        let parts = Parts::of(db, &page)?;
        let mut vias = Vias::default();
        vias.learn(db, &page)?;
        let ids: Vec<RegistrationId> = page.iter().map(|registration| registration.id).collect();
        let mut consents = Consent::of_all(db, &ids)?;
        let mut undeliverable = Undeliverable::of_all(db, &ids)?;
        let object = |registration: Registration| {
            let given = consents.remove(&registration.id).unwrap_or_default();
            let attendance = attendances.get(&registration.id).copied().unwrap_or_default();
            let position = positions.get(&registration.id).copied();
            let consents = given.into_values().map(Into::into).collect();
            let undeliverable = Some(undeliverable.remove(&registration.id).map(Into::into));
            let seen = Self::new(registration, (position, attendance), (&vias, &parts), Eyes::Organizer);
            Self { consents, undeliverable, ..seen }
        };
        Ok(page.into_iter().map(object).collect())
    }

    fn new(
        registration: Registration,
        (waitlist_position, attendance): (Option<i64>, Attendance),
        (vias, parts): (&Vias, &Parts),
        eyes: Eyes,
    ) -> Self {
        let organizer = eyes == Eyes::Organizer;
        let ticket_type = parts.ticket_type(&registration);
        Self {
            via: vias.of(&registration).cloned(),
            ticket_type: ticket_type.map(|(id, name)| TicketTypeName { id: id.to_string(), name: name.to_owned() }),
            sessions: parts.sessions(&registration).iter().map(ToString::to_string).collect(),
            group_id: registration.group_id.map(|lead| lead.to_string()),
            offer_expires_at: registration.expires_at.filter(|_| registration.status == RegistrationStatus::Offered),
            reason: registration.reason.filter(|_| organizer || registration.status == RegistrationStatus::Rejected),
            note: organizer.then_some(registration.note),
            tags: organizer.then(|| registration.tags.map(|tags| tags.0).unwrap_or_default()),
            undeliverable: None,
            possible_duplicates: None,
            id: registration.id.to_string(),
            code: registration.code,
            event_id: registration.event_id.to_string(),
            status: registration.status,
            attendee: AttendeeObject {
                first_name: registration.first_name,
                last_name: registration.last_name,
                email: registration.email,
                organization: registration.organization,
                job_title: registration.job_title,
                phone: registration.phone,
                country: registration.country,
            },
            locale: registration.locale,
            waitlist_position,
            attendance: AttendanceObject {
                attended: attendance.attended,
                first_entry_at: attendance.first_entry_at,
                last_exit_at: attendance.last_exit_at,
            },
            answers: registration.answers.map(|answers| answers.0).unwrap_or_default(),
            consents: Vec::new(),
            external_ref: registration.external_ref,
            source: registration.source,
            created_at: registration.created_at,
            updated_at: registration.updated_at,
            version: registration.version,
        }
    }

    /// What `If-Match` speaks of.
    pub(crate) fn version(&self) -> i64 {
        self.version
    }

    /// Where it is read.
    pub(crate) fn address(&self) -> String {
        format!("/api/v1/registrations/{}", self.id)
    }
}
