//! Rows of the outbox: posted, leased, settled. Whoever changes one that is there holds the lock of its event first; but for
//! a lease, which waits for nobody.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::message::About;
use super::pause::Pause;
use super::{Message, MessageKind, MessageState, undeliverable};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::messages;
use crate::store::{
    Db, EventId, Id, MessageId, RegistrationId, insertion, lock_due_messages, lock_queue, on_each_database,
};

/// How long somebody may be at work on a message before it is free again.
pub const LEASE: TimeDelta = TimeDelta::minutes(10);

/// How long to wait before the second, third, … try.
pub const RETRIES: [TimeDelta; 7] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(15),
    TimeDelta::hours(1),
    TimeDelta::hours(4),
    TimeDelta::hours(12),
    TimeDelta::hours(24),
];

/// Posts a message about a registration, due at once.
pub fn post(
    db: &mut Db,
    kind: MessageKind,
    event: EventId,
    registration: RegistrationId,
    recipient: &str,
    now: Timestamp,
) -> Result<()> {
    let about = (Some(event), Some(registration), None);
    insert(db, &Message::new(kind, about, recipient, now))
}

/// Posts a message about something else, such as an invite, due at once.
pub fn post_about(db: &mut Db, kind: MessageKind, about: uuid::Uuid, recipient: &str, now: Timestamp) -> Result<()> {
    insert(db, &Message::new(kind, (None, None, Some(about.into())), recipient, now))
}

/// Posts a message about something at an event that is no registration, such as an invitation, due at once.
pub fn post_about_at(
    db: &mut Db,
    kind: MessageKind,
    event: EventId,
    about: uuid::Uuid,
    recipient: &str,
    now: Timestamp,
) -> Result<()> {
    insert(db, &Message::new(kind, (Some(event), None, Some(about.into())), recipient, now))
}

/// Posts to one of many what is announced or written to all, due at once.
pub fn post_announced(
    db: &mut Db,
    (kind, announcement): (MessageKind, uuid::Uuid),
    event: EventId,
    registration: RegistrationId,
    recipient: &str,
    now: Timestamp,
) -> Result<MessageId> {
    let message = Message::new(kind, (Some(event), Some(registration), Some(announcement.into())), recipient, now);
    insert(db, &message)?;
    Ok(message.id)
}

pub(super) fn insert(db: &mut Db, message: &Message) -> Result<()> {
    on_each_database!(db, |c| Post(message).execute(c))?;
    Ok(())
}

insertion!(Post: Message in messages {
    id, event_id, registration_id, about_id, kind, recipient, state, attempts, due_at, lease, reply, sent_at, created_at,
    updated_at, version,
});

/// Posts some hundred messages.
pub fn post_all(db: &mut Db, posted: &[Message]) -> Result<()> {
    if posted.is_empty() {
        return Ok(());
    }
    on_each_database!(db, |c| diesel::insert_into(messages::table).values(posted).execute(c))?;
    Ok(())
}

/// When the last message of this kind about a registration was posted.
pub fn last_posted(db: &mut Db, registration: RegistrationId) -> Result<Option<Timestamp>> {
    Ok(messages::table
        .filter(messages::registration_id.eq(registration))
        .order(messages::id.desc())
        .select(messages::created_at)
        .first(db)
        .optional()?)
}

/// Takes up to `limit` messages that are due and free, oldest first, for [`LEASE`].
///
/// Whoever comes second on PostgreSQL leaves alone what the first has locked. It stands in no queue, and holds rows of
/// several events: it waits for nothing.
pub fn lease(db: &mut Db, limit: i64, now: Timestamp) -> Result<Vec<Message>> {
    let lease = MessageId::new();
    let due = lock_due_messages(db, limit, now)?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    diesel::update(messages::table.filter(messages::id.eq_any(due)).filter(messages::due_at.le(now)))
        .set((messages::lease.eq(Some(lease)), messages::due_at.eq(Some(now.plus(LEASE)))))
        .execute(db)?;
    // Leased rows are due when the lease ends: that finds them by the index.
    Ok(Message::query()
        .filter(messages::due_at.eq(now.plus(LEASE)))
        .filter(messages::lease.eq(lease))
        .order(messages::id)
        .load(db)?)
}

