//! Events over HTTP.

mod access_codes;
mod create;
mod host_object;
mod hosting;
mod hosts;
mod list;
mod object;
mod read;
mod revise;
mod state;

pub(super) use access_codes::*;
pub(super) use create::*;
pub(super) use hosting::*;
pub(super) use hosts::*;
pub(super) use list::*;
pub(super) use object::{EventObject, SeatsObject};
pub(super) use read::*;
pub(super) use revise::*;
pub(super) use state::*;
