//! What a device takes along to check people in without a network: as little as will do. `docs/ROSTER.md` says how it is
//! read.

use std::collections::HashSet;
use std::fmt::Write;

use chrono::TimeDelta;
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use super::{CheckInList, Reason, RosterNames};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{Event, Question, TicketType};
use crate::keys::{Keys, fingerprint};
use crate::registrations::{Brief, RegistrationStatus};
use crate::store::{Db, RegistrationId, TicketTypeId};

/// How much earlier than its cursor changes are looked for: transactions may have been under way, with times from before.
const OVERLAP: TimeDelta = TimeDelta::minutes(1);

/// How long after the event a roster is good.
const AFTER_EVENT: TimeDelta = TimeDelta::days(1);

/// What a ticket or a code is recognized by: the first 96 bits of SHA-256 over the salt and it.
pub type Recognizer = [u8; 12];

/// The people of a list, or what has changed since some time.
#[derive(Debug, Clone)]
pub struct Roster {
    /// Goes before what is hashed; the same for all rosters of a list.
    pub salt: [u8; 16],
    /// From where changes can be asked for the next time.
    pub cursor: String,
    /// Whether it has everybody: what the device had before is gone.
    pub whole: bool,
    /// The kinds of admission of the event, to which entries point.
    pub ticket_types: Vec<TicketType>,
    /// What staff ask at this list.
    pub questions: Vec<Question>,
    /// Who is let in.
    pub people: Vec<RosterEntry>,
    /// Who is not, and why.
    pub withdrawn: Vec<(Recognized, Reason)>,
}

/// How somebody is recognized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recognized {
    /// By the id in their ticket.
    pub ticket: Recognizer,
    /// By their code.
    pub code: Recognizer,
}

/// Somebody who is let in.
#[derive(Debug, Clone)]
pub struct RosterEntry {
    /// How they are recognized.
    pub by: Recognized,
    /// The issue of their ticket that is good.
    pub epoch: i64,
    /// Their name, or its initials, as the list says.
    pub name: String,
    /// The place of their kind of admission among [`Roster::ticket_types`].
    pub ticket_type: Option<usize>,
    /// What the organizer wrote down, if the list shows it.
    pub note: Option<String>,
}

/// What a roster would be made of now: the same edition is the same roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterEdition {
    /// What is not about single people: settings of list, event and ticket types.
    settings: String,
    changes: (i64, i64),
}

impl RosterEdition {
    /// The edition now.
    pub fn now(db: &mut Db, event: &Event, list: &CheckInList) -> Result<Self> {
        let mut settings = format!("{} {} {} {}", list.id, list.version, event.id, event.version);
        for kind in TicketType::of_event(db, event.id)? {
            write!(settings, " {} {}", kind.id, kind.version).map_err(Error::internal)?;
        }
        for question in asked(db, list)? {
            write!(settings, " {} {}", question.id, question.version).map_err(Error::internal)?;
        }
        let settings = fingerprint(settings.as_bytes())[..16].to_owned();
        Ok(Self { settings, changes: Brief::changes(db, event.id)? })
    }

    /// Its name.
    pub fn name(&self) -> String {
        let (count, versions) = self.changes;
        format!("{}-{count}-{versions}", self.settings)
    }
}

/// From where changes are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterCursor {
    at: Timestamp,
    settings: String,
}

impl RosterCursor {
    /// Reads what a roster of the same list said.
    ///
    /// # Errors
    /// `invalid_cursor`.
    pub fn read(text: &str) -> Result<Self> {
        let read = || {
            let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
            let text = String::from_utf8(bytes).ok()?;
            let (micros, settings) = text.split_once(' ')?;
            Some(Self { at: Timestamp::from_micros(micros.parse().ok()?), settings: settings.to_owned() })
        };
        read().ok_or_else(|| Error::invalid("since", "invalid_cursor", "this is no cursor of a roster"))
    }

    fn text(&self) -> String {
        BASE64URL_NOPAD.encode(format!("{} {}", self.at.micros(), self.settings).as_bytes())
    }
}

impl Roster {
    /// When a roster of this event ends.
    pub fn expires_at(event: &Event) -> Timestamp {
        event.ends_at.plus(AFTER_EVENT)
    }

