//! Seats taken and given back: `taken` always equals the number of registrations that hold one.

use diesel::prelude::*;

use super::RegistrationStatus;
use crate::error::Result;
use crate::events::Quota;
use crate::store::schema::{quotas, registrations};
use crate::store::{Db, EventId, on_each_database};

/// Takes a seat, if one is free.
pub(super) fn take(db: &mut Db, quota: &Quota) -> Result<bool> {
    let free = quotas::capacity.is_null().or(quotas::taken.nullable().lt(quotas::capacity));
    let seat = diesel::update(quotas::table.filter(quotas::id.eq(quota.id)).filter(free))
        .set(quotas::taken.eq(quotas::taken + 1));
    Ok(on_each_database!(db, |c| seat.execute(c))? == 1)
}

/// Gives a seat back.
pub(super) fn give_back(db: &mut Db, quota: &Quota) -> Result<()> {
    diesel::update(quotas::table.filter(quotas::id.eq(quota.id)))
        .set(quotas::taken.eq(quotas::taken - 1))
        .execute(db)?;
    Ok(())
}

/// An event whose seats are not what its registrations say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miscount {
    /// The event.
    pub event: EventId,
    /// What its quota says.
    pub taken: i64,
    /// How many registrations hold a seat.
    pub registrations: i64,
    /// How many seats there are.
    pub capacity: Option<i64>,
}

/// Counts all events again and names those where something is wrong: there should be none.
pub fn find_miscounts(db: &mut Db) -> Result<Vec<Miscount>> {
    let counted: Vec<(EventId, i64)> = registrations::table
        .filter(registrations::status.eq(RegistrationStatus::Confirmed))
        .group_by(registrations::event_id)
        .select((registrations::event_id, diesel::dsl::count_star()))
        .load(db)?;
    let counted: std::collections::HashMap<_, _> = counted.into_iter().collect();
    let all = Quota::query().load(db)?;
    Ok(all
        .into_iter()
        .map(|quota| Miscount {
            event: quota.event_id,
            taken: quota.taken,
            registrations: counted.get(&quota.event_id).copied().unwrap_or_default(),
            capacity: quota.capacity,
        })
        .filter(|count| count.taken != count.registrations || count.capacity.is_some_and(|c| count.taken > c))
        .collect())
}
