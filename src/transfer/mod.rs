//! Participants and attendance out, as CSV files.
//!
//! [`participants`] and [`attendance`] write row by row into whatever takes bytes, from the snapshot of the
//! transaction that they are given: memory stays the same at ten rows and at a million.

mod attendance;
mod columns;
mod dialect;
mod evacuation;
mod export;
mod local_time;
mod participants;
mod sheet;

pub use attendance::attendance;
pub use columns::{AttendanceColumn, Column, FixedColumn, ParticipantColumn, read_columns};
pub use dialect::Dialect;
pub use evacuation::evacuation_csv;
pub use export::Export;
pub use participants::participants;
