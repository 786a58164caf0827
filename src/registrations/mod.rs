//! One attendee's place, or wish for one, at one event.

mod bulk;
mod cancel;
mod duplicates;
mod edit;
mod erase;
mod kept;
mod place;
mod refusal;
mod registration;
mod resend;
mod restore;
mod search;
mod seats;
mod ticket;
mod transfer;
mod transition;
mod via;
mod waitlist;

pub use bulk::{BulkDeed, Outcome, bulk};
pub use cancel::cancel;
pub use duplicates::possible_duplicates;
pub use edit::{Edit, edit};
pub use erase::erase;
pub use kept::{GivenConsent, Parts};
pub use place::{ByHand, Placed, Wish, place};
pub use refusal::{CODES, RegistrationRefusal};
pub use registration::{Answers, Attendee, Registration, RegistrationStatus, Source};
pub use resend::resend;
pub use restore::restore;
pub use search::Filter;
pub use seats::{Miscount, find_miscounts};
pub use ticket::Ticket;
pub use transfer::transfer;
pub use transition::{Hand, Transition};
pub use via::Vias;
pub use waitlist::{move_up, position, positions, waiting};
