//! One attendee's place, or wish for one, at one event.

mod approve;
mod cancel;
mod expire;
mod explain;
mod offers;
mod place;
mod prioritize;
mod promote;
mod refusal;
mod registration;
mod search;
mod seats;
mod ticket;
mod transition;
mod verify;
mod via;
mod waitlist;

pub use approve::{Verdict, approve, approve_all, reject, reject_all};
pub use cancel::cancel;
pub use expire::{due, expire};
pub use explain::{Blocking, Explanation, explain};
pub use offers::{accept, decline};
pub use place::{Placed, Wish, place};
pub use prioritize::{Priority, prioritize};
pub use promote::promote;
pub use refusal::{CODES, RegistrationRefusal};
pub use registration::{Answers, Attendee, Registration, RegistrationStatus, Source};
pub use search::Filter;
pub use seats::{Miscount, find_miscounts};
pub use ticket::Ticket;
pub use transition::{Hand, Transition};
pub use verify::verify;
pub use via::Vias;
pub use waitlist::{move_up, position, positions, waiting};
