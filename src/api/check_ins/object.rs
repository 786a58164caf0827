//! Lists, verdicts and log rows, as they go over the wire.

use serde::Serialize;
use utoipa::ToSchema;

use crate::checkins::{CheckIn, CheckInResult, Direction, Reason, Status, Verdict};
use crate::clock::Timestamp;
use crate::registrations::Registration;

/// The numbers of a list. Each counts something else.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckInStatus)]
pub(crate) struct StatusObject {
    /// Confirmed registrations that the list covers.
    expected: i64,
    /// People who came in at least once.
    attended: i64,
    /// People who are inside now.
    inside: i64,
    /// Accepted entries.
    entries: i64,
    /// Accepted exits.
    exits: i64,
    /// Scans that were turned away.
    denied: i64,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    as_of: Timestamp,
}

impl StatusObject {
    /// The numbers at a moment.
    pub(crate) fn new(status: Status, as_of: Timestamp) -> Self {
        let tally = status.tally;
        Self {
            expected: status.expected,
            attended: tally.attended,
            inside: tally.inside,
            entries: tally.entries,
            exits: tally.exits,
            denied: tally.denied,
            as_of,
        }
    }
}

/// What the door says.
#[derive(Serialize, ToSchema)]
#[schema(as = Verdict)]
pub(crate) struct VerdictObject {
    /// `accepted` or `denied`.
    result: CheckInResult,
    /// Why not, if denied.
    reason: Option<Reason>,
    /// Whether the same nonce came before: this is its verdict again.
    repeat: bool,
    #[schema(value_type = uuid::Uuid)]
    check_in_id: String,
    /// Whose ticket it is, if it is one for this event.
    registration: Option<PersonAtTheDoor>,
    /// When this person first came in.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    first_entry_at: Option<Timestamp>,
    status: StatusObject,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    server_time: Timestamp,
}

/// Somebody, as door staff may see them: never an address.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonAtTheDoor {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    code: String,
    name: String,
}

impl From<Registration> for PersonAtTheDoor {
    fn from(registration: Registration) -> Self {
        Self { name: registration.name(), id: registration.id.to_string(), code: registration.code }
    }
}

impl VerdictObject {
    /// A verdict at a moment.
    pub(crate) fn new(verdict: Verdict, now: Timestamp) -> Self {
        Self {
            result: verdict.check_in.result,
            reason: verdict.check_in.reason,
            repeat: verdict.repeat,
            check_in_id: verdict.check_in.id.to_string(),
            registration: verdict.registration.map(Into::into),
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
    result: CheckInResult,
    reason: Option<Reason>,
    /// Who scanned.
    device: String,
    nonce: Option<String>,
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

impl From<CheckIn> for CheckInObject {
    fn from(row: CheckIn) -> Self {
        Self {
            id: row.id.to_string(),
            list_id: row.list_id.to_string(),
            registration_id: row.registration_id.map(|id| id.to_string()),
            direction: row.direction,
            result: row.result,
            reason: row.reason,
            device: row.device,
            nonce: row.nonce,
            annuls: row.annuls_id.map(|id| id.to_string()),
            annul_reason: row.annul_reason,
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
        }
    }
}
