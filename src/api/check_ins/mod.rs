//! The door over HTTP.

mod annul;
mod check_in;
mod lists;
mod log;
mod object;

pub(super) use annul::*;
pub(super) use check_in::*;
pub(super) use lists::*;
pub(super) use log::*;
