//! What the promises of speed rest on: each figure beside a floor measured in the same run.
//!
//! `cargo bench` measures everything; `cargo bench -- registrations registrations-in-full check-ins csv xlsx letters roster rows
//! search sign-in door` some of it. Figures go up and down with the machine; the ratios are what counts. Something and its
//! floor take turns, and a ratio is that of the turn in the middle, with the lowest and the highest. The floors:
//!
//! - through HTTP: the same server's route that reads JSON and answers JSON, with the same clients;
//! - in process: a loop of prepared statements, written by hand over the same SQL, on the same settings of SQLite;
//! - files: the `sqlite3` shell on the same query.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::pedantic,
    reason = "a measurement that fails, fails"
)]

// People register for events of 350, one after the other: what an event's rows have in common stays together.

mod csv;
mod door;
mod floor;
mod full;
mod http;
mod latencies;
mod letters;
mod roster;
mod rows;
mod search;
mod shares;
mod sign_in;
mod world;
mod xlsx;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // Measured as it runs for real: with a log line a request, in a file.
    if std::env::var_os(CHILD).is_none() {
        with_log_in_a_file();
    }
    turnout::telemetry::start_logging(&turnout::config::Log::default()).unwrap();
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    if wants("registrations") {
        http::registrations();
        floor::registrations();
    }
    if wants("registrations-in-full") {
        full::through_http();
        full::in_process();
    }
    if wants("check-ins") {
        http::check_ins();
        floor::check_ins();
    }
    if wants("rows") {
        rows::registrations();
    }
    if wants("roster") {
        roster::of_everybody();
    }
    if wants("search") {
        search::registrations();
    }
    if wants("sign-in") {
        sign_in::beside_registrations();
    }
    if wants("door") {
        door::under_load();
    }
    if wants("letters") {
        letters::to_a_sink();
    }
    if wants("csv") {
        csv::participants();
    }
    if wants("xlsx") {
        xlsx::participants();
    }
}

/// Says to the program that its standard error is a file.
const CHILD: &str = "TURNOUT_BENCH_CHILD";

fn with_log_in_a_file() -> ! {
    let log = concat!(env!("CARGO_TARGET_TMPDIR"), "/promises.log");
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(std::env::args().skip(1)).env(CHILD, "yes").stderr(std::fs::File::create(log).unwrap());
    let status = child.status().unwrap();
    if !status.success() {
        eprintln!("the measurement failed: {log} says why");
    }
    std::process::exit(status.code().unwrap_or(1));
}

/// Prints a line: what was measured, its figure, and how it stands to what it should reach.
fn say(what: &str, figure: &str, against: &str) {
    println!("{what:<44} {figure:>26}   {against}");
}
