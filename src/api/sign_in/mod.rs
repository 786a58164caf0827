//! Signing in and out, and what a person does to their own account, over HTTP.

mod me;
mod password;
mod resets;
mod second_factor;
mod sessions;
mod visit;

pub(super) use me::*;
pub(super) use password::*;
pub(super) use resets::*;
pub(super) use second_factor::*;
pub(super) use sessions::*;
pub(super) use visit::Visit;
