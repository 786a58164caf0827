//! Somebody registers.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::{Attendee, Registration, RegistrationRefusal, RegistrationStatus, Source, seats, waitlist};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{Held, Waitlist};
use crate::mail::{MessageKind, outbox};
use crate::store::schema::registrations;
use crate::store::{Db, OrganizationId, RegistrationId, on_each_database};
use crate::values::{Code, Language, Line};

/// How long after a letter a second attempt to register does not send another one.
const RESEND_AFTER: TimeDelta = TimeDelta::minutes(10);

/// Who wants to come.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The person.
    pub attendee: Attendee,
    /// Their language; the event's first, if not given.
    pub locale: Option<Language>,
    /// Its name in another system.
    pub external_ref: Option<Line<200>>,
    /// By which door it came in.
    pub source: Source,
    /// The host through which they came.
    pub via: Option<OrganizationId>,
}

/// What became of a wish.
#[derive(Debug)]
pub enum Placed {
    /// There is a new registration.
    New(Registration),
    /// The address had one already; its letter is sent again, unless one went out just now.
    Before(Registration),
}

/// Registers somebody for an event that is held: with a seat if there is one, else on the waiting list if the event has one.
///
/// # Errors
/// `registration_not_open`, `registration_closed`, `event_cancelled`, `sold_out`.
pub fn place(db: &mut Db, by: &Actor, held: &Held, wish: Wish, now: Timestamp) -> Result<Placed> {
    let event = &held.event;
    event.open_for_registration(now)?;
    let email_key = wish.attendee.email.key();
    if let Some(before) = Registration::find_by_email(db, event.id, &email_key)? {
        send_again(db, &before, now)?;
        return Ok(Placed::Before(before));
    }
    let (status, waitlist_rank) = if seats::take(db, &held.seats)? {
        (RegistrationStatus::Confirmed, None)
    } else if event.waitlist == Waitlist::Auto {
        (RegistrationStatus::Waitlisted, Some(waitlist::next_rank(db, event.id)?))
    } else {
        return Err(RegistrationRefusal::SoldOut.into());
    };
    let placed = Registration {
        search_key: Registration::search_key_of(&wish.attendee),
        id: RegistrationId::new(),
        event_id: event.id,
        code: Code::random().to_string(),
        status,
        first_name: wish.attendee.first_name.into(),
        last_name: wish.attendee.last_name.map(Into::into),
        email: wish.attendee.email.to_string(),
        email_key: Some(email_key),
        organization: wish.attendee.organization.map(Into::into),
        job_title: wish.attendee.job_title.map(Into::into),
        phone: wish.attendee.phone.map(Into::into),
        country: wish.attendee.country.map(Into::into),
        locale: wish.locale.or(event.languages.0.first().copied()).unwrap_or(Language::English),
        external_ref: wish.external_ref.map(Into::into),
        source: wish.source,
        waitlist_rank,
        ticket_epoch: 1,
        created_at: now,
        updated_at: now,
        version: 1,
        via_organization_id: wish.via,
    };
    on_each_database!(db, |c| diesel::insert_into(registrations::table).values(&placed).execute(c))?;
    outbox::post(db, letter_about(status), event.id, placed.id, &placed.email, now)?;
    audit::record(db, by, event.scope(), "registration.placed", placed.id.uuid(), now)?;
    Ok(Placed::New(placed))
}

fn letter_about(status: RegistrationStatus) -> MessageKind {
    match status {
        RegistrationStatus::Confirmed => MessageKind::Confirmed,
        RegistrationStatus::Waitlisted => MessageKind::Waitlisted,
        RegistrationStatus::Cancelled => MessageKind::Cancelled,
    }
}

fn send_again(db: &mut Db, before: &Registration, now: Timestamp) -> Result<()> {
    let recent = outbox::last_posted(db, before.id)?.is_some_and(|posted| posted.plus(RESEND_AFTER) > now);
    if recent {
        return Ok(());
    }
    outbox::post(db, letter_about(before.status), before.event_id, before.id, &before.email, now)
}
