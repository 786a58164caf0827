//! The columns that there are, and the choice among them.

use std::borrow::Cow;
use std::str::FromStr;

use super::{FileKind, labels};
use crate::error::{Error, FieldIssue, Result};
use crate::events::{ConsentText, Event, Question, Session, TicketType};
use crate::store::{Db, SessionId};
use crate::text_enum;
use crate::values::{Fault, Key, Language, Words};

text_enum! {
    /// A column that the participants of every event have.
    pub enum FixedColumn {
        /// The registration's id.
        Id = "id",
        /// Its short code.
        Code = "code",
        /// Where it stands.
        Status = "status",
        /// First or only name.
        FirstName = "first_name",
        /// Last name.
        LastName = "last_name",
        /// Where letters go.
        Email = "email",
        /// Where the attendee comes from.
        Organization = "organization",
        /// What the attendee does there.
        JobTitle = "job_title",
        /// As the attendee wrote it.
        Phone = "phone",
        /// Two letters.
        Country = "country",
        /// The attendee's language.
        Locale = "locale",
        /// By which door the registration came in.
        Source = "source",
        /// Its name in another system.
        ExternalRef = "external_ref",
        /// Whether the attendee was let in, at any list.
        Attended = "attended",
        /// When they first came in.
        FirstEntryAt = "first_entry_at",
        /// When they last went out.
        LastExitAt = "last_exit_at",
        /// When the registration came in.
        CreatedAt = "created_at",
        /// When it was last changed.
        UpdatedAt = "updated_at",
        /// The slug of the host through which the attendee came.
        Via = "via",
        /// The name of the ticket type.
        TicketType = "ticket_type",
        /// The day of `created_at`, on the clocks of the event.
        CreatedDate = "created_date",
        /// The time of that day.
        CreatedTime = "created_time",
        /// The day of `first_entry_at`.
        FirstEntryDate = "first_entry_date",
        /// The time of that day.
        FirstEntryTime = "first_entry_time",
        /// The day of `last_exit_at`.
        LastExitDate = "last_exit_date",
        /// The time of that day.
        LastExitTime = "last_exit_time",
        /// The organizers' words for it, with `|` between them.
        Tags = "tags",
        /// What the organizers wrote down about it.
        Note = "note",
    }
}

text_enum! {
    /// A column of the attendance: one row for each registration and check-in list.
    pub enum AttendanceColumn {
        /// The registration's short code.
        Code = "code",
        /// First or only name.
        FirstName = "first_name",
        /// Last name.
        LastName = "last_name",
        /// Where letters go.
        Email = "email",
        /// Where the attendee comes from.
        Organization = "organization",
        /// Where the registration stands.
        Status = "status",
        /// The name of the check-in list.
        List = "list",
        /// Whether the attendee has a seat and the list is for them.
        Expected = "expected",
        /// Whether the attendee was let in at this list.
        Attended = "attended",
        /// When they first came in.
        FirstEntryAt = "first_entry_at",
        /// When they last went out.
        LastExitAt = "last_exit_at",
        /// How often they came in.
        Entries = "entries",
        /// How often they went out.
        Exits = "exits",
        /// How long they were inside, in whole minutes.
        MinutesInside = "minutes_inside",
        /// Whether they were expected and did not come, although it is over.
        NoShow = "no_show",
        /// The slug of the host through which the attendee came.
        Via = "via",
        /// The day of `first_entry_at`, on the clocks of the event.
        FirstEntryDate = "first_entry_date",
        /// The time of that day.
        FirstEntryTime = "first_entry_time",
        /// The day of `last_exit_at`.
        LastExitDate = "last_exit_date",
        /// The time of that day.
        LastExitTime = "last_exit_time",
    }
}

impl AttendanceColumn {
    /// Whether it tells of one list, and not of the person alone.
    pub(super) fn is_of_list(self) -> bool {
        !matches!(
            self,
            Self::Code | Self::FirstName | Self::LastName | Self::Email | Self::Organization | Self::Status | Self::Via
        )
    }
}

