//! One attendee's place, or wish for one, at one event.

pub mod answers;
mod cancel;
mod consents;
mod place;
mod refusal;
mod registration;
mod retention;
mod said;
mod search;
mod seats;
mod ticket;
mod transition;
mod via;
mod waitlist;

pub use cancel::cancel;
pub use consents::{Consent, GivenConsent, give_consent, withdraw_consent};
pub use place::{Placed, Wish, place};
pub use refusal::{CODES, RegistrationRefusal};
pub use registration::{Answers, Attendee, Registration, RegistrationStatus, Source};
pub use retention::{Outdated, forget_answers, outdated_answers};
pub use search::Filter;
pub use seats::{Miscount, find_miscounts};
pub use ticket::Ticket;
pub use transition::{Hand, Transition};
pub use via::Vias;
pub use waitlist::{move_up, position, positions, waiting};
