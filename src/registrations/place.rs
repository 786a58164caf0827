//! Somebody registers.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::said::Said;
use super::transition::{self, Hand, needs_seat, wanted};
use super::{
    Answers, Attendee, Registration, RegistrationRefusal, RegistrationStatus, Source, consents, expire, seats, waitlist,
};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result, both};
use crate::events::{Event, EventStatus, Held, RegistrationMode, Session, TicketType, TicketVisibility, Waitlist};
use crate::mail::{MessageKind, outbox};
use crate::store::schema::{registration_sessions, registrations};
use crate::store::{Db, Json, OrganizationId, RegistrationId, SessionId, TicketTypeId, on_each_database};
use crate::values::{Code, Language, Line, Prose, Slug};

/// How long after a letter a second attempt to register does not send another one.
pub(super) const RESEND_AFTER: TimeDelta = TimeDelta::minutes(10);
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
    /// What they answer, by the keys of the questions.
    pub answers: Answers,
    /// The keys of the texts to which they consent.
    pub consents: Vec<String>,
    /// Whether an organizer says that the address is theirs: it is not verified then.
    pub vouched: bool,
    /// What an organizer adds who registers them.
    pub by_hand: Option<ByHand>,
}

/// What an organizer adds who registers somebody.
#[derive(Debug, Clone, Default)]
pub struct ByHand {
    /// Over the capacity and outside the time of registration, if need be; without a letter.
    pub hand: Hand,
    /// What they write down about it.
    pub note: Option<Prose<2000>>,
    /// Their words for it.
    pub tags: Vec<Slug>,
}

/// What became of a wish.
#[derive(Debug)]
pub enum Placed {
    /// There is a new registration.
    New(Registration),
    /// The address had one already; its letter is sent again, unless one went out just now.
    Before(Registration),
}

impl Placed {
    /// Whether whoever registered may know what became of it: a stranger must not learn which addresses are known.
    pub fn may_be_told(event: &Event, vouched: bool) -> bool {
        vouched || !event.verify_email
    }
}

/// What somebody has chosen, checked.
pub(super) struct Choice {
    pub(super) ticket_type: Option<TicketType>,
    pub(super) sessions: Vec<SessionId>,
}

/// Registers somebody for an event that is held: with a seat if there is one, else on the waiting list if the event has one.
///
/// # Errors
/// `registration_not_open`, `registration_closed`, `event_cancelled`, `registration_elsewhere`, `sold_out`; `Invalid` for a
/// ticket type or a session that is not there, for sessions that overlap, and for answers and consents that are wrong.
pub fn place(db: &mut Db, by: &Actor, held: &Held, wish: Wish, now: Timestamp) -> Result<Placed> {
    let event = &held.event;
    let by_hand = wish.by_hand.is_some();
    let ByHand { hand, note, tags } = wish.by_hand.clone().unwrap_or_default();
    if event.registration_mode != RegistrationMode::BuiltIn {
        return Err(RegistrationRefusal::Elsewhere { url: event.external_url.clone() }.into());
    }
    // Whoever puts somebody in by force does so before and after the time as well, but not where there is no event.
    let early_or_late = hand.force && event.status == EventStatus::Published;
    if !early_or_late {
        event.open_for_registration(now)?;
    }
    // Before the address is looked up: what is wrong is the same for known and for unknown ones.
    let choice = Choice::check(db, held, (wish.ticket_type, &wish.sessions), by_hand);
    let (choice, said) = both(choice, Said::check(db, event.id, &wish))?;
    if let Some(kind) = choice.ticket_type.as_ref().filter(|_| !early_or_late) {
        kind.open_for_registration(now)?;
    }
    let email_key = wish.attendee.email.key();
    if let Some(before) = before(db, held, &email_key, now)? {
        if !hand.silent {
            send_again(db, &before, now)?;
        }
        // A commit with a row in it, whatever is known of the address: the time that it takes does not tell either.
        audit::record(db, by, event.scope(), "registration.asked_again", before.id.uuid(), now)?;
        return Ok(Placed::Before(before));
    }
    let unverified = !Placed::may_be_told(event, wish.vouched);
    let status = settle(db, held, &choice, unverified, hand.force)?;
    let ticket_type_id = choice.ticket_type.map(|kind| kind.id);
    let waits = status == RegistrationStatus::Waitlisted;
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
        waitlist_rank: if waits { Some(waitlist::next_rank(db, event.id)?) } else { None },
        ticket_epoch: 1,
        created_at: now,
        updated_at: now,
        version: 1,
        via_organization_id: wish.via,
        seated: needs_seat(event, status),
        ticket_type_id,
        group_id: None,
        answers: Some(said.answers).filter(|answers| !answers.is_empty()).map(Json),
        expires_at: (status == RegistrationStatus::PendingVerification).then(|| now.plus(VERIFY_WITHIN)),
        note: note.map(Into::into),
        tags: (!tags.is_empty()).then(|| Json(tags.iter().map(ToString::to_string).collect())),
        access_code_id: None,
        reason: None,
    };
    on_each_database!(db, |c| diesel::insert_into(registrations::table).values(&placed).execute(c))?;
    choose_sessions(db, &placed, &choice.sessions)?;
    consents::insert(db, &placed, &said.consents, now)?;
    transition::placed(db, by, event, &placed, hand, now)?;
    Ok(Placed::New(placed))
}

