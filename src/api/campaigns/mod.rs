//! Campaigns over HTTP.

mod object;
mod preview;
mod routes;
mod send;

pub(super) use preview::*;
pub(super) use routes::*;
pub(super) use send::*;
