//! Registrations over HTTP.

mod cancel;
mod create;
mod group;
mod list;
mod object;
mod read;
mod ticket;

pub(super) use cancel::*;
pub(super) use create::*;
pub(super) use group::*;
pub(super) use list::*;
pub(super) use read::*;
pub(super) use ticket::*;
