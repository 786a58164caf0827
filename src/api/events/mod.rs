//! Events over HTTP.

mod create;
mod list;
mod object;
mod read;
mod revise;
mod state;

pub(super) use create::*;
pub(super) use list::*;
pub(super) use object::EventObject;
pub(super) use read::*;
pub(super) use revise::*;
pub(super) use state::*;
