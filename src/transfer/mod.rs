//! Participants and attendance out, as CSV files and workbooks, and participants in.
//!
//! [`participants`] and [`attendance`] write row by row into whatever takes bytes, from the snapshot of the
//! transaction that they are given: memory stays the same at ten rows and at a million.

mod attendance;
mod cells;
mod column_set;
mod columns;
mod dialect;
mod evacuation;
mod export;
mod import;
mod labels;
mod local_time;
mod participants;
mod refusal;
mod sheet;
mod workbook;

pub use attendance::{AttendanceFile, Layout, attendance, attendance_xlsx};
pub use column_set::{
    ColumnSet, ColumnSetDraft, ColumnSetRevision, FileKind, add_column_set, remove_column_set, revise_column_set,
};
pub use columns::{AttendanceColumn, Column, FixedColumn, OwnColumn, ParticipantColumn, Unasked, read_columns};
pub use dialect::Dialect;
pub use evacuation::evacuation_csv;
pub use export::{Export, Headers, Prepared};
pub use import::{
    FileFormat, Import, ImportMode, ImportOptions, ImportState, MOST_ROWS, Mapping, Plan, Problem, Report, RowVerdict,
    Table, plan, run_import,
};
pub use participants::{participants, participants_xlsx};
pub use refusal::TransferRefusal;
