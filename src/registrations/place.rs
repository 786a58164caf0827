//! Somebody registers.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::party::{Choice, Member, Party};
use super::transition::{self, Hand, needs_seat, wanted};
use super::{
    Answers, Attendee, Registration, RegistrationRefusal, RegistrationStatus, Source, consents, expire, settle,
    waitlist,
};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{AccessCode, Event, EventStatus, Held, RegistrationMode};
use crate::mail::{MessageKind, outbox};
use crate::store::schema::{registration_sessions, registrations};
use crate::store::{
    AccessCodeId, Db, Json, OrganizationId, RegistrationId, SessionId, TicketTypeId, insertion, on_each_database,
    sure_from_here,
};
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

/// What became of a party.
#[derive(Debug)]
pub enum PlacedParty {
    /// There are new registrations: the lead's, and the guests' in their order.
    New(Registration, Vec<Registration>),
    /// An address had one already; its letter is sent again, unless one went out just now. Nobody else was registered.
    Before(Registration),
    /// Each address gets a letter, by which alone it goes on. Those that were not known have new registrations, in the
    /// order of the party; of the others, the first that was known.
    Unverified(Vec<Registration>, Option<Registration>),
}

/// What somebody brings who was invited: they come in before and after the time as well, and nobody has to look at them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Invited {
    /// The ticket type that is opened to them, hidden or not.
    pub ticket_type: Option<TicketTypeId>,
}

/// Registers somebody for an event that is held: with a seat if there is one, else on the waiting list if the event has one.
///
/// # Errors
/// As [`place_party`].
pub fn place(db: &mut Db, by: &Actor, held: &Held, wish: Wish, now: Timestamp) -> Result<Placed> {
    Ok(match place_party(db, by, held, Party::of(wish), now)? {
        PlacedParty::New(lead, _) => Placed::New(lead),
        PlacedParty::Before(before) | PlacedParty::Unverified(_, Some(before)) => Placed::Before(before),
        PlacedParty::Unverified(mut new, None) => new.pop().map(Placed::New).ok_or(Error::Busy)?,
    })
}

/// Registers somebody with the guests that they bring for an event that is held, all or none: with a seat for each if
/// there are enough, else all of them on the waiting list if the event has one. Each gets a letter. Whether the addresses
/// are vouched for, and how it is done by hand, the lead's wish says for all.
///
/// Where addresses are verified, all or none would tell who registers others which of their addresses are known. So those
/// that are not known are registered, each with a letter of their own, and those that are known get theirs again.
///
/// # Errors
/// `registration_not_open`, `registration_closed`, `event_cancelled`, `registration_elsewhere`, `sold_out`; `Invalid` for a
/// ticket type, a session or an access code that is not there or not theirs, for sessions that overlap, for answers and
/// consents that are wrong, for a group that is too small or too large, and for two of a group with one address.
pub fn place_party(db: &mut Db, by: &Actor, held: &Held, party: Party, now: Timestamp) -> Result<PlacedParty> {
    place_any(db, by, held, (party, None), now)
}

/// Registers somebody who was invited, and has not registered yet.
///
/// # Errors
/// As [`place_party`].
pub(super) fn place_invited(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    wish: Wish,
    invited: Invited,
    now: Timestamp,
) -> Result<Registration> {
    match place_any(db, by, held, (Party::of(wish), Some(invited)), now)? {
        PlacedParty::New(placed, _) | PlacedParty::Before(placed) | PlacedParty::Unverified(_, Some(placed)) => {
            Ok(placed)
        }
        PlacedParty::Unverified(mut placed, None) => placed.pop().ok_or(Error::Busy),
    }
}

