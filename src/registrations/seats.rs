//! Seats taken and given back: `taken` always equals the number of registrations that hold one.

use std::collections::HashMap;

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::HasSqlType;

use crate::error::Result;
use crate::events::{AccessCode, Part, Quota};
use crate::registrations::Invitation;
use crate::store::schema::{access_codes, guest_invitations, quotas, registration_sessions, registrations};
use crate::store::sql_types::Uuid;
use crate::store::{AccessCodeId, Db, EventId, QuotaId, SessionId, TicketTypeId, on_each_database};

/// Takes a seat of each quota, all or none; with `force` also where none is free.
pub(super) fn take<'a>(db: &mut Db, quotas: impl Iterator<Item = &'a Quota>, force: bool) -> Result<bool> {
    let mut taken: Vec<&Quota> = Vec::new();
    for quota in quotas {
        let seat = on_each_database!(db, |c| TakeSeat(quota.id).execute(c))?;
        if seat == 0 && !force {
            give_back(db, taken.into_iter())?;
            return Ok(false);
        }
        if seat == 0 {
            on_each_database!(db, |c| ForceSeat(quota.id).execute(c))?;
        }
        taken.push(quota);
    }
    Ok(true)
}

/// Gives a seat of each quota back. What was let in beyond the capacity goes first.
pub(super) fn give_back<'a>(db: &mut Db, quotas: impl Iterator<Item = &'a Quota>) -> Result<()> {
    for quota in quotas {
        on_each_database!(db, |c| GiveBack(quota.id).execute(c))?;
    }
    Ok(())
}

/// Keeps a seat of each quota, all or none: it is held, and not taken.
pub(super) fn keep<'a>(db: &mut Db, quotas: impl Iterator<Item = &'a Quota>) -> Result<bool> {
    let mut kept: Vec<&Quota> = Vec::new();
    for quota in quotas {
        if on_each_database!(db, |c| KeepSeat(quota.id).execute(c))? == 0 {
            let_go(db, kept.into_iter())?;
            return Ok(false);
        }
        kept.push(quota);
    }
    Ok(true)
}

/// Lets a kept seat of each quota go.
pub(super) fn let_go<'a>(db: &mut Db, quotas: impl Iterator<Item = &'a Quota>) -> Result<()> {
    for quota in quotas {
        on_each_database!(db, |c| LetGo(quota.id).execute(c))?;
    }
    Ok(())
}

/// Takes so many seats of a quota, if all of them are free.
pub(super) fn take_free(db: &mut Db, quota: QuotaId, seats: i64) -> Result<bool> {
    let free =
        quotas::capacity.is_null().or((quotas::taken + quotas::held + seats).le(quotas::capacity.assume_not_null()));
    let taken = diesel::update(quotas::table.find(quota).filter(free)).set(quotas::taken.eq(quotas::taken + seats));
    Ok(taken.execute(db)? == 1)
}

/// Gives back what [`take_free`] took.
pub(super) fn give_free_back(db: &mut Db, quota: QuotaId, seats: i64) -> Result<()> {
    diesel::update(quotas::table.find(quota)).set(quotas::taken.eq(quotas::taken - seats)).execute(db)?;
    Ok(())
}

/// A statement about one quota, in words of its own: every registration runs one, and diesel prepares its own UPDATEs
/// each time.
macro_rules! statement {
    ($name:ident, $words:literal) => {
        #[derive(QueryId)]
        struct $name(QuotaId);

        impl<DB> QueryFragment<DB> for $name
        where
            DB: Backend + HasSqlType<Uuid>,
            QuotaId: ToSql<Uuid, DB>,
        {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                out.push_sql($words);
                out.push_bind_param::<Uuid, _>(&self.0)
            }
        }

        impl<Conn> RunQueryDsl<Conn> for $name {}
    };
}
statement!(
    TakeSeat,
    "UPDATE quotas SET taken = taken + 1 WHERE (capacity IS NULL OR taken + held < capacity) AND id = "
);
statement!(KeepSeat, "UPDATE quotas SET held = held + 1 WHERE (capacity IS NULL OR taken + held < capacity) AND id = ");
statement!(LetGo, "UPDATE quotas SET held = held - 1 WHERE id = ");
statement!(
    ForceSeat,
    "UPDATE quotas SET taken = taken + 1, \
     allowed = CASE WHEN taken + 1 > capacity THEN taken + 1 - capacity ELSE 0 END WHERE id = "
);
statement!(
    GiveBack,
    "UPDATE quotas SET taken = taken - 1, \
     allowed = CASE WHEN taken - 1 > capacity THEN taken - 1 - capacity ELSE 0 END WHERE id = "
);

