//! The letter that says where a registration stands, once more.

use super::place::{RESEND_AFTER, letter_about};
use super::{Registration, RegistrationRefusal};
use crate::audit::{self, Actor, Who};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::mail::outbox;
use crate::store::{Db, RegistrationId};

/// Posts the letter that says where a registration stands.
///
/// # Errors
/// `erased`; `TooOften` for an attendee to whom a letter went less than ten minutes ago.
pub fn resend(db: &mut Db, by: &Actor, registration: RegistrationId, now: Timestamp) -> Result<Registration> {
    let (held, found) = Registration::hold(db, registration, None)?;
    if found.is_erased() {
        return Err(RegistrationRefusal::Erased.into());
    }
    if matches!(by.who, Who::Attendee(_)) {
        let again_at = outbox::last_posted(db, found.id)?.map(|posted| posted.plus(RESEND_AFTER));
        if let Some(again_at) = again_at.filter(|at| *at > now) {
            let micros = u64::try_from(again_at.micros() - now.micros()).unwrap_or_default();
            return Err(Error::TooOften { seconds: micros.div_ceil(1_000_000) });
        }
    }
    outbox::post(db, letter_about(found.status), found.event_id, found.id, &found.email, now)?;
    audit::record(db, by, held.event.scope(), "registration.letter_resent", found.id.uuid(), now)?;
    Ok(found)
}
