//! Seats that were kept for access codes go back to everybody at their time.

use diesel::prelude::*;

use super::access_codes::described;
use super::{AccessCode, Held};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::access_codes;
use crate::store::{Db, EventId};

/// The events at which seats are kept for longer than they should be; at most a hundred.
pub fn due_releases(db: &mut Db, now: Timestamp) -> Result<Vec<EventId>> {
    Ok(access_codes::table
        .filter(access_codes::reserved.gt(0))
        .filter(access_codes::release_at.le(now))
        .select(access_codes::event_id)
        .distinct()
        .limit(100)
        .load(db)?)
}

/// Gives the seats back to everybody whose time is over, at one event. Whoever comes first does it: it is read again under
/// the event's lock. Whoever calls this lets waiting people move up afterwards. Returns how many codes that were.
pub fn release_reserved(db: &mut Db, event: EventId, now: Timestamp) -> Result<usize> {
    let held = Held::by_id(db, event)?;
    let due: Vec<AccessCode> = AccessCode::query()
        .filter(access_codes::event_id.eq(event))
        .filter(access_codes::reserved.gt(0))
        .filter(access_codes::release_at.le(now))
        .order(access_codes::id)
        .load(db)?;
    for before in &due {
        before.keep(db, &held, -before.left())?;
        let code = AccessCode { reserved: 0, updated_at: now, version: before.version + 1, ..before.clone() };
        diesel::update(access_codes::table.filter(access_codes::id.eq(code.id))).set(&code).execute(db)?;
        let changes = Changes::between(&described(before), &described(&code));
        let scope = held.event.scope();
        audit::record_changes(db, &Actor::SYSTEM, scope, "access_code.released", code.id.uuid(), changes, now)?;
    }
    Ok(due.len())
}
