//! What every request needs.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;

use super::imports_running::RunningImports;
use super::live::Feeds;
use super::rate_limit::RateLimit;
use crate::access::{Hasher, KnownDevice, Uses};
use crate::audit::Denials;
use crate::checkins::CheckInList;
use crate::clock::{Clock, Timestamp};
use crate::error::{Error, Result};
use crate::events::Event;
use crate::keys::Keys;
use crate::mail::Mailbox;
use crate::organizations::Organization;
use crate::registrations::Registration;
use crate::store::{AccountId, CheckInListId, EventId, OrganizationId, RegistrationId, SignInId, Store};

/// What every request needs; one for all.
pub struct Api {
    /// The rows.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Signs tickets and links.
    pub keys: Keys,
    /// What links begin with, without a slash at the end.
    pub public_url: String,
    /// In whose name letters are sent.
    pub sender: Mailbox,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Slows down whoever registers too often.
    pub registration_rate: Option<RateLimit>,
    /// Slows down whoever tries passwords.
    pub sign_in_rate: SignInRate,
    /// Slows down whoever tries codes of devices.
    pub pairing_rate: RateLimit,
    /// Slows down whoever looks for names at the door, by their key.
    pub search_rate: RateLimit<String>,
    /// The check-in lists that somebody follows.
    pub feeds: Feeds,
    /// Recognizes passwords.
    pub hasher: Hasher,
    /// When tokens and sign-ins were last used, until a chore writes it down.
    pub uses: Arc<Uses>,
    /// What was tried and not allowed, until a chore writes it down.
    pub denials: Arc<Denials>,
    /// The origin of our own pages (RFC 6454).
    pub origin: String,
    /// The imports that run here.
    pub imports: RunningImports,
    events: Mutex<HashMap<String, (EventId, Timestamp)>>,
}

/// Slows down whoever tries passwords, so that no stranger can lock anybody out: who has signed in from a device before
/// counts for that device alone, whatever others try.
pub struct SignInRate {
    /// For each client address.
    pub client: Option<RateLimit>,
    /// For each account, by the key of its address: devices that nobody knows.
    pub account: RateLimit<String>,
    /// For each device from which somebody signed in before.
    pub device: RateLimit<KnownDevice>,
    /// For each account, and whoever knows its password: codes of the second factor.
    pub codes: RateLimit<(AccountId, Tries)>,
}

/// Where somebody tries codes: who tries them elsewhere does not slow down who signs in from their own device, or is
/// signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tries {
    /// On a device that nobody knows.
    Anywhere,
    /// On a device from which somebody signed in before.
    On(KnownDevice),
    /// In an open session.
    In(SignInId),
}

impl SignInRate {
    fn new(per_minute: u32) -> Self {
        const TRIES: NonZeroU32 = NonZeroU32::MIN.saturating_add(9); // 10 a minute
        const CODES: NonZeroU32 = NonZeroU32::MIN.saturating_add(7); // 8 an hour
        Self {
            client: RateLimit::per_minute("sign-in", per_minute),
            account: RateLimit::of("sign-in", TRIES),
            device: RateLimit::of("sign-in", TRIES),
            // Three of a million codes are good at a time: at this pace, a year of guessing finds one time in five.
            codes: RateLimit::per_hour("second-factor", CODES),
        }
    }
}

/// How many codes of devices a minute one client address may try: a code is one of 10^11, and good for ten minutes.
const PAIRINGS: NonZeroU32 = NonZeroU32::MIN.saturating_add(29);

/// How many times a minute somebody at the door may look for a name: as they type, and not for a list of everybody.
const SEARCHES: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);

/// How many names of events are remembered.
const REMEMBERED: usize = 10_000;

/// For how long: a slug can move to another event, at another instance.
const GOOD_FOR: TimeDelta = TimeDelta::minutes(1);

impl Api {
    /// Assembled by the application.
    pub fn new(
        store: Store,
        clock: Clock,
        keys: Keys,
        (public_url, sender): (String, Mailbox),
        trusted_proxies: Vec<IpAddr>,
        registrations_per_minute: u32,
        sign_ins_per_minute: u32,
    ) -> Result<Self> {
        let origin = url::Url::parse(&public_url).map_err(Error::internal)?.origin().ascii_serialization();
        Ok(Self {
            store,
            clock,
            keys,
            public_url,
            sender,
            trusted_proxies,
            registration_rate: RateLimit::per_minute("registration", registrations_per_minute),
            sign_in_rate: SignInRate::new(sign_ins_per_minute),
            pairing_rate: RateLimit::of("pairing", PAIRINGS),
            search_rate: RateLimit::of("search", SEARCHES),
            feeds: Feeds::default(),
            hasher: Hasher::new()?,
            uses: Arc::default(),
            denials: Arc::default(),
            origin,
            imports: RunningImports::default(),
            events: Mutex::default(),
        })
    }

    /// By which key a write on the event with this id or slug queues up. An id that names nothing is a key too: the
    /// write itself will say that there is no such event.
    pub async fn key_of_event(&self, id_or_slug: &str) -> uuid::Uuid {
        if let Ok(id) = id_or_slug.parse::<EventId>() {
            return id.uuid();
        }
        let slug = id_or_slug.to_owned();
        self.remembered(format!("event {slug}"), move |db| Event::id_by_name(db, &slug)).await
    }

    /// By which key a write on the organization with this id or slug queues up.
    pub async fn key_of_organization(&self, id_or_slug: &str) -> uuid::Uuid {
        if let Ok(id) = id_or_slug.parse::<OrganizationId>() {
            return id.uuid();
        }
        let name = id_or_slug.to_owned();
        let found = self.store.read(move |db| Organization::find_by_name(db, &name)).await;
        found.map_or(uuid::Uuid::nil(), |organization| organization.id.uuid())
    }

    /// By which key a write on this list queues up: its event's.
    pub async fn key_of_list(&self, list: &str) -> uuid::Uuid {
        let Ok(list) = list.parse::<CheckInListId>() else { return uuid::Uuid::nil() };
        self.remembered(format!("list {list}"), move |db| Ok(CheckInList::find(db, list)?.event_id)).await
    }

    /// By which key a write on this registration queues up: its event's.
    pub async fn key_of_registration(&self, id: &str) -> uuid::Uuid {
        let Ok(id) = id.parse::<RegistrationId>() else { return uuid::Uuid::nil() };
        self.key_of(move |db| Ok(Registration::find(db, id)?.event_id)).await
    }

    /// By which key a write queues up that concerns the event which `find` finds.
    pub async fn key_of(
        &self,
        find: impl FnOnce(&mut crate::store::Db) -> Result<EventId> + Send + 'static,
    ) -> uuid::Uuid {
        self.store.read(find).await.map_or(uuid::Uuid::nil(), EventId::uuid)
    }

    async fn remembered(
        &self,
        name: String,
        find: impl FnOnce(&mut crate::store::Db) -> Result<EventId> + Send + 'static,
    ) -> uuid::Uuid {
        let now = self.clock.now();
        let known = self.events.lock().unwrap_or_else(PoisonError::into_inner).get(&name).copied();
        if let Some((event, since)) = known
            && now < since.plus(GOOD_FOR)
        {
            return event.uuid();
        }
        let Ok(event) = self.store.read(find).await else { return uuid::Uuid::nil() };
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() >= REMEMBERED {
            events.clear();
        }
        events.insert(name, (event, now));
        event.uuid()
    }

    /// Forgets what events are called, when one is called something else.
    pub(super) fn forget_names(&self) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
