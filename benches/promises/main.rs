//! What the promises of speed rest on: each figure beside a floor measured in the same run.
//!
//! `cargo bench` measures everything; `cargo bench -- registrations check-ins csv rows` some of it. Figures go up and
//! down with the machine; the ratios are what counts. The floors:
//!
//! - through HTTP: the same server's route that reads JSON and answers JSON, with the same clients;
//! - in process: a loop of prepared statements, written by hand over the same SQL, on the same settings of SQLite;
//! - files: the `sqlite3` shell on the same query.

#![allow(missing_docs, clippy::unwrap_used, clippy::cast_precision_loss, reason = "a measurement that fails, fails")]

mod csv;
mod floor;
mod http;
mod latencies;
mod rows;
mod world;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    if wants("registrations") {
        http::registrations();
        floor::registrations();
    }
    if wants("check-ins") {
        http::check_ins();
        floor::check_ins();
    }
    if wants("rows") {
        rows::registrations();
    }
    if wants("csv") {
        csv::participants();
    }
}

/// Prints a line: what was measured, its figure, and how it stands to what it should reach.
fn say(what: &str, figure: &str, against: &str) {
    println!("{what:<44} {figure:>26}   {against}");
}