fn place_any(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    (party, invited): (Party, Option<Invited>),
    now: Timestamp,
) -> Result<PlacedParty> {
    let event = &held.event;
    let hand = party.lead.by_hand.as_ref().map(|by_hand| by_hand.hand).unwrap_or_default();
    let (members, code) = may_come(db, held, (&party, invited, hand), now)?;
    let (known, ended) = known(db, by, held, (&party, hand), now)?;
    let unverified = !Placed::may_be_told(event, party.lead.vouched);
    let before = known.iter().flatten().next().cloned();
    if !unverified && let Some(before) = before {
        return Ok(PlacedParty::Before(before));
    }
    // Read again: what has ended meanwhile may have come with it.
    let mut code = code.map(|code| AccessCode::find(db, event.id, code.id)).transpose()?;
    let seated = |choice: &Choice| match invited {
        Some(_) => RegistrationStatus::Confirmed,
        None => wanted(event, choice.ticket_type.as_ref()),
    };
    if !ended && code.is_none() && settle::is_certain(held, &members) {
        sure_from_here(db)?;
    }
    let statuses = if unverified {
        vec![RegistrationStatus::PendingVerification; members.len()]
    } else {
        settle::settle(db, held, &members, seated, (code.as_mut(), hand.force))?
    };
    // Everything is checked, and the seats are theirs.
    sure_from_here(db)?;
    if let Some(code) = code.as_mut().filter(|_| !unverified) {
        code.used += party.size();
        code.save_counts(db)?;
    }
    let lead = RegistrationId::new();
    // Nobody is led by somebody who did not register them: a lead who is known may not be the one who asks.
    let led = !party.guests.is_empty() && known.first().is_some_and(Option::is_none);
    let with = (led.then_some(lead), code.map(|code| code.id), hand);
    let mut placed = Vec::new();
    for (index, ((wish, member), status)) in party.into_wishes().zip(members).zip(statuses).enumerate() {
        let id = if index == 0 { lead } else { RegistrationId::new() };
        if known[index].is_none() {
            placed.push(insert(db, by, held, (id, wish), (member, status), with, now)?);
        }
    }
    if unverified {
        return Ok(PlacedParty::Unverified(placed, before));
    }
    let guests = placed.split_off(1);
    placed.pop().map(|lead| PlacedParty::New(lead, guests)).ok_or(Error::Busy)
}

/// What each of a party has chosen and said, and the code with which they come, if they may come now.
fn may_come(
    db: &mut Db,
    held: &Held,
    (party, invited, hand): (&Party, Option<Invited>, Hand),
    now: Timestamp,
) -> Result<(Vec<Member>, Option<AccessCode>)> {
    let event = &held.event;
    if !party.unread.is_empty() {
        // Before anything that the event says of it.
        party.check(db, held, invited, now)?;
    }
    if event.registration_mode != RegistrationMode::BuiltIn {
        return Err(RegistrationRefusal::Elsewhere { url: event.external_url.clone() }.into());
    }
    // Whoever puts somebody in by force, invites them by name or stands at the door does so before and after the time as
    // well, but not where there is no event.
    let at_the_door = party.lead.source == Source::Door;
    let early_or_late = (hand.force || invited.is_some() || at_the_door) && event.status == EventStatus::Published;
    if !early_or_late {
        event.open_for_registration(now)?;
    }
    if let Some(code) = &party.access_code
        && let Some(code) = AccessCode::find_by_code(db, event.id, code)?
    {
        expire::end_uses(db, held, &code, party.size(), now)?;
    }
    // Before the addresses are looked up: what is wrong is the same for known and for unknown ones.
    let (members, code) = party.check(db, held, invited, now)?;
    for kind in members.iter().filter_map(|member| member.choice.ticket_type.as_ref()).filter(|_| !early_or_late) {
        kind.open_for_registration(now)?;
    }
    Ok((members, code))
}

