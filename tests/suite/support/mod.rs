//! What tests stand on: a database of their own, and a Turnout that runs on it.

pub mod browser;
pub mod crowd;
mod database;
pub mod load;
pub mod parts;
pub mod process;
mod second_instance;
pub mod smtp;
mod test_app;
pub mod trickster;

pub use database::Database;
pub use second_instance::SecondInstance;
pub use test_app::{Answer, ORIGIN, PASSWORD, TestApp};

/// Makes of each function a test on SQLite and one on PostgreSQL. The latter need a server, and are run by
/// `scripts/test`, which starts one.
macro_rules! on_both_databases {
    ($($(#[$attribute:meta])* fn $name:ident($argument:ident: Database) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$attribute])*
            fn scenario($argument: $crate::support::Database) $body

            #[test]
            fn on_sqlite() {
                scenario($crate::support::Database::sqlite());
            }

            #[test]
            #[ignore = "needs a PostgreSQL server: scripts/test starts one"]
            fn on_postgres() {
                scenario($crate::support::Database::postgres());
            }
        }
    )*};
}
pub(crate) use on_both_databases;

/// Says in one line what `cargo test` alone leaves out; past the capture of a passing test's output.
#[test]
fn the_postgresql_suite_says_how_it_is_run() {
    use std::io::Write;
    if !Database::postgres_is_there() {
        let _ = writeln!(
            std::io::stderr(),
            "\nnote: the tests on PostgreSQL, with a mail server and with a browser were not run: scripts/test runs them"
        );
    }
}
