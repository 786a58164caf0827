//! Organizations over HTTP.

mod events;
mod found;
mod list;
mod object;
mod read;
mod revise;

pub(super) use events::*;
pub(super) use found::*;
pub(super) use list::*;
pub(super) use read::*;
pub(super) use revise::*;
