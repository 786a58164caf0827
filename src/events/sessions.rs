//! Parts of an event that people choose: a day, a workshop.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::announcement::{ToldSession, announce_session_change};
use super::{Capacity, EventRefusal, Held, Part, Quota, catalog};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result, expect_version};
use crate::store::schema::{event_sessions, guest_invitations, quotas, registration_sessions};
use crate::store::{Db, EventId, Json, SessionId};
use crate::values::{Line, Prose};

/// A part of an event with its own time and seats.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = event_sessions, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Of which event.
    pub event_id: EventId,
    /// Its name for people.
    pub title: String,
    /// Markdown.
    pub description: String,
    /// Where in the house.
    pub room: Option<String>,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends; after it begins.
    pub ends_at: Timestamp,
    /// Whether one person may choose it beside another one at the same time.
    pub overlap_allowed: bool,
    /// Where it stands in lists, from 0.
    pub position: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

/// A new session, or what an old one shall be from now on.
#[derive(Debug, Clone)]
pub struct SessionDraft {
    /// Its name for people.
    pub title: Line<200>,
    /// Markdown.
    pub description: Option<Prose<5000>>,
    /// Where in the house.
    pub room: Option<Line<100>>,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// How many seats; none: no limit of its own.
    pub capacity: Option<Capacity>,
    /// Whether one person may choose it beside another one at the same time.
    pub overlap_allowed: bool,
    /// Where it stands in lists.
    pub position: Option<i64>,
}

impl Session {
    /// The sessions of an event, in the order of their positions and times.
    pub fn of_event(db: &mut Db, event: EventId) -> Result<Vec<Self>> {
        let order = (event_sessions::position, event_sessions::starts_at, event_sessions::id);
        Ok(Self::query().filter(event_sessions::event_id.eq(event)).order(order).load(db)?)
    }

    /// One session of an event.
    pub fn find(db: &mut Db, event: EventId, id: SessionId) -> Result<Self> {
        Self::query()
            .filter(event_sessions::event_id.eq(event))
            .filter(event_sessions::id.eq(id))
            .first(db)
            .optional()?
            .ok_or(Error::NotFound("session"))
    }

    /// The first two of these that one person cannot both attend.
    pub fn overlap<'a>(sessions: &[&'a Self]) -> Option<(&'a Self, &'a Self)> {
        let strict: Vec<&Self> = sessions.iter().copied().filter(|session| !session.overlap_allowed).collect();
        strict.iter().enumerate().find_map(|(index, one)| {
            let other = strict[index + 1..].iter().find(|o| one.starts_at < o.ends_at && o.starts_at < one.ends_at)?;
            Some((*one, *other))
        })
    }
}

fn check(held: &Held, draft: &SessionDraft) -> Result<()> {
    let mut issues = Vec::new();
    let mut issue = |pointer: &str, code, detail: &str| {
        issues.push(FieldIssue { pointer: pointer.to_owned(), code, detail: detail.to_owned() });
    };
    if draft.ends_at <= draft.starts_at {
        issue("/ends_at", "ends_before_start", "a session ends after it starts");
    }
    if draft.starts_at < held.event.starts_at {
        issue("/starts_at", "outside_event", "a session does not begin before its event");
    }
    if draft.ends_at > held.event.ends_at {
        issue("/ends_at", "outside_event", "a session does not end behind its event");
    }
    if issues.is_empty() { Ok(()) } else { Err(Error::Invalid(issues)) }
}

/// How many sessions an event may have.
const MOST: usize = 200;

