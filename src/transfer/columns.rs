//! The columns that there are, and the choice among them.

use std::str::FromStr;

use crate::error::{Error, FieldIssue, Result};
use crate::text_enum;

text_enum! {
    /// A column of the participants.
    pub enum ParticipantColumn {
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

/// A closed list of columns.
pub trait Column: FromStr + Copy + PartialEq + 'static {
    /// All of them, in the order in which they stand unless somebody chooses.
    const ALL: &'static [Self];

    /// What stands in the header.
    fn key(self) -> &'static str;
}

impl Column for ParticipantColumn {
    const ALL: &'static [Self] = Self::ALL;

    fn key(self) -> &'static str {
        self.as_str()
    }
}

impl Column for AttendanceColumn {
    const ALL: &'static [Self] = Self::ALL;

    fn key(self) -> &'static str {
        self.as_str()
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
                let all: Vec<&str> = C::ALL.iter().map(|column| column.key()).collect();
                issue("unknown_column", format!("there is no column {shown:?}; there are {}", all.join(", ")));
            }
        }
    }
    if issues.is_empty() { Ok(columns) } else { Err(Error::Invalid(issues)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_choice_is_kept() {
        assert_eq!(
            read_columns::<ParticipantColumn>("email, code,first_name").unwrap(),
            [ParticipantColumn::Email, ParticipantColumn::Code, ParticipantColumn::FirstName]
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