/// The registration that claims an address, if its time is not over.
fn before(db: &mut Db, held: &Held, email_key: &str, now: Timestamp) -> Result<Option<Registration>> {
    match Registration::find_by_email(db, held.event.id, email_key)? {
        Some(before) if before.is_over(&held.event, now) => {
            expire::end(db, held, before, now)?;
            waitlist::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
            Ok(None)
        }
        before => Ok(before),
    }
}

/// Where a new wish ends up; takes the seats that it needs there.
fn settle(db: &mut Db, held: &Held, choice: &Choice, unverified: bool, force: bool) -> Result<RegistrationStatus> {
    let event = &held.event;
    if unverified {
        return Ok(RegistrationStatus::PendingVerification);
    }
    let ticket_type = choice.ticket_type.as_ref();
    let wanted = wanted(event, ticket_type);
    let quotas = held.quotas_of(ticket_type.map(|kind| kind.id), &choice.sessions);
    if !needs_seat(event, wanted) || seats::take(db, quotas, force)? {
        return Ok(wanted);
    }
    match event.waitlist {
        Waitlist::Off => Err(RegistrationRefusal::SoldOut.into()),
        Waitlist::Auto | Waitlist::Offer => Ok(RegistrationStatus::Waitlisted),
    }
}

impl Choice {
    /// Checks what somebody chooses: a ticket type, and sessions beyond those that come with it. `hidden`: also of the
    /// types that one needs a code to find.
    ///
    /// # Errors
    /// `Invalid` for what is not there, and for sessions that overlap.
    pub(super) fn check(
        db: &mut Db,
        held: &Held,
        (wanted_type, wanted_sessions): (Option<TicketTypeId>, &[SessionId]),
        hidden: bool,
    ) -> Result<Self> {
        if held.parts.is_empty() && wanted_type.is_none() && wanted_sessions.is_empty() {
            return Ok(Self { ticket_type: None, sessions: Vec::new() });
        }
        let mut issues = Vec::new();
        let mut issue = |pointer: &str, code, detail: String| {
            issues.push(FieldIssue { pointer: pointer.to_owned(), code, detail });
        };
        let types = TicketType::of_event(db, held.event.id)?;
        let ticket_type = types.iter().find(|kind| Some(kind.id) == wanted_type).cloned();
        let unfound = |kind: &TicketType| kind.visibility == TicketVisibility::Code && !hidden;
        if wanted_type.is_some() && ticket_type.as_ref().is_none_or(unfound) {
            issue("/ticket_type", "unknown_ticket_type", "this event has no such ticket type".to_owned());
        } else if wanted_type.is_none() && !types.is_empty() {
            issue("/ticket_type", "required", "choose a ticket type".to_owned());
        }
        let all = Session::of_event(db, held.event.id)?;
        let mut sessions = ticket_type.as_ref().map(|kind| kind.sessions.0.clone()).unwrap_or_default();
        for (index, id) in wanted_sessions.iter().enumerate() {
            if !all.iter().any(|session| session.id == *id) {
                issue(&format!("/sessions/{index}"), "unknown_session", "this event has no such session".to_owned());
            }
            if !sessions.contains(id) {
                sessions.push(*id);
            }
        }
        let chosen: Vec<&Session> = all.iter().filter(|session| sessions.contains(&session.id)).collect();
        if let Some((one, other)) = Session::overlap(&chosen) {
            let detail = format!("{} and {} are at the same time", one.title, other.title);
            issue("/sessions", "sessions_overlap", detail);
        }
        if issues.is_empty() { Ok(Self { ticket_type, sessions }) } else { Err(Error::Invalid(issues)) }
    }
}

/// Writes down the sessions of a registration.
pub(super) fn choose_sessions(db: &mut Db, placed: &Registration, sessions: &[SessionId]) -> Result<()> {
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

/// The letter that says where a registration stands.
pub(super) fn letter_about(status: RegistrationStatus) -> MessageKind {
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
