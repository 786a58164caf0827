//! `turnout export`

use std::io::{BufWriter, Write};

use clap::{Args, Subcommand};

use crate::audit::{self, Actor};
use crate::error::{Error, Result};
use crate::events::Event;
use crate::registrations::Filter;
use crate::store::{Db, Store};
use crate::transfer::{self, Column, Dialect, Export, read_columns};
use crate::values::Language;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Everybody who registered, a line each.
    Participants(Options),
    /// Who was let in where and when, a line for each registration and check-in list.
    Attendance(Options),
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
    /// Language of the readers: excel puts semicolons for fr, de and lb
    #[arg(long, default_value = "en")]
    locale: Language,
}

impl Command {
    pub(super) fn run(&self, store: &Store) -> anyhow::Result<()> {
        let (options, deed) = match self {
            Self::Participants(options) => (options, "export.participants"),
            Self::Attendance(options) => (options, "export.attendance"),
        };
        let (event, told) = store.read_here(|db| {
            let event = Event::find_by_name(db, &options.event)?;
            let mut out = BufWriter::new(std::io::stdout().lock());
            let told = match self {
                Self::Participants(_) => {
                    let wanted = options.wanted()?.for_event(db, event.id)?;
                    transfer::participants(db, &event, &wanted, &mut out)?;
                    wanted.told(None)
                }
                Self::Attendance(_) => {
                    let wanted = options.wanted()?.for_event(db, event.id)?;
                    transfer::attendance(db, &event, &wanted, &mut out)?;
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
    fn wanted<C: Column>(&self) -> Result<Export<C>> {
        let columns = self.columns.as_deref().map(read_columns).transpose()?;
        Ok(Export { filter: Filter::default(), columns, dialect: self.dialect, locale: self.locale })
    }
}
