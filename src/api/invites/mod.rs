//! Invitations over HTTP.

mod follow;
mod manage;

pub(super) use follow::*;
pub(super) use manage::*;
