//! An organizer's own words in letters.

use diesel::prelude::*;
use serde_json::json;

use super::about::one_line;
use super::layout::Own;
use super::markup;
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result, expect_version};
use crate::events::{Event, Held};
use crate::mail::MessageKind;
use crate::organizations::Organization;
use crate::store::schema::letter_wordings;
use crate::store::{Db, EventId};
use crate::values::{Language, Line, Prose};

/// What an event says in one kind of letter, in one language, instead of our own words.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = letter_wordings, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Wording {
    /// Of which event.
    pub event_id: EventId,
    /// In which kind of letter.
    pub kind: MessageKind,
    /// In which language.
    pub language: Language,
    /// What the letter is about, with placeholders; none: what we say.
    pub subject: Option<String>,
    /// Markdown with placeholders, in the place of the greeting and of what we say.
    pub body: String,
    /// When it was first written.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

/// What an event shall say.
#[derive(Debug, Clone)]
pub struct WordingDraft {
    /// What the letter is about.
    pub subject: Option<Line<200>>,
    /// Markdown.
    pub body: Prose<5000>,
}

/// How many octets a subject has at most, and a text in each of its forms: a letter has other things to carry.
const LONGEST_SUBJECT: usize = 1_000;
const LARGEST: usize = 16 * 1024;

/// In which language a letter to somebody who speaks `locale` is written, and with which words of the organizers: those in
/// the first of their own language, the event's and the organization's in which there are some.
pub(super) fn spoken(
    db: &mut Db,
    event: &Event,
    organization: &Organization,
    kind: MessageKind,
    locale: Language,
) -> Result<(Language, Option<Wording>)> {
    let mut languages = vec![locale];
    languages.extend(&event.languages.0);
    languages.extend([organization.default_language, Language::English]);
    let wording = Wording::in_first(db, event.id, kind, &languages)?;
    Ok((wording.as_ref().map_or(locale, |wording| wording.language), wording))
}

/// The placeholders that a kind of letter knows; none for a kind in which nobody has words of their own.
pub fn placeholders(kind: MessageKind) -> Option<&'static [&'static str]> {
    macro_rules! and_those_of_all {
        ($($name:literal),*) => {
            &["first_name", "last_name", "name", "event", "when", "where", "organization", "code", "ticket_type",
              "manage_link" $(, $name)*]
        };
    }
    match kind {
        MessageKind::Verify | MessageKind::Offered => Some(and_those_of_all!("until")),
        MessageKind::Waitlisted => Some(and_those_of_all!("position")),
        MessageKind::Rejected => Some(and_those_of_all!("reason")),
        MessageKind::EventChanged => Some(and_those_of_all!("when_before", "where_before")),
        MessageKind::SessionChanged => Some(and_those_of_all!("session", "session_before")),
        MessageKind::Pending
        | MessageKind::Approved
        | MessageKind::OfferExpired
        | MessageKind::Changed
        | MessageKind::Transferred
        | MessageKind::Confirmed
        | MessageKind::Promoted
        | MessageKind::Cancelled
        | MessageKind::EventCancelled
        | MessageKind::Reminder
        | MessageKind::ThankYou => Some(and_those_of_all!()),
        MessageKind::Invitation => {
            Some(&["first_name", "last_name", "name", "event", "when", "where", "organization", "until"])
        }
        MessageKind::TransferredAway => Some(&["event", "when", "where", "organization"]),
        MessageKind::PasswordReset | MessageKind::MemberInvitation | MessageKind::Campaign => None,
    }
}

impl Wording {
    /// The wording of an event for a kind of letter in a language.
    pub fn find(db: &mut Db, event: EventId, kind: MessageKind, language: Language) -> Result<Self> {
        let found = Self::query().filter(letter_wordings::event_id.eq(event)).filter(letter_wordings::kind.eq(kind));
        let found = found.filter(letter_wordings::language.eq(language)).first(db).optional()?;
        found.ok_or(Error::NotFound("wording"))
    }

    /// All wordings of an event, by kind and language.
    pub fn of_event(db: &mut Db, event: EventId) -> Result<Vec<Self>> {
        let of_event = Self::query().filter(letter_wordings::event_id.eq(event));
        Ok(of_event.order((letter_wordings::kind, letter_wordings::language)).load(db)?)
    }

    /// The wording for a kind of letter in the first of these languages in which there is one.
    pub(super) fn in_first(
        db: &mut Db,
        event: EventId,
        kind: MessageKind,
        languages: &[Language],
    ) -> Result<Option<Self>> {
        let found = Self::query().filter(letter_wordings::event_id.eq(event)).filter(letter_wordings::kind.eq(kind));
        let found: Vec<Self> = found.load(db)?;
        Ok(languages.iter().find_map(|language| found.iter().find(|one| one.language == *language)).cloned())
    }

