//! Registrations found by what a file says of them.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Registration;
use crate::error::Result;
use crate::store::schema::registrations;
use crate::store::{Db, EventId, RegistrationId};

/// The registrations of an event that some ids, codes, references or addresses name.
#[derive(Debug, Default)]
pub struct Matched {
    all: Vec<Registration>,
    by_id: HashMap<RegistrationId, usize>,
    by_code: HashMap<String, usize>,
    /// None where several have the same.
    by_reference: HashMap<String, Option<usize>>,
    by_address: HashMap<String, usize>,
}

impl Matched {
    /// Looks for registrations of an event; a few hundred of each at a time. Addresses are keys of addresses, which only
    /// live registrations have.
    pub fn find(
        db: &mut Db,
        event: EventId,
        ids: &[RegistrationId],
        codes: &[String],
        references: &[String],
        address_keys: &[String],
    ) -> Result<Self> {
        let of_event = || Registration::query().filter(registrations::event_id.eq(event));
        let mut found = Self::default();
        let mut rows: Vec<Registration> = Vec::new();
        if !ids.is_empty() {
            rows.extend(of_event().filter(registrations::id.eq_any(ids)).load(db)?);
        }
        if !codes.is_empty() {
            rows.extend(of_event().filter(registrations::code.eq_any(codes)).load(db)?);
        }
        if !references.is_empty() {
            rows.extend(of_event().filter(registrations::external_ref.eq_any(references)).load(db)?);
        }
        if !address_keys.is_empty() {
            rows.extend(of_event().filter(registrations::email_key.eq_any(address_keys)).load(db)?);
        }
        for registration in rows {
            found.add(registration);
        }
        Ok(found)
    }

    fn add(&mut self, registration: Registration) {
        if self.by_id.contains_key(&registration.id) {
            return;
        }
        let place = self.all.len();
        self.by_id.insert(registration.id, place);
        self.by_code.insert(registration.code.clone(), place);
        if let Some(reference) = registration.external_ref.as_ref().filter(|_| registration.status.is_live()) {
            self.by_reference.entry(reference.clone()).and_modify(|place| *place = None).or_insert(Some(place));
        }
        if let Some(key) = &registration.email_key {
            self.by_address.insert(key.clone(), place);
        }
        self.all.push(registration);
    }

    /// All of them.
    pub fn all(&self) -> &[Registration] {
        &self.all
    }

    /// That with this id.
    pub fn by_id(&self, id: RegistrationId) -> Option<&Registration> {
        self.by_id.get(&id).map(|place| &self.all[*place])
    }

    /// That with this code.
    pub fn by_code(&self, code: &str) -> Option<&Registration> {
        self.by_code.get(code).map(|place| &self.all[*place])
    }

    /// The live one with this name in another system, if it is the only one.
    pub fn by_reference(&self, reference: &str) -> Option<&Registration> {
        self.by_reference.get(reference).copied().flatten().map(|place| &self.all[place])
    }

    /// That which claims the address with this key.
    pub fn by_address(&self, key: &str) -> Option<&Registration> {
        self.by_address.get(key).map(|place| &self.all[*place])
    }
}
