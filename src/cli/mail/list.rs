//! `turnout mail list`

use crate::mail::{Message, MessageState};
use crate::store::Store;

/// Prints the newest messages, a line each: id, state, kind, tries, recipient, and what the server said last.
pub(super) fn list(store: &Store, state: Option<MessageState>, limit: u16) -> anyhow::Result<()> {
    let messages = store.read_here(move |db| Message::newest(db, state, i64::from(limit)))?;
    store.close();
    for message in messages.iter().rev() {
        println!(
            "{} {} {} {} {} {}",
            message.id,
            message.state,
            message.kind,
            message.attempts,
            message.recipient,
            message.reply.as_deref().unwrap_or_default()
        );
    }
    Ok(())
}
