//! What a row changes of a registration that there is: what it says otherwise, and nothing else.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::{Number, Value};

use super::report::Problem;
use super::row::{Row, answer, tags, ticket_type};
use super::values;
use crate::events::Catalog;
use crate::registrations::{Answers, Edit, GivenConsent, Registration};
use crate::store::SessionId;
use crate::transfer::cells::joined;
use crate::transfer::{Column, FixedColumn, ParticipantColumn};
use crate::values::{Fault, Language, Slug};

/// A registration as it is, and what a row says of it.
pub(super) struct Comparison<'a> {
    pub row: Row<'a>,
    pub catalog: &'a Catalog,
    pub registration: &'a Registration,
    pub sessions: &'a [SessionId],
    pub consents: Option<&'a BTreeMap<String, GivenConsent>>,
}

/// What a row changes.
#[derive(Default)]
pub(super) struct Changed {
    pub edit: Edit,
    /// The columns.
    pub columns: Vec<String>,
    pub problems: Vec<Problem>,
}

impl Comparison<'_> {
    pub(super) fn changes(&self) -> Changed {
        let mut changed = Changed::default();
        self.compare_person(&mut changed);
        self.compare_organizers_part(&mut changed);
        self.compare_own(&mut changed);
        self.compare_fixed(&mut changed);
        changed
    }

    fn compare_person(&self, changed: &mut Changed) {
        let before = self.registration;
        let edit = Edit {
            first_name: self.needed(FixedColumn::FirstName, &before.first_name, changed),
            last_name: self.optional(FixedColumn::LastName, before.last_name.as_deref(), changed),
            email: self.needed(FixedColumn::Email, &before.email, changed),
            organization: self.optional(FixedColumn::Organization, before.organization.as_deref(), changed),
            job_title: self.optional(FixedColumn::JobTitle, before.job_title.as_deref(), changed),
            phone: self.optional(FixedColumn::Phone, before.phone.as_deref(), changed),
            country: self.optional(FixedColumn::Country, before.country.as_deref(), changed),
            external_ref: self.optional(FixedColumn::ExternalRef, before.external_ref.as_deref(), changed),
            note: self.optional(FixedColumn::Note, before.note.as_deref(), changed),
            ..Edit::default()
        };
        changed.edit = edit;
    }

    fn compare_organizers_part(&self, changed: &mut Changed) {
        let before = self.registration;
        if let Some(cell) = self.differs(FixedColumn::Locale, before.locale.as_str()) {
            let new = self.parsed(FixedColumn::Locale, changed, cell, |cell| match cell.trim() {
                "" => Err(Fault::new("required", "this is required")),
                tag => Language::from_tag(tag),
            });
            changed.edit.locale = new.filter(|new| *new != before.locale);
            changed.note(FixedColumn::Locale, |edit| edit.locale.is_some());
        }
        let old: Vec<&str> = before.tags.iter().flat_map(|tags| &tags.0).map(String::as_str).collect();
        if let Some(cell) = self.differs(FixedColumn::Tags, &joined(old.iter().copied())) {
            let read = self.parsed(FixedColumn::Tags, changed, cell, tags);
            changed.edit.tags = read.filter(|new| !new.iter().map(Slug::as_str).eq(old.iter().copied()));
            changed.note(FixedColumn::Tags, |edit| edit.tags.is_some());
        }
        let kinds = &self.catalog.ticket_types;
        let old = kinds.iter().find(|kind| Some(kind.id) == before.ticket_type_id);
        if let Some(cell) = self.differs(FixedColumn::TicketType, old.map_or("", |kind| &kind.name)) {
            let new = self.parsed(FixedColumn::TicketType, changed, cell, |cell| match cell.trim() {
                "" => Ok(None),
                name => ticket_type(self.catalog, name).map(|kind| Some(kind.id)),
            });
            changed.edit.ticket_type = new.filter(|new| *new != before.ticket_type_id);
            changed.note(FixedColumn::TicketType, |edit| edit.ticket_type.is_some());
        }
    }

    /// Answers, sessions and consents.
    fn compare_own(&self, changed: &mut Changed) {
        let (mut answers, mut sessions) = (Answers::new(), self.sessions.to_vec());
        for (column, cell) in self.row.own() {
            let name = column.key();
            let outcome = match column {
                ParticipantColumn::Fixed(_) => continue,
                ParticipantColumn::Answer(key) => self.answer(key.as_str(), cell).map(|new| {
                    let differs = new.is_some();
                    answers.extend(new.map(|new| (key.to_string(), new)));
                    differs
                }),
                ParticipantColumn::Session(id) => values::flag(cell).map(|chosen| {
                    let differs = chosen != self.sessions.contains(id);
                    if differs && chosen {
                        sessions.push(*id);
                    } else if differs {
                        sessions.retain(|session| session != id);
                    }
                    differs
                }),
                ParticipantColumn::Consent(key) => self.consent(key.as_str(), cell),
            };
            match outcome {
                Ok(true) => changed.columns.push(name.into_owned()),
                Ok(false) => {}
                Err(fault) => changed.problems.push(self.row.wrong(&name, fault)),
            }
        }
        if !answers.is_empty() {
            changed.edit.answers = Some(answers);
        }
        if sessions != self.sessions {
            changed.edit.sessions = Some(sessions);
        }
    }

    /// What stays as it is, whatever a file says.
    fn compare_fixed(&self, changed: &mut Changed) {
        let status = self.registration.status;
        if self.row.filled(FixedColumn::Status).is_some_and(|cell| cell != status.as_str()) {
            let detail =
                format!("it is {status}: an import changes no status; leave the column out, or cancel, approve, …");
            changed.problems.push(self.row.wrong(FixedColumn::Status.as_str(), Fault::new("not_imported", detail)));
        }
    }

    /// What is answered instead of what was, if that differs; null takes an answer back.
    fn answer(&self, key: &str, cell: &str) -> Result<Option<Value>, Fault> {
        let old = self.registration.answers.as_ref().and_then(|answers| answers.0.get(key));
        let written = old.map_or_else(String::new, as_cell);
        if self.row.says(cell, &written) {
            return Ok(None);
        }
        let new = answer(self.catalog, key, cell)?;
        Ok(Some(new).filter(|new| !same_answer(new, old)))
    }

    fn consent(&self, key: &str, cell: &str) -> Result<bool, Fault> {
        let given = self.consents.and_then(|given| given.get(key));
        let given = given.is_some_and(|given| given.consent.withdrawn_at.is_none());
        if values::flag(cell)? == given {
            return Ok(false);
        }
        Err(Fault::new("not_imported", "whoever has registered gives and withdraws consents themselves"))
    }

    /// The cell of a column, if the file has it, and it does not say what is there.
    fn differs(&self, column: FixedColumn, current: &str) -> Option<&str> {
        self.row.fixed(column).filter(|cell| !self.row.says(cell, current))
    }

    fn parsed<V>(
        &self,
        column: FixedColumn,
        changed: &mut Changed,
        cell: &str,
        parse: impl FnOnce(&str) -> Result<V, Fault>,
    ) -> Option<V> {
        match parse(cell) {
            Ok(value) => Some(value),
            Err(fault) => {
                changed.problems.push(self.row.wrong(column.as_str(), fault));
                None
            }
        }
    }

    /// A value that must be there.
    fn needed<V: FromStr<Err = Fault> + Into<String> + Clone>(
        &self,
        column: FixedColumn,
        current: &str,
        changed: &mut Changed,
    ) -> Option<V> {
        let cell = self.differs(column, current)?;
        let value: V = self.parsed(column, changed, cell, str::parse)?;
        if value.clone().into() == current {
            return None;
        }
        changed.columns.push(column.to_string());
        Some(value)
    }

    /// A value that can be emptied.
    #[allow(clippy::option_option, reason = "it stays, it is emptied, or it is replaced: as in an edit")]
    fn optional<V: FromStr<Err = Fault> + Into<String> + Clone>(
        &self,
        column: FixedColumn,
        current: Option<&str>,
        changed: &mut Changed,
    ) -> Option<Option<V>> {
        let cell = self.differs(column, current.unwrap_or_default())?;
        if cell.trim().is_empty() {
            current?;
            changed.columns.push(column.to_string());
            return Some(None);
        }
        let value: V = self.parsed(column, changed, cell, str::parse)?;
        if Some(value.clone().into().as_str()) == current {
            return None;
        }
        changed.columns.push(column.to_string());
        Some(Some(value))
    }
}

impl Changed {
    /// A column changes, if that is so.
    fn note(&mut self, column: FixedColumn, differs: impl FnOnce(&Edit) -> bool) {
        if differs(&self.edit) {
            self.columns.push(column.to_string());
        }
    }
}

/// An answer as a CSV file has it.
fn as_cell(answer: &Value) -> String {
    match answer {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(keys) => joined(keys.iter().filter_map(Value::as_str)),
        other => other.to_string(),
    }
}

/// Whether two answers are the same: options in any order, numbers in any form.
fn same_answer(new: &Value, old: Option<&Value>) -> bool {
    match (new, old) {
        (Value::Null, None) => true,
        (Value::Number(new), Some(Value::Number(old))) => new.as_f64() == old.as_f64() && is_exact(new, old),
        (Value::Array(new), Some(Value::Array(old))) => {
            new.len() == old.len() && new.iter().all(|key| old.contains(key))
        }
        (new, Some(old)) => new == old,
        (_, None) => false,
    }
}

/// Whether two whole numbers are the same, if they are whole.
fn is_exact(one: &Number, other: &Number) -> bool {
    one.as_i64().zip(other.as_i64()).is_none_or(|(one, other)| one == other)
}
