//! What is to be exported, and the walk over it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::columns::{self, OwnColumn, Unasked};
use super::{Column, Dialect};
use crate::audit::Changes;
use crate::checkins::{Attendance, Visits, attendance_of, visits};
use crate::error::{Error, FieldIssue, Result};
use crate::events::Event;
use crate::registrations::{Filter, Registration};
use crate::store::{Db, EventId, RegistrationId};
use crate::text_enum;
use crate::values::{Language, Words};

/// How many registrations are in memory at a time.
const BATCH: usize = 1_000;

text_enum! {
    /// What stands in the first row of a file.
    pub enum Headers {
        /// What programs call the columns.
        Keys = "keys",
        /// What people call them, in the language of the readers.
        Labels = "labels",
    }
}

/// What somebody wants to have exported, and how.
#[derive(Debug, Clone)]
pub struct Export<C> {
    /// Which registrations.
    pub filter: Filter,
    /// Which columns, in which order; all of them in their own order, if not given.
    pub columns: Option<Vec<C>>,
    /// What stands in the first row.
    pub headers: Headers,
    /// How the file is written.
    pub dialect: Dialect,
    /// For readers of which language; decides the separator of a spreadsheet.
    pub locale: Language,
}

/// The same for an event: with its own columns.
#[derive(Debug, Clone)]
pub struct Prepared<C> {
    /// Which registrations.
    pub filter: Filter,
    /// How the file is written.
    pub dialect: Dialect,
    /// For readers of which language.
    pub locale: Language,
    /// How many registrations have been written.
    pub done: Arc<AtomicU64>,
    pub(super) headers: Headers,
    columns: Vec<C>,
    names: Vec<String>,
}

impl<C: Column> Export<C> {
    /// The same for an event: with its own columns, if none were chosen.
    ///
    /// # Errors
    /// `Invalid` for columns that it does not have: `unknown_column`.
    pub fn for_event(self, db: &mut Db, event: &Event) -> Result<Prepared<C>> {
        let own = C::of_event(db, event)?;
        let columns = match self.columns {
            Some(chosen) => check(chosen, &own)?,
            None => unasked(&own, self.dialect),
        };
        let name = |column: &C| match self.headers {
            Headers::Keys => column.key().into_owned(),
            Headers::Labels => {
                let own = own.iter().find(|own| own.column == *column);
                let label = own.and_then(|own| in_language(&own.words, self.locale, event));
                label.map_or_else(|| column.label(self.locale).into_owned(), ToOwned::to_owned)
            }
        };
        let names = columns.iter().map(name).collect();
        let Self { filter, headers, dialect, locale, .. } = self;
        let done = Arc::default();
        Ok(Prepared { filter, dialect, locale, done, headers, columns, names })
    }
}

/// What was chosen, if the event has all of it.
fn check<C: Column>(chosen: Vec<C>, own: &[OwnColumn<C>]) -> Result<Vec<C>> {
    let mut all = C::fixed();
    all.extend(own.iter().map(|own| own.column.clone()).filter(|column| !C::fixed().contains(column)));
    let unknown = chosen.iter().filter(|column| !all.contains(column));
    let issues: Vec<FieldIssue> = unknown
        .map(|column| FieldIssue {
            pointer: "columns".to_owned(),
            code: "unknown_column",
            detail: columns::unknown(&column.key(), &all),
        })
        .collect();
    if issues.is_empty() { Ok(chosen) } else { Err(Error::Invalid(issues)) }
}

/// What stands in a file for which nobody has chosen.
fn unasked<C: Column>(own: &[OwnColumn<C>], dialect: Dialect) -> Vec<C> {
    let stands = |unasked: Unasked| match unasked {
        Unasked::Shown => true,
        Unasked::ForPeople => dialect == Dialect::Excel,
        Unasked::ByName => false,
    };
    let fixed = C::fixed().into_iter().filter(|column| stands(column.unasked()));
    fixed.chain(own.iter().filter(|own| stands(own.unasked)).map(|own| own.column.clone())).collect()
}

/// A text in this language, or else in the first of the event's that it has, or else in any.
pub(super) fn in_language<'a>(words: &'a Words, language: Language, event: &Event) -> Option<&'a str> {
    let wanted = std::iter::once(&language).chain(&event.languages.0);
    wanted.filter_map(|language| words.get(language)).chain(words.values()).next().map(String::as_str)
}

impl<C: Column> Prepared<C> {
    /// The columns, in their order.
    pub(super) fn columns(&self) -> &[C] {
        &self.columns
    }

    /// What stands in the first row.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// As the audit trail tells it: by which organization it was taken, and what.
    pub fn told(&self, organization: Option<&str>) -> Changes {
        let columns: Vec<_> = self.columns.iter().map(Column::key).collect();
        let after = json!({ "organization": organization, "columns": columns, "filter": self.filter.told() });
        Changes::between(&Value::Null, &after)
    }
}

/// A walk over registrations, batch by batch.
pub(super) struct Walk<'a> {
    pub event: EventId,
    pub filter: &'a Filter,
    pub done: &'a AtomicU64,
}

impl Walk<'_> {
    /// Calls `each` with batch after batch, in the order in which the registrations came in.
    pub(super) fn each(&self, db: &mut Db, mut each: impl FnMut(&mut Db, &[Registration]) -> Result<()>) -> Result<()> {
        let limit = i64::try_from(BATCH).map_err(Error::internal)?;
        let mut after = None;
        loop {
            let batch = self.filter.after(db, self.event, after, limit)?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = Some(last.id);
            each(db, &batch)?;
            self.done.fetch_add(batch.len() as u64, Ordering::Relaxed);
            if batch.len() < BATCH {
                return Ok(());
            }
        }
    }

    /// Who of a batch attended.
    pub(super) fn attendance(
        &self,
        db: &mut Db,
        batch: &[Registration],
    ) -> Result<HashMap<RegistrationId, Attendance>> {
        attendance_of(db, self.event, batch, self.is_whole())
    }

    /// Who of a batch was at which list.
    pub(super) fn visits(&self, db: &mut Db, batch: &[Registration]) -> Result<Visits> {
        visits(db, self.event, batch, self.is_whole())
    }

    /// Whether nobody was left out between the first and the last of a batch.
    fn is_whole(&self) -> bool {
        *self.filter == Filter::default()
    }
}

pub(super) fn ids(batch: &[Registration]) -> Vec<RegistrationId> {
    batch.iter().map(|registration| registration.id).collect()
}
