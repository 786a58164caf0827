//! What a message says: its words, its ticket, its calendar file.
//!
//! [`compose`] is called when a message is about to be delivered, not when it is posted: a letter tells how things
//! stand then. `words` has what is said in each language, `layout` how it is laid out, `about` the facts that most
//! letters tell.

mod about;
mod attendee;
pub mod calendar;
#[cfg(test)]
mod calendar_tests;
mod calendar_zone;
mod campaign;
mod compose;
mod enclosures;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod golden_tests;
mod invitation;
mod layout;
mod markup;
mod member_invitation;
mod password_reset;
mod preview;
pub mod qr;
#[cfg(test)]
mod size_tests;
mod transferred_away;
mod unsubscribe;
mod wording;
mod words;

pub use campaign::{campaign_faults, campaign_letter, campaign_subject_faults};
pub use compose::compose;
pub use preview::{Previewed, preview};
pub use unsubscribe::unsubscribe_page;
pub use wording::{Wording, WordingDraft, copy_wordings, placeholders, remove_wording, set_wording};