/// Who of a party is registered already, and not for a time that is over, in the order of the party; each of them gets
/// their letter again. With whether somebody's time has ended: the seats are others then than when the event was taken
/// hold of.
fn known(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    (party, hand): (&Party, Hand),
    now: Timestamp,
) -> Result<(Vec<Option<Registration>>, bool)> {
    let (mut known, mut ended) = (Vec::new(), false);
    for wish in party.wishes() {
        known.push(match Registration::find_by_email(db, held.event.id, &wish.attendee.email.key())? {
            Some(before) if before.is_over(&held.event, now) => {
                expire::end(db, held, before, now)?;
                waitlist::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
                ended = true;
                None
            }
            before => before,
        });
    }
    for before in known.iter().flatten() {
        if !hand.silent {
            // Read again: whoever was found later may have ended, and let them move up.
            let before = Registration::find(db, before.id)?;
            send_again(db, &before, now)?;
        }
        // A commit with a row in it, whatever is known of the address: the time that it takes does not tell either.
        audit::record(db, by, held.event.scope(), "registration.asked_again", before.id.uuid(), now)?;
    }
    Ok((known, ended))
}

/// Writes one registration of a party down, with its letter.
fn insert(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    (id, wish): (RegistrationId, Wish),
    (Member { choice, said }, status): (Member, RegistrationStatus),
    (group_id, access_code_id, hand): (Option<RegistrationId>, Option<AccessCodeId>, Hand),
    now: Timestamp,
) -> Result<Registration> {
    let event = &held.event;
    let waits = status == RegistrationStatus::Waitlisted;
    let waitlist_rank = if waits { Some(waitlist::next_rank(db, event.id)?) } else { None };
    let sessions = choice.sessions.clone();
    let placing = Placing { event, status, waitlist_rank, group: group_id, code: access_code_id, now };
    let placed = placing.row(Comer { id, wish, choice, answers: said.answers });
    on_each_database!(db, |c| Place(&placed).execute(c))?;
    choose_sessions(db, &placed, &sessions)?;
    consents::insert(db, &placed, &said.consents, now)?;
    transition::placed(db, by, event, &placed, hand, now)?;
    Ok(placed)
}

insertion!(Place: Registration in registrations {
    id, event_id, code, status, first_name, last_name, email, email_key, organization, job_title, phone, country, locale,
    external_ref, source, waitlist_rank, ticket_epoch, search_key, created_at, updated_at, version, via_organization_id,
    seated, ticket_type_id, group_id, answers, answers_key, expires_at, note, tags, access_code_id, reason,
});

/// Somebody who comes, with what they have chosen and said.
pub(super) struct Comer {
    pub id: RegistrationId,
    pub wish: Wish,
    pub choice: Choice,
    pub answers: Answers,
}

/// How they come.
pub(super) struct Placing<'a> {
    pub event: &'a Event,
    pub status: RegistrationStatus,
    pub waitlist_rank: Option<i64>,
    pub group: Option<RegistrationId>,
    pub code: Option<AccessCodeId>,
    pub now: Timestamp,
}

impl Placing<'_> {
    /// The registration as it is written down.
    pub(super) fn row(&self, Comer { id, wish, choice, answers }: Comer) -> Registration {
        let Self { event, status, now, .. } = *self;
        let ByHand { note, tags, .. } = wish.by_hand.unwrap_or_default();
        let answers = Some(answers).filter(|answers| !answers.is_empty()).map(Json);
        Registration {
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
            waitlist_rank: self.waitlist_rank,
            ticket_epoch: 1,
            created_at: now,
            updated_at: now,
            version: 1,
            via_organization_id: wish.via,
            seated: needs_seat(event, status),
            ticket_type_id: choice.ticket_type.map(|kind| kind.id),
            group_id: self.group,
            answers_key: Registration::answers_key_of(answers.as_ref()),
            answers,
            expires_at: (status == RegistrationStatus::PendingVerification).then(|| now.plus(VERIFY_WITHIN)),
            note: note.map(Into::into),
            tags: (!tags.is_empty()).then(|| Json(tags.iter().map(ToString::to_string).collect())),
            access_code_id: self.code,
            reason: None,
        }
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
