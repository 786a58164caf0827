//! The rows of a list as they come, from whichever instance.

use std::collections::HashSet;

use diesel::prelude::*;

use super::CheckIn;
use crate::error::Result;
use crate::registrations::Registration;
use crate::store::schema::{check_ins, registrations};
use crate::store::{CheckInId, CheckInListId, Db, RegistrationId};

/// How many rows come at a time.
const ROWS: i64 = 500;

/// For how long rows with earlier ids may still appear, in milliseconds: transactions that were under way, on instances
/// whose clocks go wrong a little.
const SETTLING: u64 = 5_000;

/// Follows a list: gives each of its rows once.
#[derive(Debug, Clone)]
pub struct Follower {
    list: CheckInListId,
    last: CheckInId,
    /// Those that were given and are not older than [`SETTLING`].
    given: HashSet<CheckInId>,
}

/// A row, and whose it is.
#[derive(Debug, Clone)]
pub struct Followed {
    /// The row.
    pub check_in: CheckIn,
    /// Whose; none if nobody was recognized.
    pub registration: Option<Registration>,
}

impl Follower {
    /// Begins behind the rows that are there now.
    pub fn from_now(db: &mut Db, list: CheckInListId) -> Result<Self> {
        let rows = check_ins::table.filter(check_ins::list_id.eq(list));
        let last: Option<CheckInId> = rows.order(check_ins::id.desc()).select(check_ins::id).first(db).optional()?;
        let last = last.unwrap_or(uuid::Uuid::nil().into());
        let given = rows.filter(check_ins::id.gt(settled_before(last))).select(check_ins::id).load(db)?;
        Ok(Self { list, last, given: given.into_iter().collect() })
    }

    /// Begins behind a row that was given before. Those of the seconds before it are given again: some of them may not
    /// have been there yet.
    pub fn behind(list: CheckInListId, last: CheckInId) -> Self {
        Self { list, last, given: [last].into() }
    }

    /// Whether it has given this row, not long ago.
    pub fn has_given(&self, id: CheckInId) -> bool {
        self.given.contains(&id)
    }

    /// The next rows, in the order of their ids; none if there are none yet.
    pub fn next(&mut self, db: &mut Db) -> Result<Vec<Followed>> {
        let limit = i64::try_from(self.given.len()).unwrap_or(i64::MAX).saturating_add(ROWS);
        let mut ids: Vec<CheckInId> = check_ins::table
            .filter(check_ins::list_id.eq(self.list))
            .filter(check_ins::id.gt(settled_before(self.last)))
            .order(check_ins::id)
            .limit(limit)
            .select(check_ins::id)
            .load(db)?;
        ids.retain(|id| !self.given.contains(id));
        let Some(newest) = ids.last().copied() else { return Ok(Vec::new()) };
        self.last = self.last.max(newest);
        self.given.extend(&ids);
        let settled = settled_before(self.last);
        self.given.retain(|id| *id > settled);
        let rows: Vec<CheckIn> = CheckIn::query().filter(check_ins::id.eq_any(ids)).order(check_ins::id).load(db)?;
        with_registrations(db, rows)
    }
}

fn with_registrations(db: &mut Db, rows: Vec<CheckIn>) -> Result<Vec<Followed>> {
    let ids: HashSet<RegistrationId> = rows.iter().filter_map(|row| row.registration_id).collect();
    let people: Vec<Registration> = Registration::query().filter(registrations::id.eq_any(ids)).load(db)?;
    let person = |id| people.iter().find(|person| person.id == id).cloned();
    Ok(rows
        .into_iter()
        .map(|row| Followed { registration: row.registration_id.and_then(person), check_in: row })
        .collect())
}

/// An id before which nothing appears any more, once `last` is there. The first 48 bits of an id are its milliseconds
/// (RFC 9562 §5.7).
fn settled_before(last: CheckInId) -> CheckInId {
    let millis = (last.uuid().as_u128() >> 80).saturating_sub(u128::from(SETTLING));
    uuid::Uuid::from_u128(millis << 80).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_seconds_before_an_id_nothing_appears_any_more() {
        let id = |text: &str| -> CheckInId { text.parse().unwrap() };
        assert_eq!(
            settled_before(id("00000000-2710-7fff-bfff-ffffffffffff")),
            id("00000000-1388-0000-0000-000000000000")
        );
        assert_eq!(
            settled_before(id("00000000-0000-0000-0000-000000000000")),
            id("00000000-0000-0000-0000-000000000000")
        );
    }
}
