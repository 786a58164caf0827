//! The postman: leases what is due, has it composed, sends it, settles it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt, stream};

use super::outbox::{self, Begun, RETRIES, Settled};
use super::pause::{self, Pause};
use super::{Letter, Message, MessageState, Outcome, Pace, Sender, Step, Transport};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::store::{Db, Store};

/// What a message says: given by whoever knows.
pub type Compose = Arc<dyn Fn(&mut Db, &Message) -> Result<Letter> + Send + Sync>;

/// How many messages are leased at a time.
const BAG: usize = 64;

/// Carries messages from the outbox to the transport.
pub struct Postman {
    store: Store,
    clock: Clock,
    transport: Transport,
    sender: Arc<Sender>,
    compose: Compose,
    pace: Pace,
    stopping: AtomicBool,
}

impl Postman {
    /// A postman who sends in the name of `sender`, at this pace.
    pub fn new(
        store: Store,
        clock: Clock,
        (transport, pace): (Transport, Pace),
        sender: Sender,
        compose: Compose,
    ) -> Self {
        Self { store, clock, transport, sender: Arc::new(sender), compose, pace, stopping: AtomicBool::new(false) }
    }

    /// One round: takes a bag of messages that are due and sends them. Returns how many there were.
    pub async fn round(&self) -> Result<usize> {
        let clock = self.clock.clone();
        let most = self.pace.allows(BAG, clock.now());
        if most == 0 || !self.may_send().await? {
            return Ok(0);
        }
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        let bag = self.store.write(uuid::Uuid::nil(), move |db| outbox::lease(db, limit, clock.now())).await?;
        self.pace.count(bag.len(), self.clock.now());
        let (count, paused) = (bag.len(), &AtomicBool::new(false));
        let unbegun: Vec<Message> = stream::iter(bag)
            .map(|message| async move {
                if self.stopping.load(Ordering::Relaxed) || paused.load(Ordering::Relaxed) {
                    return Some(message);
                }
                match self.deliver(&message).await {
                    Ok(Delivered::Yes) => None,
                    Ok(Delivered::Paused) => {
                        paused.store(true, Ordering::Relaxed);
                        Some(message)
                    }
                    Err(error) => {
                        // The lease runs out, and the message is tried again.
                        tracing::error!(message_id = %message.id, %error, "a message could not be delivered");
                        None
                    }
                }
            })
            .buffer_unordered(self.pace.connections())
            .filter_map(|left| async { left })
            .collect()
            .await;
        for message in unbegun {
            let now = self.clock.now();
            self.store.write(message.queue(), move |db| outbox::release(db, &message, now)).await?;
        }
        Ok(count)
    }

    /// Whether anything is sent: not while the outbox is paused. Whoever comes when it is time tries the login.
    async fn may_send(&self) -> Result<bool> {
        let now = self.clock.now();
        let Some(pause) = self.store.read(Pause::current).await? else { return Ok(true) };
        if now < pause.probe_at || !self.store.write(uuid::Uuid::nil(), move |db| pause::claim_probe(db, now)).await? {
            return Ok(false);
        }
        match self.transport.check().await {
            Ok(()) => {
                self.store.write(uuid::Uuid::nil(), pause::resume).await?;
                tracing::warn!("the mail server takes the login again: the outbox is sent");
                Ok(true)
            }
            Err(failure) => {
                if failure.step == Step::Login {
                    self.store.write(uuid::Uuid::nil(), move |db| pause::pause(db, &failure.said, now)).await?;
                }
                Ok(false)
            }
        }
    }

    /// Takes up what the program before, if it was killed, had leased and not begun; a login that was refused is tried
    /// again, as the settings may be others.
    pub async fn take_up(&self) -> Result<usize> {
        let now = self.clock.now();
        let taken = move |db: &mut Db| {
            pause::probe_soon(db, now)?;
            outbox::free_unbegun(db, now)
        };
        self.store.write(uuid::Uuid::nil(), taken).await
    }

    /// Begins no further message; a round that is under way gives back what it has not begun.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    async fn deliver(&self, message: &Message) -> Result<Delivered> {
        if message.state == MessageState::Sending && !self.transport.repeats_harmlessly() {
            // Whoever had it before did not come back to say what became of it.
            return self.settle(message, Outcome::Unknown("the sender stopped while handing it over".into())).await;
        }
        let (compose, sender, about) = (self.compose.clone(), self.sender.clone(), message.clone());
        let now = self.clock.now();
        // Signatures and attachments take their time: on a thread where that is fine.
        let mail = self.store.read(move |db| sender.write(&compose(db, &about)?, &about, now)).await;
        let (begun, now) = (message.clone(), self.clock.now());
        match self.store.write(message.queue(), move |db| outbox::begin(db, &begun, now)).await? {
            Begun::Yes => {}
            Begun::Lost => return Ok(Delivered::Yes),
            Begun::Paused => return Ok(Delivered::Paused),
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

    async fn settle(&self, message: &Message, outcome: Outcome) -> Result<Delivered> {
        let now = self.clock.now();
        let undeliverable = matches!(outcome, Outcome::Undeliverable(_));
        let (state, reply, due_at) = match outcome {
            Outcome::Sent(reply) => (MessageState::Sent, reply, None),
            Outcome::Final(reply) | Outcome::Undeliverable(reply) => (MessageState::Failed, reply, None),
            Outcome::Unknown(reply) => (MessageState::Unknown, reply, None),
            Outcome::Passing(reply) => {
                match usize::try_from(message.attempts).ok().and_then(|tries| RETRIES.get(tries)) {
                    Some(wait) => (MessageState::Retrying, reply, Some(now.plus(*wait))),
                    None => (MessageState::Failed, reply, None),
                }
            }
            Outcome::LoginRefused(reply) => return self.pause(message, reply).await,
        };
        tracing::info!(message_id = %message.id, kind = %message.kind, %state, attempt = message.attempts + 1, "message settled");
        let (settled, message) = (Settled { state, reply, due_at, undeliverable }, message.clone());
        self.store.write(message.queue(), move |db| outbox::settle(db, &message, &settled, now)).await?;
        Ok(Delivered::Yes)
    }

    /// The message is as it was before, and nothing is sent until the login is taken.
    async fn pause(&self, message: &Message, reply: String) -> Result<Delivered> {
        let now = self.clock.now();
        tracing::error!(reply, "the mail server does not take our login: nothing is sent until it does");
        // In this order: should the program end in between, the login is tried once more.
        let unharmed = message.clone();
        self.store.write(message.queue(), move |db| outbox::give_back(db, &unharmed, now)).await?;
        self.store.write(uuid::Uuid::nil(), move |db| pause::pause(db, &reply, now)).await?;
        Ok(Delivered::Paused)
    }
}

/// Whether a message was dealt with.
enum Delivered {
    Yes,
    /// Nothing is sent for now: it waits.
    Paused,
}
