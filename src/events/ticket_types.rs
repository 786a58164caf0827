//! Kinds of admission: start-up, public research, press, speaker; a day of three.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{Capacity, EventRefusal, Held, Part, Quota, catalog};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result, expect_version};
use crate::store::schema::{access_codes, guest_invitations, quotas, registrations, ticket_types};
use crate::store::{Db, EventId, Json, SessionId, TicketTypeId};
use crate::text_enum;
use crate::values::{Line, Prose};

text_enum! {
    /// Who finds a ticket type.
    pub enum TicketVisibility {
        /// Everybody.
        Public = "public",
        /// Who has an access code for it.
        Code = "code",
    }
}

/// A kind of admission.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = ticket_types, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct TicketType {
    /// Its id.
    pub id: TicketTypeId,
    /// Of which event.
    pub event_id: EventId,
    /// Its name for people.
    pub name: String,
    /// What it is, in a few words.
    pub description: String,
    /// Who finds it.
    pub visibility: TicketVisibility,
    /// When one can register with it; as the event says, if not set.
    pub opens_at: Option<Timestamp>,
    /// Until when one can register with it; as the event says, if not set.
    pub closes_at: Option<Timestamp>,
    /// How many of it a group brings at least.
    pub min_group: i64,
    /// How many of it a group brings at most.
    pub max_group: i64,
    /// Whether somebody looks at each registration with it.
    pub approval: bool,
    /// The sessions that come with it.
    pub sessions: Json<Vec<SessionId>>,
    /// Where it stands in lists, from 0.
    pub position: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

/// A new ticket type, or what an old one shall be from now on.
#[derive(Debug, Clone)]
pub struct TicketTypeDraft {
    /// Its name for people.
    pub name: Line<100>,
    /// What it is.
    pub description: Option<Prose<1000>>,
    /// Who finds it.
    pub visibility: TicketVisibility,
    /// When one can register with it.
    pub opens_at: Option<Timestamp>,
    /// Until when one can register with it.
    pub closes_at: Option<Timestamp>,
    /// How many of it a group brings: 1 to 20, at least and at most.
    pub group: (i64, i64),
    /// Whether somebody looks at each registration with it.
    pub approval: bool,
    /// The sessions that come with it.
    pub sessions: Vec<SessionId>,
    /// How many seats; none: no limit of its own.
    pub capacity: Option<Capacity>,
    /// Where it stands in lists.
    pub position: Option<i64>,
}

impl TicketType {
    /// The ticket types of an event, in the order of their positions.
    pub fn of_event(db: &mut Db, event: EventId) -> Result<Vec<Self>> {
        let order = (ticket_types::position, ticket_types::id);
        Ok(Self::query().filter(ticket_types::event_id.eq(event)).order(order).load(db)?)
    }

    /// One ticket type of an event.
    pub fn find(db: &mut Db, event: EventId, id: TicketTypeId) -> Result<Self> {
        Self::query()
            .filter(ticket_types::event_id.eq(event))
            .filter(ticket_types::id.eq(id))
            .first(db)
            .optional()?
            .ok_or(Error::NotFound("ticket type"))
    }

    /// Whether one can register with it now.
    ///
    /// # Errors
    /// `registration_not_open`, `registration_closed`.
    pub fn open_for_registration(&self, now: Timestamp) -> Result<(), EventRefusal> {
        if self.opens_at.is_some_and(|opens| now < opens) {
            return Err(EventRefusal::RegistrationNotOpen { opens_at: self.opens_at });
        }
        if self.closes_at.is_some_and(|closes| now >= closes) {
            return Err(EventRefusal::RegistrationClosed);
        }
        Ok(())
    }
}

fn check(held: &Held, draft: &TicketTypeDraft) -> Result<()> {
    let mut issues = Vec::new();
    let mut issue = |pointer: &str, code, detail: &str| {
        issues.push(FieldIssue { pointer: pointer.to_owned(), code, detail: detail.to_owned() });
    };
    if draft.opens_at.zip(draft.closes_at).is_some_and(|(opens, closes)| closes <= opens) {
        issue("/closes_at", "closes_before_open", "registration closes after it opens");
    }
    let (least, most) = draft.group;
    if !(1..=20).contains(&least) || !(1..=20).contains(&most) || most < least {
        issue("/max_group", "out_of_range", "a group has 1 to 20 people, at most as many as at least or more");
    }
    if draft.sessions.iter().any(|id| held.part(Part::Session(*id)).is_none()) {
        issue("/sessions", "unknown_session", "this event has no such session");
    }
    if issues.is_empty() { Ok(()) } else { Err(Error::Invalid(issues)) }
}

/// How many ticket types an event may have.
const MOST: usize = 50;

