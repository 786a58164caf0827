//! A registration is changed, by its attendee or by the organizers.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::party::Choice;
use super::place::choose_sessions;
use super::transition::{Hand, save};
use super::{Answers, Registration, RegistrationRefusal, RegistrationStatus, answers, given, seats, waitlist};
use crate::audit::{self, Actor, Change, Changes, Who};
use crate::clock::Timestamp;
use crate::error::{Error, Result, both};
use crate::events::{Catalog, Held, Part, Question, Quota, Session, TicketType};
use crate::mail::{MessageKind, outbox};
use crate::store::schema::registration_sessions;
use crate::store::{Db, Json, OrganizationId, RegistrationId, SessionId, TicketTypeId, on_each_database};
use crate::values::{Country, EmailAddress, Language, Line, Name, Prose, Slug};

/// What is to change; what is `None` stays. A field that can be emptied is an option in an option.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// First or only name.
    pub first_name: Option<Name<100>>,
    /// Last name.
    pub last_name: Option<Option<Name<100>>>,
    /// Where letters go.
    pub email: Option<EmailAddress>,
    /// Where they come from.
    pub organization: Option<Option<Name<200>>>,
    /// What they do there.
    pub job_title: Option<Option<Line<200>>>,
    /// As they wrote it.
    pub phone: Option<Option<Line<50>>>,
    /// Two letters.
    pub country: Option<Option<Country>>,
    /// Their language.
    pub locale: Option<Language>,
    /// With which kind of admission.
    pub ticket_type: Option<Option<TicketTypeId>>,
    /// To which sessions, beyond those that come with the ticket type.
    pub sessions: Option<Vec<SessionId>>,
    /// What they answer, by the keys of the questions: what is not named stays, null takes an answer back.
    pub answers: Option<Answers>,
    /// Its name in another system.
    pub external_ref: Option<Option<Line<200>>>,
    /// What the organizers write down about it.
    pub note: Option<Option<Prose<2000>>>,
    /// The organizers' words for it.
    pub tags: Option<Vec<Slug>>,
    /// The host through which they came.
    pub via: Option<Option<OrganizationId>>,
}

/// Changes a registration. Its attendee does so until the event's `edit_until`, or its start. What is said in letters
/// and calendars is told by letter; who waits moves up into seats that it leaves.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `erased`; `edit_closed`; `not_now` for an attendee who has no place any
/// more; `already_registered`; `sold_out` unless the hand is forceful; `Invalid` for a ticket type or a session that is
/// not there, and for sessions that overlap.
pub fn edit(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    edit: Edit,
    expected: Option<i64>,
    hand: Hand,
    now: Timestamp,
) -> Result<Registration> {
    let (held, before) = Registration::hold(db, registration, expected)?;
    edit_held(db, by, &held, before, edit, hand, now)
}

/// The same of a registration of an event that is held, which was read under its lock.
///
/// # Errors
/// As [`edit`].
pub fn edit_held(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    before: Registration,
    edit: Edit,
    hand: Hand,
    now: Timestamp,
) -> Result<Registration> {
    check(held, by, &before, now)?;
    // What is not chosen anew need not be known.
    let chooses = edit.ticket_type.is_some() || edit.sessions.is_some();
    let sessions_before = if chooses { Registration::sessions(db, before.id)? } else { Vec::new() };
    let mut sessions = sessions_before.clone();
    let mut after = before.clone();
    let choice = choose(db, held, &before, &sessions_before, &edit);
    let (choice, answers) = both(choice, answer(&Catalog::of(db, held)?.questions, &before, &edit))?;
    if let Some(choice) = choice {
        after.ticket_type_id = choice.ticket_type.map(|kind| kind.id);
        sessions = choice.sessions;
        sessions.sort_unstable();
    }
    if let Some(answers) = answers {
        after.answers = (!answers.is_empty()).then_some(Json(answers));
    }
    apply(db, &mut after, edit)?;
    let changes = changes((&before, &sessions_before), (&after, &sessions));
    if changes.0.is_empty() {
        return Ok(before);
    }
    let moves = before.ticket_type_id != after.ticket_type_id || sessions_before != sessions;
    if moves {
        move_seats(db, held, (&before, &sessions_before), (&after, &sessions), hand.force)?;
        on_each_database!(db, |c| diesel::delete(
            registration_sessions::table.filter(registration_sessions::registration_id.eq(before.id))
        )
        .execute(c))?;
        choose_sessions(db, &after, &sessions)?;
    }
    given::changed(db, [(&before, &after)], now)?;
    let after = save(db, after, now)?;
    audit::record_changes(db, by, held.event.scope(), "registration.edited", after.id.uuid(), changes, now)?;
    tell(db, &before, &after, moves, hand, now)?;
    if moves && waitlist::move_up(db, &Actor::SYSTEM, held.event.id, now)? > 0 {
        return Registration::find(db, after.id);
    }
    Ok(after)
}

