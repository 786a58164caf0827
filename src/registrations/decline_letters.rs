//! Somebody wants no letters that nobody needs.

use std::collections::HashSet;

use diesel::prelude::*;

use super::Registration;
use crate::access::UnsubscribeToken;
use crate::audit::{self, Actor, Who};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::store::schema::letters_declined;
use crate::store::{Db, RegistrationId};

/// Sends this registration no reminders any more, nor what organizers write to many; whatever it cannot do without still
/// comes. Saying so twice is saying it once.
///
/// # Errors
/// `NotFound` if it is somebody else's by now.
pub fn decline_letters(db: &mut Db, by: &Actor, token: UnsubscribeToken, now: Timestamp) -> Result<Registration> {
    let (held, registration) = Registration::hold(db, token.registration, None)?;
    let registration = current(registration, token)?;
    let earlier = letters_declined::table.filter(letters_declined::registration_id.eq(registration.id));
    let said: Option<i64> = earlier.select(letters_declined::epoch).first(db).optional()?;
    if said == Some(registration.ticket_epoch) {
        return Ok(registration);
    }
    diesel::delete(earlier).execute(db)?;
    diesel::insert_into(letters_declined::table)
        .values((
            letters_declined::registration_id.eq(registration.id),
            letters_declined::epoch.eq(registration.ticket_epoch),
            letters_declined::declined_at.eq(now),
        ))
        .execute(db)?;
    let by = Actor { who: Who::Attendee(registration.id), ..*by };
    audit::record(db, &by, held.event.scope(), "registration.letters_declined", registration.id.uuid(), now)?;
    Ok(registration)
}

/// The registration that a token is about.
///
/// # Errors
/// `NotFound` if it is somebody else's by now.
pub fn find_to_decline(db: &mut Db, token: UnsubscribeToken) -> Result<Registration> {
    let registration = Registration::find(db, token.registration)?;
    current(registration, token)
}

/// Which of these want no letters that nobody needs: with the epoch of the ticket with which they said so, which is another
/// if the place has gone to somebody else since.
pub fn declined_letters(db: &mut Db, ids: &[RegistrationId]) -> Result<HashSet<(RegistrationId, i64)>> {
    let rows: Vec<(RegistrationId, i64)> = letters_declined::table
        .filter(letters_declined::registration_id.eq_any(ids))
        .select((letters_declined::registration_id, letters_declined::epoch))
        .load(db)?;
    Ok(rows.into_iter().collect())
}

fn current(registration: Registration, token: UnsubscribeToken) -> Result<Registration> {
    if registration.ticket_epoch == i64::from(token.epoch) && !registration.is_erased() {
        Ok(registration)
    } else {
        Err(Error::NotFound("link"))
    }
}
