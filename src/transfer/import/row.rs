//! A row of a file, and who it may be about.

use super::headers::Headers;
use super::report::Problem;
use super::table::Guard;
use super::values;
use crate::events::{Catalog, TicketType};
use crate::registrations::{Answers, Attendee, ByHand, Hand, Source, Wish};
use crate::store::SessionId;
use crate::transfer::cells::split;
use crate::transfer::dialect::unguarded;
use crate::transfer::{FixedColumn, ParticipantColumn};
use crate::values::{EmailAddress, Fault, Language, Line, Slug, search_key};

/// How many words an organizer has for a registration at most.
const MOST_TAGS: usize = 20;

/// A row.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub number: u64,
    pub cells: &'a [String],
    pub headers: &'a Headers,
    pub guard: Guard,
}

impl<'a> Row<'a> {
    /// What stands in a column that every event has; none if the file does not have it.
    pub(super) fn fixed(&self, column: FixedColumn) -> Option<&'a str> {
        self.headers.fixed(column).map(|place| self.cells[place].as_str())
    }

    /// The same, without the blanks around it; none if there is nothing.
    pub(super) fn filled(&self, column: FixedColumn) -> Option<&'a str> {
        self.fixed(column).map(str::trim).filter(|cell| !cell.is_empty())
    }

    /// Whether a cell says what is there already.
    pub(super) fn says(&self, cell: &str, current: &str) -> bool {
        cell == current || self.guard == Guard::Unclear && unguarded(cell) == current
    }

    /// The cells of the columns of the event, each with its column.
    pub(super) fn own(&self) -> impl Iterator<Item = (&'a ParticipantColumn, &'a str)> {
        let cells = self.headers.meanings.iter().zip(self.cells);
        cells.filter_map(|(meaning, cell)| match meaning {
            super::headers::Meaning::Of(column) => Some((column, cell.as_str())),
            _ => None,
        })
    }

    /// Something is wrong with a cell.
    pub(super) fn wrong(&self, column: &str, fault: Fault) -> Problem {
        Problem { row: self.number, column: Some(column.to_owned()), code: fault.code.into(), detail: fault.detail }
    }

    /// Reads a cell that may be empty.
    fn read<V>(
        &self,
        column: FixedColumn,
        problems: &mut Vec<Problem>,
        parse: impl FnOnce(&str) -> Result<V, Fault>,
    ) -> Option<V> {
        match parse(self.filled(column)?) {
            Ok(value) => Some(value),
            Err(fault) => {
                problems.push(self.wrong(column.as_str(), fault));
                None
            }
        }
    }

    /// Somebody who registers; nobody if something is wrong.
    pub(super) fn wish(&self, catalog: &Catalog, hand: Hand, problems: &mut Vec<Problem>) -> Option<Wish> {
        let before = problems.len();
        let first_name = self.required(FixedColumn::FirstName, problems, str::parse);
        let email: Option<EmailAddress> = self.required(FixedColumn::Email, problems, str::parse);
        let last_name = self.read(FixedColumn::LastName, problems, str::parse);
        let organization = self.read(FixedColumn::Organization, problems, str::parse);
        let job_title = self.read(FixedColumn::JobTitle, problems, str::parse);
        let phone = self.read(FixedColumn::Phone, problems, str::parse);
        let country = self.read(FixedColumn::Country, problems, str::parse);
        let locale = self.read(FixedColumn::Locale, problems, Language::from_tag);
        let external_ref: Option<Line<200>> = self.read(FixedColumn::ExternalRef, problems, str::parse);
        let ticket_type =
            self.read(FixedColumn::TicketType, problems, |cell| ticket_type(catalog, cell)).map(|kind| kind.id);
        let note = self.read(FixedColumn::Note, problems, str::parse);
        let tags = self.read(FixedColumn::Tags, problems, tags).unwrap_or_default();
        let (mut answers, mut consents, mut sessions): (_, _, Vec<SessionId>) =
            (Answers::new(), Vec::new(), Vec::new());
        for (column, cell) in self.own() {
            let read = match column {
                ParticipantColumn::Fixed(_) => continue,
                ParticipantColumn::Answer(key) => answer(catalog, key.as_str(), cell).map(|said| {
                    if !said.is_null() {
                        answers.insert(key.to_string(), said);
                    }
                }),
                ParticipantColumn::Consent(key) => {
                    values::flag(cell).map(|given| consents.extend(given.then(|| key.to_string())))
                }
                ParticipantColumn::Session(id) => {
                    values::flag(cell).map(|chosen| sessions.extend(chosen.then_some(*id)))
                }
            };
            if let Err(fault) = read {
                problems.push(self.wrong(&crate::transfer::Column::key(column), fault));
            }
        }
        if problems.len() > before {
            return None;
        }
        let attendee =
            Attendee { first_name: first_name?, last_name, email: email?, organization, job_title, phone, country };
        let by_hand = Some(ByHand { hand, note, tags });
        let source = Source::Import;
        let wish = Wish {
            attendee,
            locale,
            external_ref,
            source,
            ticket_type,
            sessions,
            via: None,
            answers,
            consents,
            vouched: true,
            by_hand,
        };
        Some(wish)
    }

    fn required<V>(
        &self,
        column: FixedColumn,
        problems: &mut Vec<Problem>,
        parse: impl FnOnce(&str) -> Result<V, Fault>,
    ) -> Option<V> {
        if self.filled(column).is_none() {
            problems.push(self.wrong(column.as_str(), Fault::new("required", "this is required")));
        }
        self.read(column, problems, parse)
    }
}

/// What a cell answers to the question with this key.
pub(super) fn answer(catalog: &Catalog, key: &str, cell: &str) -> Result<serde_json::Value, Fault> {
    match catalog.questions.iter().find(|question| question.key == key) {
        Some(question) => values::answer(question, cell),
        None => Err(Fault::new("unknown_question", "there is no such question")),
    }
}

/// The ticket type with this name or id.
pub(super) fn ticket_type<'a>(catalog: &'a Catalog, cell: &str) -> Result<&'a TicketType, Fault> {
    let types = &catalog.ticket_types;
    if let Some(kind) = types.iter().find(|kind| kind.name == cell || kind.id.to_string() == cell) {
        return Ok(kind);
    }
    let wanted = search_key(cell);
    let mut called = types.iter().filter(|kind| search_key(&kind.name) == wanted);
    match (called.next(), called.next()) {
        (Some(kind), None) => Ok(kind),
        _ => Err(Fault::new("unknown_ticket_type", "this event has no such ticket type")),
    }
}

/// The organizers' words in a cell.
pub(super) fn tags(cell: &str) -> Result<Vec<Slug>, Fault> {
    let words = split(cell);
    if words.len() > MOST_TAGS {
        return Err(Fault::new("too_many", format!("a registration has at most {MOST_TAGS} tags")));
    }
    words.iter().map(|word| word.parse()).collect()
}