/// Whether a message can be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It can, by whoever asked.
    Yes,
    /// Somebody else has it by now.
    Lost,
    /// Nothing is sent for now.
    Paused,
}

/// Says that a leased message is about to be handed over, and leases it anew: in a long bag it may have waited for its
/// turn.
pub fn begin(db: &mut Db, message: &Message, now: Timestamp) -> Result<Begun> {
    if Pause::current(db)?.is_some() {
        return Ok(Begun::Paused);
    }
    lock_queue(db, message.queue())?;
    let begun = diesel::update(leased(message))
        .set((
            messages::state.eq(MessageState::Sending),
            messages::due_at.eq(Some(now.plus(LEASE))),
            messages::attempts.eq(messages::attempts + 1),
            messages::updated_at.eq(now),
            messages::version.eq(messages::version + 1),
        ))
        .execute(db)?;
    Ok(if begun == 1 { Begun::Yes } else { Begun::Lost })
}

/// What became of a leased message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Its new state.
    pub state: MessageState,
    /// The server's words, or what was wrong.
    pub reply: String,
    /// When to try again, if at all.
    pub due_at: Option<Timestamp>,
    /// Whether it is the recipient's address that was refused for good.
    pub undeliverable: bool,
}

/// Writes down what became of a leased message.
pub fn settle(db: &mut Db, message: &Message, settled: &Settled, now: Timestamp) -> Result<()> {
    lock_queue(db, message.queue())?;
    let Settled { state, reply, due_at, undeliverable } = settled;
    let (state, due_at) = (*state, *due_at);
    let written = diesel::update(leased(message))
        .set((
            messages::state.eq(state),
            messages::reply.eq(Some(reply)),
            messages::due_at.eq(due_at),
            messages::lease.eq(None::<MessageId>),
            messages::sent_at.eq((state == MessageState::Sent).then_some(now)),
            messages::updated_at.eq(now),
            messages::version.eq(messages::version + 1),
        ))
        .execute(db)?;
    match (written, state) {
        (1, _) if *undeliverable => undeliverable::mark(db, message, reply, now),
        (1, MessageState::Sent) => undeliverable::clear(db, message),
        _ => Ok(()),
    }
}

/// Gives back a message that was begun and of which the mail server has not heard: it is as it was before.
pub fn give_back(db: &mut Db, message: &Message, now: Timestamp) -> Result<()> {
    lock_queue(db, message.queue())?;
    diesel::update(leased(message))
        .set((
            messages::state.eq(message.state),
            messages::attempts.eq(message.attempts),
            messages::due_at.eq(Some(now)),
            messages::lease.eq(None::<MessageId>),
            messages::updated_at.eq(now),
            messages::version.eq(messages::version + 1),
        ))
        .execute(db)?;
    Ok(())
}

/// Frees every message that is leased and not begun, whoever has it: at the start of a program, those of the one before,
/// which may have been killed. Whoever is still there finds, when they begin, that it is theirs no more. Returns how many.
pub fn free_unbegun(db: &mut Db, now: Timestamp) -> Result<usize> {
    // What is leased is due when the lease ends: that finds it by the index.
    let leased = messages::due_at.is_not_null().and(messages::lease.is_not_null());
    let unbegun = messages::table.filter(leased).filter(messages::state.ne(MessageState::Sending));
    let free = (messages::due_at.eq(Some(now)), messages::lease.eq(None::<MessageId>));
    Ok(diesel::update(unbegun).set(free).execute(db)?)
}

