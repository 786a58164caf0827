//! One attendee's place, or wish for one, at one event.

mod cancel;
mod party;
mod place;
mod refusal;
mod registration;
mod reserve;
mod search;
mod seats;
mod ticket;
mod transition;
mod via;
mod waitlist;

pub use cancel::{cancel, cancel_group};
pub use party::Party;
pub use place::{Placed, PlacedParty, Wish, place, place_party};
pub use refusal::{CODES, RegistrationRefusal};
pub use registration::{Answers, Attendee, Registration, RegistrationStatus, Source};
pub use search::Filter;
pub use seats::{Miscount, find_miscounts};
pub use ticket::Ticket;
pub use transition::{Hand, Transition};
pub use via::Vias;
pub use waitlist::{move_up, position, positions, waiting};