/// A quota whose seats are not what its registrations say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miscount {
    /// The event.
    pub event: EventId,
    /// The quota.
    pub quota: QuotaId,
    /// What it says.
    pub taken: i64,
    /// How many registrations hold a seat.
    pub registrations: i64,
    /// How many seats there are.
    pub capacity: Option<i64>,
    /// How many it says are held.
    pub held: i64,
    /// How many are reserved for access codes and not used, or kept for invitations.
    pub reserved: i64,
}

/// Counts all quotas again and names those where something is wrong: there should be none.
pub fn find_miscounts(db: &mut Db) -> Result<Vec<Miscount>> {
    let seated = registrations::table.filter(registrations::seated.eq(true));
    let count = diesel::dsl::count_star();
    let of_events: Vec<(EventId, i64)> =
        seated.group_by(registrations::event_id).select((registrations::event_id, count)).load(db)?;
    let of_types: Vec<(TicketTypeId, i64)> = seated
        .filter(registrations::ticket_type_id.is_not_null())
        .group_by(registrations::ticket_type_id)
        .select((registrations::ticket_type_id.assume_not_null(), count))
        .load(db)?;
    let of_sessions: Vec<(SessionId, i64)> = registration_sessions::table
        .inner_join(registrations::table)
        .filter(registrations::seated.eq(true))
        .group_by(registration_sessions::session_id)
        .select((registration_sessions::session_id, count))
        .load(db)?;
    let (of_events, of_types): (HashMap<_, _>, HashMap<_, _>) =
        (of_events.into_iter().collect(), of_types.into_iter().collect());
    let of_sessions: HashMap<_, _> = of_sessions.into_iter().collect();
    let codes: Vec<AccessCode> = AccessCode::query().filter(access_codes::reserved.gt(0)).load(db)?;
    let of_codes: HashMap<AccessCodeId, i64> = seated
        .filter(registrations::access_code_id.is_not_null())
        .group_by(registrations::access_code_id)
        .select((registrations::access_code_id.assume_not_null(), count))
        .load(db)?
        .into_iter()
        .collect();
    let invitations: Vec<Invitation> = Invitation::query().filter(guest_invitations::keeps_seat.eq(true)).load(db)?;
    let kept = |quota: &Quota| {
        let keeps = |invitation: &&Invitation| match quota.part_of_event() {
            None => invitation.event_id == quota.event_id,
            Some(Part::TicketType(id)) => invitation.ticket_type_id == Some(id),
            Some(Part::Session(id)) => invitation.sessions.0.contains(&id),
        };
        i64::try_from(invitations.iter().filter(keeps).count()).unwrap_or(i64::MAX)
    };
    let reserved = |quota: &Quota| -> i64 {
        let keeps = |code: &&AccessCode| match quota.part_of_event() {
            None => code.event_id == quota.event_id,
            Some(Part::TicketType(id)) => code.ticket_type_id == Some(id),
            Some(Part::Session(_)) => false,
        };
        let left = |code: &AccessCode| (code.reserved - of_codes.get(&code.id).copied().unwrap_or_default()).max(0);
        codes.iter().filter(keeps).map(left).sum()
    };
    let miscount = |quota: Quota| {
        let counted = match quota.part_of_event() {
            None => of_events.get(&quota.event_id),
            Some(Part::TicketType(id)) => of_types.get(&id),
            Some(Part::Session(id)) => of_sessions.get(&id),
        };
        let registrations = counted.copied().unwrap_or_default();
        let most = quota.capacity.map(|capacity| capacity + quota.allowed);
        let reserved = reserved(&quota) + kept(&quota);
        let wrong =
            quota.taken != registrations || quota.held != reserved || most.is_some_and(|most| quota.taken > most);
        wrong.then_some(Miscount {
            event: quota.event_id,
            quota: quota.id,
            taken: quota.taken,
            registrations,
            capacity: quota.capacity,
            held: quota.held,
            reserved,
        })
    };
    Ok(Quota::query().order(quotas::id).load(db)?.into_iter().filter_map(miscount).collect())
}
