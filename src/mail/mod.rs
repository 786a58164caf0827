//! The outbox: what is to be sent, what became of it. Knows how to send a letter, not what it says.
//!
//! A [`Message`] row is written in the transaction of what it tells about ([`outbox::post`]). The [`Postman`] leases
//! rows that are due, has each composed into a [`Letter`], sends it through a [`Transport`] and settles the row with
//! the server's own reply.

mod letter;
mod message;
pub mod outbox;
mod postman;
mod refusal;
mod transport;

pub use letter::{Attachment, Letter};
pub use lettre::message::Mailbox;
pub use message::{Message, MessageKind, MessageState};
pub use postman::{Compose, Postman};
pub use refusal::{CODES, MailRefusal};
pub use transport::{Address, Outcome, Transport};
