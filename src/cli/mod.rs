//! The shell: what an operator types.

mod demo;
mod doctor;
mod export;
mod import;
mod mail;
mod member;
mod organization;
mod progress;
mod serve;
mod settings;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::App;
use crate::clock::Clock;
use crate::store::{Location, Store};
use settings::Flags;

/// Event registration and attendance: publishes events, takes registrations, sends the confirmations, checks people in
/// and exports the truth as CSV.
///
/// `turnout demo` shows everything with invented data. `turnout serve` runs it for real.
#[derive(Parser)]
#[command(name = "turnout", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer requests, deliver mail and do the chores, until SIGTERM or SIGINT.
    ///
    /// Makes the data folder and brings the database up to date first. When stopped, it takes no new work, answers
    /// what it has begun, commits, and gives back the mail that it has not sent.
    Serve,
    /// Serve the events of a small world, with some hundred invented attendees, from ./turnout-demo.
    Demo(demo::Demo),
    /// Organizations: clusters, museums, ministries.
    #[command(subcommand)]
    Organization(organization::Command),
    /// Members of organizations.
    #[command(subcommand)]
    Member(member::Command),
    /// API tokens of organizations.
    #[command(subcommand)]
    Token(token::Command),
    /// Write participants or attendance as CSV or as an XLSX workbook.
    #[command(subcommand)]
    Export(export::Command),
    /// Import participants from CSV or an XLSX workbook: all of it, or nothing.
    ///
    /// Looks at the file, and says what would become of each row; does it with --yes. The same file twice changes nothing
    /// the second time. Columns are called as an export calls them, in any language.
    Import(import::Options),
    /// Try out whether letters arrive, and see what became of them.
    #[command(subcommand)]
    Mail(mail::Command),
    /// Bring the database up to date, and stop.
    ///
    /// `serve` does this by itself. Several instances may do it at once.
    Migrate,
    /// Check settings and data, and say in words what is wrong.
    ///
    /// Counts seats and check-ins again from the rows. Exit code 1 if anything is wrong.
    Doctor,
    /// Print the OpenAPI document of the HTTP API.
    Openapi,
}

/// Does what the arguments of the process say. Exit codes: 0 done, 1 it cannot be done, with a line on standard error
/// that says why, 2 the arguments make no sense.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match command(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("turnout: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command(cli: Cli) -> anyhow::Result<()> {
    let flags = cli.flags;
    match cli.command {
        Command::Serve => serve::serve(&flags.settings()?),
        Command::Demo(demo) => demo.run(&flags),
        Command::Organization(command) => command.run(&open(&flags)?),
        Command::Member(command) => command.run(&flags),
        Command::Token(command) => command.run(&open(&flags)?),
        Command::Export(command) => command.run(&open(&flags)?),
        Command::Import(options) => options.run(&open(&flags)?),
        Command::Mail(command) => command.run(&flags),
        Command::Migrate => open(&flags).map(|store| store.close()),
        Command::Doctor => doctor::doctor(&flags.settings()?),
        Command::Openapi => {
            println!("{}", crate::api::openapi().to_pretty_json()?);
            Ok(())
        }
    }
}

/// The rows alone, for commands that need no mail and no pages.
fn open(flags: &Flags) -> anyhow::Result<Store> {
    let settings = flags.settings()?;
    crate::telemetry::start_logging(&settings.log)?;
    let location = Location::parse(settings.database.url.as_deref(), settings.data_dir())?;
    settings.make_data_dir()?;
    Store::open(location)
}

fn assemble(settings: &crate::config::Settings) -> anyhow::Result<App> {
    App::assemble(settings, Clock::system())
}

/// Runs one write of the operator's, and says in one line what went wrong.
fn write<T: Send + 'static>(
    store: &Store,
    work: impl FnOnce(&mut crate::store::Db, crate::clock::Timestamp) -> crate::error::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    let clock = Clock::system();
    let done = store.write_here(uuid::Uuid::nil(), move |db| work(db, clock.now()));
    store.close();
    Ok(done?)
}