/// Gives back a message that was leased and not begun, so that whoever comes next need not wait for the lease to end.
pub fn release(db: &mut Db, unbegun: &Message, now: Timestamp) -> Result<()> {
    lock_queue(db, unbegun.queue())?;
    diesel::update(leased(unbegun).filter(messages::state.ne(MessageState::Sending)))
        .set((messages::due_at.eq(Some(now)), messages::lease.eq(None::<MessageId>)))
        .execute(db)?;
    Ok(())
}

/// What can still be kept back: it has not arrived, as far as anybody knows.
const WAITING: [MessageState; 4] =
    [MessageState::Queued, MessageState::Retrying, MessageState::Failed, MessageState::Unknown];

/// What becomes of a message that is kept back.
pub(super) fn withdrawn(now: Timestamp) -> Withdrawn {
    Withdrawn { state: MessageState::Withdrawn, due_at: None, lease: None, updated_at: now }
}

#[derive(AsChangeset)]
#[diesel(table_name = messages, treat_none_as_null = true)]
pub(super) struct Withdrawn {
    state: MessageState,
    due_at: Option<Timestamp>,
    lease: Option<MessageId>,
    updated_at: Timestamp,
}

/// Keeps back what was posted about a registration and has not arrived: it is for another address now, or for none. What
/// was said of the old address is forgotten.
pub fn withdraw(db: &mut Db, registration: RegistrationId, now: Timestamp) -> Result<()> {
    let waiting =
        messages::table.filter(messages::registration_id.eq(registration)).filter(messages::state.eq_any(WAITING));
    diesel::update(waiting).set((withdrawn(now), messages::version.eq(messages::version + 1))).execute(db)?;
    undeliverable::forget(db, registration)
}

/// The same of what was posted about something else, such as an invitation.
pub fn withdraw_about(db: &mut Db, about: uuid::Uuid, now: Timestamp) -> Result<()> {
    let about: Id<About> = about.into();
    let waiting = messages::table.filter(messages::about_id.eq(about)).filter(messages::state.eq_any(WAITING));
    diesel::update(waiting).set((withdrawn(now), messages::version.eq(messages::version + 1))).execute(db)?;
    Ok(())
}

/// Keeps back those of these messages that wait to be sent. Returns how many.
pub fn keep_back(db: &mut Db, ids: &[MessageId], now: Timestamp) -> Result<usize> {
    const WAIT: [MessageState; 2] = [MessageState::Queued, MessageState::Retrying];
    let mut kept = 0;
    for some in ids.chunks(500) {
        let waiting = messages::table.filter(messages::id.eq_any(some)).filter(messages::state.eq_any(WAIT));
        kept +=
            diesel::update(waiting).set((withdrawn(now), messages::version.eq(messages::version + 1))).execute(db)?;
    }
    Ok(kept)
}

/// Forgets to whom messages about a registration went, and what their servers said.
pub fn forget_recipient(db: &mut Db, registration: RegistrationId, instead: &str) -> Result<()> {
    diesel::update(messages::table.filter(messages::registration_id.eq(registration)))
        .set((messages::recipient.eq(instead), messages::reply.eq(None::<String>)))
        .execute(db)?;
    Ok(())
}

/// The same of messages about something else, such as an invitation.
pub fn forget_recipient_about(db: &mut Db, about: uuid::Uuid, instead: &str) -> Result<()> {
    let about: Id<About> = about.into();
    diesel::update(messages::table.filter(messages::about_id.eq(about)))
        .set((messages::recipient.eq(instead), messages::reply.eq(None::<String>)))
        .execute(db)?;
    Ok(())
}

/// How many messages are in each state.
pub fn count_by_state(db: &mut Db) -> Result<Vec<(MessageState, i64)>> {
    Ok(messages::table.group_by(messages::state).select((messages::state, diesel::dsl::count_star())).load(db)?)
}

#[diesel::dsl::auto_type]
fn leased<'a>(message: &'a Message) -> _ {
    let id: MessageId = message.id;
    let lease: Option<MessageId> = message.lease;
    messages::table.filter(messages::id.eq(id)).filter(messages::lease.eq(lease))
}
