//! Seats for whoever comes with a code: one that is kept for it first, while there is one.
//!
//! How many seats a code has left is what is reserved for it less how many of its registrations are seated; that many are
//! held in the quotas, always.

use super::{Registration, expire, seats};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{AccessCode, Held, Quota};
use crate::store::Db;

/// Takes a seat of each quota, all or none; with `force` also where none is free.
pub(super) fn take<'a>(
    db: &mut Db,
    held: &Held,
    quotas: impl Iterator<Item = &'a Quota>,
    code: Option<&mut AccessCode>,
    force: bool,
) -> Result<bool> {
    let Some(code) = code else { return seats::take(db, quotas, force) };
    // What is kept for them is let go, and taken at once: the event is held, so nobody comes in between.
    let kept = i64::from(code.left() > 0);
    code.keep(db, held, -kept)?;
    let taken = seats::take(db, quotas, force)?;
    if taken {
        code.seated += 1;
    } else {
        code.keep(db, held, kept)?;
    }
    Ok(taken)
}

/// Gives a seat of each quota back; to the code with which it was taken, if seats are still kept for it.
pub(super) fn give_back<'a>(
    db: &mut Db,
    held: &Held,
    quotas: impl Iterator<Item = &'a Quota>,
    code: Option<&mut AccessCode>,
) -> Result<()> {
    seats::give_back(db, quotas)?;
    if let Some(code) = code {
        let before = code.left();
        code.seated -= 1;
        code.keep(db, held, code.left() - before)?;
    }
    Ok(())
}

/// The code with which a registration came.
pub(super) fn code_of(db: &mut Db, registration: &Registration) -> Result<Option<AccessCode>> {
    let code = registration.access_code_id.map(|code| AccessCode::find(db, registration.event_id, code));
    code.transpose()
}

/// Lets somebody who is about to use the code with which they came use it, if it is used up by those whose time is over.
/// Returns the registration as it is then.
pub(super) fn free_code(db: &mut Db, held: &Held, registration: Registration, now: Timestamp) -> Result<Registration> {
    let Some(code) = code_of(db, &registration)? else { return Ok(registration) };
    match expire::end_uses(db, held, &code, 1, now)? {
        0 => Ok(registration),
        _ => Registration::find(db, registration.id),
    }
}
