//! Letters over HTTP: which an event sends, in whose words, how they look, and who wants none.

mod preview;
mod settings;
mod unsubscribe;
mod wordings;

pub(super) use preview::*;
pub(super) use settings::*;
pub(super) use unsubscribe::*;
pub(super) use wordings::*;
