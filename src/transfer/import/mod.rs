//! Participants in, from a file that somebody has made or changed.
//!
//! A file is read ([`Table`]), looked at ([`plan`]) without writing anything, and carried out in one transaction
//! ([`run_import`]): all of it, or nothing. The same file twice changes nothing the second time. See decision 15.

mod changes;
mod headers;
mod plan;
mod planner;
mod read_csv;
mod read_xlsx;
mod record;
mod report;
mod row;
mod run;
mod table;
mod values;

pub use headers::Mapping;
pub use plan::{ImportMode, ImportOptions, Plan, plan};
pub use record::{Import, ImportState};
pub use report::{Problem, Report, RowVerdict};
pub use run::run_import;
pub use table::{FileFormat, MOST_ROWS, Table};