/// Whether an organizer could change a registration so, as far as one can tell without taking hold of anything: what is
/// chosen and answered is right. Seats and addresses are looked at when it is done.
///
/// # Errors
/// `erased`; `Invalid`, with everything that is wrong.
pub fn check_edit(
    db: &mut Db,
    seen: &Held,
    before: &Registration,
    sessions: &[SessionId],
    change: &Edit,
) -> Result<()> {
    if before.is_erased() {
        return Err(RegistrationRefusal::Erased.into());
    }
    let choice = choose(db, seen, before, sessions, change);
    both(choice, answer(&Catalog::of(db, seen)?.questions, before, change)).map(drop)
}

pub(super) fn check(held: &Held, by: &Actor, before: &Registration, now: Timestamp) -> Result<(), RegistrationRefusal> {
    if before.is_erased() {
        return Err(RegistrationRefusal::Erased);
    }
    if !matches!(by.who, Who::Attendee(_)) {
        return Ok(());
    }
    if now >= held.event.edit_until.unwrap_or(held.event.starts_at) {
        return Err(RegistrationRefusal::EditClosed);
    }
    if !before.status.is_live() {
        return Err(RegistrationRefusal::NotNow { status: before.status.as_str() });
    }
    Ok(())
}

/// What is chosen from now on, if that changes. Who chooses another ticket type keeps the sessions that they chose
/// themselves.
fn choose(
    db: &mut Db,
    held: &Held,
    before: &Registration,
    sessions: &[SessionId],
    edit: &Edit,
) -> Result<Option<Choice>> {
    if edit.ticket_type.is_none() && edit.sessions.is_none() {
        return Ok(None);
    }
    let ticket_type = edit.ticket_type.unwrap_or(before.ticket_type_id);
    let wanted = match (&edit.sessions, before.ticket_type_id) {
        (Some(wanted), _) => wanted.clone(),
        (None, None) => sessions.to_vec(),
        (None, Some(kind)) => {
            let came_with_it = TicketType::find(db, held.event.id, kind)?.sessions.0;
            sessions.iter().copied().filter(|session| !came_with_it.contains(session)).collect()
        }
    };
    Choice::check(db, held, (ticket_type, &wanted)).map(Some)
}

/// What is answered from now on, if that changes.
pub(super) fn answer(questions: &[Question], before: &Registration, edit: &Edit) -> Result<Option<Answers>> {
    let Some(given) = &edit.answers else { return Ok(None) };
    let ticket_type = edit.ticket_type.unwrap_or(before.ticket_type_id);
    let none = Answers::new();
    let answered = before.answers.as_ref().map_or(&none, |answers| &answers.0);
    answers::revise(questions, ticket_type, answered, given).map(Some).map_err(Error::Invalid)
}

pub(super) fn apply(db: &mut Db, after: &mut Registration, edit: Edit) -> Result<()> {
    fn set<T>(field: &mut T, value: Option<T>) {
        if let Some(value) = value {
            *field = value;
        }
    }
    set(&mut after.first_name, edit.first_name.map(Into::into));
    set(&mut after.last_name, edit.last_name.map(|name| name.map(Into::into)));
    set(&mut after.organization, edit.organization.map(|name| name.map(Into::into)));
    set(&mut after.job_title, edit.job_title.map(|title| title.map(Into::into)));
    set(&mut after.phone, edit.phone.map(|phone| phone.map(Into::into)));
    set(&mut after.country, edit.country.map(|country| country.map(Into::into)));
    set(&mut after.locale, edit.locale);
    set(&mut after.external_ref, edit.external_ref.map(|name| name.map(Into::into)));
    set(&mut after.note, edit.note.map(|note| note.map(String::from).filter(|note| !note.is_empty())));
    set(&mut after.via_organization_id, edit.via);
    if let Some(tags) = edit.tags {
        let mut words: Vec<String> = tags.iter().map(ToString::to_string).collect();
        let mut seen = std::collections::HashSet::new();
        words.retain(|word| seen.insert(word.clone()));
        after.tags = (!words.is_empty()).then_some(Json(words));
    }
    if let Some(email) = edit.email.filter(|email| email.as_str() != after.email) {
        let key = email.key();
        let other = Registration::find_by_email(db, after.event_id, &key)?;
        if other.is_some_and(|other| other.id != after.id) && after.status.is_live() {
            return Err(RegistrationRefusal::AddressTaken.into());
        }
        after.email = email.to_string();
        after.email_key = after.status.is_live().then_some(key);
        // The link that went to the other address may be in the wrong hands.
        after.ticket_epoch += 1;
    }
    after.search_key = after.search_key_now();
    Ok(())
}

