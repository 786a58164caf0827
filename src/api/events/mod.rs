//! Events over HTTP.

mod access_codes;
mod consents;
mod create;
mod duplicate;
mod host_object;
mod hosting;
mod hosts;
mod list;
mod object;
mod question_object;
mod questions;
mod read;
mod revise;
mod seats_of_part;
mod series;
mod sessions;
mod state;
mod ticket_types;

pub(super) use access_codes::*;
pub(super) use consents::*;
pub(super) use create::*;
pub(super) use duplicate::*;
pub(super) use hosting::*;
pub(super) use hosts::*;
pub(super) use list::*;
pub(super) use object::{EventObject, SeatsObject};
pub(in crate::api) use question_object::QuestionObject;
pub(super) use questions::*;
pub(super) use read::*;
pub(super) use revise::*;
pub(super) use series::*;
pub(super) use sessions::*;
pub(super) use state::*;
pub(super) use ticket_types::*;
