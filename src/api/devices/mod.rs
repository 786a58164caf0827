//! Devices at the door over HTTP.

mod manage;
mod object;
mod pair;

pub(super) use manage::*;
pub(super) use object::OwnDevice;
pub(super) use pair::*;
