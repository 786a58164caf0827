//! What an import would do, row by row: worked out in a read, before anything is written.

use std::collections::HashSet;

use super::headers::{Headers, Mapping, Meaning};
use super::planner::Planner;
use super::report::Report;
use super::row::Row;
use super::table::{Table, wrong};
use crate::checkins::CheckInList;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{Catalog, Event, Held};
use crate::registrations::{Edit, Forecast, Hand, Wish};
use crate::store::{CheckInListId, Db, RegistrationId};
use crate::text_enum;
use crate::transfer::{FixedColumn, ParticipantColumn};

/// How many rows are looked up at a time.
const BATCH: usize = 500;

text_enum! {
    /// What an import does.
    pub enum ImportMode {
        /// Registers who is not registered yet; who is, stays as they are.
        Create = "create",
        /// Registers who is not registered yet, and changes who is.
        Upsert = "upsert",
        /// Marks people as having come, at a check-in list.
        MarkAttended = "mark_attended",
    }
}

/// How a file is imported.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// What it does.
    pub mode: ImportMode,
    /// What columns are that are not called as ours.
    pub mapping: Mapping,
    /// Over the capacity and outside the time of registration, if need be, and without required answers.
    pub force: bool,
    /// Whether people get their letters.
    pub send: bool,
    /// At which list people came; the event's first, if not given.
    pub list: Option<CheckInListId>,
}

impl ImportOptions {
    pub(super) fn hand(&self) -> Hand {
        Hand { force: self.force, silent: !self.send }
    }
}

/// What is to be done, and what there is to say about it.
#[derive(Debug)]
pub struct Plan {
    /// What becomes of the file; if anything is wrong, nothing is done.
    pub report: Report,
    pub(super) steps: Vec<Step>,
    pub(super) list: Option<CheckInListId>,
}

impl Plan {
    /// How many rows change something.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// What is done about a row.
#[derive(Debug)]
pub(super) struct Step {
    pub row: u64,
    pub deed: StepDeed,
}

#[derive(Debug)]
pub(super) enum StepDeed {
    Register(Box<Wish>),
    Edit(Box<(RegistrationId, i64, Edit)>),
    Admit(RegistrationId, Option<Timestamp>),
}

/// Works out what an import of this table would do: run it inside one read.
///
/// # Errors
/// What is wrong with the file as a whole, or with the event: `registration_closed`, …. What is wrong with a row is in the
/// report.
pub fn plan(db: &mut Db, event: Event, table: &Table, options: &ImportOptions, now: Timestamp) -> Result<Plan> {
    let seen = Held::seen(db, event)?;
    let catalog = Catalog::of(db, &seen)?;
    let (headers, problems) = Headers::read(db, &seen.event, &table.header, &options.mapping)?;
    check_columns(&headers, options.mode)?;
    let forecast = match options.mode {
        ImportMode::MarkAttended => None,
        ImportMode::Create | ImportMode::Upsert => Some(Forecast::of(&seen, options.force, now)),
    };
    let list = match (options.mode, options.list) {
        (ImportMode::MarkAttended, Some(id)) => Some(CheckInList::find_of(db, seen.event.id, id)?),
        (ImportMode::MarkAttended, None) => CheckInList::of_event(db, seen.event.id)?.into_iter().next(),
        _ => None,
    };
    if options.mode == ImportMode::MarkAttended && list.is_none() {
        return Err(Error::NotFound("check-in list"));
    }
    let mut report = Report { rows: table.rows.len() as u64, ..Report::default() };
    for problem in problems {
        report.add(problem);
    }
    report.ignored_columns = ignored(&headers, options.mode);
    let (matched, addresses) = (HashSet::new(), HashSet::new());
    let list_id = list.as_ref().map(|list| list.id);
    let mut planner =
        Planner { seen: &seen, catalog, options, forecast, list, report, steps: Vec::new(), matched, addresses };
    for chunk in table.rows.chunks(BATCH) {
        let mut rows = Vec::with_capacity(chunk.len());
        for (number, cells) in chunk {
            rows.push(Row { number: *number, cells, headers: &headers, guard: table.guard });
        }
        planner.look_at(db, &rows)?;
    }
    Ok(Plan { report: planner.report, steps: planner.steps, list: list_id })
}

/// The columns without which there is nothing to do.
fn check_columns(headers: &Headers, mode: ImportMode) -> Result<()> {
    let has = |column| headers.fixed(column).is_some();
    let names_somebody = [FixedColumn::Id, FixedColumn::Code, FixedColumn::ExternalRef, FixedColumn::Email];
    let missing = match mode {
        ImportMode::Create if !has(FixedColumn::Email) || !has(FixedColumn::FirstName) => "first_name and email",
        ImportMode::Upsert | ImportMode::MarkAttended if !names_somebody.into_iter().any(has) => {
            "id, code, external_ref or email"
        }
        _ => return Ok(()),
    };
    Err(wrong("missing_column", &format!("the file needs {missing}")))
}

/// The columns that are not read.
fn ignored(headers: &Headers, mode: ImportMode) -> Vec<String> {
    use FixedColumn::{
        Attended, Code, Country, Email, ExternalRef, FirstEntryAt, FirstName, Id, JobTitle, LastName, Locale, Note,
        Organization, Phone, Status, Tags, TicketType,
    };
    let marks = mode == ImportMode::MarkAttended;
    let is_read = |column: &ParticipantColumn| match column {
        ParticipantColumn::Answer(_) | ParticipantColumn::Session(_) | ParticipantColumn::Consent(_) => !marks,
        ParticipantColumn::Fixed(column) => match column {
            Email | ExternalRef => true,
            Id | Code => mode != ImportMode::Create,
            Attended | FirstEntryAt => marks,
            Status => mode == ImportMode::Upsert,
            FirstName | LastName | Organization | JobTitle | Phone | Country | Locale | TicketType | Tags | Note => {
                !marks
            }
            _ => false,
        },
    };
    let columns = headers.meanings.iter().zip(&headers.names);
    let ignored = columns.filter(|(meaning, name)| match meaning {
        Meaning::Of(column) => !is_read(column),
        Meaning::List => mode != ImportMode::MarkAttended,
        Meaning::Ignored => !name.is_empty(),
    });
    ignored.map(|(_, name)| name.clone()).collect()
}