/// Adds a ticket type to an event that is held.
///
/// # Errors
/// `Invalid`; `too_many_parts`.
pub fn add_ticket_type(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    draft: TicketTypeDraft,
    now: Timestamp,
) -> Result<TicketType> {
    check(held, &draft)?;
    let before = held.parts.iter().filter(|quota| quota.ticket_type_id.is_some()).count();
    if before >= MOST {
        return Err(EventRefusal::TooManyParts { most: MOST }.into());
    }
    let position = draft.position.unwrap_or(i64::try_from(before).unwrap_or_default());
    let capacity = draft.capacity.map(Into::into);
    let kind = apply(draft, held.event.id, (TicketTypeId::new(), position, now, 1), now);
    diesel::insert_into(ticket_types::table).values(&kind).execute(db)?;
    let quota = Quota::new(held.event.id, Some(Part::TicketType(kind.id)), capacity);
    diesel::insert_into(quotas::table).values(&quota).execute(db)?;
    catalog::changed(db, held.event.id)?;
    audit::record(db, by, held.event.scope(), "ticket_type.added", kind.id.uuid(), now)?;
    Ok(kind)
}

/// Changes a ticket type of an event that is held. Registrations that have it keep the sessions that they have. Whoever
/// calls this lets waiting people move up afterwards.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `Invalid`; `capacity_below_taken` unless `force`.
pub fn revise_ticket_type(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    id: TicketTypeId,
    draft: TicketTypeDraft,
    (expected, force): (Option<i64>, bool),
    now: Timestamp,
) -> Result<TicketType> {
    let before = TicketType::find(db, held.event.id, id)?;
    expect_version(expected, before.version)?;
    check(held, &draft)?;
    let mut quota = *held.part(Part::TicketType(id)).ok_or(Error::NotFound("ticket type"))?;
    let described_before = described(&before, quota.capacity);
    quota.set_capacity(db, draft.capacity.map(Into::into), force)?;
    let position = draft.position.unwrap_or(before.position);
    let kind = apply(draft, held.event.id, (id, position, before.created_at, before.version + 1), now);
    diesel::update(ticket_types::table.filter(ticket_types::id.eq(id))).set(&kind).execute(db)?;
    catalog::changed(db, held.event.id)?;
    let changes = Changes::between(&described_before, &described(&kind, quota.capacity));
    audit::record_changes(db, by, held.event.scope(), "ticket_type.revised", id.uuid(), changes, now)?;
    Ok(kind)
}

/// Removes a ticket type that nobody has.
///
/// # Errors
/// `part_in_use`; `VersionMismatch`.
pub fn remove_ticket_type(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    id: TicketTypeId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    let kind = TicketType::find(db, held.event.id, id)?;
    expect_version(expected, kind.version)?;
    let registered: i64 = registrations::table.filter(registrations::ticket_type_id.eq(id)).count().get_result(db)?;
    let coded: i64 = access_codes::table.filter(access_codes::ticket_type_id.eq(id)).count().get_result(db)?;
    let invited: i64 =
        guest_invitations::table.filter(guest_invitations::ticket_type_id.eq(id)).count().get_result(db)?;
    if registered + coded + invited > 0 {
        return Err(EventRefusal::PartInUse.into());
    }
    diesel::delete(quotas::table.filter(quotas::ticket_type_id.eq(id))).execute(db)?;
    diesel::delete(ticket_types::table.filter(ticket_types::id.eq(id))).execute(db)?;
    catalog::changed(db, held.event.id)?;
    audit::record(db, by, held.event.scope(), "ticket_type.removed", id.uuid(), now)
}

fn apply(
    draft: TicketTypeDraft,
    event_id: EventId,
    (id, position, created_at, version): (TicketTypeId, i64, Timestamp, i64),
    now: Timestamp,
) -> TicketType {
    TicketType {
        id,
        event_id,
        name: draft.name.into(),
        description: draft.description.map(Into::into).unwrap_or_default(),
        visibility: draft.visibility,
        opens_at: draft.opens_at,
        closes_at: draft.closes_at,
        min_group: draft.group.0,
        max_group: draft.group.1,
        approval: draft.approval,
        sessions: Json(draft.sessions),
        position,
        created_at,
        updated_at: now,
        version,
    }
}

fn described(kind: &TicketType, capacity: Option<i64>) -> Value {
    json!({
        "name": kind.name,
        "description": kind.description,
        "visibility": kind.visibility,
        "opens_at": kind.opens_at,
        "closes_at": kind.closes_at,
        "min_group": kind.min_group,
        "max_group": kind.max_group,
        "approval": kind.approval,
        "sessions": kind.sessions.0,
        "position": kind.position,
        "capacity": capacity,
    })
}
