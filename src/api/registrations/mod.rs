//! Registrations over HTTP.

mod cancel;
mod consents;
mod create;
mod list;
mod object;
mod read;
mod ticket;

pub(super) use cancel::*;
pub(super) use consents::*;
pub(super) use create::*;
pub(super) use list::*;
pub(super) use read::*;
pub(super) use ticket::*;
