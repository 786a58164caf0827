//! Events over HTTP.

mod consents;
mod create;
mod host_object;
mod hosting;
mod hosts;
mod list;
mod object;
mod question_object;
mod questions;
mod read;
mod revise;
mod state;

pub(super) use consents::*;
pub(super) use create::*;
pub(super) use hosting::*;
pub(super) use hosts::*;
pub(super) use list::*;
pub(super) use object::SeatsObject;
pub(super) use questions::*;
pub(super) use read::*;
pub(super) use revise::*;
pub(super) use state::*;
