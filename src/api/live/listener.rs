//! Somebody who follows a list.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use tokio::sync::{OwnedSemaphorePermit, broadcast, watch};
use tokio::time::{Interval, MissedTickBehavior, interval_at};

use super::feed::{Found, Told, check_in_text};
use super::may_follow;
use crate::access::Credentials;
use crate::api::state::Api;
use crate::checkins::Follower;
use crate::error::{Error, Result};
use crate::store::CheckInListId;

/// How often a sign of life is sent, and whether they may still follow is asked.
const PULSE: Duration = Duration::from_secs(5);

/// A sign of life: a comment.
const ALIVE: Bytes = Bytes::from_static(b":\n\n");
/// The last event of who may not follow the list any more.
const END: Bytes = Bytes::from_static(b"event: end\ndata: {}\n\n");

/// Somebody who follows a list.
pub(super) struct Listener {
    api: Arc<Api>,
    shown: Credentials,
    list: CheckInListId,
    feed: broadcast::Receiver<Found>,
    /// Gives what they have missed, while there is more of it; afterwards remembers what it gave.
    missed: Option<Follower>,
    catching_up: bool,
    queue: VecDeque<Bytes>,
    pulse: Interval,
    closing: watch::Receiver<bool>,
    ended: bool,
    _place: OwnedSemaphorePermit,
}

impl Listener {
    /// Somebody who hears `first`, then what they have missed, then what comes.
    pub(super) fn new(
        api: Arc<Api>,
        shown: Credentials,
        list: CheckInListId,
        (feed, place): (broadcast::Receiver<Found>, OwnedSemaphorePermit),
        missed: Option<Follower>,
        first: Told,
    ) -> Self {
        let mut pulse = interval_at(tokio::time::Instant::now() + PULSE, PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (closing, catching_up) = (api.feeds.closing(), missed.is_some());
        let queue = [first.text].into();
        Self { api, shown, list, feed, missed, catching_up, queue, pulse, closing, ended: false, _place: place }
    }

    /// The next that they hear; none: that was all.
    pub(super) async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(text) = self.queue.pop_front() {
                return Some(text);
            }
            if self.ended || *self.closing.borrow() {
                return None;
            }
            if self.catching_up {
                // Who cannot be told what they have missed comes back later, and asks again.
                self.catch_up().await.ok()?;
                continue;
            }
            tokio::select! {
                _ = self.closing.changed() => return None,
                _ = self.pulse.tick() => self.look_at_rights().await,
                found = self.feed.recv() => self.hear(&found.ok()?),
            }
        }
    }

    fn hear(&mut self, found: &[Told]) {
        let known = |told: &Told| told.id.is_some_and(|id| self.missed.as_ref().is_some_and(|it| it.has_given(id)));
        self.queue.extend(found.iter().filter(|told| !known(told)).map(|told| told.text.clone()));
    }

    /// The next page of what they have missed.
    async fn catch_up(&mut self) -> Result<()> {
        let Some(mut follower) = self.missed.take() else { return Ok(()) };
        let (follower, rows) = self
            .api
            .store
            .read(move |db| {
                let rows = follower.next(db)?;
                Ok((follower, rows))
            })
            .await?;
        self.missed = Some(follower);
        self.catching_up = !rows.is_empty();
        for row in &rows {
            self.queue.push_back(check_in_text(row)?.text);
        }
        Ok(())
    }

    async fn look_at_rights(&mut self) {
        let (api, shown, list) = (self.api.clone(), self.shown.clone(), self.list.to_string());
        let may = self.api.store.read(move |db| {
            let now = api.clock.now();
            let caller = api.recognize(db, &shown, now)?;
            may_follow(db, &caller, &list).map(drop)
        });
        match may.await {
            // Whether they may cannot be asked just now: they could a moment ago.
            Ok(()) | Err(Error::Busy | Error::Internal(_)) => self.queue.push_back(ALIVE),
            Err(_) => {
                self.queue.push_back(END);
                self.ended = true;
            }
        }
    }
}
