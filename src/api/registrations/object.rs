//! A registration, as it goes over the wire.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::checkins::{Attendance, attendance_between};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::registrations::{self, Answers, Consent, GivenConsent, Registration, RegistrationStatus, Source, Vias};
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
    locale: Language,
    /// From 1; null unless it waits.
    waitlist_position: Option<i64>,
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
    /// Whether they were let in at any list.
    attended: bool,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    first_entry_at: Option<Timestamp>,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    last_exit_at: Option<Timestamp>,
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

impl RegistrationObject {
    /// One registration.
    pub(crate) fn of(db: &mut Db, registration: Registration) -> Result<Self> {
        let ids = (registration.id, registration.id);
        let attendance = attendance_between(db, registration.event_id, ids)?.remove(&registration.id);
        Self::of_one(db, registration, attendance.unwrap_or_default(), true)
    }

    /// One that has just come in: nobody can have checked it in yet. There is nothing to look for if it brought no
    /// consents.
    pub(crate) fn of_new(db: &mut Db, registration: Registration, brought_consents: bool) -> Result<Self> {
        Self::of_one(db, registration, Attendance::default(), brought_consents)
    }

    fn of_one(db: &mut Db, registration: Registration, attendance: Attendance, may_consent: bool) -> Result<Self> {
        let position = registrations::position(db, &registration)?;
        let mut vias = Vias::default();
        vias.learn(db, std::slice::from_ref(&registration))?;
        let mut consents = if may_consent { Consent::of_all(db, &[registration.id])? } else { HashMap::default() };
        let given = consents.remove(&registration.id).unwrap_or_default();
        let consents = given.into_values().map(Into::into).collect();
        Ok(Self { consents, ..Self::new(registration, position, attendance, &vias) })
    }

    /// A page of one event's registrations, in the order of their ids, with as many queries as for one.
    pub(crate) fn of_page(db: &mut Db, page: Vec<Registration>) -> Result<Vec<Self>> {
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(Vec::new()) };
        let attendances = attendance_between(db, first.event_id, (first.id, last.id))?;
        let positions = if page.iter().any(|registration| registration.waitlist_rank.is_some()) {
            registrations::positions(db, first.event_id)?
        } else {
            HashMap::new()
        };
        let mut vias = Vias::default();
        vias.learn(db, &page)?;
        let ids: Vec<RegistrationId> = page.iter().map(|registration| registration.id).collect();
        let mut consents = Consent::of_all(db, &ids)?;
        let object = |registration: Registration| {
            let given = consents.remove(&registration.id).unwrap_or_default();
            let attendance = attendances.get(&registration.id).copied().unwrap_or_default();
            let position = positions.get(&registration.id).copied();
            let consents = given.into_values().map(Into::into).collect();
            Self { consents, ..Self::new(registration, position, attendance, &vias) }
        };
        Ok(page.into_iter().map(object).collect())
    }

    fn new(registration: Registration, waitlist_position: Option<i64>, attendance: Attendance, vias: &Vias) -> Self {
        Self {
            via: vias.of(&registration).cloned(),
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
