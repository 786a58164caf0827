//! Verdicts, numbers and log rows, as they go over the wire.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::events::QuestionObject;
use crate::checkins::{
    AnswerError, CheckIn, CheckInResult, CheckInSource, Direction, Reason, Shown, Status, Verdict, VerdictResult,
    sentence,
};
use crate::clock::Timestamp;
use crate::registrations::Registration;
use crate::values::Language;

/// Numbers of a list, a zone or an event. Each counts something else.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckInStatus)]
pub(crate) struct StatusObject {
    /// Registrations that hold a seat and are let in at this list (at one of the lists of this zone; at this event).
    expected: i64,
    /// People who came in at this list (at one of the lists of this zone) at least once; for an event, people who attended
    /// by its attendance rule.
    attended: i64,
    /// People who came in at this list (through one of the doors of this zone; anywhere at this event) and have neither gone
    /// out, nor entered another zone, nor stayed until its automatic exit.
    inside: i64,
    /// Entries that were let through and not taken back, second reads by the same device within five seconds aside.
    entries: i64,
    /// Exits that were let through and not taken back, second reads by the same device within five seconds aside.
    exits: i64,
    /// Scans that were turned away.
    denied: i64,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    as_of: Timestamp,
}

impl StatusObject {
    /// The numbers at a moment.
    pub(crate) fn new(status: Status, as_of: Timestamp) -> Self {
        Self {
            expected: status.expected,
            attended: status.attended,
            inside: status.inside,
            entries: status.entries,
            exits: status.exits,
            denied: status.denied,
            as_of,
        }
    }
}

/// What the door says.
#[derive(Serialize, ToSchema)]
#[schema(as = Verdict)]
pub(crate) struct VerdictObject {
    result: VerdictResult,
    /// Why not, or what to mind: `room_full` beside `accepted`, and what speaks against an `accepted_conflict`.
    reason: Option<Reason>,
    /// The same for whoever stands there, in the language of `Accept-Language`.
    text: &'static str,
    direction: Direction,
    /// Whether the same nonce came before, or the same device has just read the same ticket: no alarm.
    repeat: bool,
    /// The row of the log; null if something has to be asked first. For a second read, the first one's.
    #[schema(value_type = Option<uuid::Uuid>)]
    check_in_id: Option<String>,
    /// Whose ticket it is, if it is one for this event.
    registration: Option<PersonAtTheDoor>,
    /// What has to be asked, beside `needs_input`.
    questions: Vec<QuestionObject>,
    /// Which of the answers that came with a check-in of a batch were not kept.
    answer_errors: Vec<AnswerErrorObject>,
    /// When this person first came in here.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    first_entry_at: Option<Timestamp>,
    status: StatusObject,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    server_time: Timestamp,
}

/// An answer that was not kept.
#[derive(Serialize, ToSchema)]
#[schema(as = AnswerError)]
pub(crate) struct AnswerErrorObject {
    /// `/answers/<key>`; `/answers` for all of them.
    pointer: String,
    /// As where answers are given with a registration; `not_kept` where nobody was let in, or with a ticket that was
    /// replaced.
    code: String,
    detail: String,
}

impl From<AnswerError> for AnswerErrorObject {
    fn from(error: AnswerError) -> Self {
        Self { pointer: error.pointer, code: error.code, detail: error.detail }
    }
}

/// Somebody, as door staff may see them: never an address.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonAtTheDoor {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    code: String,
    name: String,
    /// If the list shows it.
    ticket_type: Option<String>,
    /// If the list shows it.
    note: Option<String>,
    /// What else the list shows.
    #[schema(value_type = Object)]
    fields: BTreeMap<String, Value>,
}

impl PersonAtTheDoor {
    /// Somebody, with what a list shows.
    pub(crate) fn new(registration: Registration, shown: Shown) -> Self {
        Self {
            name: registration.name(),
            id: registration.id.to_string(),
            code: registration.code,
            ticket_type: shown.ticket_type,
            note: shown.note,
            fields: shown.fields,
        }
    }

    /// Somebody, by their name alone.
    pub(crate) fn named(registration: Registration) -> Self {
        Self::new(registration, Shown::default())
    }
}

impl VerdictObject {
    /// A verdict at a moment, in a language.
    pub(crate) fn new(verdict: Verdict, language: Language, now: Timestamp) -> Self {
        let shown = verdict.shown;
        Self {
            result: verdict.result,
            reason: verdict.reason,
            text: sentence(verdict.result, verdict.reason, verdict.direction, language),
            direction: verdict.direction,
            repeat: verdict.repeat,
            answer_errors: verdict.answer_errors.into_iter().map(Into::into).collect(),
            check_in_id: verdict.check_in.map(|row| row.id.to_string()),
            registration: verdict.registration.map(|registration| PersonAtTheDoor::new(registration, shown)),
            questions: verdict.questions.into_iter().map(Into::into).collect(),
            first_entry_at: verdict.first_entry_at,
            status: StatusObject::new(verdict.status, now),
            server_time: now,
        }
    }
}

/// A row of a list's log.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckIn)]
pub(crate) struct CheckInObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    #[schema(value_type = uuid::Uuid)]
    list_id: String,
    #[schema(value_type = Option<uuid::Uuid>)]
    registration_id: Option<String>,
    direction: Direction,
    /// What was answered when we heard of it.
    result: CheckInResult,
    reason: Option<Reason>,
    /// What speaks against it by all that we know now; null: nothing.
    conflict: Option<Reason>,
    source: CheckInSource,
    /// Who scanned.
    device: String,
    nonce: Option<String>,
    /// Which of the answers that came with it were not kept.
    answer_errors: Vec<AnswerErrorObject>,
    /// The row that this one takes back.
    #[schema(value_type = Option<uuid::Uuid>)]
    annuls: Option<String>,
    /// Why it is taken back.
    annul_reason: Option<String>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    occurred_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    recorded_at: Timestamp,
}

impl CheckInObject {
    /// A row, and what speaks against it now.
    pub(crate) fn new(row: CheckIn, conflict: Option<Reason>) -> Self {
        Self {
            id: row.id.to_string(),
            list_id: row.list_id.to_string(),
            registration_id: row.registration_id.map(|id| id.to_string()),
            direction: row.direction,
            result: row.result,
            reason: row.reason,
            conflict,
            source: row.source,
            device: row.device,
            nonce: row.nonce,
            answer_errors: row.answer_errors.into_iter().flat_map(|errors| errors.0).map(Into::into).collect(),
            annuls: row.annuls_id.map(|id| id.to_string()),
            annul_reason: row.annul_reason,
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
        }
    }
}
