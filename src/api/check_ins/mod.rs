//! The door over HTTP.

mod annul;
mod batch;
mod check_in;
mod conflicts;
mod list_object;
mod lists;
mod log;
mod numbers;
mod object;
mod paper_entry;
mod roster;
mod roster_object;
mod search;
mod walk_in;
mod write_lists;

pub(super) use annul::*;
pub(super) use batch::*;
pub(super) use check_in::*;
pub(super) use conflicts::*;
pub(super) use lists::*;
pub(super) use log::*;
pub(super) use numbers::*;
pub(super) use object::{CheckInObject, PersonAtTheDoor, StatusObject};
pub(super) use paper_entry::*;
pub(super) use roster::*;
pub(super) use search::*;
pub(super) use walk_in::*;
pub(super) use write_lists::*;
