//! What the door asks of registrations, and writes down about them.

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};
use serde_json::Value;

use super::Registration;
use super::given::{Given, settle};
use super::transition::save;
use crate::audit::{self, Actor, Change, Changes};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Event;
use crate::store::schema::{registration_sessions, registrations};
use crate::store::{Db, EventId, Json, MultiBackend, RegistrationId, SessionId, TicketTypeId};
use crate::values::Code;

impl Registration {
    /// Those with these ids, at whichever event.
    pub fn find_all(db: &mut Db, ids: &[RegistrationId]) -> Result<Vec<Self>> {
        Ok(Self::query().filter(registrations::id.eq_any(ids)).load(db)?)
    }

    /// Those of an event with these codes.
    pub fn find_by_codes(db: &mut Db, event: EventId, codes: &[&Code]) -> Result<Vec<Self>> {
        let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
        let of_event = registrations::event_id.eq(event);
        Ok(Self::query().filter(of_event).filter(registrations::code.eq_any(codes)).load(db)?)
    }

    /// Those of an event that have one of these names in another system.
    pub fn find_by_references(db: &mut Db, event: EventId, references: &[&str]) -> Result<Vec<Self>> {
        let of_event = registrations::event_id.eq(event);
        Ok(Self::query().filter(of_event).filter(registrations::external_ref.eq_any(references)).load(db)?)
    }
}

/// Ticket types and sessions; where there are none of a kind, all of it.
pub type Coverage<'a> = (&'a [TicketTypeId], &'a [SessionId]);

/// Something that holds of a registration or not.
pub(super) type Condition = Box<dyn BoxableExpression<registrations::table, MultiBackend, SqlType = Nullable<Bool>>>;

/// That a registration has one of these ticket types, if there are some, and one of these sessions, if there are some.
/// True or false, never unknown.
pub(super) fn covered((types, sessions): Coverage<'_>) -> Condition {
    let mut condition: Condition = Box::new(registrations::id.is_not_null().nullable());
    if !types.is_empty() {
        let kind = registrations::ticket_type_id;
        condition = Box::new(condition.and(kind.is_not_null().nullable()).and(kind.eq_any(types.to_vec())));
    }
    if !sessions.is_empty() {
        let chosen = registration_sessions::table
            .filter(registration_sessions::session_id.eq_any(sessions.to_vec()))
            .select(registration_sessions::registration_id);
        condition = Box::new(condition.and(registrations::id.eq_any(chosen).nullable()));
    }
    condition
}

/// How many registrations of an event hold a seat and are covered by one of these.
pub fn count_seated(db: &mut Db, event: EventId, coverages: &[Coverage<'_>]) -> Result<i64> {
    let mut one_of: Condition = Box::new(registrations::id.is_null().nullable());
    for coverage in coverages {
        one_of = Box::new(one_of.or(covered(*coverage)));
    }
    let seated = registrations::table
        .filter(registrations::event_id.eq(event))
        .filter(registrations::seated.eq(true))
        .filter(one_of);
    Ok(seated.select(count_star()).first(db)?)
}

/// Writes down what somebody answered at the door, checked before; of several answers to one question, the last that was
/// given.
pub fn answer(
    db: &mut Db,
    by: &Actor,
    event: &Event,
    registration: Registration,
    given: &[Given],
    now: Timestamp,
) -> Result<Registration> {
    let answers = settle(db, &registration, given)?;
    let answers = (!answers.is_empty()).then_some(Json(answers));
    if answers == registration.answers {
        return Ok(registration);
    }
    let after = save(db, Registration { answers, ..registration }, now)?;
    // What it was and is stays out of the trail.
    let changes = Changes(vec![Change { field: "answers".to_owned(), before: Value::Null, after: Value::Null }]);
    audit::record_changes(db, by, event.scope(), "registration.answered", after.id.uuid(), changes, now)?;
    Ok(after)
}
