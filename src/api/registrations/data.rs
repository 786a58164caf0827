//! `GET /api/v1/registrations/{id}/data`

use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::object::RegistrationObject;
use super::read::find_for;
use crate::access::Deed;
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::audit;
use crate::checkins::{CheckIn, CheckInResult, Direction, Reason};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::mail::{Message, MessageKind, MessageState};
use crate::registrations::{Answers, KeptConsent, Registration};
use crate::store::{Db, Paging};

/// All that is kept about a person with one registration.
#[derive(Serialize, ToSchema)]
pub(crate) struct RegistrationData {
    registration: RegistrationObject,
    #[schema(value_type = Object)]
    answers: Answers,
    consents: Vec<ConsentData>,
    messages: Vec<MessageData>,
    check_ins: Vec<CheckInData>,
    /// What was done to the registration, oldest first.
    audit: Vec<AuditData>,
}

/// What they agreed to.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentData {
    key: String,
    /// The version of the text.
    edition: i64,
    purpose: String,
    language: String,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    given_at: Timestamp,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    withdrawn_at: Option<Timestamp>,
}

/// A letter to them.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageData {
    kind: MessageKind,
    state: MessageState,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    sent_at: Option<Timestamp>,
}

/// A scan.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckInData {
    #[schema(value_type = uuid::Uuid)]
    list_id: String,
    direction: Direction,
    result: CheckInResult,
    reason: Option<Reason>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    occurred_at: Timestamp,
}

/// What somebody did to the registration.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditData {
    deed: String,
    /// The kind of who did it.
    actor: String,
    /// The fields that it changed.
    fields: Vec<String>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    at: Timestamp,
}

/// All that is kept about a person with their registration, as a file: for its attendee without, for organizers with
/// what the organizers noted.
#[utoipa::path(get, path = "/api/v1/registrations/{id}/data", tag = "Registrations",
    security(("bearer" = []), ("manage_token" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = RegistrationData), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn data(call: Call, id: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let (registration, _) = find_for(db, caller, Deed::ReadRegistrations, &id)?;
        let name = format!("attachment; filename=\"registration-{}.json\"", registration.code);
        let data = RegistrationData {
            answers: registration.answers.as_ref().map(|answers| answers.0.clone()).unwrap_or_default(),
            consents: consents(db, &registration)?,
            messages: messages(db, &registration)?,
            check_ins: check_ins(db, &registration)?,
            audit: trail(db, &registration)?,
            registration: RegistrationObject::shown(db, caller, registration)?,
        };
        Ok(Reply::json(&data)?.with("Content-Disposition", &name))
    })
    .await
}

fn consents(db: &mut Db, registration: &Registration) -> Result<Vec<ConsentData>> {
    let data = |consent: KeptConsent| ConsentData {
        key: consent.key,
        edition: consent.edition,
        purpose: consent.purpose,
        language: consent.language,
        given_at: consent.given_at,
        withdrawn_at: consent.withdrawn_at,
    };
    Ok(KeptConsent::of(db, registration.id)?.into_iter().map(data).collect())
}

/// Those that went to this address: whoever had the place before has had others.
fn messages(db: &mut Db, registration: &Registration) -> Result<Vec<MessageData>> {
    let data = |message: Message| MessageData {
        kind: message.kind,
        state: message.state,
        created_at: message.created_at,
        sent_at: message.sent_at,
    };
    Ok(Message::of_registration(db, registration.id, &registration.email)?.into_iter().map(data).collect())
}

fn check_ins(db: &mut Db, registration: &Registration) -> Result<Vec<CheckInData>> {
    let data = |row: CheckIn| CheckInData {
        list_id: row.list_id.to_string(),
        direction: row.direction,
        result: row.result,
        reason: row.reason,
        occurred_at: row.occurred_at,
    };
    Ok(CheckIn::of_registration(db, registration.event_id, registration.id)?.into_iter().map(data).collect())
}

fn trail(db: &mut Db, registration: &Registration) -> Result<Vec<AuditData>> {
    let about = audit::Filter { subject_id: Some(registration.id.uuid()), ..audit::Filter::default() };
    let mut paging = Paging { cursor: None, limit: Paging::MAX_LIMIT };
    let mut rows = Vec::new();
    loop {
        let page = about.of_event(db, registration.event_id, &paging)?;
        rows.extend(page.data.into_iter().map(|entry| AuditData {
            deed: entry.deed,
            actor: entry.actor,
            fields: entry.changes.map(|changes| changes.0.0).unwrap_or_default().into_iter().map(|c| c.field).collect(),
            at: entry.at,
        }));
        let Some(next) = page.next_cursor else { break };
        paging.cursor = Some(next.as_str().to_owned());
    }
    rows.reverse();
    Ok(rows)
}