/// A column of the participants.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ParticipantColumn {
    /// One that every event has.
    Fixed(FixedColumn),
    /// `answer.<key>`: what was answered to this question. Dates, countries and options are as they are in JSON; keys of
    /// several options have `|` between them, which no key has.
    Answer(Key),
    /// `consent.<key>`: whether this consent was given, and not withdrawn.
    Consent(Key),
    /// `session.<id>`: whether this session was chosen, or came with the ticket type.
    Session(SessionId),
}

impl FromStr for ParticipantColumn {
    type Err = Fault;

    fn from_str(word: &str) -> Result<Self, Fault> {
        match word.split_once('.') {
            Some(("answer", key)) => key.parse().map(Self::Answer),
            Some(("consent", key)) => key.parse().map(Self::Consent),
            Some(("session", id)) => {
                id.parse().map(Self::Session).map_err(|_| Fault::new("invalid_id", "this is no id"))
            }
            _ => word.parse().map(Self::Fixed),
        }
    }
}

/// When a column stands in a file for which nobody has chosen columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unasked {
    /// Always.
    Shown,
    /// In files for people: in the dialect of spreadsheets.
    ForPeople,
    /// Never: it is asked for by its name.
    ByName,
}

/// A column that an event has behind those that every event has.
#[derive(Debug, Clone)]
pub struct OwnColumn<C> {
    /// Which.
    pub column: C,
    /// When it stands in a file unasked.
    pub unasked: Unasked,
    /// What people call it, where the event says that; else the column itself knows.
    pub words: Words,
}

/// A column of a file.
pub trait Column: FromStr + Clone + PartialEq + Send + 'static {
    /// Of which files.
    const KIND: FileKind;

    /// Those that every event has, in the order in which they stand unless somebody chooses.
    fn fixed() -> Vec<Self>;

    /// When it stands in a file unasked, if it is one that every event has.
    fn unasked(&self) -> Unasked;

    /// How programs call it.
    fn key(&self) -> Cow<'static, str>;

    /// How people call it, unless the event says that.
    fn label(&self, language: Language) -> Cow<'static, str>;

    /// Those that this event has behind them.
    fn of_event(_: &mut Db, _: &Event) -> Result<Vec<OwnColumn<Self>>> {
        Ok(Vec::new())
    }
}

impl Column for ParticipantColumn {
    const KIND: FileKind = FileKind::Participants;

    fn fixed() -> Vec<Self> {
        FixedColumn::ALL.iter().copied().map(Self::Fixed).collect()
    }

    fn unasked(&self) -> Unasked {
        match self {
            Self::Fixed(
                FixedColumn::CreatedDate
                | FixedColumn::CreatedTime
                | FixedColumn::FirstEntryDate
                | FixedColumn::FirstEntryTime
                | FixedColumn::LastExitDate
                | FixedColumn::LastExitTime,
            ) => Unasked::ForPeople,
            // The ticket type is among an event's own columns, if it has any.
            Self::Fixed(FixedColumn::Tags | FixedColumn::Note | FixedColumn::TicketType) => Unasked::ByName,
            _ => Unasked::Shown,
        }
    }

