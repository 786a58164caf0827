//! Registrations over HTTP.

mod cancel;
mod consents;
mod create;
mod decide;
mod explain;
mod list;
mod object;
mod offers;
mod promote;
mod read;
mod ticket;
mod verify;

pub(super) use cancel::*;
pub(super) use consents::*;
pub(super) use create::*;
pub(super) use decide::*;
pub(super) use explain::*;
pub(super) use list::*;
pub(super) use offers::*;
pub(super) use promote::*;
pub(super) use read::*;
pub(super) use ticket::*;
pub(super) use verify::*;
