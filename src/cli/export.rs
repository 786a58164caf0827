//! `turnout export`

use std::io::{BufWriter, Write};

use clap::{Args, Subcommand};

use crate::audit::{self, Actor};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::registrations::Filter;
use crate::store::{Db, Store};
use crate::transfer::{self, AttendanceFile, Column, ColumnSet, Dialect, Export, Headers, Layout, read_columns};
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

#[derive(Args)]
pub(super) struct Options {
    /// The event's slug or id
    #[arg(long)]
    event: String,
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
        let now = Clock::system().now();
        let (event, told) = store.read_here(|db| {
            let event = Event::find_by_name(db, &options.event)?;
            let mut out = BufWriter::new(std::io::stdout().lock());
            let told = match self {
                Self::Participants(_) => {
                    let wanted = options.wanted(db, &event)?.for_event(db, &event)?;
                    transfer::participants(db, &event, &wanted, &mut out)?;
                    wanted.told(None)
                }
                Self::Attendance { layout, .. } => {
                    let wanted = options.wanted(db, &event)?;
                    layout.takes(wanted.columns.as_deref())?;
                    let wanted = wanted.for_event(db, &event)?;
                    let file = AttendanceFile { export: &wanted, layout: *layout, now };
                    transfer::attendance(db, &event, &file, &mut out)?;
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
}
