//! A check-in is taken back.

use super::room::Room;
use super::scan::device;
use super::{CheckIn, CheckInRefusal, CheckInResult, CheckInSource, Story};
use crate::access::Caller;
use crate::audit;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Held;
use crate::store::{CheckInId, Db};
use crate::values::Line;

/// Takes a check-in that let somebody through back, by adding a row that says so; second reads of it are taken back with
/// it. Returns that row.
///
/// # Errors
/// `already_annulled`; `not_annullable` for a row that let nobody through.
pub fn annul(db: &mut Db, by: &Caller, check_in: CheckInId, reason: Line<500>, now: Timestamp) -> Result<CheckIn> {
    let event = CheckIn::find(db, check_in)?.event_id;
    let held = Held::by_id(db, event)?;
    let wrong = CheckIn::find(db, check_in)?;
    let Some(registration) = wrong.registration_id.filter(|_| wrong.passes()) else {
        return Err(CheckInRefusal::NotAnnullable.into());
    };
    let mut room = Room::of(db, event, wrong.list_id)?;
    let mut rows = room.rows(db, registration)?;
    if rows.iter().any(|row| row.annuls_id == Some(wrong.id)) {
        return Err(CheckInRefusal::AlreadyAnnulled.into());
    }
    let (before, repeats) = {
        let story = Story::of(&room.lists, &rows);
        let repeats = story.repeats.iter().filter(|(_, first)| *first == wrong.id);
        (story.ending(), repeats.map(|(second, _)| *second).collect::<Vec<_>>())
    };
    let reason = String::from(reason);
    let annulment = |of: CheckInId| CheckIn {
        id: CheckInId::new(),
        result: CheckInResult::Annulment,
        reason: None,
        visit: None,
        device: device(by),
        nonce: None,
        annuls_id: Some(of),
        annul_reason: Some(reason.clone()),
        occurred_at: now,
        recorded_at: now,
        source: CheckInSource::Online,
        standing: None,
        answer_errors: None,
        ..wrong.clone()
    };
    let annulments: Vec<CheckIn> = std::iter::once(wrong.id).chain(repeats).map(annulment).collect();
    for row in &annulments {
        row.write(db)?;
    }
    let first = annulments[0].clone();
    rows.extend(annulments);
    let after = room.ending(&rows);
    room.keep(db, registration, (&before, &after), 0)?;
    audit::record(db, &by.actor(), held.event.scope(), "check_in.annulled", check_in.uuid(), now)?;
    Ok(first)
}
