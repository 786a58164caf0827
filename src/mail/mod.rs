//! The outbox: what is to be sent, what became of it. Knows how to send a letter, not what it says.
//!
//! A [`Message`] row is written in the transaction of what it tells about ([`outbox::post`]). The [`Postman`] leases
//! rows that are due, has each composed into a [`Letter`], sends it through a [`Transport`] and settles the row with
//! the server's own reply.

mod bounce;
mod by_hand;
mod dkim;
mod letter;
mod message;
pub mod outbox;
mod pace;
mod pause;
mod postman;
mod refusal;
mod sender;
mod transport;
mod trial;
mod undeliverable;

pub use bounce::{BounceResult, Report, Verdict, take_bounce};
pub use by_hand::{cancel, resend, retry};
pub use dkim::Dkim;
pub use letter::{Attachment, Letter};
pub use lettre::message::Mailbox;
pub use message::{Concerns, Message, MessageFilter, MessageKind, MessageState, Of};
pub use pace::Pace;
pub use pause::{PROBE_AFTER, Pause};
pub use postman::{Compose, Postman};
pub use refusal::{CODES, MailRefusal};
pub use sender::Sender;
pub use transport::{Address, Failure, Outcome, Step, Transport};
pub use trial::trial;
pub use undeliverable::Undeliverable;
