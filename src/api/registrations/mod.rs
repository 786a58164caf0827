//! Registrations over HTTP.

mod bulk;
mod cancel;
mod create;
mod data;
mod edit;
mod erase;
mod hand;
mod list;
mod object;
mod read;
mod resend;
mod restore;
mod ticket;
mod transfer;

pub(super) use bulk::*;
pub(super) use cancel::*;
pub(super) use create::*;
pub(super) use data::*;
pub(super) use edit::*;
pub(super) use erase::*;
pub(super) use list::*;
pub(super) use read::*;
pub(super) use resend::*;
pub(super) use restore::*;
pub(super) use ticket::*;
pub(super) use transfer::*;
