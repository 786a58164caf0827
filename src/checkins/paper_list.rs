//! Who is expected at a list, for paper.

use super::CheckInList;
use super::roster::Coverage;
use crate::error::Result;
use crate::registrations::Brief;
use crate::store::Db;
use crate::values::search_key;

/// Everybody whom a list lets in, by their last names, then their first.
pub fn paper_list(db: &mut Db, list: &CheckInList) -> Result<Vec<Brief>> {
    let coverage = Coverage::of(db, list)?;
    let mut people = Brief::of_event(db, list.event_id, None)?;
    people.retain(|person| coverage.objection(person).is_none());
    people.sort_by_cached_key(|person| {
        let last_name = person.last_name.as_deref().unwrap_or(&person.first_name);
        (search_key(last_name), search_key(&person.first_name), person.id)
    });
    Ok(people)
}
