//! In whose name letters go out, and what they are signed with.

use lettre::message::Mailbox;

use super::{Dkim, Letter, Message};
use crate::clock::Timestamp;
use crate::error::Result;

/// Puts letters into the form in which they leave the house.
#[derive(Debug)]
pub struct Sender {
    from: Mailbox,
    dkim: Option<Dkim>,
}

impl Sender {
    /// In the name of `from`.
    pub fn new(from: Mailbox, dkim: Option<Dkim>) -> Self {
        Self { from, dkim }
    }

    /// The letter of a message, signed if there is a key.
    pub fn write(&self, letter: &Letter, message: &Message, now: Timestamp) -> Result<lettre::Message> {
        let mut mail = letter.to_mail(message, &self.from, now)?;
        if let Some(dkim) = &self.dkim {
            dkim.sign(&mut mail);
        }
        Ok(mail)
    }
}
