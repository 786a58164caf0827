//! How organizers do things by hand.

use crate::access::Caller;
use crate::api::query::Query;
use crate::error::{Error, Result};
use crate::registrations::Hand;

/// `force` and `silent`.
pub(in crate::api) fn hand(query: &mut Query) -> Hand {
    Hand { force: query.flag("force").unwrap_or_default(), silent: query.flag("silent").unwrap_or_default() }
}

/// Attendees have no such hand.
///
/// # Errors
/// `Forbidden`.
pub(super) fn may_use(caller: &Caller, hand: Hand) -> Result<()> {
    if caller.is_attendee() && (hand.force || hand.silent) { Err(Error::Forbidden) } else { Ok(()) }
}
