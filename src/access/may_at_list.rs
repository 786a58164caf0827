//! May they do this at that check-in list? Roles as at the event; a device at its lists alone, and not much.

use chrono::TimeDelta;

use super::{Caller, Deed, Identity, Paired, may};
use crate::clock::Timestamp;
use crate::error::{Denial, Error, Result};
use crate::events::Event;
use crate::store::{CheckInListId, Db};

/// How long whoever checked somebody in may take that back themselves.
const UNDO_WITHIN: TimeDelta = TimeDelta::minutes(15);

impl Paired {
    /// What a device may do at its lists.
    fn allows(&self, deed: Deed) -> bool {
        match deed {
            Deed::CheckIn | Deed::SeeNumbers | Deed::FollowCheckIns => true,
            Deed::WalkIn => self.walk_ins,
            _ => false,
        }
    }
}

/// Whether the caller may do `deed` at a list of `event`.
///
/// # Errors
/// As [`may`]; for a device `NotFound` at a list that is not one of its own, and `Forbidden` for what devices do not do.
pub fn may_at_list(db: &mut Db, caller: &Caller, deed: Deed, event: &Event, list: CheckInListId) -> Result<()> {
    let Identity::Device(device) = &caller.identity else { return may(db, caller, deed, event) };
    let shown = match () {
        () if device.event != event.id || !device.lists.contains(&list) => Error::NotFound("check-in list"),
        () if !device.allows(deed) => Error::Forbidden,
        () => return Ok(()),
    };
    let denial = Denial {
        organization: event.organization_id.uuid(),
        event: Some(event.id.uuid()),
        deed: deed.as_str(),
        subject: list.uuid(),
    };
    Err(Error::Denied { shown: Box::new(shown), denial })
}

/// Whether the caller may take a check-in at a list of `event` back that `by` (as [`Caller::key`] has it) made at
/// `recorded_at`: their own within 15 minutes, or whoever may at any time.
///
/// # Errors
/// As [`may_at_list`].
pub fn may_undo(
    db: &mut Db,
    caller: &Caller,
    event: &Event,
    list: CheckInListId,
    (by, recorded_at): (&str, Timestamp),
    now: Timestamp,
) -> Result<()> {
    let own = by == caller.key() && now < recorded_at.plus(UNDO_WITHIN);
    may_at_list(db, caller, if own { Deed::CheckIn } else { Deed::AnnulCheckIn }, event, list)
}