    /// The roster of a list now; what has changed since a cursor, unless settings have changed as well: then everybody.
    pub fn pack(
        db: &mut Db,
        keys: &Keys,
        (event, list): (&Event, &CheckInList),
        edition: &RosterEdition,
        since: Option<&RosterCursor>,
        now: Timestamp,
    ) -> Result<Self> {
        let since = since.filter(|cursor| cursor.settings == edition.settings);
        let briefs = Brief::of_event(db, event.id, since.map(|cursor| cursor.at.plus(-OVERLAP)))?;
        let ticket_types = TicketType::of_event(db, event.id)?;
        let questions = asked(db, list)?;
        let coverage = Coverage::of(db, list)?;
        let salt = keys.mac_link(&[b"roster salt ", list.id.uuid().as_bytes().as_slice()].concat());
        let shows_note = list.fields.0.iter().any(|field| field == "note");
        let (mut people, mut withdrawn) = (Vec::new(), Vec::new());
        for brief in briefs {
            let by = Recognized { ticket: of_ticket(&salt, brief.id), code: of_code(&salt, &brief.code) };
            if let Some(reason) = coverage.objection(&brief) {
                withdrawn.push((by, reason));
                continue;
            }
            people.push(RosterEntry {
                by,
                epoch: brief.ticket_epoch,
                name: match list.roster_names {
                    RosterNames::Full => brief.name(),
                    RosterNames::Initials => brief.initials(),
                },
                ticket_type: ticket_types.iter().position(|kind| Some(kind.id) == brief.ticket_type_id),
                note: brief.note.filter(|_| shows_note),
            });
        }
        // Their order says nothing about who registered when.
        people.sort_unstable_by_key(|entry| entry.by);
        withdrawn.sort_unstable_by_key(|(by, _)| *by);
        let cursor = RosterCursor { at: now, settings: edition.settings.clone() }.text();
        Ok(Self { salt, cursor, whole: since.is_none(), ticket_types, questions, people, withdrawn })
    }
}

/// The questions that staff ask at a list, in their order.
fn asked(db: &mut Db, list: &CheckInList) -> Result<Vec<Question>> {
    if list.questions.0.is_empty() {
        return Ok(Vec::new());
    }
    let mut questions = Question::of_event(db, list.event_id)?;
    questions.retain(|question| question.retired_at.is_none() && list.questions.0.contains(&question.key));
    Ok(questions)
}

fn of_ticket(salt: &[u8; 16], id: RegistrationId) -> Recognizer {
    recognizer(salt, id.uuid().as_bytes())
}

fn of_code(salt: &[u8; 16], code: &str) -> Recognizer {
    recognizer(salt, code.as_bytes())
}

fn recognizer(salt: &[u8; 16], what: &[u8]) -> Recognizer {
    let hash = Sha256::new().chain_update(salt).chain_update(what).finalize();
    let mut short = Recognizer::default();
    short.copy_from_slice(&hash[..12]);
    short
}

/// Whom a list lets in.
pub(super) struct Coverage {
    ticket_types: Vec<TicketTypeId>,
    /// Who has chosen one of its sessions, if it is for some.
    chosen: Option<HashSet<RegistrationId>>,
}

impl Coverage {
    /// Of a list.
    pub(super) fn of(db: &mut Db, list: &CheckInList) -> Result<Self> {
        let sessions = &list.sessions.0;
        let chosen = (!sessions.is_empty()).then(|| Brief::of_sessions(db, list.event_id, sessions)).transpose()?;
        Ok(Self { ticket_types: list.ticket_types.0.clone(), chosen })
    }

    /// Why somebody is not let in, if not.
    pub(super) fn objection(&self, brief: &Brief) -> Option<Reason> {
        match brief.status {
            RegistrationStatus::Cancelled | RegistrationStatus::Rejected | RegistrationStatus::Expired => {
                return Some(Reason::Cancelled);
            }
            RegistrationStatus::Waitlisted | RegistrationStatus::Offered => return Some(Reason::Waitlisted),
            RegistrationStatus::PendingApproval => return Some(Reason::PendingApproval),
            RegistrationStatus::PendingVerification => return Some(Reason::PendingVerification),
            RegistrationStatus::Confirmed => {}
        }
        let of_type =
            self.ticket_types.is_empty() || brief.ticket_type_id.is_some_and(|kind| self.ticket_types.contains(&kind));
        let of_session = self.chosen.as_ref().is_none_or(|chosen| chosen.contains(&brief.id));
        (!of_type || !of_session).then_some(Reason::NotOnList)
    }
}
