//! What an organizer does to a message.

use diesel::prelude::*;

use super::outbox::{insert, withdrawn};
use super::{MailRefusal, Message, MessageState};
use crate::audit::{self, Actor, Scope};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::store::schema::messages;
use crate::store::{Db, MessageId, lock_queue};

/// Puts a message back into the queue.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `not_retryable` if it is on its way or was sent.
pub fn retry(
    db: &mut Db,
    by: &Actor,
    scope: Scope,
    id: MessageId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Message> {
    let message = hold(db, id, expected)?;
    match message.state {
        MessageState::Failed | MessageState::Retrying | MessageState::Unknown => {}
        MessageState::Queued | MessageState::Sending | MessageState::Sent | MessageState::Withdrawn => {
            return Err(MailRefusal::NotRetryable { state: message.state.as_str() }.into());
        }
    }
    diesel::update(messages::table.filter(messages::id.eq(id)))
        .set((
            messages::state.eq(MessageState::Queued),
            messages::attempts.eq(0),
            messages::due_at.eq(Some(now)),
            messages::lease.eq(None::<MessageId>),
            messages::updated_at.eq(now),
            messages::version.eq(messages::version + 1),
        ))
        .execute(db)?;
    audit::record(db, by, scope, "message.retried", id.uuid(), now)?;
    Message::find(db, id)
}

/// Keeps a message back that waits: it stays unsent.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `not_cancellable` if it does not wait.
pub fn cancel(
    db: &mut Db,
    by: &Actor,
    scope: Scope,
    id: MessageId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Message> {
    let message = hold(db, id, expected)?;
    match message.state {
        MessageState::Queued | MessageState::Retrying => {}
        MessageState::Sending
        | MessageState::Sent
        | MessageState::Failed
        | MessageState::Withdrawn
        | MessageState::Unknown => {
            return Err(MailRefusal::NotCancellable { state: message.state.as_str() }.into());
        }
    }
    diesel::update(messages::table.filter(messages::id.eq(id)))
        .set((withdrawn(now), messages::version.eq(messages::version + 1)))
        .execute(db)?;
    audit::record(db, by, scope, "message.cancelled", id.uuid(), now)?;
    Message::find(db, id)
}

/// Posts the same once more, as a message of its own: its recipient gets it again, whatever became of the first.
///
/// # Errors
/// `VersionMismatch` unless the first is at `expected`; `not_resendable` if it has not had its turn, or is not for its
/// recipient any more.
pub fn resend(
    db: &mut Db,
    by: &Actor,
    scope: Scope,
    id: MessageId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Message> {
    let first = hold(db, id, expected)?;
    match first.state {
        MessageState::Sent | MessageState::Failed | MessageState::Unknown => {}
        MessageState::Queued | MessageState::Sending | MessageState::Retrying | MessageState::Withdrawn => {
            return Err(MailRefusal::NotResendable { state: first.state.as_str() }.into());
        }
    }
    let about = (first.event_id, first.registration_id, first.about_id);
    let again = Message::new(first.kind, about, &first.recipient, now);
    insert(db, &again)?;
    audit::record(db, by, scope, "message.resent", again.id.uuid(), now)?;
    Ok(again)
}

/// The message, under the lock of its event.
fn hold(db: &mut Db, id: MessageId, expected: Option<i64>) -> Result<Message> {
    let queue = Message::find(db, id)?.queue();
    lock_queue(db, queue)?;
    let message = Message::find(db, id)?;
    expect_version(expected, message.version)?;
    Ok(message)
}
