//! The postman: leases what is due, has it composed, sends it, settles it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt, stream};
use lettre::message::Mailbox;

use super::outbox::{self, RETRIES};
use super::{Letter, Message, MessageState, Outcome, Transport};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::store::{Db, Store};

/// What a message says: given by whoever knows.
pub type Compose = Arc<dyn Fn(&mut Db, &Message) -> Result<Letter> + Send + Sync>;

/// How many messages are leased at a time.
const BAG: i64 = 64;
/// How many are on their way at once.
const HANDS: usize = 4;

/// Carries messages from the outbox to the transport.
pub struct Postman {
    store: Store,
    clock: Clock,
    transport: Transport,
    from: Mailbox,
    compose: Compose,
    stopping: AtomicBool,
}

impl Postman {
    /// A postman who sends in the name of `from`.
    pub fn new(store: Store, clock: Clock, transport: Transport, from: Mailbox, compose: Compose) -> Self {
        Self { store, clock, transport, from, compose, stopping: AtomicBool::new(false) }
    }

    /// One round: takes a bag of messages that are due and sends them. Returns how many there were.
    pub async fn round(&self) -> Result<usize> {
        let clock = self.clock.clone();
        let bag = self.store.write(uuid::Uuid::nil(), move |db| outbox::lease(db, BAG, clock.now())).await?;
        let count = bag.len();
        let unbegun: Vec<Message> = stream::iter(bag)
            .map(|message| async move {
                if self.stopping.load(Ordering::Relaxed) {
                    return Some(message);
                }
                if let Err(error) = self.deliver(&message).await {
                    // The lease runs out, and the message is tried again.
                    tracing::error!(message_id = %message.id, %error, "a message could not be delivered");
                }
                None
            })
            .buffer_unordered(HANDS)
            .filter_map(|left| async { left })
            .collect()
            .await;
        for message in unbegun {
            let now = self.clock.now();
            self.store.write(message.queue(), move |db| outbox::release(db, &message, now)).await?;
        }
        Ok(count)
    }

    /// Takes up what the program before, if it was killed, had leased and not begun.
    pub async fn take_up(&self) -> Result<usize> {
        let now = self.clock.now();
        self.store.write(uuid::Uuid::nil(), move |db| outbox::free_unbegun(db, now)).await
    }

    /// Begins no further message; a round that is under way gives back what it has not begun.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    async fn deliver(&self, message: &Message) -> Result<()> {
        if message.state == MessageState::Sending && !self.transport.repeats_harmlessly() {
            // Whoever had it before did not come back to say what became of it.
            return self.settle(message, Outcome::Unknown("the sender stopped while handing it over".into())).await;
        }
        let (compose, about) = (self.compose.clone(), message.clone());
        let mail = match self.store.read(move |db| compose(db, &about)).await {
            Ok(letter) => letter.to_mail(message, &self.from, self.clock.now()),
            Err(error) => Err(error),
        };
        let (begun, now) = (message.clone(), self.clock.now());
        if !self.store.write(message.queue(), move |db| outbox::begin(db, &begun, now)).await? {
            return Ok(());
        }
        let outcome = match mail {
            Ok(mail) => self.transport.send(message.id, &mail).await,
            Err(Error::NotFound(_)) => Outcome::Final("what it tells about is gone, or another's".to_owned()),
            Err(error) => {
                tracing::error!(message_id = %message.id, %error, "a letter could not be composed");
                Outcome::Passing("the letter could not be composed; the log says why".to_owned())
            }
        };
        self.settle(message, outcome).await
    }

    async fn settle(&self, message: &Message, outcome: Outcome) -> Result<()> {
        let now = self.clock.now();
        let (state, reply, due_at) = match outcome {
            Outcome::Sent(reply) => (MessageState::Sent, reply, None),
            Outcome::Final(reply) => (MessageState::Failed, reply, None),
            Outcome::Unknown(reply) => (MessageState::Unknown, reply, None),
            Outcome::Passing(reply) => {
                match usize::try_from(message.attempts).ok().and_then(|tries| RETRIES.get(tries)) {
                    Some(wait) => (MessageState::Retrying, reply, Some(now.plus(*wait))),
                    None => (MessageState::Failed, reply, None),
                }
            }
        };
        tracing::info!(message_id = %message.id, kind = %message.kind, %state, attempt = message.attempts + 1, "message settled");
        let settled = message.clone();
        self.store.write(message.queue(), move |db| outbox::settle(db, &settled, state, &reply, due_at, now)).await
    }
}
