//! Registrations in short, for whoever needs all of them: a device that works without a network, a list on paper.

use std::collections::HashSet;

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::RegistrationStatus;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::{registration_sessions, registrations};
use crate::store::{Db, EventId, RegistrationId, SessionId, TicketTypeId};

/// How many rows are read in one go.
const BATCH: i64 = 5000;

/// A registration in short.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = registrations)]
pub struct Brief {
    /// Its id.
    pub id: RegistrationId,
    /// The short code.
    pub code: String,
    /// Where it stands.
    pub status: RegistrationStatus,
    /// The attendee's first or only name.
    pub first_name: String,
    /// The attendee's last name.
    pub last_name: Option<String>,
    /// The issue of the ticket that is good.
    pub ticket_epoch: i64,
    /// What kind of admission it is.
    pub ticket_type_id: Option<TicketTypeId>,
    /// What the organizer wrote down about it.
    pub note: Option<String>,
}

impl Brief {
    /// The registrations of an event in the order in which they came in; those alone that changed at or after `since`.
    pub fn of_event(db: &mut Db, event: EventId, since: Option<Timestamp>) -> Result<Vec<Self>> {
        let (mut found, mut after): (Vec<Self>, _) = (Vec::new(), RegistrationId::from(uuid::Uuid::nil()));
        loop {
            let mut query = Self::query()
                .filter(registrations::event_id.eq(event))
                .filter(registrations::id.gt(after))
                .into_boxed();
            if let Some(since) = since {
                query = query.filter(registrations::updated_at.ge(since));
            }
            let rows: Vec<Self> = query.order(registrations::id).limit(BATCH).load(db)?;
            let whole = i64::try_from(rows.len()) == Ok(BATCH);
            found.extend(rows);
            match found.last() {
                Some(last) if whole => after = last.id,
                _ => return Ok(found),
            }
        }
    }

    /// A number that rises with every change of a registration of an event: as many as there are, and the sum of their
    /// versions.
    pub fn changes(db: &mut Db, event: EventId) -> Result<(i64, i64)> {
        let versions = sql::<Nullable<BigInt>>("CAST(SUM(version) AS BIGINT)");
        let of_event = registrations::table.filter(registrations::event_id.eq(event));
        let (count, sum): (i64, Option<i64>) = of_event.select((count_star(), versions)).first(db)?;
        Ok((count, sum.unwrap_or_default()))
    }

    /// The registrations of an event that have chosen one of these sessions.
    pub fn of_sessions(db: &mut Db, event: EventId, sessions: &[SessionId]) -> Result<HashSet<RegistrationId>> {
        let chosen: Vec<RegistrationId> = registration_sessions::table
            .filter(registration_sessions::event_id.eq(event))
            .filter(registration_sessions::session_id.eq_any(sessions))
            .select(registration_sessions::registration_id)
            .load(db)?;
        Ok(chosen.into_iter().collect())
    }

    /// First and last name.
    pub fn name(&self) -> String {
        match &self.last_name {
            Some(last_name) => format!("{} {last_name}", self.first_name),
            None => self.first_name.clone(),
        }
    }

    /// The first letters of both names: `Z. M.`
    pub fn initials(&self) -> String {
        let names = [Some(self.first_name.as_str()), self.last_name.as_deref()];
        let initial = |name: &str| name.chars().next().map(|letter| format!("{}.", letter.to_uppercase()));
        names.into_iter().flatten().filter_map(initial).collect::<Vec<_>>().join(" ")
    }
}
