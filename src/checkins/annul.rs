//! A check-in is taken back.

use diesel::prelude::*;

use super::scan::device;
use super::{CheckIn, CheckInList, CheckInRefusal, CheckInResult, Fact, Presence};
use crate::access::Caller;
use crate::audit;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Held;
use crate::store::schema::check_ins;
use crate::store::{CheckInId, Db};
use crate::values::Line;

/// Takes an accepted check-in back by adding a row that says so. Returns that row.
///
/// # Errors
/// `already_annulled`; `not_annullable` for a row that let nobody through.
pub fn annul(db: &mut Db, by: &Caller, check_in: CheckInId, reason: Line<500>, now: Timestamp) -> Result<CheckIn> {
    let event = CheckIn::find(db, check_in)?.event_id;
    let held = Held::by_id(db, event)?;
    let wrong = CheckIn::find(db, check_in)?;
    let (CheckInResult::Accepted, Some(registration)) = (wrong.result, wrong.registration_id) else {
        return Err(CheckInRefusal::NotAnnullable.into());
    };
    let mut rows = CheckIn::history(db, event, registration, wrong.list_id)?;
    if rows.iter().any(|row| row.annuls_id == Some(wrong.id)) {
        return Err(CheckInRefusal::AlreadyAnnulled.into());
    }
    let before = Presence::after(&Fact::of(&rows));
    let annulment = CheckIn {
        id: CheckInId::new(),
        result: CheckInResult::Annulment,
        visit: None,
        device: device(by),
        nonce: None,
        annuls_id: Some(wrong.id),
        annul_reason: Some(reason.into()),
        occurred_at: now,
        recorded_at: now,
        ..wrong
    };
    diesel::insert_into(check_ins::table).values(&annulment).execute(db)?;
    rows.push(annulment.clone());
    let after = Presence::after(&Fact::of(&rows));
    CheckInList::find(db, annulment.list_id)?.add(db, after.tally() - before.tally())?;
    audit::record(db, &by.actor(), held.event.scope(), "check_in.annulled", check_in.uuid(), now)?;
    Ok(annulment)
}
