//! What contradicts, and what somebody made of it.

use diesel::prelude::*;

use super::{CheckIn, CheckInRefusal, Reason, annul};
use crate::access::Caller;
use crate::audit;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Event;
use crate::registrations::Registration;
use crate::store::schema::{check_in_conflicts, check_in_settlements, check_ins, registrations};
use crate::store::{CheckInId, CheckInListId, Db, Page, Paging};
use crate::text_enum;
use crate::values::Line;

/// A row that let somebody through although something speaks against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The row.
    pub check_in: CheckIn,
    /// What speaks against it.
    pub reason: Reason,
    /// Whose it is.
    pub registration: Registration,
    /// Who let it stand, and why.
    pub settled: Option<Settlement>,
}

/// That somebody looked at a conflict and let it stand.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = check_in_settlements, treat_none_as_default_value = false)]
pub struct Settlement {
    /// Which row.
    pub check_in_id: CheckInId,
    /// Why.
    pub reason: String,
    /// Who, as check-ins name scanners.
    pub settled_by: String,
    /// When.
    pub settled_at: Timestamp,
}

text_enum! {
    /// How a conflict is settled.
    pub enum Decision {
        /// It is as it is: it stays, and counts.
        Keep = "keep",
        /// It is taken back, and counts no more.
        TakeBack = "take_back",
    }
}

impl Conflict {
    /// The conflicts of a list, in the order in which we heard of them; also those alone that are settled, or are not.
    pub fn of_list(db: &mut Db, list: CheckInListId, settled: Option<bool>, paging: &Paging) -> Result<Page<Self>> {
        let name = format!("conflicts {list} {settled:?}");
        let mut query = check_in_conflicts::table
            .filter(check_in_conflicts::list_id.eq(list))
            .order(check_in_conflicts::check_in_id)
            .limit(paging.rows())
            .select((check_in_conflicts::check_in_id, check_in_conflicts::reason))
            .into_boxed();
        if let Some(after) = paging.after::<uuid::Uuid>(&name)? {
            query = query.filter(check_in_conflicts::check_in_id.gt(CheckInId::from(after)));
        }
        let looked_at = check_in_settlements::table.select(check_in_settlements::check_in_id);
        query = match settled {
            Some(true) => query.filter(check_in_conflicts::check_in_id.eq_any(looked_at)),
            Some(false) => query.filter(check_in_conflicts::check_in_id.ne_all(looked_at)),
            None => query,
        };
        let rows: Vec<(CheckInId, Reason)> = query.load(db)?;
        let ids: Vec<CheckInId> = rows.iter().map(|(id, _)| *id).collect();
        let known: Vec<CheckIn> = CheckIn::query().filter(check_ins::id.eq_any(&ids)).load(db)?;
        let people: Vec<_> = known.iter().filter_map(|row| row.registration_id).collect();
        let people: Vec<Registration> = Registration::query().filter(registrations::id.eq_any(people)).load(db)?;
        let settlements: Vec<Settlement> =
            Settlement::query().filter(check_in_settlements::check_in_id.eq_any(&ids)).load(db)?;
        let conflict = |(id, reason): (CheckInId, Reason)| {
            let check_in = known.iter().find(|row| row.id == id)?.clone();
            let registration = people.iter().find(|one| Some(one.id) == check_in.registration_id)?.clone();
            let settled = settlements.iter().find(|one| one.check_in_id == id).cloned();
            Some(Self { check_in, reason, registration, settled })
        };
        let rows: Vec<Self> = rows.into_iter().filter_map(conflict).collect();
        paging.page(&name, rows, |conflict| conflict.check_in.id.uuid())
    }

    /// What contradicts in each of these rows.
    pub fn reasons(db: &mut Db, rows: &[CheckIn]) -> Result<std::collections::HashMap<CheckInId, Reason>> {
        let ids: Vec<CheckInId> = rows.iter().map(|row| row.id).collect();
        let of_rows = check_in_conflicts::table.filter(check_in_conflicts::check_in_id.eq_any(ids));
        let found: Vec<(CheckInId, Reason)> =
            of_rows.select((check_in_conflicts::check_in_id, check_in_conflicts::reason)).load(db)?;
        Ok(found.into_iter().collect())
    }
}

/// Settles a conflict of an event that is held: it stays, or it is taken back. A conflict that was let stand can still be
/// taken back.
///
/// # Errors
/// `no_conflict`; `already_settled`.
pub fn settle(
    db: &mut Db,
    by: &Caller,
    event: &Event,
    check_in: CheckInId,
    (decision, reason): (Decision, Line<500>),
    now: Timestamp,
) -> Result<()> {
    let known = check_in_conflicts::table.filter(check_in_conflicts::check_in_id.eq(check_in));
    if known.count().get_result::<i64>(db)? == 0 {
        return Err(CheckInRefusal::NoConflict.into());
    }
    if decision == Decision::TakeBack {
        annul(db, by, check_in, reason, now)?;
        return Ok(());
    }
    let before = Settlement::query().filter(check_in_settlements::check_in_id.eq(check_in)).first(db).optional()?;
    if before.is_some() {
        return Err(CheckInRefusal::AlreadySettled.into());
    }
    let row = Settlement { check_in_id: check_in, reason: reason.into(), settled_by: by.key(), settled_at: now };
    diesel::insert_into(check_in_settlements::table).values(&row).execute(db)?;
    audit::record(db, &by.actor(), event.scope(), "check_in.kept", check_in.uuid(), now)
}
