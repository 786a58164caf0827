//! What is to be exported, and the walk over it.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Column, Dialect, columns};
use crate::audit::Changes;
use crate::checkins::{Attendance, Visits, attendance_of, visits};
use crate::error::{Error, FieldIssue, Result};
use crate::registrations::{Filter, Registration};
use crate::store::{Db, EventId, RegistrationId};
use crate::values::Language;

/// How many registrations are in memory at a time.
const BATCH: usize = 1_000;

/// What somebody wants to have exported, and how.
#[derive(Debug, Clone)]
pub struct Export<C> {
    /// Which registrations.
    pub filter: Filter,
    /// Which columns, in which order; all of them in their own order, if not given.
    pub columns: Option<Vec<C>>,
    /// How the file is written.
    pub dialect: Dialect,
    /// For readers of which language; decides the separator of a spreadsheet.
    pub locale: Language,
}

impl<C: Column> Export<C> {
    /// The same for an event: with its own columns, if none were chosen.
    ///
    /// # Errors
    /// `Invalid` for columns that it does not have: `unknown_column`.
    pub fn for_event(mut self, db: &mut Db, event: EventId) -> Result<Self> {
        let own = C::of_event(db, event)?;
        let mut all = C::fixed();
        let Some(chosen) = &self.columns else {
            all.extend(own.into_iter().filter(|(_, unasked)| *unasked).map(|(column, _)| column));
            self.columns = Some(all);
            return Ok(self);
        };
        all.extend(own.into_iter().map(|(column, _)| column));
        let unknown = chosen.iter().filter(|column| !all.contains(column));
        let issues: Vec<FieldIssue> = unknown
            .map(|column| FieldIssue {
                pointer: "columns".to_owned(),
                code: "unknown_column",
                detail: columns::unknown(&column.key(), &all),
            })
            .collect();
        if issues.is_empty() { Ok(self) } else { Err(Error::Invalid(issues)) }
    }

    /// The columns, in their order.
    pub(super) fn columns(&self) -> Cow<'_, [C]> {
        self.columns.as_deref().map_or_else(|| Cow::Owned(C::fixed()), Cow::Borrowed)
    }

    /// As the audit trail tells it: by which organization it was taken, and what.
    pub fn told(&self, organization: Option<&str>) -> Changes {
        let columns = self.header();
        let after = json!({ "organization": organization, "columns": columns, "filter": self.filter.told() });
        Changes::between(&Value::Null, &after)
    }

    /// What stands in the header.
    pub(super) fn header(&self) -> Vec<Cow<'static, str>> {
        self.columns().iter().map(Column::key).collect()
    }
}

/// A walk over registrations, batch by batch.
pub(super) struct Walk<'a> {
    pub event: EventId,
    pub filter: &'a Filter,
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
