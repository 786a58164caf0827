//! Somebody registers.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::party::{Choice, Party};
use super::transition::{self, Hand, needs_seat};
use super::{Attendee, Registration, RegistrationRefusal, RegistrationStatus, Source, reserve, waitlist};
use crate::audit::{Actor, Who};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{AccessCode, Held, RegistrationMode, Waitlist};
use crate::mail::{MessageKind, outbox};
use crate::store::schema::{registration_sessions, registrations};
use crate::store::{AccessCodeId, Db, OrganizationId, RegistrationId, SessionId, TicketTypeId, on_each_database};
use crate::values::{Code, Language, Line};

/// How long after a letter a second attempt to register does not send another one.
const RESEND_AFTER: TimeDelta = TimeDelta::minutes(10);
/// How long somebody has to show that an address is theirs.
const VERIFY_WITHIN: TimeDelta = TimeDelta::hours(24);

/// Who wants to come, and to what.
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
    /// With which kind of admission; needed if the event has any.
    pub ticket_type: Option<TicketTypeId>,
    /// To which sessions, beyond those that come with the ticket type.
    pub sessions: Vec<SessionId>,
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

/// What became of a party.
#[derive(Debug)]
pub enum PlacedParty {
    /// There are new registrations: the lead's, and the guests' in their order.
    New(Registration, Vec<Registration>),
    /// An address had one already; its letter is sent again, unless one went out just now. Nobody else was registered.
    Before(Registration),
}

/// Registers somebody for an event that is held: with a seat if there is one, else on the waiting list if the event has one.
///
/// # Errors
/// As [`place_party`].
pub fn place(db: &mut Db, by: &Actor, held: &Held, wish: Wish, now: Timestamp) -> Result<Placed> {
    let party = Party { lead: wish, guests: Vec::new(), access_code: None };
    Ok(match place_party(db, by, held, party, now)? {
        PlacedParty::New(lead, _) => Placed::New(lead),
        PlacedParty::Before(before) => Placed::Before(before),
    })
}

/// Registers somebody with the guests that they bring for an event that is held, all or none: with a seat for each if
/// there are enough, else all of them on the waiting list if the event has one. Each gets a letter.
///
/// # Errors
/// `registration_not_open`, `registration_closed`, `event_cancelled`, `registration_elsewhere`, `sold_out`; `Invalid` for a
/// ticket type, a session or an access code that is not there or not theirs, for sessions that overlap, for a group that is
/// too small or too large, and for two of a group with one address.
pub fn place_party(db: &mut Db, by: &Actor, held: &Held, party: Party, now: Timestamp) -> Result<PlacedParty> {
    let event = &held.event;
    event.open_for_registration(now)?;
    if event.registration_mode != RegistrationMode::BuiltIn {
        return Err(RegistrationRefusal::Elsewhere { url: event.external_url.clone() }.into());
    }
    let (choices, mut code) = party.check(db, held, now)?;
    for kind in choices.iter().filter_map(|choice| choice.ticket_type.as_ref()) {
        kind.open_for_registration(now)?;
    }
    if let Some(before) = before(db, held, &party, now)? {
        return Ok(PlacedParty::Before(before));
    }
    let unverified = event.verify_email && by.who == Who::Anonymous;
    let statuses = settle(db, held, &choices, unverified, code.as_mut())?;
    if let Some(code) = &mut code {
        code.used += party.size();
        code.save_counts(db)?;
    }
    let id = RegistrationId::new();
    let group = (!party.guests.is_empty()).then_some(id);
    let with = (group, code.map(|code| code.id));
    let mut placed = Vec::new();
    for (wish, (choice, status)) in party.into_wishes().zip(choices.into_iter().zip(statuses)) {
        let id = if placed.is_empty() { id } else { RegistrationId::new() };
        placed.push(insert(db, by, held, (id, wish), (choice, status), with, now)?);
    }
    let guests = placed.split_off(1);
    placed.pop().map(|lead| PlacedParty::New(lead, guests)).ok_or(Error::Busy)
}

/// Who of a party is registered already; each of them gets their letter again.
fn before(db: &mut Db, held: &Held, party: &Party, now: Timestamp) -> Result<Option<Registration>> {
    let mut found = None;
    for wish in party.wishes() {
        if let Some(before) = Registration::find_by_email(db, held.event.id, &wish.attendee.email.key())? {
            send_again(db, &before, now)?;
            found.get_or_insert(before);
        }
    }
    Ok(found)
}

