//! `turnout import`

#![allow(clippy::doc_markdown, reason = "these comments are what --help prints: no Markdown")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Context;
use clap::Args;

use super::progress::Progress;
use crate::access::Caller;
use crate::clock::Clock;
use crate::error::Error;
use crate::events::Event;
use crate::store::{CheckInListId, Store};
use crate::transfer::{
    Dialect, FileFormat, Import, ImportMode, ImportOptions, Mapping, Report, Table, plan, run_import,
};

/// How many bytes a file may have, as by HTTP.
const MOST: u64 = 32 * 1024 * 1024;

#[derive(Args)]
pub(super) struct Options {
    /// The file: CSV, or an XLSX workbook whose name ends so
    file: PathBuf,
    /// The event's slug or id
    #[arg(long)]
    event: String,
    /// create registers who is not registered yet; upsert changes who is, as well; mark_attended lets people in
    #[arg(long, default_value = "create")]
    mode: ImportMode,
    /// Do it; without this, the file is looked at and nothing is done
    #[arg(long)]
    yes: bool,
    /// Over the capacity, outside the time of registration, and without required answers
    #[arg(long)]
    force: bool,
    /// With letters to the people concerned
    #[arg(long)]
    send: bool,
    /// rfc4180 or excel [default: recognized]
    #[arg(long)]
    dialect: Option<Dialect>,
    /// What a column is that is called otherwise, such as "Nom de famille=last_name"; nothing behind the = leaves it out
    #[arg(long, value_name = "NAME=COLUMN", value_parser = named)]
    column: Vec<(String, Option<String>)>,
    /// For mark_attended: at which check-in list [default: the event's first]
    #[arg(long, value_name = "ID")]
    list: Option<String>,
}

fn named(text: &str) -> Result<(String, Option<String>), String> {
    let (name, column) = text.split_once('=').ok_or("this is such as \"Nom de famille=last_name\"")?;
    Ok((name.to_owned(), Some(column.to_owned()).filter(|column| !column.is_empty())))
}

impl Options {
    pub(super) fn run(self, store: &Store) -> anyhow::Result<()> {
        let table = self.table()?;
        let list = self.list.as_deref().map(str::parse::<CheckInListId>).transpose().context("--list is no id")?;
        let mapping: Mapping = self.column.into_iter().collect();
        let options = ImportOptions { mode: self.mode, mapping, force: self.force, send: self.send, list };
        let clock = Clock::system();
        let (event, planned) = store.read_here(|db| {
            let event = Event::find_by_name(db, &self.event)?;
            let planned = plan(db, event.clone(), &table, &options, clock.now())?;
            Ok((event, planned))
        })?;
        print!("{}", told(&planned.report));
        anyhow::ensure!(planned.report.problem_count == 0, "nothing was done: the file is not right");
        if !self.yes {
            println!("Nothing was done: say --yes to do it.");
            return Ok(());
        }
        let done = Arc::<AtomicU64>::default();
        let line = Progress::show(done.clone(), planned.len() as u64);
        let outcome = store.write_alone_here(event.id.uuid(), move |db| {
            let (by, now) = (Caller::COMMAND_LINE, clock.now());
            let begun = Import::begin(db, &event, options.mode, &planned.report, now)?;
            let report = run_import(db, &by, event.id, planned, &options, now, &done)?;
            begun.done(db, &by.actor(), &event, &report, now)
        });
        drop(line);
        store.close();
        match outcome {
            Ok(_) => println!("Done."),
            Err(Error::Invalid(issues)) => {
                let first = issues.first().map(|issue| format!("{}: {}", issue.pointer, issue.detail));
                anyhow::bail!("nothing was done: {}", first.unwrap_or_default());
            }
            Err(other) => return Err(other.into()),
        }
        Ok(())
    }

    fn table(&self) -> anyhow::Result<Table> {
        let shown = self.file.display();
        let length = std::fs::metadata(&self.file).with_context(|| format!("cannot read {shown}"))?.len();
        anyhow::ensure!(length <= MOST, "{shown} is too large: a file has at most 32 MiB");
        let bytes = std::fs::read(&self.file).with_context(|| format!("cannot read {shown}"))?;
        Ok(Table::read(&bytes, format_of(&self.file), self.dialect)?)
    }
}

fn format_of(file: &Path) -> FileFormat {
    let is_workbook = file.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("xlsx"));
    if is_workbook { FileFormat::Xlsx } else { FileFormat::Csv }
}

/// What becomes of a file, in a few lines.
fn told(report: &Report) -> String {
    let Report { rows, created, updated, attended, unchanged, .. } = report;
    let noun = if *rows == 1 { "row" } else { "rows" };
    let mut lines = vec![format!(
        "{rows} {noun}: {created} created, {updated} updated, {attended} attended, {unchanged} unchanged"
    )];
    if !report.ignored_columns.is_empty() {
        lines.push(format!("Not read: {}", report.ignored_columns.join(", ")));
    }
    for problem in &report.problems {
        let column = problem.column.as_deref().map(|column| format!(", {column}")).unwrap_or_default();
        lines.push(format!("Row {}{column}: {}", problem.row, problem.detail));
    }
    let left = report.problem_count.saturating_sub(report.problems.len() as u64);
    if left > 0 {
        lines.push(format!("And {left} more."));
    }
    lines.join("\n") + "\n"
}
