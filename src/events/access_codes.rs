//! Codes that open what is not public, and keep seats for whoever has them.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{Capacity, EventRefusal, Held, Part, Quota};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result};
use crate::store::schema::{access_codes, quotas};
use crate::store::{AccessCodeId, Db, EventId, Json, Page, Paging, QuotaId, TicketTypeId};
use crate::values::{EmailAddress, Line};

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
    /// How many live registrations came with it, those aside whose address is not verified yet.
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
    pub fn of_event(
        db: &mut Db,
        event: EventId,
        updated_since: Option<Timestamp>,
        paging: &Paging,
    ) -> Result<Page<Self>> {
        let list = format!("access codes {event} {updated_since:?}");
        let mut query = Self::query().filter(access_codes::event_id.eq(event)).into_boxed();
        if let Some(since) = updated_since {
            query = query.filter(access_codes::updated_at.ge(since));
        }
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

    /// Whether more came with it than may.
    pub fn is_overused(&self) -> bool {
        self.max_uses.is_some_and(|most| self.used > most)
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

    /// The quotas of which it keeps seats.
    pub fn quotas<'a>(&self, held: &'a Held) -> impl Iterator<Item = &'a Quota> {
        held.quotas_of(self.ticket_type_id, &[])
    }

    /// What is wrong with it.
    pub(super) fn check(&self, held: &Held, now: Timestamp) -> Result<()> {
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
    pub(super) fn can_keep(&self, held: &Held, before: &[QuotaId], kept: i64) -> Result<(), EventRefusal> {
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