/// Writes one registration of a party down, with its letter.
fn insert(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    (id, wish): (RegistrationId, Wish),
    (choice, status): (Choice, RegistrationStatus),
    (group_id, access_code_id): (Option<RegistrationId>, Option<AccessCodeId>),
    now: Timestamp,
) -> Result<Registration> {
    let event = &held.event;
    let waits = status == RegistrationStatus::Waitlisted;
    let placed = Registration {
        search_key: Registration::search_key_of(&wish.attendee),
        id,
        event_id: event.id,
        code: Code::random().to_string(),
        status,
        email_key: Some(wish.attendee.email.key()),
        first_name: wish.attendee.first_name.into(),
        last_name: wish.attendee.last_name.map(Into::into),
        email: wish.attendee.email.to_string(),
        organization: wish.attendee.organization.map(Into::into),
        job_title: wish.attendee.job_title.map(Into::into),
        phone: wish.attendee.phone.map(Into::into),
        country: wish.attendee.country.map(Into::into),
        locale: wish.locale.or(event.languages.0.first().copied()).unwrap_or(Language::English),
        external_ref: wish.external_ref.map(Into::into),
        source: wish.source,
        waitlist_rank: if waits { Some(waitlist::next_rank(db, event.id)?) } else { None },
        ticket_epoch: 1,
        created_at: now,
        updated_at: now,
        version: 1,
        via_organization_id: wish.via,
        seated: needs_seat(event, status),
        ticket_type_id: choice.ticket_type.map(|kind| kind.id),
        group_id,
        answers: None,
        expires_at: (status == RegistrationStatus::PendingVerification).then(|| now.plus(VERIFY_WITHIN)),
        note: None,
        tags: None,
        access_code_id,
        reason: None,
    };
    on_each_database!(db, |c| diesel::insert_into(registrations::table).values(&placed).execute(c))?;
    choose_sessions(db, &placed, &choice.sessions)?;
    transition::placed(db, by, event, &placed, Hand::default(), now)?;
    Ok(placed)
}

/// Where the members of a party end up; takes the seats that they need there, for all or for none.
fn settle(
    db: &mut Db,
    held: &Held,
    choices: &[Choice],
    unverified: bool,
    mut code: Option<&mut AccessCode>,
) -> Result<Vec<RegistrationStatus>> {
    let event = &held.event;
    if unverified {
        return Ok(vec![RegistrationStatus::PendingVerification; choices.len()]);
    }
    let wanted = |choice: &Choice| {
        if event.approval || choice.ticket_type.as_ref().is_some_and(|kind| kind.approval) {
            RegistrationStatus::PendingApproval
        } else {
            RegistrationStatus::Confirmed
        }
    };
    let mut seated: Vec<&Choice> = Vec::new();
    for choice in choices.iter().filter(|choice| needs_seat(event, wanted(choice))) {
        if reserve::take(db, held, choice.quotas(held), code.as_deref_mut(), false)? {
            seated.push(choice);
            continue;
        }
        for choice in seated {
            reserve::give_back(db, held, choice.quotas(held), code.as_deref_mut())?;
        }
        return match event.waitlist {
            Waitlist::Off => Err(RegistrationRefusal::SoldOut.into()),
            Waitlist::Auto | Waitlist::Offer => Ok(vec![RegistrationStatus::Waitlisted; choices.len()]),
        };
    }
    Ok(choices.iter().map(wanted).collect())
}

fn choose_sessions(db: &mut Db, placed: &Registration, sessions: &[SessionId]) -> Result<()> {
    for session in sessions {
        let row = (
            registration_sessions::registration_id.eq(placed.id),
            registration_sessions::session_id.eq(*session),
            registration_sessions::event_id.eq(placed.event_id),
        );
        on_each_database!(db, |c| diesel::insert_into(registration_sessions::table).values(row).execute(c))?;
    }
    Ok(())
}

/// Whoever registers twice gets the letter again that says where they stand.
fn send_again(db: &mut Db, before: &Registration, now: Timestamp) -> Result<()> {
    let recent = outbox::last_posted(db, before.id)?.is_some_and(|posted| posted.plus(RESEND_AFTER) > now);
    if recent {
        return Ok(());
    }
    outbox::post(db, letter_about(before.status), before.event_id, before.id, &before.email, now)
}

fn letter_about(status: RegistrationStatus) -> MessageKind {
    match status {
        RegistrationStatus::PendingVerification => MessageKind::Verify,
        RegistrationStatus::PendingApproval => MessageKind::Pending,
        RegistrationStatus::Confirmed => MessageKind::Confirmed,
        RegistrationStatus::Waitlisted => MessageKind::Waitlisted,
        RegistrationStatus::Offered => MessageKind::Offered,
        RegistrationStatus::Rejected => MessageKind::Rejected,
        RegistrationStatus::Expired => MessageKind::OfferExpired,
        RegistrationStatus::Cancelled => MessageKind::Cancelled,
    }
}
