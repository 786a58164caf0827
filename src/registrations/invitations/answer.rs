//! Somebody who was invited says yes or no.

use super::invite::invites;
use super::{Invitation, InvitationRefusal, InvitationState};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{Held, Session};
use crate::mail::outbox;
use crate::registrations::place::{Invited, place_invited};
use crate::registrations::transition::{Hand, Transition, change};
use crate::registrations::{Answers, Attendee, Registration, RegistrationStatus, Source, Wish, waitlist};
use crate::store::{Db, GuestInvitationId, SessionId, TicketTypeId};
use crate::values::{Country, EmailAddress, Fault, Language, Line, Name, Prose};

/// What somebody says who comes, beyond yes.
#[derive(Debug, Clone, Default)]
pub struct Yes {
    /// First or only name; as invited, if not given.
    pub first_name: Option<Name<100>>,
    /// Last name; as invited, if not given.
    pub last_name: Option<Name<100>>,
    /// Where they come from; as invited, if not given.
    pub organization: Option<Name<200>>,
    /// What they do there.
    pub job_title: Option<Line<200>>,
    /// As they wrote it.
    pub phone: Option<Line<50>>,
    /// Two letters.
    pub country: Option<Country>,
    /// Their language; that of the letter, if not given.
    pub locale: Option<Language>,
    /// With which kind of admission, where the invitation names none.
    pub ticket_type: Option<TicketTypeId>,
    /// To which sessions, beyond those that come with the ticket type; as invited, if not given.
    pub sessions: Option<Vec<SessionId>>,
    /// What they answer, by the keys of the questions.
    pub answers: Answers,
    /// The keys of the texts to which they consent.
    pub consents: Vec<String>,
}

/// Registers somebody who was invited, with the seat that is kept for them, if one is: confirmed, or waiting where there
/// is no seat and people can wait. Who has registered by themselves meanwhile is confirmed, if there is a seat. Whoever
/// has declined may think better of it as long as the invitation can be answered.
///
/// # Errors
/// `invitation_accepted`, `invitation_revoked`, `invitation_expired`, `event_cancelled`, `event_ended`, `sold_out`;
/// `Invalid` as for whoever registers.
pub fn accept_invitation(
    db: &mut Db,
    by: &Actor,
    id: GuestInvitationId,
    yes: Yes,
    now: Timestamp,
) -> Result<(Invitation, Registration)> {
    let (held, mut invitation) = Invitation::hold(db, id, None)?;
    invites(&held.event, now)?;
    answerable(db, &invitation, now)?;
    // Let go, and taken at once: the event is held, so nobody comes in between.
    let kept = invitation.let_seat_go(db, &held)?;
    let before = Registration::find_by_email(db, held.event.id, &invitation.email_key)?;
    let registration = if let Some(before) = before.filter(|before| !before.is_over(&held.event, now)) {
        confirm(db, by, &held, before, now)?
    } else {
        let wish = wish(db, &invitation, yes)?;
        place_invited(db, by, &held, wish, invited(&invitation), now)?
    };
    invitation.state = InvitationState::Accepted;
    invitation.word = None;
    invitation.answered_at = Some(now);
    invitation.registration_id = Some(registration.id);
    invitation.save(db, now)?;
    audit::record(db, by, held.event.scope(), "invitation.accepted", id.uuid(), now)?;
    if kept {
        // They may have chosen other parts than those that were kept.
        waitlist::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
    }
    Ok((invitation, Registration::find(db, registration.id)?))
}

/// Says no, with a word to the organizers or without; what was kept goes to those who wait. Again is nothing.
///
/// # Errors
/// As [`accept_invitation`].
pub fn decline_invitation(
    db: &mut Db,
    by: &Actor,
    id: GuestInvitationId,
    word: Option<Prose<1000>>,
    now: Timestamp,
) -> Result<Invitation> {
    let (held, mut invitation) = Invitation::hold(db, id, None)?;
    invites(&held.event, now)?;
    if invitation.state == InvitationState::Declined {
        return Ok(invitation);
    }
    answerable(db, &invitation, now)?;
    let kept = invitation.let_seat_go(db, &held)?;
    invitation.state = InvitationState::Declined;
    invitation.word = word.map(String::from);
    invitation.answered_at = Some(now);
    invitation.save(db, now)?;
    outbox::withdraw_about(db, id.uuid(), now)?;
    audit::record(db, by, held.event.scope(), "invitation.declined", id.uuid(), now)?;
    if kept {
        waitlist::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
    }
    Ok(invitation)
}

