//! The same person with another address, perhaps.

use diesel::prelude::*;

use super::Registration;
use crate::error::Result;
use crate::store::schema::registrations;
use crate::store::{Db, RegistrationId};
use crate::values::{begins_pattern, search_key};

/// How many of a name are looked at: a hint that names more helps nobody.
const MOST: i64 = 100;

/// Other live registrations of the same event for somebody of the same name, however it is written: a hint, no more.
pub fn possible_duplicates(db: &mut Db, registration: &Registration) -> Result<Vec<RegistrationId>> {
    if registration.is_erased() {
        return Ok(Vec::new());
    }
    let name = search_key(&registration.name());
    let alike: Vec<(RegistrationId, String, Option<String>)> = registrations::table
        .filter(registrations::event_id.eq(registration.event_id))
        .filter(registrations::search_key.like(begins_pattern(&format!("{name} "))).escape('\\'))
        .filter(registrations::id.ne(registration.id))
        .filter(registrations::email_key.is_not_null())
        .order(registrations::id)
        .limit(MOST)
        .select((registrations::id, registrations::first_name, registrations::last_name))
        .load(db)?;
    let same = |(id, first, last): (RegistrationId, String, Option<String>)| {
        (search_key(&format!("{first} {}", last.unwrap_or_default())) == name).then_some(id)
    };
    Ok(alike.into_iter().filter_map(same).collect())
}
