//! The `turnout` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    turnout::cli::run()
}
