//! People are invited, from a list.

use diesel::prelude::*;

use super::revoke::close;
use super::{Invitation, InvitationRefusal, InvitationState};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result};
use crate::events::{Event, EventRefusal, EventStatus, Held, RegistrationMode};
use crate::mail::{MessageKind, outbox};
use crate::registrations::party::Offer;
use crate::registrations::{Registration, RegistrationRefusal, waitlist};
use crate::store::schema::guest_invitations;
use crate::store::{Db, GuestInvitationId, Json, SessionId, TicketTypeId, undone_on_failure, unless_taken};
use crate::values::{EmailAddress, Fault, Language, Name, search_key};

/// Somebody to be invited.
#[derive(Debug, Clone)]
pub struct Guest {
    /// First or only name.
    pub first_name: Name<100>,
    /// Last name.
    pub last_name: Option<Name<100>>,
    /// Where the letter goes.
    pub email: EmailAddress,
    /// Where they come from.
    pub organization: Option<Name<200>>,
    /// The language of the letter; the event's first, if not given.
    pub language: Option<Language>,
    /// With which kind of admission, hidden or not; they choose among those that are public, if not given.
    pub ticket_type: Option<TicketTypeId>,
    /// To which sessions, beyond those that come with the ticket type.
    pub sessions: Vec<SessionId>,
}

/// What holds for everybody on a list.
#[derive(Debug, Clone, Copy, Default)]
pub struct GuestTerms {
    /// Until when they can answer; until the event begins, if not given, or until it ends, once it has begun.
    pub answer_by: Option<Timestamp>,
    /// Until when a seat is kept for each: none is, if not given.
    pub keep_seats_until: Option<Timestamp>,
}

/// Why somebody on a list was not invited.
#[derive(Debug)]
pub enum NotInvited {
    /// What is said of them is wrong: pointers begin at them.
    Wrong(Vec<FieldIssue>),
    /// A rule says no: a stable code and a sentence.
    Refused(Fault),
}

impl GuestTerms {
    /// Until when an invitation that is sent now can be answered.
    ///
    /// # Errors
    /// `Invalid` for times that are over, or behind the event.
    pub(super) fn check(self, event: &Event, now: Timestamp) -> Result<Timestamp> {
        let mut issues = Vec::new();
        let mut issue = |pointer: &str, code, detail: &str| {
            issues.push(FieldIssue { pointer: pointer.to_owned(), code, detail: detail.to_owned() });
        };
        let end = if now < event.starts_at { event.starts_at } else { event.ends_at };
        let answer_by = self.answer_by.unwrap_or(end);
        if answer_by <= now {
            issue("/answer_by", "in_the_past", "people answer until a time to come");
        } else if answer_by > event.ends_at {
            issue("/answer_by", "after_the_event", "people answer before the event ends");
        }
        if self.keep_seats_until.is_some_and(|until| until <= now) {
            issue("/keep_seats_until", "in_the_past", "seats are kept until a time to come");
        } else if self.keep_seats_until.is_some_and(|until| until > answer_by) {
            issue("/keep_seats_until", "after_the_answer", "seats are kept for as long as one can answer");
        }
        if issues.is_empty() { Ok(answer_by) } else { Err(Error::Invalid(issues)) }
    }
}

/// Whether people can be invited to an event now.
///
/// # Errors
/// `event_not_published`, `event_cancelled`, `event_archived`, `event_ended`, `registration_elsewhere`.
pub(super) fn invites(event: &Event, now: Timestamp) -> Result<()> {
    match event.status {
        EventStatus::Draft => return Err(InvitationRefusal::NotPublished.into()),
        EventStatus::Cancelled => return Err(EventRefusal::EventCancelled.into()),
        EventStatus::Archived => return Err(EventRefusal::EventArchived.into()),
        EventStatus::Published => {}
    }
    if event.registration_mode != RegistrationMode::BuiltIn {
        return Err(RegistrationRefusal::Elsewhere { url: event.external_url.clone() }.into());
    }
    if now >= event.ends_at { Err(RegistrationRefusal::EventEnded.into()) } else { Ok(()) }
}

