//! An import that was begun: what is known of it while it runs, and afterwards.

use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::plan::ImportMode;
use super::report::{Problem, Report};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result};
use crate::events::Event;
use crate::store::schema::imports;
use crate::store::{Db, EventId, ImportId, Json};
use crate::text_enum;

/// How long an import may run: what has not ended after this has ended with its program, and changed nothing.
const LONGEST: TimeDelta = TimeDelta::minutes(15);

text_enum! {
    /// Where an import stands.
    pub enum ImportState {
        /// It has been looked at, and is being carried out.
        Running = "running",
        /// All of it was done.
        Done = "done",
        /// Nothing was done.
        Failed = "failed",
    }
}

/// An import that was begun.
#[derive(Debug, Clone, PartialEq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = imports)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// Into which event.
    pub event_id: EventId,
    /// What it does.
    pub mode: ImportMode,
    /// Where it stands, as far as it is written down: see [`Import::state_at`].
    pub state: ImportState,
    /// How many rows the file has.
    pub file_rows: i64,
    /// What becomes of them, as JSON: a [`Report`].
    pub report: Json<Value>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it ended, or was begun.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

impl Import {
    /// Writes down that an import begins.
    pub fn begin(db: &mut Db, event: &Event, mode: ImportMode, report: &Report, now: Timestamp) -> Result<Self> {
        let begun = Self {
            id: ImportId::new(),
            event_id: event.id,
            mode,
            state: ImportState::Running,
            file_rows: i64::try_from(report.rows).map_err(Error::internal)?,
            report: Json(serde_json::to_value(report).map_err(Error::internal)?),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        diesel::insert_into(imports::table).values(&begun).execute(db)?;
        Ok(begun)
    }

    /// Writes down that all of it was done, in the transaction that did it.
    pub fn done(self, db: &mut Db, by: &Actor, event: &Event, report: &Report, now: Timestamp) -> Result<Self> {
        let told = json!({
            "mode": self.mode, "rows": report.rows, "created": report.created, "updated": report.updated,
            "attended": report.attended,
        });
        let changes = Changes::between(&Value::Null, &told);
        audit::record_changes(db, by, event.scope(), "registrations.imported", self.id.uuid(), changes, now)?;
        self.end(db, ImportState::Done, report, now)
    }

    /// Writes down that nothing was done, and why.
    pub fn failed(self, db: &mut Db, why: &Error, now: Timestamp) -> Result<Self> {
        let problem = |issue: &FieldIssue| Problem {
            row: issue.pointer.split('/').nth(2).and_then(|row| row.parse().ok()).unwrap_or_default(),
            column: issue.pointer.split('/').nth(3).map(ToOwned::to_owned),
            code: issue.code.into(),
            detail: issue.detail.clone(),
        };
        let problems: Vec<Problem> = match why {
            Error::Invalid(issues) => issues.iter().map(problem).collect(),
            Error::Refused(refusal) => {
                vec![Problem { row: 0, column: None, code: refusal.code().into(), detail: refusal.to_string() }]
            }
            _ => {
                let detail = "this could not be done right now: import the file again".to_owned();
                vec![Problem { row: 0, column: None, code: "busy".into(), detail }]
            }
        };
        let rows = u64::try_from(self.file_rows).map_err(Error::internal)?;
        let report = Report { rows, problem_count: problems.len() as u64, problems, ..Report::default() };
        self.end(db, ImportState::Failed, &report, now)
    }

    fn end(self, db: &mut Db, state: ImportState, report: &Report, now: Timestamp) -> Result<Self> {
        let report = Json(serde_json::to_value(report).map_err(Error::internal)?);
        let ended = Self { state, report, updated_at: now, version: self.version + 1, ..self };
        diesel::update(imports::table.filter(imports::id.eq(ended.id))).set(&ended).execute(db)?;
        Ok(ended)
    }

    /// The import of an event with this id.
    pub fn find(db: &mut Db, event: EventId, id: ImportId) -> Result<Self> {
        let row = Self::query().filter(imports::event_id.eq(event)).filter(imports::id.eq(id)).first(db);
        row.optional()?.ok_or(Error::NotFound("import"))
    }

    /// Where it stands: what was never ended has failed.
    pub fn state_at(&self, now: Timestamp) -> ImportState {
        match self.state {
            ImportState::Running if now >= self.created_at.plus(LONGEST) => ImportState::Failed,
            state => state,
        }
    }

    /// What becomes of its rows.
    pub fn told(&self) -> Result<Report> {
        serde_json::from_value(self.report.0.clone()).map_err(Error::internal)
    }
}
