//! The `turnout` program.

use std::process::ExitCode;

/// Requests come in on some threads and are worked on by another: this allocator is made for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    turnout::cli::run()
}
