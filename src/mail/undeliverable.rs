//! Addresses at which letters do not arrive: their servers have said so.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Message;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::{registrations, undeliverable_addresses};
use crate::store::{Db, RegistrationId, unless_taken};

/// That letters about a registration do not arrive at its address.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = undeliverable_addresses)]
pub struct Undeliverable {
    /// About which registration.
    pub registration_id: RegistrationId,
    /// At which address.
    pub recipient: String,
    /// What the server said.
    pub reply: String,
    /// Since when.
    pub since: Timestamp,
}

impl Undeliverable {
    /// Those of these registrations whose address takes no letters.
    pub fn of_all(db: &mut Db, registrations: &[RegistrationId]) -> Result<HashMap<RegistrationId, Self>> {
        let rows: Vec<Self> =
            Self::query().filter(undeliverable_addresses::registration_id.eq_any(registrations)).load(db)?;
        Ok(rows.into_iter().map(|row| (row.registration_id, row)).collect())
    }
}

/// Writes down that a message did not arrive at its recipient, if that is where letters about its registration go.
pub(super) fn mark(db: &mut Db, message: &Message, reply: &str, now: Timestamp) -> Result<()> {
    let Some(registration_id) = message.registration_id else { return Ok(()) };
    // It may have gone to who had the place before.
    let there = registrations::table.find(registration_id).filter(registrations::email.eq(&message.recipient));
    if there.count().get_result::<i64>(db)? == 0 {
        return Ok(());
    }
    let row =
        Undeliverable { registration_id, recipient: message.recipient.clone(), reply: reply.to_owned(), since: now };
    let inserted = unless_taken(db, |db| diesel::insert_into(undeliverable_addresses::table).values(&row).execute(db))?;
    if inserted.is_none() {
        let same = undeliverable_addresses::table.find(registration_id);
        diesel::update(same).set(&row).execute(db)?;
    }
    Ok(())
}

/// Forgets it: a letter has arrived at that address.
pub(super) fn clear(db: &mut Db, message: &Message) -> Result<()> {
    let Some(registration) = message.registration_id else { return Ok(()) };
    let row = undeliverable_addresses::table
        .filter(undeliverable_addresses::registration_id.eq(registration))
        .filter(undeliverable_addresses::recipient.eq(&message.recipient));
    diesel::delete(row).execute(db)?;
    Ok(())
}

/// Forgets it: letters go to another address from now on.
pub(super) fn forget(db: &mut Db, registration: RegistrationId) -> Result<()> {
    diesel::delete(undeliverable_addresses::table.find(registration)).execute(db)?;
    Ok(())
}