/// Takes the seats that are needed now and gives back those that are not: all, or none.
fn move_seats(
    db: &mut Db,
    held: &Held,
    before: (&Registration, &[SessionId]),
    after: (&Registration, &[SessionId]),
    force: bool,
) -> Result<()> {
    if !before.0.seated {
        return Ok(());
    }
    let old: Vec<&Quota> = held.quotas_of(before.0.ticket_type_id, before.1).collect();
    let new: Vec<&Quota> = held.quotas_of(after.0.ticket_type_id, after.1).collect();
    let added = || new.iter().copied().filter(|quota| !old.contains(quota));
    if !seats::take(db, added(), force)? {
        let full = added().find(|quota| quota.available() == Some(0));
        return Err(sold_out(db, held, full.and_then(Quota::part_of_event))?.into());
    }
    seats::give_back(db, old.iter().copied().filter(|quota| !new.contains(quota)))
}

fn sold_out(db: &mut Db, held: &Held, part: Option<Part>) -> Result<RegistrationRefusal> {
    let part = match part {
        Some(Part::TicketType(id)) => TicketType::find(db, held.event.id, id)?.name,
        Some(Part::Session(id)) => Session::find(db, held.event.id, id)?.title,
        None => return Ok(RegistrationRefusal::SoldOut),
    };
    Ok(RegistrationRefusal::PartSoldOut { part })
}

/// What the trail tells: what a field was and is, unless it is personal; then only that it changed.
pub(super) fn changes(before: (&Registration, &[SessionId]), after: (&Registration, &[SessionId])) -> Changes {
    let mut changes = Changes::between(&described(before), &described(after));
    let personal = |name: &'static str, changed: bool| {
        changed.then(|| Change { field: name.to_owned(), before: Value::Null, after: Value::Null })
    };
    let (before, after) = (before.0, after.0);
    changes.0.extend(
        [
            personal("attendee.first_name", before.first_name != after.first_name),
            personal("attendee.last_name", before.last_name != after.last_name),
            personal("attendee.email", before.email != after.email),
            personal("attendee.organization", before.organization != after.organization),
            personal("attendee.job_title", before.job_title != after.job_title),
            personal("attendee.phone", before.phone != after.phone),
            personal("attendee.country", before.country != after.country),
            personal("external_ref", before.external_ref != after.external_ref),
            personal("note", before.note != after.note),
        ]
        .into_iter()
        .flatten(),
    );
    changes.0.extend(given::differing(before, after).map(|key| Change {
        field: format!("answers.{key}"),
        before: Value::Null,
        after: Value::Null,
    }));
    changes
}

fn described((registration, sessions): (&Registration, &[SessionId])) -> Value {
    json!({
        "ticket_type": registration.ticket_type_id,
        "sessions": sessions,
        "tags": registration.tags.as_ref().map(|tags| &tags.0),
        "locale": registration.locale,
        "via": registration.via_organization_id,
    })
}

/// One letter, if what the letters or the calendar file say is another than before.
fn tell(
    db: &mut Db,
    before: &Registration,
    after: &Registration,
    moves: bool,
    hand: Hand,
    now: Timestamp,
) -> Result<()> {
    if before.email != after.email {
        outbox::withdraw(db, after.id, now)?;
    }
    match letter(before, after, moves, hand) {
        Some(kind) => outbox::post(db, kind, after.event_id, after.id, &after.email, now),
        None => Ok(()),
    }
}

/// The letter that tells of a change, if one does.
pub(super) fn letter(before: &Registration, after: &Registration, moves: bool, hand: Hand) -> Option<MessageKind> {
    let told = moves || before.email != after.email || before.name() != after.name();
    let kind = match after.status {
        RegistrationStatus::PendingVerification => MessageKind::Verify,
        _ => MessageKind::Changed,
    };
    (told && !hand.silent && after.status.is_live()).then_some(kind)
}
