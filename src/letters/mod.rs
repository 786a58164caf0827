//! What a message says: its words, its ticket, its calendar file.
//!
//! [`compose`] is called when a message is about to be delivered, not when it is posted: a letter tells how things
//! stand then. [`words`] has what is said in each language, [`layout`] how it is laid out, `about` the facts that most
//! letters tell.

mod about;
mod attendee;
pub mod calendar;
mod calendar_zone;
mod compose;
mod enclosures;
#[cfg(test)]
pub(crate) mod fixture;
mod invitation;
mod layout;
mod member_invitation;
mod password_reset;
pub mod qr;
mod transferred_away;
mod unsubscribe;
mod words;

pub use compose::compose;
pub use unsubscribe::unsubscribe_page;
