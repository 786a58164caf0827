//! One look at the rows for all who follow a list here, however many they are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::web::Bytes;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast, watch};

use super::status_of;
use crate::api::check_ins::{CheckInObject, PersonAtTheDoor, StatusObject};
use crate::api::state::Api;
use crate::checkins::{Followed, Follower, Status};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::store::{CheckInId, CheckInListId, Db};

/// How often the rows are looked at.
const EVERY: Duration = Duration::from_millis(300);
/// How many may follow lists at one instance.
const LISTENERS: usize = 1000;
/// How many looks a slow listener may be behind before it is let go: it comes back with the id of the last row it got.
const BEHIND: usize = 64;

/// What is told to all who follow a list.
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// The row; none: the numbers.
    pub id: Option<CheckInId>,
    /// The event, as it goes over the wire.
    pub text: Bytes,
}

/// What was found at one look.
pub(super) type Found = Arc<[Told]>;

/// The lists that somebody follows at this instance.
pub struct Feeds {
    open: Mutex<HashMap<CheckInListId, broadcast::Sender<Found>>>,
    places: Arc<Semaphore>,
    closing: watch::Sender<bool>,
}

impl Default for Feeds {
    fn default() -> Self {
        let places = Arc::new(Semaphore::new(LISTENERS));
        Self { open: Mutex::default(), places, closing: watch::Sender::new(false) }
    }
}

impl Feeds {
    /// Lets everybody go: the program stops.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Tells when [`Feeds::close`] was called.
    pub(super) fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    /// A place for one more.
    ///
    /// # Errors
    /// `Busy`.
    pub(super) fn place(&self) -> Result<OwnedSemaphorePermit> {
        self.places.clone().try_acquire_owned().map_err(|_| Error::Busy)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CheckInListId, broadcast::Sender<Found>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What will be found at a list from now on.
    pub(super) async fn follow(&self, api: &Arc<Api>, list: CheckInListId) -> Result<broadcast::Receiver<Found>> {
        if let Some(feed) = self.lock().get(&list) {
            return Ok(feed.subscribe());
        }
        let now = api.clock.now();
        let begin = move |db: &mut Db| Ok((Follower::from_now(db, list)?, status_of(db, list, now)?));
        let begun = api.store.read(begin).await?;
        let mut open = self.lock();
        // Somebody else may have come meanwhile.
        if let Some(feed) = open.get(&list) {
            return Ok(feed.subscribe());
        }
        let (feed, receiver) = broadcast::channel(BEHIND);
        open.insert(list, feed.clone());
        tokio::spawn(keep_looking(api.clone(), list, feed, begun));
        Ok(receiver)
    }

    /// Whether nobody follows a list any more: then its feed is gone.
    fn ended(&self, list: CheckInListId, feed: &broadcast::Sender<Found>) -> bool {
        let mut open = self.lock();
        let ended = feed.receiver_count() == 0 || *self.closing.borrow();
        if ended {
            open.remove(&list);
        }
        ended
    }
}

async fn keep_looking(
    api: Arc<Api>,
    list: CheckInListId,
    feed: broadcast::Sender<Found>,
    (mut follower, mut numbers): (Follower, Status),
) {
    while !api.feeds.ended(list, &feed) {
        tokio::time::sleep(EVERY).await;
        let (mut next, now) = (follower.clone(), api.clock.now());
        let look = api.store.read(move |db| {
            let rows = next.next(db)?;
            Ok((next, rows, status_of(db, list, now)?))
        });
        // What cannot be looked at now is looked at the next time.
        let Ok((next, rows, status)) = look.await else { continue };
        follower = next;
        if rows.is_empty() && numbers == status {
            continue;
        }
        let told = rows.iter().map(check_in_text).chain([status_text(status, now)]).collect::<Result<Vec<Told>>>();
        match told {
            Ok(told) => drop(feed.send(told.into())),
            Err(error) => tracing::warn!(%error, "a check-in cannot be told"),
        }
        numbers = status;
    }
}

/// A row of a list's log, and whose it is.
#[derive(Serialize)]
struct LiveCheckIn {
    #[serde(flatten)]
    check_in: CheckInObject,
    person: Option<PersonAtTheDoor>,
}

/// The event of a row.
pub(super) fn check_in_text(followed: &Followed) -> Result<Told> {
    let id = followed.check_in.id;
    let person = followed.registration.clone().map(PersonAtTheDoor::named);
    let data = json(&LiveCheckIn { check_in: CheckInObject::new(followed.check_in.clone(), None), person })?;
    Ok(Told { id: Some(id), text: format!("id: {id}\nevent: check_in\ndata: {data}\n\n").into() })
}

/// The event of the numbers. It has no id: whoever comes back asks for rows.
pub(super) fn status_text(status: Status, now: Timestamp) -> Result<Told> {
    let data = json(&StatusObject::new(status, now))?;
    Ok(Told { id: None, text: format!("event: status\ndata: {data}\n\n").into() })
}

/// One line: JSON has no line breaks of its own.
fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}