/// Invites people to an event that is held, each with a letter of their own and each with a verdict of their own: who is
/// not invited undoes nothing else.
///
/// # Errors
/// `event_not_published`, `event_cancelled`, `event_archived`, `event_ended`, `registration_elsewhere`. `Invalid` for terms that are wrong.
pub fn invite_guests(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    guests: Vec<Result<Guest, Vec<FieldIssue>>>,
    terms: GuestTerms,
    now: Timestamp,
) -> Result<Vec<Result<Invitation, NotInvited>>> {
    invites(&held.event, now)?;
    let terms = (terms.check(&held.event, now)?, terms.keep_seats_until);
    let offer = Offer::at(db, held)?;
    let mut verdicts = Vec::with_capacity(guests.len());
    for guest in guests {
        let verdict = match guest {
            Err(issues) => Err(NotInvited::Wrong(issues)),
            Ok(guest) => match undone_on_failure(db, |db| invite(db, by, held, (guest, &offer), terms, now)) {
                Ok(invitation) => Ok(invitation),
                Err(Error::Invalid(issues)) => Err(NotInvited::Wrong(issues)),
                Err(Error::Refused(refusal)) => {
                    Err(NotInvited::Refused(Fault::new(refusal.code(), refusal.to_string())))
                }
                Err(other) => return Err(other),
            },
        };
        verdicts.push(verdict);
    }
    Ok(verdicts)
}

fn invite(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    (guest, offer): (Guest, &Offer),
    (expires_at, seat_until): (Timestamp, Option<Timestamp>),
    now: Timestamp,
) -> Result<Invitation> {
    let event = &held.event;
    let sessions = offer.name((guest.ticket_type, &guest.sessions))?;
    let email_key = guest.email.key();
    free_to_invite(db, held, &email_key, now)?;
    let last_name = guest.last_name.map(String::from);
    let organization = guest.organization.map(String::from);
    let words = [Some(&*guest.first_name), last_name.as_deref(), Some(guest.email.as_str()), organization.as_deref()];
    let mut invitation = Invitation {
        id: GuestInvitationId::new(),
        event_id: event.id,
        search_key: search_key(&words.into_iter().flatten().collect::<Vec<_>>().join(" ")),
        email: guest.email.to_string(),
        email_key,
        first_name: guest.first_name.into(),
        last_name,
        organization,
        language: guest.language.or(event.languages.0.first().copied()).unwrap_or(Language::English),
        ticket_type_id: guest.ticket_type,
        sessions: Json(sessions),
        state: InvitationState::Invited,
        word: None,
        registration_id: None,
        keeps_seat: false,
        seat_until,
        expires_at,
        answered_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    if seat_until.is_some() && !invitation.keep_seat(db, held)? {
        return Err(InvitationRefusal::NoSeatToKeep.into());
    }
    let row = &invitation;
    let sent = unless_taken(db, |db| diesel::insert_into(guest_invitations::table).values(row).execute(db))?;
    sent.ok_or(InvitationRefusal::AlreadyInvited)?;
    tell(db, &invitation, now)?;
    audit::record(db, by, event.scope(), "invitation.sent", invitation.id.uuid(), now)?;
    Ok(invitation)
}

/// Whether nobody with this address is registered, or invited, already. What was not answered in time is ended.
pub(super) fn free_to_invite(db: &mut Db, held: &Held, email_key: &str, now: Timestamp) -> Result<()> {
    let event = &held.event;
    let registered = Registration::find_by_email(db, event.id, email_key)?;
    if registered.is_some_and(|registered| !registered.is_over(event, now)) {
        return Err(RegistrationRefusal::AddressTaken.into());
    }
    let Some(mut before) = Invitation::open_of(db, event.id, email_key)? else { return Ok(()) };
    if before.state_at(now) == InvitationState::Invited {
        return Err(InvitationRefusal::AlreadyInvited.into());
    }
    if close(db, &Actor::SYSTEM, held, &mut before, InvitationState::Expired, now)? {
        waitlist::move_up(db, &Actor::SYSTEM, event.id, now)?;
    }
    Ok(())
}

/// Posts the letter.
pub(super) fn tell(db: &mut Db, invitation: &Invitation, now: Timestamp) -> Result<()> {
    let (event, about) = (invitation.event_id, invitation.id.uuid());
    outbox::post_about_at(db, MessageKind::Invitation, event, about, &invitation.email, now)
}
