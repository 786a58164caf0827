//! The columns that there are, and the choice among them.

use std::borrow::Cow;
use std::str::FromStr;

use crate::error::{Error, FieldIssue, Result};
use crate::events::{ConsentText, Question};
use crate::store::{Db, EventId};
use crate::text_enum;
use crate::values::{Fault, Key};

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
        /// The slug of the host through which the attendee came.
        Via = "via",
    }
}

/// A column of the participants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParticipantColumn {
    /// One that every event has.
    Fixed(FixedColumn),
    /// `answer.<key>`: what was answered to this question. Dates, countries and options are as they are in JSON; keys of
    /// several options have `|` between them, which no key has.
    Answer(Key),
    /// `consent.<key>`: whether this consent was given, and not withdrawn.
    Consent(Key),
}

impl FromStr for ParticipantColumn {
    type Err = Fault;

    fn from_str(word: &str) -> Result<Self, Fault> {
        match word.split_once('.') {
            Some(("answer", key)) => key.parse().map(Self::Answer),
            Some(("consent", key)) => key.parse().map(Self::Consent),
            _ => word.parse().map(Self::Fixed),
        }
    }
}

/// A column of a file.
pub trait Column: FromStr + Clone + PartialEq + Send + 'static {
    /// Those that every event has, in the order in which they stand unless somebody chooses.
    fn fixed() -> Vec<Self>;

    /// What stands in the header.
    fn key(&self) -> Cow<'static, str>;

    /// Those that this event has behind them, and whether they are there unless somebody chooses.
    fn of_event(_: &mut Db, _: EventId) -> Result<Vec<(Self, bool)>> {
        Ok(Vec::new())
    }
}

impl Column for ParticipantColumn {
    fn fixed() -> Vec<Self> {
        FixedColumn::ALL.iter().copied().map(Self::Fixed).collect()
    }

    fn key(&self) -> Cow<'static, str> {
        match self {
            Self::Fixed(column) => column.as_str().into(),
            Self::Answer(key) => format!("answer.{key}").into(),
            Self::Consent(key) => format!("consent.{key}").into(),
        }
    }

    fn of_event(db: &mut Db, event: EventId) -> Result<Vec<(Self, bool)>> {
        let mut columns = Vec::new();
        for question in Question::of_event(db, event)? {
            let key = question.key.parse().map_err(|fault: Fault| Error::internal(fault))?;
            columns.push((Self::Answer(key), !question.sensitive));
        }
        for text in ConsentText::last_editions(ConsentText::of_event(db, event)?) {
            let key = text.key.parse().map_err(|fault: Fault| Error::internal(fault))?;
            columns.push((Self::Consent(key), true));
        }
        Ok(columns)
    }
}

impl Column for AttendanceColumn {
    fn fixed() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    fn key(&self) -> Cow<'static, str> {
        self.as_str().into()
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
             list, attended, first_entry_at, last_exit_at, entries, exits, via"
        );
    }
}