/// Adds a session to an event that is held.
///
/// # Errors
/// `Invalid` if its times are wrong; `too_many_parts`.
pub fn add_session(db: &mut Db, by: &Actor, held: &Held, draft: SessionDraft, now: Timestamp) -> Result<Session> {
    check(held, &draft)?;
    let before = held.parts.iter().filter(|quota| quota.session_id.is_some()).count();
    if before >= MOST {
        return Err(EventRefusal::TooManyParts { most: MOST }.into());
    }
    let session = Session {
        id: SessionId::new(),
        event_id: held.event.id,
        title: draft.title.into(),
        description: draft.description.map(Into::into).unwrap_or_default(),
        room: draft.room.map(Into::into),
        starts_at: draft.starts_at,
        ends_at: draft.ends_at,
        overlap_allowed: draft.overlap_allowed,
        position: draft.position.unwrap_or(i64::try_from(before).unwrap_or_default()),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    diesel::insert_into(event_sessions::table).values(&session).execute(db)?;
    let part = Some(Part::Session(session.id));
    let quota = Quota::new(held.event.id, part, draft.capacity.map(Into::into));
    diesel::insert_into(quotas::table).values(&quota).execute(db)?;
    catalog::changed(db, held.event.id)?;
    audit::record(db, by, held.event.scope(), "session.added", session.id.uuid(), now)?;
    Ok(session)
}

/// How a session is changed by hand.
#[derive(Debug, Clone, Copy, Default)]
pub struct SessionHand {
    /// Whether the capacity may be lowered below what is taken.
    pub force: bool,
    /// Whether those who have chosen it are kept in the dark if its time or room changes.
    pub quietly: bool,
}

/// Changes a session of an event that is held; those who have chosen it are told of another time or room. Whoever calls
/// this lets waiting people move up afterwards.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `Invalid` if its times are wrong; `capacity_below_taken` unless `force`.
pub fn revise_session(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    id: SessionId,
    draft: SessionDraft,
    (expected, hand): (Option<i64>, SessionHand),
    now: Timestamp,
) -> Result<Session> {
    let before = Session::find(db, held.event.id, id)?;
    expect_version(expected, before.version)?;
    check(held, &draft)?;
    let mut quota = *held.part(Part::Session(id)).ok_or(Error::NotFound("session"))?;
    let described_before = described(&before, quota.capacity);
    quota.set_capacity(db, draft.capacity.map(Into::into), hand.force)?;
    let told = ToldSession::of(&before);
    let session = Session {
        title: draft.title.into(),
        description: draft.description.map(Into::into).unwrap_or_default(),
        room: draft.room.map(Into::into),
        starts_at: draft.starts_at,
        ends_at: draft.ends_at,
        overlap_allowed: draft.overlap_allowed,
        position: draft.position.unwrap_or(before.position),
        updated_at: now,
        version: before.version + 1,
        ..before
    };
    diesel::update(event_sessions::table.filter(event_sessions::id.eq(id))).set(&session).execute(db)?;
    if !hand.quietly {
        announce_session_change(db, &held.event, told, &session, now)?;
    }
    catalog::changed(db, held.event.id)?;
    let changes = Changes::between(&described_before, &described(&session, quota.capacity));
    audit::record_changes(db, by, held.event.scope(), "session.revised", id.uuid(), changes, now)?;
    Ok(session)
}

/// Removes a session that nobody has chosen, and to which nobody is invited.
///
/// # Errors
/// `part_in_use`; `VersionMismatch`.
pub fn remove_session(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    id: SessionId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    let session = Session::find(db, held.event.id, id)?;
    expect_version(expected, session.version)?;
    let chosen = registration_sessions::table.filter(registration_sessions::session_id.eq(id));
    let included = super::TicketType::of_event(db, held.event.id)?.iter().any(|kind| kind.sessions.0.contains(&id));
    let named: Vec<Json<Vec<SessionId>>> = guest_invitations::table
        .filter(guest_invitations::event_id.eq(held.event.id))
        .filter(guest_invitations::state.eq("invited"))
        .select(guest_invitations::sessions)
        .load(db)?;
    let invited = named.iter().any(|sessions| sessions.0.contains(&id));
    if included || invited || chosen.count().get_result::<i64>(db)? > 0 {
        return Err(EventRefusal::PartInUse.into());
    }
    diesel::delete(quotas::table.filter(quotas::session_id.eq(id))).execute(db)?;
    diesel::delete(event_sessions::table.filter(event_sessions::id.eq(id))).execute(db)?;
    catalog::changed(db, held.event.id)?;
    audit::record(db, by, held.event.scope(), "session.removed", id.uuid(), now)
}

fn described(session: &Session, capacity: Option<i64>) -> Value {
    json!({
        "title": session.title,
        "description": session.description,
        "room": session.room,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "overlap_allowed": session.overlap_allowed,
        "position": session.position,
        "capacity": capacity,
    })
}
