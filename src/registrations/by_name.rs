//! Registrations found by the name of their attendee alone: whoever searches at the door must not find out addresses.

use std::str::FromStr;

use diesel::prelude::*;

use super::{Registration, RegistrationStatus};
use crate::error::Result;
use crate::store::schema::registrations;
use crate::store::{Db, EventId, RegistrationId};
use crate::values::{Fault, contains_pattern, search_key};

/// How many letters are searched for at least.
const LETTERS: usize = 3;
/// How many rows are looked at in one go.
const BATCH: i64 = 200;

/// Words of a name: at least three letters, at most 100 signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameSearch(Vec<String>);

impl FromStr for NameSearch {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        if text.chars().count() > 100 {
            return Err(Fault::new("too_long", "this has at most 100 characters"));
        }
        let words: Vec<String> = search_key(text).split(' ').map(ToOwned::to_owned).collect();
        let letters = words.iter().flat_map(|word| word.chars()).filter(|c| c.is_alphanumeric()).count();
        if letters < LETTERS {
            return Err(Fault::new("too_short", format!("search for at least {LETTERS} letters")));
        }
        Ok(Self(words))
    }
}

impl NameSearch {
    /// Whether a name has all the words.
    fn finds(&self, registration: &Registration) -> bool {
        let name = search_key(&registration.name());
        self.0.iter().all(|word| name.contains(word.as_str()))
    }

    /// Up to `limit` live registrations of an event with all the words in their name, in the order in which they came in.
    pub fn registrations(&self, db: &mut Db, event: EventId, limit: usize) -> Result<Vec<Registration>> {
        let (mut found, mut after) = (Vec::new(), RegistrationId::from(uuid::Uuid::nil()));
        loop {
            let rows = self.candidates(db, event, after)?;
            let (count, last) = (rows.len(), rows.last().map(|row| row.id));
            found.extend(rows.into_iter().filter(|row| self.finds(row)));
            found.truncate(limit);
            let Some(last) = last.filter(|_| found.len() < limit && i64::try_from(count) == Ok(BATCH)) else {
                return Ok(found);
            };
            after = last;
        }
    }

    /// A search key is name, address, organization: what stands before an @ is in the name or the begin of the address.
    fn candidates(&self, db: &mut Db, event: EventId, after: RegistrationId) -> Result<Vec<Registration>> {
        let live = RegistrationStatus::ALL.iter().copied().filter(|status| status.is_live());
        let mut query = Registration::query()
            .filter(registrations::event_id.eq(event))
            .filter(registrations::id.gt(after))
            .filter(registrations::status.eq_any(live.collect::<Vec<_>>()))
            .into_boxed();
        for word in &self.0 {
            query = query.filter(registrations::search_key.like(format!("{}@%", contains_pattern(word))).escape('\\'));
        }
        Ok(query.order(registrations::id).limit(BATCH).load(db)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_letters_are_enough_however_they_are_written() {
        for (text, words) in [("zoë", vec!["zoe"]), (" Wu  Li ", vec!["wu", "li"]), ("D'Arc", vec!["d'arc"])] {
            assert_eq!(text.parse(), Ok(NameSearch(words.into_iter().map(ToOwned::to_owned).collect())), "{text}");
        }
    }

    #[test]
    fn fewer_letters_are_not() {
        for (text, code) in
            [("", "too_short"), ("ab", "too_short"), ("a%_", "too_short"), (&"x".repeat(101), "too_long")]
        {
            assert_eq!(text.parse::<NameSearch>().map_err(|fault| fault.code), Err(code), "{text}");
        }
    }
}
