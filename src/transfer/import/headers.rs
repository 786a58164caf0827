//! Which column of a file is which: by its key, or by what people call it in any language, or as the caller says.

use std::collections::{BTreeMap, HashMap};

use super::report::Problem;
use crate::error::Result;
use crate::events::Event;
use crate::store::Db;
use crate::transfer::{AttendanceColumn, Column, FixedColumn, ParticipantColumn};
use crate::values::{Language, search_key};

/// What the caller says a column is, by its name in the file: a column of the participants, or nothing.
pub type Mapping = BTreeMap<String, Option<String>>;

/// What a column of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A column of the participants.
    Of(ParticipantColumn),
    /// The name of a check-in list.
    List,
    /// Something that is not read.
    Ignored,
}

/// The columns of a file, in their order.
pub(super) struct Headers {
    pub meanings: Vec<Meaning>,
    /// What programs call each, or else its name.
    pub names: Vec<String>,
}

impl Headers {
    /// Recognizes the names in the first row.
    pub(super) fn read(
        db: &mut Db,
        event: &Event,
        header: &[String],
        mapping: &Mapping,
    ) -> Result<(Self, Vec<Problem>)> {
        let known = Known::of(db, event)?;
        let mut problems = Vec::new();
        let mut read = Self { meanings: Vec::new(), names: Vec::new() };
        for name in header {
            let meaning = match mapping.get(name) {
                Some(None) => Ok(Meaning::Ignored),
                Some(Some(key)) => known.by_key(key).ok_or("unknown_column"),
                None if name.trim().is_empty() => Ok(Meaning::Ignored),
                None => known.find(name),
            };
            let meaning = meaning.and_then(|meaning| {
                let twice = meaning != Meaning::Ignored && read.meanings.contains(&meaning);
                if twice { Err("duplicate_column") } else { Ok(meaning) }
            });
            let meaning = meaning.unwrap_or_else(|code| {
                problems.push(Problem::of_column(1, name, code, sentence(code)));
                Meaning::Ignored
            });
            read.names.push(match &meaning {
                Meaning::Of(column) => column.key().into_owned(),
                Meaning::List => AttendanceColumn::List.to_string(),
                Meaning::Ignored => name.chars().take(64).collect(),
            });
            read.meanings.push(meaning);
        }
        for (name, _) in mapping.iter().filter(|(name, _)| !header.contains(name)) {
            problems.push(Problem::of_column(1, name, "not_in_file", "the file has no column of this name"));
        }
        Ok((read, problems))
    }

    /// Where a column stands.
    pub(super) fn place(&self, column: &ParticipantColumn) -> Option<usize> {
        self.meanings.iter().position(|meaning| matches!(meaning, Meaning::Of(of) if of == column))
    }

    /// Where one of those stands that every event has.
    pub(super) fn fixed(&self, column: FixedColumn) -> Option<usize> {
        self.place(&ParticipantColumn::Fixed(column))
    }
}

fn sentence(code: &'static str) -> &'static str {
    match code {
        "duplicate_column" => "another column of the file is the same: leave one out by the mapping",
        "ambiguous_column" => "several columns are called so: say by the mapping which one it is",
        _ => "there is no column of this name: say by the mapping which one it is, or null to leave it out",
    }
}

/// All names of all columns.
struct Known {
    keys: HashMap<String, Meaning>,
    labels: HashMap<String, Vec<Meaning>>,
}

impl Known {
    fn of(db: &mut Db, event: &Event) -> Result<Self> {
        let mut known = Self { keys: HashMap::new(), labels: HashMap::new() };
        for column in ParticipantColumn::fixed() {
            let labels: Vec<String> =
                Language::ALL.iter().map(|language| column.label(*language).into_owned()).collect();
            known.add(column.key().into_owned(), &labels, &Meaning::Of(column));
        }
        for own in ParticipantColumn::of_event(db, event)? {
            let labels: Vec<String> = if own.words.is_empty() {
                Language::ALL.iter().map(|language| own.column.label(*language).into_owned()).collect()
            } else {
                own.words.into_values().collect()
            };
            known.add(own.column.key().into_owned(), &labels, &Meaning::Of(own.column));
        }
        // A file of the attendance has columns of its own, of which one is read.
        for column in AttendanceColumn::fixed() {
            if known.keys.contains_key(&*column.key()) {
                continue;
            }
            let labels: Vec<String> =
                Language::ALL.iter().map(|language| column.label(*language).into_owned()).collect();
            let meaning = if column == AttendanceColumn::List { Meaning::List } else { Meaning::Ignored };
            known.add(column.key().into_owned(), &labels, &meaning);
        }
        Ok(known)
    }

    fn add(&mut self, key: String, labels: &[String], meaning: &Meaning) {
        self.keys.insert(key, meaning.clone());
        for label in labels {
            let called = self.labels.entry(search_key(label)).or_default();
            if !called.contains(meaning) {
                called.push(meaning.clone());
            }
        }
    }

    fn by_key(&self, key: &str) -> Option<Meaning> {
        self.keys.get(key.trim()).cloned()
    }

    fn find(&self, name: &str) -> Result<Meaning, &'static str> {
        if let Some(meaning) = self.by_key(name) {
            return Ok(meaning);
        }
        // A name that looks like a formula has a guard in a file for spreadsheets.
        let bare = crate::transfer::dialect::unguarded(name);
        match self.labels.get(&search_key(bare)).map(Vec::as_slice) {
            Some([one]) => Ok(one.clone()),
            Some(_) => Err("ambiguous_column"),
            None => Err("unknown_column"),
        }
    }
}