    /// A wording that was not saved.
    pub fn unsaved(
        event: EventId,
        (kind, language): (MessageKind, Language),
        draft: WordingDraft,
        now: Timestamp,
    ) -> Result<Self> {
        check(kind, &draft)?;
        Ok(Self {
            event_id: event,
            kind,
            language,
            subject: draft.subject.map(Into::into),
            body: draft.body.into(),
            created_at: now,
            updated_at: now,
            version: 1,
        })
    }

    /// The words with their placeholders filled in; none if that makes too much of them for a letter.
    pub(super) fn filled(&self, values: &markup::Values<'_>) -> Option<Own> {
        let subject = self.subject.as_ref().map(|subject| one_line(&markup::filled(subject, values)));
        let subject = subject.filter(|subject| !subject.is_empty() && subject.len() <= LONGEST_SUBJECT);
        let (text, html) = (markup::as_text(&self.body, values), markup::as_html(&self.body, values));
        (text.len().max(html.len()) <= LARGEST).then_some(Own { subject, text, html })
    }

    fn told(&self) -> serde_json::Value {
        json!({ "kind": self.kind, "language": self.language, "subject": self.subject, "body": self.body })
    }
}

/// Writes down what an event that is held says in a kind of letter, in a language. Returns whether it is new.
///
/// # Errors
/// `Invalid`: `unknown_placeholder`, `invalid_link`, `too_many`, `too_long`; `VersionRequired` and `VersionMismatch` where
/// there is a wording.
pub fn set_wording(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    (kind, language): (MessageKind, Language),
    draft: WordingDraft,
    expected: Option<Option<i64>>,
    now: Timestamp,
) -> Result<(Wording, bool)> {
    let wording = Wording::unsaved(held.event.id, (kind, language), draft, now)?;
    let before = crate::error::if_found(Wording::find(db, held.event.id, kind, language))?;
    let Some(before) = before else {
        diesel::insert_into(letter_wordings::table).values(&wording).execute(db)?;
        let changes = Changes::between(&json!({}), &wording.told());
        audit::record_changes(db, by, held.event.scope(), "wording.set", held.event.id.uuid(), changes, now)?;
        return Ok((wording, true));
    };
    expect_version(expected.ok_or(Error::VersionRequired)?, before.version)?;
    let wording = Wording { created_at: before.created_at, version: before.version + 1, ..wording };
    let row = letter_wordings::table
        .filter(letter_wordings::event_id.eq(wording.event_id))
        .filter(letter_wordings::kind.eq(kind))
        .filter(letter_wordings::language.eq(language));
    diesel::update(row).set(&wording).execute(db)?;
    let changes = Changes::between(&before.told(), &wording.told());
    audit::record_changes(db, by, held.event.scope(), "wording.set", held.event.id.uuid(), changes, now)?;
    Ok((wording, false))
}

/// Takes out what an event that is held says: the letter has our own words again.
///
/// # Errors
/// `NotFound`; `VersionMismatch`.
pub fn remove_wording(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    (kind, language): (MessageKind, Language),
    expected: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    let before = Wording::find(db, held.event.id, kind, language)?;
    expect_version(expected, before.version)?;
    let row = letter_wordings::table
        .filter(letter_wordings::event_id.eq(before.event_id))
        .filter(letter_wordings::kind.eq(kind))
        .filter(letter_wordings::language.eq(language));
    diesel::delete(row).execute(db)?;
    let changes = Changes::between(&before.told(), &json!({}));
    audit::record_changes(db, by, held.event.scope(), "wording.removed", held.event.id.uuid(), changes, now)
}

/// A copy of an event has the same words.
pub fn copy_wordings(db: &mut Db, original: &Event, copy: &Event, now: Timestamp) -> Result<()> {
    for wording in Wording::of_event(db, original.id)? {
        let copied = Wording { event_id: copy.id, created_at: now, updated_at: now, version: 1, ..wording };
        diesel::insert_into(letter_wordings::table).values(&copied).execute(db)?;
    }
    Ok(())
}

fn check(kind: MessageKind, draft: &WordingDraft) -> Result<()> {
    let unknown = || {
        vec![FieldIssue {
            pointer: "/kind".to_owned(),
            code: "unknown_value",
            detail: "nobody has words of their own in letters of this kind".to_owned(),
        }]
    };
    let known = placeholders(kind).ok_or_else(|| Error::Invalid(unknown()))?;
    let subject = draft.subject.iter().flat_map(|subject| markup::faults_of_line(subject, known));
    let subject = subject.map(|fault| ("/subject", fault));
    let mut faults: Vec<_> =
        subject.chain(markup::faults(&draft.body, known).into_iter().map(|f| ("/body", f))).collect();
    if draft.body.trim().is_empty() {
        faults.push(("/body", crate::values::Fault::new("required", "this must not be empty")));
    }
    let issue = |(pointer, fault): (&str, crate::values::Fault)| FieldIssue {
        pointer: pointer.to_owned(),
        code: fault.code,
        detail: fault.detail,
    };
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults.into_iter().map(issue).collect())) }
}
