//! Seats taken and given back: `taken` always equals the number of registrations that hold one.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::HasSqlType;

use super::RegistrationStatus;
use crate::error::Result;
use crate::events::Quota;
use crate::store::schema::{quotas, registrations};
use crate::store::sql_types::Uuid;
use crate::store::{Db, EventId, QuotaId, on_each_database};

/// Takes a seat, if one is free.
pub(super) fn take(db: &mut Db, quota: &Quota) -> Result<bool> {
    Ok(on_each_database!(db, |c| TakeSeat(quota.id).execute(c))? == 1)
}

/// The statement, in words of its own: every registration runs it, and diesel prepares its own UPDATEs each time.
#[derive(QueryId)]
struct TakeSeat(QuotaId);

impl<DB> QueryFragment<DB> for TakeSeat
where
    DB: Backend + HasSqlType<Uuid>,
    QuotaId: ToSql<Uuid, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE quotas SET taken = taken + 1 WHERE (capacity IS NULL OR taken < capacity) AND id = ");
        out.push_bind_param::<Uuid, _>(&self.0)
    }
}

impl<Conn> RunQueryDsl<Conn> for TakeSeat {}

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
