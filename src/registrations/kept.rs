//! What hangs on registrations: names of their parts, consents.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Registration;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{Catalog, Held};
use crate::store::schema::{consent_texts, consents, ticket_types};
use crate::store::{ConsentTextId, Db, RegistrationId, SessionId, TicketTypeId};

/// The ticket types and sessions of registrations.
#[derive(Debug, Default)]
pub struct Parts {
    ticket_types: HashMap<TicketTypeId, String>,
    sessions: HashMap<RegistrationId, Vec<SessionId>>,
}

impl Parts {
    /// Those of somebody who has just come to an event that is held.
    pub fn of_newcomer(db: &mut Db, held: &Held, newcomer: &Registration) -> Result<Self> {
        let mut parts = Self::default();
        if held.parts.is_empty() {
            return Ok(parts);
        }
        parts.sessions.insert(newcomer.id, Registration::sessions(db, newcomer.id)?);
        let offered = Catalog::of(db, held)?;
        let theirs = offered.ticket_types.iter().filter(|kind| newcomer.ticket_type_id == Some(kind.id));
        parts.ticket_types.extend(theirs.map(|kind| (kind.id, kind.name.clone())));
        Ok(parts)
    }

    /// Those of these registrations, in two queries at most.
    pub fn of(db: &mut Db, registrations: &[Registration]) -> Result<Self> {
        let ids: Vec<RegistrationId> = registrations.iter().map(|registration| registration.id).collect();
        let mut parts = Self { sessions: Registration::sessions_of_all(db, &ids)?, ..Self::default() };
        let mut kinds: Vec<TicketTypeId> = registrations.iter().filter_map(|r| r.ticket_type_id).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if !kinds.is_empty() {
            let named = ticket_types::table.filter(ticket_types::id.eq_any(kinds));
            let named: Vec<(TicketTypeId, String)> = named.select((ticket_types::id, ticket_types::name)).load(db)?;
            parts.ticket_types.extend(named);
        }
        Ok(parts)
    }

    /// The ticket type of a registration, with its name.
    pub fn ticket_type(&self, registration: &Registration) -> Option<(TicketTypeId, &str)> {
        let id = registration.ticket_type_id?;
        Some((id, self.ticket_types.get(&id)?))
    }

    /// The sessions of a registration, in the order of their ids.
    pub fn sessions(&self, registration: &Registration) -> &[SessionId] {
        self.sessions.get(&registration.id).map_or(&[], Vec::as_slice)
    }
}

/// What somebody agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenConsent {
    /// To what.
    pub key: String,
    /// To which version of its text.
    pub edition: i64,
    /// For what.
    pub purpose: String,
    /// The language in which they read it.
    pub language: String,
    /// When.
    pub given_at: Timestamp,
    /// When they took it back.
    pub withdrawn_at: Option<Timestamp>,
}

impl GivenConsent {
    /// All that was agreed to with a registration, in the order in which it was.
    pub fn of(db: &mut Db, registration: RegistrationId) -> Result<Vec<Self>> {
        type Row = (String, ConsentTextId, String, Timestamp, Option<Timestamp>);
        let rows: Vec<Row> = consents::table
            .filter(consents::registration_id.eq(registration))
            .order(consents::id)
            .select((
                consents::key,
                consents::consent_text_id,
                consents::language,
                consents::given_at,
                consents::withdrawn_at,
            ))
            .load(db)?;
        let read = consent_texts::table.filter(consent_texts::id.eq_any(rows.iter().map(|row| row.1)));
        let read: Vec<(ConsentTextId, i64, String)> =
            read.select((consent_texts::id, consent_texts::edition, consent_texts::purpose)).load(db)?;
        let consent = |(key, text, language, given_at, withdrawn_at): Row| {
            let (_, edition, purpose) = read.iter().find(|row| row.0 == text)?.clone();
            Some(Self { key, edition, purpose, language, given_at, withdrawn_at })
        };
        Ok(rows.into_iter().filter_map(consent).collect())
    }
}
