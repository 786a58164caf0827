//! Check-in lists, as they go over the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::body::Field;
use crate::api::issues::{Issues, ids, text};
use crate::checkins::{Admits, CheckInList, Directions, ListDraft, PersonField, RosterNames, ShownField, WhenFull};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Capacity;
use crate::values::Key;

/// A list at which people are checked in.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckInList)]
pub(crate) struct ListObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    #[schema(value_type = uuid::Uuid)]
    event_id: String,
    name: String,
    /// The room to which it is a door: whoever enters another zone has left this one. Lists of one zone are doors of one
    /// room.
    zone: Option<String>,
    /// Who is let in, by the kind of admission; empty: everybody.
    #[schema(value_type = Vec<uuid::Uuid>)]
    ticket_types: Vec<String>,
    /// Who is let in, by the sessions that they chose, one of these at least; empty: everybody.
    #[schema(value_type = Vec<uuid::Uuid>)]
    sessions: Vec<String>,
    /// From when on people are let in; null: at any time.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    opens_at: Option<Timestamp>,
    /// Until when, itself excluded; null: at any time.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    closes_at: Option<Timestamp>,
    admits: Admits,
    directions: Directions,
    /// How many the room holds; null: no limit.
    capacity: Option<i64>,
    when_full: WhenFull,
    /// When everybody who is inside counts as gone; null: never.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    automatic_exit_at: Option<Timestamp>,
    /// What door staff are shown beside a name: `ticket_type`, `note`, `organization`, `job_title`, `country`, `locale`,
    /// `sessions`, `tags` and `answer.<key of a question>`.
    fields: Vec<String>,
    /// The questions, by their keys, that staff ask whoever comes in and has not answered them.
    questions: Vec<String>,
    /// How much of a name a device takes along when it works offline.
    roster_names: RosterNames,
    version: i64,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
}

impl From<CheckInList> for ListObject {
    fn from(list: CheckInList) -> Self {
        Self {
            id: list.id.to_string(),
            event_id: list.event_id.to_string(),
            name: list.name,
            zone: list.zone,
            ticket_types: list.ticket_types.0.iter().map(ToString::to_string).collect(),
            sessions: list.sessions.0.iter().map(ToString::to_string).collect(),
            opens_at: list.opens_at,
            closes_at: list.closes_at,
            admits: list.admits,
            directions: list.directions,
            capacity: list.capacity,
            when_full: list.when_full,
            automatic_exit_at: list.automatic_exit_at,
            fields: list.fields.0,
            questions: list.questions.0,
            roster_names: list.roster_names,
            version: list.version,
            created_at: list.created_at,
            updated_at: list.updated_at,
        }
    }
}

/// What a request says of a list.
#[derive(Deserialize, ToSchema, Default)]
#[schema(as = CheckInListFields)]
pub(crate) struct ListFields {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Field<String>,
    /// 1 to 100 characters. Stays as it is once somebody was scanned.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    zone: Field<String>,
    /// At most 100.
    #[serde(default)]
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    ticket_types: Field<Vec<String>>,
    /// At most 100.
    #[serde(default)]
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    sessions: Field<Vec<String>>,
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    opens_at: Field<String>,
    /// After `opens_at`.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    closes_at: Field<String>,
    /// `reentry` if not given. Stays as it is once somebody was scanned.
    #[serde(default)]
    #[schema(value_type = Option<Admits>)]
    admits: Field<String>,
    /// `both` if not given.
    #[serde(default)]
    #[schema(value_type = Option<Directions>)]
    directions: Field<String>,
    /// 0 to 1,000,000.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    capacity: Field<i64>,
    /// `warn` if not given.
    #[serde(default)]
    #[schema(value_type = Option<WhenFull>)]
    when_full: Field<String>,
    /// After `opens_at`. Once it has passed, and once somebody was scanned, it stays.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    automatic_exit_at: Field<String>,
    /// At most 20; `ticket_type` and `note` if not given.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    fields: Field<Vec<String>>,
    /// At most 20.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    questions: Field<Vec<String>>,
    /// `full` if not given.
    #[serde(default)]
    #[schema(value_type = Option<RosterNames>)]
    roster_names: Field<String>,
}

impl ListFields {
    /// A list as the request wants it; over one that is there, what is not given stays.
    pub(super) fn read(self, mut issues: Issues, before: Option<&CheckInList>) -> Result<ListDraft> {
        let before = before.map(ListDraft::of).transpose().map_err(Error::internal)?;
        let old = before.as_ref();
        let name = match old {
            None => issues.required("/name", self.name, text),
            Some(old) => issues.change("/name", self.name, text).or_else(|| Some(old.name.clone())),
        };
        let zone = issues.clearable("/zone", self.zone, text);
        let ticket_types = issues.change("/ticket_types", self.ticket_types, ids::<_, 100>);
        let sessions = issues.change("/sessions", self.sessions, ids::<_, 100>);
        let opens_at = issues.clearable("/opens_at", self.opens_at, text::<Timestamp>);
        let closes_at = issues.clearable("/closes_at", self.closes_at, text::<Timestamp>);
        let admits = issues.change("/admits", self.admits, text::<Admits>);
        let directions = issues.change("/directions", self.directions, text::<Directions>);
        let capacity = issues.clearable("/capacity", self.capacity, Capacity::try_from);
        let when_full = issues.change("/when_full", self.when_full, text::<WhenFull>);
        let automatic_exit_at = issues.clearable("/automatic_exit_at", self.automatic_exit_at, text::<Timestamp>);
        let fields = issues.changed_words::<ShownField, 20>("/fields", self.fields);
        let questions = issues.changed_words::<Key, 20>("/questions", self.questions);
        let roster_names = issues.change("/roster_names", self.roster_names, text::<RosterNames>);
        let name = issues.finish_with(name, "/name", "this is required")?;
        let usual = || [PersonField::TicketType, PersonField::Note].map(ShownField::Person).to_vec();
        Ok(ListDraft {
            name,
            zone: zone.unwrap_or_else(|| old?.zone.clone()),
            ticket_types: ticket_types.or_else(|| Some(old?.ticket_types.clone())).unwrap_or_default(),
            sessions: sessions.or_else(|| Some(old?.sessions.clone())).unwrap_or_default(),
            opens_at: opens_at.unwrap_or_else(|| old?.opens_at),
            closes_at: closes_at.unwrap_or_else(|| old?.closes_at),
            admits: admits.or_else(|| Some(old?.admits)).unwrap_or(Admits::Reentry),
            directions: directions.or_else(|| Some(old?.directions)).unwrap_or(Directions::Both),
            capacity: capacity.unwrap_or_else(|| old?.capacity),
            when_full: when_full.or_else(|| Some(old?.when_full)).unwrap_or(WhenFull::Warn),
            automatic_exit_at: automatic_exit_at.unwrap_or_else(|| old?.automatic_exit_at),
            fields: fields.or_else(|| Some(old?.fields.clone())).unwrap_or_else(usual),
            questions: questions.or_else(|| Some(old?.questions.clone())).unwrap_or_default(),
            roster_names: roster_names.or_else(|| Some(old?.roster_names)).unwrap_or(RosterNames::Full),
        })
    }
}
