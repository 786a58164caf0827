//! Codes that open what is not public, and keep seats for whoever has them.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{Capacity, EventRefusal, Held, Part, Quota};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result};
use crate::store::schema::{access_codes, quotas, registrations};
use crate::store::{AccessCodeId, Db, EventId, Json, Page, Paging, QuotaId, TicketTypeId, unless_taken};
use crate::values::{Code, EmailAddress, Line};

/// A code with which one registers.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = access_codes, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct AccessCode {
    /// Its id.
    pub id: AccessCodeId,
    /// For which event.
    pub event_id: EventId,
    /// As it was given out.
    pub code: String,
    /// What two spellings of it have in common.
    pub code_key: String,
    /// What the organizer wrote down about it.
    pub note: Option<String>,
    /// How many live registrations may come with it; none: any number.
    pub max_uses: Option<i64>,
    /// How many live registrations came with it.
    pub used: i64,
    /// How many of them hold a seat.
    pub seated: i64,
    /// From when on it is good.
    pub opens_at: Option<Timestamp>,
    /// Until when it is good.
    pub closes_at: Option<Timestamp>,
    /// The one ticket type that it is for, hidden or not.
    pub ticket_type_id: Option<TicketTypeId>,
    /// Only for addresses of these domains, if there are any here.
    pub email_domains: Json<Vec<String>>,
    /// How many seats are kept for it.
    pub reserved: i64,
    /// When the seats that nobody has taken by then go back to everybody.
    pub release_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

/// A new code, or what an old one shall be from now on.
#[derive(Debug, Clone)]
pub struct AccessCodeDraft {
    /// The code; a random one, if not given.
    pub code: Option<Line<50>>,
    /// What the organizer writes down about it.
    pub note: Option<Line<500>>,
    /// How many live registrations may come with it.
    pub max_uses: Option<i64>,
    /// From when on it is good.
    pub opens_at: Option<Timestamp>,
    /// Until when it is good.
    pub closes_at: Option<Timestamp>,
    /// The one ticket type that it is for.
    pub ticket_type: Option<TicketTypeId>,
    /// Only for addresses of these domains.
    pub email_domains: Vec<String>,
    /// How many seats are kept for it.
    pub reserved: Capacity,
    /// When they go back to everybody.
    pub release_at: Option<Timestamp>,
}

/// Why somebody cannot register with a code: the code of the issue, and a sentence.
type Fault = (&'static str, &'static str);

impl AccessCode {
    /// What two spellings of a code have in common: trimmed and case-folded.
    pub fn key(code: &str) -> String {
        code.trim().to_lowercase()
    }

    /// One code of an event.
    pub fn find(db: &mut Db, event: EventId, id: AccessCodeId) -> Result<Self> {
        Self::query()
            .filter(access_codes::event_id.eq(event))
            .filter(access_codes::id.eq(id))
            .first(db)
            .optional()?
            .ok_or(Error::NotFound("access code"))
    }

    /// The code of an event that is spelled like this.
    pub fn find_by_code(db: &mut Db, event: EventId, code: &str) -> Result<Option<Self>> {
        Ok(Self::query()
            .filter(access_codes::event_id.eq(event))
            .filter(access_codes::code_key.eq(Self::key(code)))
            .first(db)
            .optional()?)
    }

    /// The codes of an event, in the order in which they were added.
    pub fn of_event(db: &mut Db, event: EventId, paging: &Paging) -> Result<Page<Self>> {
        let list = format!("access codes {event}");
        let mut query = Self::query().filter(access_codes::event_id.eq(event)).into_boxed();
        if let Some(after) = paging.after::<uuid::Uuid>(&list)? {
            query = query.filter(access_codes::id.gt(AccessCodeId::from(after)));
        }
        let rows = query.order(access_codes::id).limit(paging.rows()).load(db)?;
        paging.page(&list, rows, |code| code.id.uuid())
    }

    /// How many of the seats that are kept for it nobody has taken yet.
    pub fn left(&self) -> i64 {
        (self.reserved - self.seated).max(0)
    }

