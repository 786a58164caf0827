//! The door over HTTP.

mod annul;
mod check_in;
mod list_object;
mod lists;
mod log;
mod object;
mod write_lists;

pub(super) use annul::*;
pub(super) use check_in::*;
pub(super) use lists::*;
pub(super) use log::*;
pub(super) use write_lists::*;
