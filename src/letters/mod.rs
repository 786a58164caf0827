//! What a message says: its words, its ticket, its calendar file.
//!
//! [`compose`] is called when a message is about to be delivered, not when it is posted: a letter tells how things
//! stand then. One file and one pair of templates a kind; `about` has what all of them tell. English only.

mod about;
pub mod calendar;
mod cancelled;
mod compose;
mod confirmed;
mod enclosures;
#[cfg(test)]
pub(crate) mod fixture;
mod invitation;
mod member_invitation;
mod notices;
mod password_reset;
mod promoted;
pub mod qr;
mod transferred_away;
mod waitlisted;
mod when;

pub use compose::compose;