    /// Whether so many people more can register with it now.
    ///
    /// # Errors
    /// `code_used_up`, `code_not_valid_now`, each with a sentence.
    pub fn good_for(&self, people: i64, now: Timestamp) -> Result<(), Fault> {
        if self.opens_at.is_some_and(|opens| now < opens) || self.closes_at.is_some_and(|closes| now >= closes) {
            return Err(("code_not_valid_now", "this code is not good now"));
        }
        if self.max_uses.is_some_and(|most| self.used + people > most) {
            return Err(("code_used_up", "this code was used as often as it can be"));
        }
        Ok(())
    }

    /// Whether this person can register with it for this ticket type.
    ///
    /// # Errors
    /// `code_wrong_domain`, `code_wrong_ticket_type`, each with a sentence.
    pub fn admits(&self, email: &EmailAddress, ticket_type: Option<TicketTypeId>) -> Result<(), Fault> {
        let key = email.key();
        let domain = key.rsplit_once('@').map_or("", |(_, domain)| domain);
        if !self.email_domains.0.is_empty() && !self.email_domains.0.iter().any(|allowed| allowed == domain) {
            return Err(("code_wrong_domain", "this code is for addresses of other domains"));
        }
        if self.ticket_type_id.is_some() && self.ticket_type_id != ticket_type {
            return Err(("code_wrong_ticket_type", "this code is for another ticket type"));
        }
        Ok(())
    }

    /// Keeps so many seats more for it, or fewer, in each quota of which it keeps seats: the event's own, and its ticket
    /// type's. The event is held.
    pub fn keep(&self, db: &mut Db, held: &Held, seats: i64) -> Result<()> {
        if seats == 0 {
            return Ok(());
        }
        let ids: Vec<QuotaId> = self.quotas(held).map(|quota| quota.id).collect();
        diesel::update(quotas::table.filter(quotas::id.eq_any(ids)))
            .set(quotas::held.eq(quotas::held + seats))
            .execute(db)?;
        Ok(())
    }

    /// Writes down how many came with it and how many of them hold a seat. The event is held.
    pub fn save_counts(&self, db: &mut Db) -> Result<()> {
        diesel::update(access_codes::table.filter(access_codes::id.eq(self.id)))
            .set((access_codes::used.eq(self.used), access_codes::seated.eq(self.seated)))
            .execute(db)?;
        Ok(())
    }

    fn quotas<'a>(&self, held: &'a Held) -> impl Iterator<Item = &'a Quota> {
        held.quotas_of(self.ticket_type_id, &[])
    }

    fn check(&self, held: &Held, now: Timestamp) -> Result<()> {
        let mut issues = Vec::new();
        let mut issue = |pointer: &str, code, detail: &str| {
            issues.push(FieldIssue { pointer: pointer.to_owned(), code, detail: detail.to_owned() });
        };
        if self.opens_at.zip(self.closes_at).is_some_and(|(opens, closes)| closes <= opens) {
            issue("/closes_at", "closes_before_open", "a code ends after it begins");
        }
        if self.ticket_type_id.is_some_and(|id| held.part(Part::TicketType(id)).is_none()) {
            issue("/ticket_type", "unknown_ticket_type", "this event has no such ticket type");
        }
        if self.max_uses.is_some_and(|most| self.reserved > most) {
            issue("/reserved", "more_than_max_uses", "no more seats are kept for a code than it can be used");
        }
        if self.reserved > 0 && self.release_at.is_some_and(|at| at <= now) {
            issue("/release_at", "in_the_past", "seats are kept until a time to come");
        }
        if issues.is_empty() { Ok(()) } else { Err(Error::Invalid(issues)) }
    }

    /// Whether so many seats can be kept for it, where `before` of them are kept for it already.
    fn can_keep(&self, held: &Held, before: &[QuotaId], kept: i64) -> Result<(), EventRefusal> {
        let free = self.quotas(held).filter_map(|quota| {
            let own = if before.contains(&quota.id) { kept } else { 0 };
            quota.available().map(|available| available + own)
        });
        match free.min() {
            Some(available) if self.left() > available => {
                Err(EventRefusal::NotEnoughSeats { available, wanted: self.left() })
            }
            _ => Ok(()),
        }
    }
}

