//! A letter that is about nothing: to see whether letters arrive.

use super::{Letter, Message, MessageKind};
use crate::clock::Timestamp;
use crate::values::EmailAddress;

/// A message that is in no outbox, and its letter.
pub fn trial(recipient: &EmailAddress, now: Timestamp) -> (Message, Letter) {
    // Nobody looks at the kind: it is in no outbox, and due never.
    let about = (None, None, None);
    let message = Message { due_at: None, ..Message::new(MessageKind::Confirmed, about, recipient.as_str(), now) };
    let words = "This letter was sent by turnout mail test. If you read it, letters arrive.";
    let letter = Letter {
        to_name: String::new(),
        from_name: None,
        reply_to: None,
        subject: "Turnout: letters arrive".to_owned(),
        text: format!("{words}\n"),
        html: format!("<!DOCTYPE html>\n<html lang=\"en\"><body><p>{words}</p></body></html>\n"),
        attachments: Vec::new(),
        unsubscribe: None,
    };
    (message, letter)
}