    fn key(&self) -> Cow<'static, str> {
        match self {
            Self::Fixed(column) => column.as_str().into(),
            Self::Answer(key) => format!("answer.{key}").into(),
            Self::Consent(key) => format!("consent.{key}").into(),
            Self::Session(id) => format!("session.{id}").into(),
        }
    }

    fn label(&self, language: Language) -> Cow<'static, str> {
        match self {
            Self::Fixed(column) => labels::fixed(*column, language).into(),
            Self::Consent(key) => labels::consent(key, language).into(),
            Self::Answer(_) | Self::Session(_) => self.key(),
        }
    }

    fn of_event(db: &mut Db, event: &Event) -> Result<Vec<OwnColumn<Self>>> {
        let shown = |column, words| OwnColumn { column, unasked: Unasked::Shown, words };
        let mut columns = Vec::new();
        if !TicketType::of_event(db, event.id)?.is_empty() {
            columns.push(shown(Self::Fixed(FixedColumn::TicketType), Words::new()));
        }
        for session in Session::of_event(db, event.id)? {
            // A title is in whatever language it is written.
            let words = Language::ALL.iter().map(|language| (*language, session.title.clone())).collect();
            columns.push(shown(Self::Session(session.id), words));
        }
        for question in Question::of_event(db, event.id)? {
            let key = question.key.parse().map_err(|fault: Fault| Error::internal(fault))?;
            let unasked = if question.sensitive { Unasked::ByName } else { Unasked::Shown };
            columns.push(OwnColumn { column: Self::Answer(key), unasked, words: question.label.0 });
        }
        for text in ConsentText::last_editions(ConsentText::of_event(db, event.id)?) {
            let key = text.key.parse().map_err(|fault: Fault| Error::internal(fault))?;
            columns.push(shown(Self::Consent(key), Words::new()));
        }
        Ok(columns)
    }
}

impl Column for AttendanceColumn {
    const KIND: FileKind = FileKind::Attendance;

    fn fixed() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    fn unasked(&self) -> Unasked {
        match self {
            Self::FirstEntryDate | Self::FirstEntryTime | Self::LastExitDate | Self::LastExitTime => Unasked::ForPeople,
            _ => Unasked::Shown,
        }
    }

    fn key(&self) -> Cow<'static, str> {
        self.as_str().into()
    }

    fn label(&self, language: Language) -> Cow<'static, str> {
        labels::attendance(*self, language).into()
    }
}

/// Reads a choice such as `email,code`: its order is kept.
///
/// # Errors
/// `Invalid`, for all of them at once: `unknown_column`, `duplicate_column`.
pub fn read_columns<C: Column>(text: &str) -> Result<Vec<C>> {
    let mut columns: Vec<C> = Vec::new();
    let mut issues = Vec::new();
    let mut issue = |code, detail| issues.push(FieldIssue { pointer: "columns".to_owned(), code, detail });
    for word in text.split(',').map(str::trim) {
        // What is wrong is said back, as long as it is not a novel.
        let shown: String = word.chars().take(64).collect();
        match word.parse::<C>() {
            Ok(column) if columns.contains(&column) => {
                issue("duplicate_column", format!("the column {shown} is chosen twice"));
            }
            Ok(column) => columns.push(column),
            Err(_) => {
                issue("unknown_column", unknown(&shown, &C::fixed()));
            }
        }
    }
    if issues.is_empty() { Ok(columns) } else { Err(Error::Invalid(issues)) }
}

/// That there is no such column, and which there are.
pub(super) fn unknown<C: Column>(shown: &str, columns: &[C]) -> String {
    let all: Vec<_> = columns.iter().map(Column::key).collect();
    format!("there is no column {shown:?}; there are {}", all.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_choice_is_kept() {
        assert_eq!(
            read_columns::<ParticipantColumn>("email, code,first_name").unwrap(),
            [FixedColumn::Email, FixedColumn::Code, FixedColumn::FirstName].map(ParticipantColumn::Fixed)
        );
    }

    #[test]
    fn everything_wrong_with_a_choice_is_said_at_once() {
        let Err(Error::Invalid(issues)) = read_columns::<AttendanceColumn>("code,shoe_size,code,phone,") else {
            panic!("this is no choice");
        };
        let codes: Vec<_> = issues.iter().map(|issue| (issue.pointer.as_str(), issue.code)).collect();
        assert_eq!(
            codes,
            [
                ("columns", "unknown_column"),
                ("columns", "duplicate_column"),
                ("columns", "unknown_column"),
                ("columns", "unknown_column"),
            ]
        );
        assert_eq!(
            issues[0].detail,
            "there is no column \"shoe_size\"; there are code, first_name, last_name, email, organization, status, \
             list, expected, attended, first_entry_at, last_exit_at, entries, exits, minutes_inside, no_show, via, \
             first_entry_date, first_entry_time, last_exit_date, last_exit_time"
        );
    }
}
