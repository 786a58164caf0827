//! `turnout export`

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};

use super::progress::Progress;
use crate::audit::{self, Actor};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::registrations::Filter;
use crate::store::{Db, Store};
use crate::text_enum;
use crate::transfer::{
    self, AttendanceFile, Column, ColumnSet, Dialect, Export, Headers, Layout, Prepared, read_columns,
};
use crate::values::Language;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Everybody who registered, a line each.
    Participants(Options),
    /// Who was let in where and when.
    Attendance {
        #[command(flatten)]
        options: Options,
        /// long: a line for each registration and check-in list; wide: a line for each registration
        #[arg(long, default_value = "long")]
        layout: Layout,
    },
}

text_enum! {
    /// How the file is written.
    pub enum Format {
        /// Text with separators between values.
        Csv = "csv",
        /// A workbook.
        Xlsx = "xlsx",
    }
}

#[derive(Args)]
pub(super) struct Options {
    /// The event's slug or id
    #[arg(long)]
    event: String,
    /// csv or xlsx
    #[arg(long, default_value = "csv")]
    format: Format,
    /// Where to write it [default: standard output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// rfc4180 for programs, excel for spreadsheets
    #[arg(long, default_value = "rfc4180")]
    dialect: Dialect,
    /// Which columns, in which order, with commas between them [default: all]
    #[arg(long)]
    columns: Option<String>,
    /// Slug of a column set of the event's organization, instead of columns
    #[arg(long, conflicts_with = "columns")]
    column_set: Option<String>,
    /// keys, which programs know, or labels in the language of the readers
    #[arg(long, default_value = "keys")]
    headers: Headers,
    /// Language of the readers: excel puts semicolons for fr, de and lb
    #[arg(long, default_value = "en")]
    locale: Language,
}

impl Command {
    pub(super) fn run(&self, store: &Store) -> anyhow::Result<()> {
        let (options, deed) = match self {
            Self::Participants(options) => (options, "export.participants"),
            Self::Attendance { options, .. } => (options, "export.attendance"),
        };
        let mut out = BufWriter::new(options.destination()?);
        let now = Clock::system().now();
        let (event, told) = store.read_here(|db| {
            let event = Event::find_by_name(db, &options.event)?;
            let told = match self {
                Self::Participants(_) => {
                    let wanted = options.wanted(db, &event)?.for_event(db, &event)?;
                    let _line = options.progress(db, &event, &wanted)?;
                    match options.format {
                        Format::Csv => transfer::participants(db, &event, &wanted, &mut out),
                        Format::Xlsx => transfer::participants_xlsx(db, &event, &wanted, &mut out),
                    }?;
                    wanted.told(None)
                }
                Self::Attendance { layout, .. } => {
                    let wanted = options.wanted(db, &event)?;
                    layout.takes(wanted.columns.as_deref())?;
                    let wanted = wanted.for_event(db, &event)?;
                    let _line = options.progress(db, &event, &wanted)?;
                    let file = AttendanceFile { export: &wanted, layout: *layout, now };
                    match options.format {
                        Format::Csv => transfer::attendance(db, &event, &file, &mut out),
                        Format::Xlsx => transfer::attendance_xlsx(db, &event, &file, &mut out),
                    }?;
                    wanted.told(None)
                }
            };
            out.flush().map_err(Error::internal)?;
            Ok((event, told))
        })?;
        super::write(store, move |db: &mut Db, now| {
            audit::record_changes(db, &Actor::COMMAND_LINE, event.scope(), deed, event.id.uuid(), told, now)
        })
    }
}

impl Options {
    fn wanted<C: Column>(&self, db: &mut Db, event: &Event) -> Result<Export<C>> {
        let columns = match (&self.columns, &self.column_set) {
            (Some(columns), _) => Some(read_columns(columns)?),
            (None, Some(set)) => Some(ColumnSet::find(db, event.organization_id, set)?.at(db, event)?),
            (None, None) => None,
        };
        let Self { headers, dialect, locale, .. } = *self;
        Ok(Export { filter: Filter::default(), columns, headers, dialect, locale })
    }

    /// Where the file goes.
    fn destination(&self) -> anyhow::Result<Box<dyn Write>> {
        if let Some(path) = &self.output {
            let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            return Ok(Box::new(file));
        }
        let nobody_reads_it = self.format == Format::Xlsx && std::io::stdout().is_terminal();
        anyhow::ensure!(!nobody_reads_it, "a workbook is no text: name a file with --output");
        Ok(Box::new(std::io::stdout().lock()))
    }

    /// A line that says how far it is, where it does not stand between the rows.
    fn progress<C: Column>(&self, db: &mut Db, event: &Event, wanted: &Prepared<C>) -> Result<Option<Progress>> {
        if self.output.is_none() && std::io::stdout().is_terminal() {
            return Ok(None);
        }
        let total = u64::try_from(wanted.filter.count(db, event.id)?).map_err(Error::internal)?;
        Ok(Some(Progress::show(wanted.done.clone(), total)))
    }
}
