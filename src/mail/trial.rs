//! A letter that is about nothing: to see whether letters arrive.

use super::{Letter, Message, MessageKind, MessageState};
use crate::clock::Timestamp;
use crate::store::MessageId;
use crate::values::EmailAddress;

/// A message that is in no outbox, and its letter.
pub fn trial(recipient: &EmailAddress, now: Timestamp) -> (Message, Letter) {
    let message = Message {
        id: MessageId::new(),
        event_id: None,
        registration_id: None,
        about_id: None,
        // Nobody looks: it is in no outbox.
        kind: MessageKind::Confirmed,
        recipient: recipient.to_string(),
        state: MessageState::Queued,
        attempts: 0,
        due_at: None,
        lease: None,
        reply: None,
        sent_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
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
