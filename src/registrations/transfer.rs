//! Somebody gives their place to somebody else.

use diesel::prelude::*;
use serde_json::Value;

use super::transition::save;
use super::{Attendee, Registration, RegistrationRefusal, RegistrationStatus, given};
use crate::audit::{self, Actor, Change, Changes, Who};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{Catalog, Held, TicketType};
use crate::mail::{MessageKind, outbox};
use crate::store::schema::{check_ins, consents, registrations};
use crate::store::{Db, KeptReply, RegistrationId};
use crate::values::{Code, Language};

/// Gives a place to somebody else: the same seat, with a new ticket, code and link; the old ones are revoked. What the
/// one before answered, agreed to and was noted for goes. Both are told.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `event_begun`, `not_now`, `checked_in`, `leads_group`,
/// `already_registered`; `ask_organizers` for an attendee where somebody looks at each registration, or needs a code.
pub fn transfer(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    (attendee, locale): (Attendee, Option<Language>),
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Registration> {
    let (held, before) = Registration::hold(db, registration, expected)?;
    check(db, &held, by, &before, now)?;
    let email_key = attendee.email.key();
    if Registration::find_by_email(db, held.event.id, &email_key)?.is_some() {
        return Err(RegistrationRefusal::AddressTaken.into());
    }
    let after = Registration {
        search_key: Registration::search_key_of(&attendee),
        code: Code::random().to_string(),
        first_name: attendee.first_name.into(),
        last_name: attendee.last_name.map(Into::into),
        email: attendee.email.to_string(),
        email_key: Some(email_key),
        organization: attendee.organization.map(Into::into),
        job_title: attendee.job_title.map(Into::into),
        phone: attendee.phone.map(Into::into),
        country: attendee.country.map(Into::into),
        locale: locale.unwrap_or(before.locale),
        ticket_epoch: before.ticket_epoch + 1,
        external_ref: None,
        answers: None,
        note: None,
        ..before.clone()
    };
    let after = save(db, after, now)?;
    let asked = Catalog::of(db, &held)?;
    given::begin_anew(db, after.id, &asked.questions, now)?;
    withdraw_consents(db, after.id, now)?;
    outbox::withdraw(db, after.id, now)?;
    outbox::post(db, MessageKind::Transferred, after.event_id, after.id, &after.email, now)?;
    outbox::post(db, MessageKind::TransferredAway, after.event_id, after.id, &before.email, now)?;
    KeptReply::forget_about(db, held.event.id.uuid(), after.id.uuid())?;
    // Who it was and is stays out of the trail.
    let person = Change { field: "attendee".to_owned(), before: Value::Null, after: Value::Null };
    let changes = Changes(vec![person]);
    audit::record_changes(db, by, held.event.scope(), "registration.transferred", after.id.uuid(), changes, now)?;
    Ok(after)
}

fn check(db: &mut Db, held: &Held, by: &Actor, before: &Registration, now: Timestamp) -> Result<()> {
    if before.status != RegistrationStatus::Confirmed {
        return Err(RegistrationRefusal::NotNow { status: before.status.as_str() }.into());
    }
    if now >= held.event.starts_at {
        return Err(RegistrationRefusal::EventBegun.into());
    }
    let entries = check_ins::table
        .filter(check_ins::event_id.eq(before.event_id))
        .filter(check_ins::registration_id.eq(before.id))
        .filter(check_ins::visit.is_not_null());
    if entries.count().get_result::<i64>(db)? > 0 {
        return Err(RegistrationRefusal::CheckedIn.into());
    }
    if before.group_id == Some(before.id) {
        let others = registrations::table
            .filter(registrations::group_id.eq(before.id))
            .filter(registrations::id.ne(before.id))
            .filter(registrations::email_key.is_not_null());
        if others.count().get_result::<i64>(db)? > 0 {
            return Err(RegistrationRefusal::LeadsGroup.into());
        }
    }
    if matches!(by.who, Who::Attendee(_)) && is_looked_at(db, held, before)? {
        return Err(RegistrationRefusal::AskOrganizers.into());
    }
    Ok(())
}

/// Whether not everybody could register as this one did.
fn is_looked_at(db: &mut Db, held: &Held, before: &Registration) -> Result<bool> {
    if held.event.approval || before.access_code_id.is_some() {
        return Ok(true);
    }
    let Some(kind) = before.ticket_type_id else { return Ok(false) };
    Ok(TicketType::find(db, held.event.id, kind)?.approval)
}

/// What one person agreed to, nobody else did.
pub(super) fn withdraw_consents(db: &mut Db, registration: RegistrationId, now: Timestamp) -> Result<()> {
    let given =
        consents::table.filter(consents::registration_id.eq(registration)).filter(consents::withdrawn_at.is_null());
    diesel::update(given).set(consents::withdrawn_at.eq(Some(now))).execute(db)?;
    Ok(())
}
