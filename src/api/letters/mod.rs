//! Letters over HTTP: what an event says of them, and who wants none.

mod settings;
mod unsubscribe;

pub(super) use settings::*;
pub(super) use unsubscribe::*;