/// Adds a code to an event that is held.
///
/// # Errors
/// `Invalid`; `code_taken`; `not_enough_seats` to keep.
pub fn add_access_code(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    draft: AccessCodeDraft,
    now: Timestamp,
) -> Result<AccessCode> {
    let code = apply(draft, held.event.id, (AccessCodeId::new(), Code::random().to_string(), 0, 0, now, 1), now);
    code.check(held, now)?;
    code.can_keep(held, &[], 0)?;
    let added = unless_taken(db, |db| diesel::insert_into(access_codes::table).values(&code).execute(db))?;
    added.ok_or(EventRefusal::CodeTaken)?;
    code.keep(db, held, code.left())?;
    audit::record_changes(
        db,
        by,
        held.event.scope(),
        "access_code.added",
        code.id.uuid(),
        Changes::between(&Value::Null, &described(&code)),
        now,
    )?;
    Ok(code)
}

/// Changes a code of an event that is held. Whoever calls this lets waiting people move up afterwards.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `Invalid`; `code_taken`; `not_enough_seats` to keep.
pub fn revise_access_code(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    id: AccessCodeId,
    draft: impl FnOnce(&AccessCode) -> Result<AccessCodeDraft>,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<AccessCode> {
    let before = AccessCode::find(db, held.event.id, id)?;
    if expected.is_some_and(|version| version != before.version) {
        return Err(Error::VersionMismatch { current: before.version });
    }
    let kept = (id, before.code.clone(), before.used, before.seated, before.created_at, before.version + 1);
    let code = apply(draft(&before)?, held.event.id, kept, now);
    code.check(held, now)?;
    let own: Vec<QuotaId> = before.quotas(held).map(|quota| quota.id).collect();
    if code.left() > before.left() || code.ticket_type_id != before.ticket_type_id {
        code.can_keep(held, &own, before.left())?;
    }
    let saved = unless_taken(db, |db| {
        diesel::update(access_codes::table.filter(access_codes::id.eq(id))).set(&code).execute(db)
    })?;
    saved.ok_or(EventRefusal::CodeTaken)?;
    before.keep(db, held, -before.left())?;
    code.keep(db, held, code.left())?;
    let changes = Changes::between(&described(&before), &described(&code));
    audit::record_changes(db, by, held.event.scope(), "access_code.revised", id.uuid(), changes, now)?;
    Ok(code)
}

/// Removes a code with which nobody has registered; its seats go back to everybody. Whoever calls this lets waiting people
/// move up afterwards.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `code_in_use`.
pub fn remove_access_code(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    id: AccessCodeId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    let code = AccessCode::find(db, held.event.id, id)?;
    if expected.is_some_and(|version| version != code.version) {
        return Err(Error::VersionMismatch { current: code.version });
    }
    let came = registrations::table
        .filter(registrations::event_id.eq(held.event.id))
        .filter(registrations::access_code_id.eq(id));
    if diesel::select(diesel::dsl::exists(came)).get_result(db)? {
        return Err(EventRefusal::CodeInUse.into());
    }
    code.keep(db, held, -code.left())?;
    diesel::delete(access_codes::table.filter(access_codes::id.eq(id))).execute(db)?;
    audit::record(db, by, held.event.scope(), "access_code.removed", id.uuid(), now)
}

fn apply(
    draft: AccessCodeDraft,
    event_id: EventId,
    (id, code, used, seated, created_at, version): (AccessCodeId, String, i64, i64, Timestamp, i64),
    now: Timestamp,
) -> AccessCode {
    let code = draft.code.map_or(code, Into::into);
    AccessCode {
        id,
        event_id,
        code_key: AccessCode::key(&code),
        code,
        note: draft.note.map(Into::into),
        max_uses: draft.max_uses,
        used,
        seated,
        opens_at: draft.opens_at,
        closes_at: draft.closes_at,
        ticket_type_id: draft.ticket_type,
        email_domains: Json(draft.email_domains),
        reserved: draft.reserved.into(),
        release_at: draft.release_at,
        created_at,
        updated_at: now,
        version,
    }
}

/// As the trail tells it: without the code itself, which is a key.
pub(super) fn described(code: &AccessCode) -> Value {
    json!({
        "note": code.note,
        "max_uses": code.max_uses,
        "opens_at": code.opens_at,
        "closes_at": code.closes_at,
        "ticket_type": code.ticket_type_id,
        "email_domains": code.email_domains.0,
        "reserved": code.reserved,
        "release_at": code.release_at,
    })
}
