//! How a check-in list works: the words of its settings.

use std::str::FromStr;

use super::CheckInList;
use crate::clock::Timestamp;
use crate::events::Capacity;
use crate::store::{Json, SessionId, TicketTypeId};
use crate::text_enum;
use crate::values::{Fault, Key, Line};

text_enum! {
    /// How often a list lets somebody in.
    pub enum Admits {
        /// Once, whatever they do afterwards.
        Once = "once",
        /// As often as they come, also while they are inside: a buffet, a shuttle bus.
        Many = "many",
        /// Once, and again after they went out.
        Reentry = "reentry",
    }
}

text_enum! {
    /// Which ways a list counts.
    pub enum Directions {
        /// In alone.
        EntryOnly = "entry_only",
        /// In and out; a scan that does not say which is an entry.
        Both = "both",
        /// In and out; a scan that does not say which is the other way than the last one.
        Toggle = "toggle",
    }
}

text_enum! {
    /// What happens at the door of a full room.
    pub enum WhenFull {
        /// People are let in; the verdict says that the room is full.
        Warn = "warn",
        /// People are turned away until somebody goes out.
        Refuse = "refuse",
    }
}

text_enum! {
    /// How much of a name a device takes along when it works offline.
    pub enum RosterNames {
        /// All of it.
        Full = "full",
        /// Its initials.
        Initials = "initials",
    }
}

text_enum! {
    /// What every registration has that door staff may be shown. Never an address, never a telephone number.
    pub enum PersonField {
        /// The kind of admission.
        TicketType = "ticket_type",
        /// What the organizers wrote down.
        Note = "note",
        /// Where the attendee comes from.
        Organization = "organization",
        /// What the attendee does there.
        JobTitle = "job_title",
        /// Two letters.
        Country = "country",
        /// The attendee's language.
        Locale = "locale",
        /// The titles of the sessions.
        Sessions = "sessions",
        /// The organizers' words for it.
        Tags = "tags",
    }
}

/// What door staff are shown beside a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShownField {
    /// Something that every registration has.
    Person(PersonField),
    /// `answer.<key>`: what was answered to this question.
    Answer(Key),
}

impl FromStr for ShownField {
    type Err = Fault;

    fn from_str(word: &str) -> Result<Self, Fault> {
        match word.strip_prefix("answer.") {
            Some(key) => key.parse().map(Self::Answer),
            None => word.parse().map(Self::Person),
        }
    }
}

impl std::fmt::Display for ShownField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Person(field) => f.write_str(field.as_str()),
            Self::Answer(key) => write!(f, "answer.{key}"),
        }
    }
}

/// A new list, or what an old one shall be from now on.
#[derive(Debug, Clone)]
pub struct ListDraft {
    /// Its name for people.
    pub name: Line<100>,
    /// The room to which it is a door: whoever enters another zone has left this one.
    pub zone: Option<Line<100>>,
    /// Who is let in, by the kind of admission; empty: everybody.
    pub ticket_types: Vec<TicketTypeId>,
    /// Who is let in, by the sessions that they chose, one of these at least; empty: everybody.
    pub sessions: Vec<SessionId>,
    /// From when on people are let in.
    pub opens_at: Option<Timestamp>,
    /// Until when, itself excluded.
    pub closes_at: Option<Timestamp>,
    /// How often it lets somebody in.
    pub admits: Admits,
    /// Which ways it counts.
    pub directions: Directions,
    /// How many the room holds; none: no limit.
    pub capacity: Option<Capacity>,
    /// What happens when it is full.
    pub when_full: WhenFull,
    /// When everybody who is inside counts as gone.
    pub automatic_exit_at: Option<Timestamp>,
    /// What door staff are shown beside a name.
    pub fields: Vec<ShownField>,
    /// The questions of the event, by their keys, that staff ask whoever comes in and has not answered them.
    pub questions: Vec<Key>,
    /// How much of a name a device takes along.
    pub roster_names: RosterNames,
}

impl ListDraft {
    /// What a list is now.
    pub fn of(list: &CheckInList) -> Result<Self, Fault> {
        Ok(Self {
            name: list.name.parse()?,
            zone: list.zone.as_ref().map(|zone| zone.parse()).transpose()?,
            ticket_types: list.ticket_types.0.clone(),
            sessions: list.sessions.0.clone(),
            opens_at: list.opens_at,
            closes_at: list.closes_at,
            admits: list.admits,
            directions: list.directions,
            capacity: list.capacity.map(Capacity::try_from).transpose()?,
            when_full: list.when_full,
            automatic_exit_at: list.automatic_exit_at,
            fields: list.shown_fields(),
            questions: list.questions.0.iter().map(|key| key.parse()).collect::<Result<_, _>>()?,
            roster_names: list.roster_names,
        })
    }

    /// Sets a list up so.
    pub(super) fn apply(self, list: &mut CheckInList) {
        list.name = self.name.into();
        list.zone = self.zone.map(Into::into);
        list.ticket_types = Json(self.ticket_types);
        list.sessions = Json(self.sessions);
        list.opens_at = self.opens_at;
        list.closes_at = self.closes_at;
        list.admits = self.admits;
        list.directions = self.directions;
        list.capacity = self.capacity.map(Into::into);
        list.when_full = self.when_full;
        list.automatic_exit_at = self.automatic_exit_at;
        list.fields = Json(self.fields.iter().map(ToString::to_string).collect());
        list.questions = Json(self.questions.into_iter().map(Into::into).collect());
        list.roster_names = self.roster_names;
    }
}