fn answerable(db: &mut Db, invitation: &Invitation, now: Timestamp) -> Result<()> {
    match invitation.state_at(now) {
        InvitationState::Invited => Ok(()),
        InvitationState::Declined if now < invitation.expires_at => {
            match Invitation::open_of(db, invitation.event_id, &invitation.email_key)? {
                // Whoever was asked again answers that.
                Some(_) => Err(InvitationRefusal::Closed(InvitationState::Revoked).into()),
                None => Ok(()),
            }
        }
        InvitationState::Declined => Err(InvitationRefusal::Closed(InvitationState::Expired).into()),
        closed => Err(InvitationRefusal::Closed(closed).into()),
    }
}

fn invited(invitation: &Invitation) -> Invited {
    Invited { ticket_type: invitation.ticket_type_id }
}

fn wish(db: &mut Db, invitation: &Invitation, yes: Yes) -> Result<Wish> {
    let email: EmailAddress = invitation.email.parse().map_err(|_| Error::NotFound("invitation"))?;
    let sessions = match yes.sessions {
        Some(sessions) => sessions,
        // Those that there still are.
        None => Session::of_event(db, invitation.event_id)?
            .into_iter()
            .map(|session| session.id)
            .filter(|id| invitation.sessions.0.contains(id))
            .collect(),
    };
    Ok(Wish {
        attendee: Attendee {
            first_name: yes.first_name.map_or_else(|| as_invited("first_name", &invitation.first_name), Ok)?,
            last_name: said_or(yes.last_name, "last_name", invitation.last_name.as_deref())?,
            email,
            organization: said_or(yes.organization, "organization", invitation.organization.as_deref())?,
            job_title: yes.job_title,
            phone: yes.phone,
            country: yes.country,
        },
        locale: yes.locale.or(Some(invitation.language)),
        external_ref: None,
        source: Source::Web,
        ticket_type: invitation.ticket_type_id.or(yes.ticket_type),
        sessions,
        via: None,
        answers: yes.answers,
        consents: yes.consents,
        vouched: true,
        by_hand: None,
    })
}

/// What somebody says; or else what the invitation does.
fn said_or<const MAX: usize>(said: Option<Name<MAX>>, field: &str, invited: Option<&str>) -> Result<Option<Name<MAX>>> {
    match (said, invited) {
        (None, Some(name)) => as_invited(field, name).map(Some),
        (said, _) => Ok(said),
    }
}

/// A name of the invitation. What would not be taken today is for whoever answers to say again.
fn as_invited<const MAX: usize>(field: &str, name: &str) -> Result<Name<MAX>> {
    name.parse().map_err(|fault: Fault| Error::invalid(format!("/attendee/{field}"), fault.code, fault.detail))
}

/// Confirms somebody who is registered already, if there is a seat; else they stay where they are.
fn confirm(db: &mut Db, by: &Actor, held: &Held, before: Registration, now: Timestamp) -> Result<Registration> {
    let transition = match before.status {
        RegistrationStatus::PendingVerification => Transition::Verify,
        RegistrationStatus::PendingApproval => Transition::Approve,
        RegistrationStatus::Waitlisted => Transition::Promote,
        RegistrationStatus::Offered => Transition::AcceptOffer,
        RegistrationStatus::Confirmed
        | RegistrationStatus::Cancelled
        | RegistrationStatus::Rejected
        | RegistrationStatus::Expired => return Ok(before),
    };
    let way = (transition, RegistrationStatus::Confirmed);
    match change(db, by, held, before.clone(), way, Hand::default(), now) {
        Err(Error::Refused(refusal)) if refusal.code() == "sold_out" => Ok(before),
        done => done,
    }
}
