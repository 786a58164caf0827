//! A device at the door.

use chrono::TimeDelta;
use diesel::prelude::*;

use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::keys::{Keys, hash_token};
use crate::store::schema::devices;
use crate::store::{CheckInListId, Db, DeviceId, EventId, Json, Page, Paging, on_each_database};
use crate::text_enum;
use crate::values::Code;

/// What a device's token begins with; no other token does.
pub(super) const PREFIX: &str = "turnout-device_";

/// Whether a text may be the token of a device, and nothing else.
pub(in crate::access) fn is_device_token(text: &str) -> bool {
    text.starts_with(PREFIX)
}

text_enum! {
    /// Where a device stands.
    pub enum DeviceState {
        /// Its code can be typed into a device.
        Pairing = "pairing",
        /// Nobody typed its code in time.
        Lapsed = "lapsed",
        /// Its token is good.
        Paired = "paired",
        /// The event is over, or the time that was set.
        Expired = "expired",
        /// Somebody took its token back, or its code.
        Revoked = "revoked",
    }
}

/// A device at the door, or a pairing that may become one. Neither its code nor its token is kept: only what
/// recognizes them.
#[derive(Debug, Clone, HasQuery, Insertable)]
#[diesel(table_name = devices, treat_none_as_default_value = false)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// At which event.
    pub event_id: EventId,
    /// Its name, in its organizer's words.
    pub name: String,
    /// At which lists.
    pub lists: Json<Vec<CheckInListId>>,
    /// Whether it may register people who come without.
    pub walk_ins: bool,
    pub(super) code_hash: Option<String>,
    /// Until when its code can be typed in.
    pub code_expires_at: Timestamp,
    pub(super) token_hash: Option<String>,
    /// When its code was exchanged for a token.
    pub paired_at: Option<Timestamp>,
    /// When its token ends, if somebody set that.
    pub(super) expires_at: Option<Timestamp>,
    /// When it was last seen, to the minute.
    pub last_seen_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    /// When the pairing was opened.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

/// A device that has shown its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paired {
    /// The device.
    pub id: DeviceId,
    /// At which event.
    pub event: EventId,
    /// At which lists.
    pub lists: Vec<CheckInListId>,
    /// Whether it may register people who come without.
    pub walk_ins: bool,
    /// When it was seen before, to the minute.
    pub last_seen_at: Option<Timestamp>,
}

impl Device {
    /// How long a token is good after the event, unless somebody sets another time.
    const AFTER_EVENT: TimeDelta = TimeDelta::days(1);

    /// The device with this id.
    pub fn find(db: &mut Db, id: DeviceId) -> Result<Self> {
        Self::query().filter(devices::id.eq(id)).first(db).optional()?.ok_or(Error::NotFound("device"))
    }

    /// The device with this token, if the token is still good.
    pub(in crate::access) fn find_by_token(db: &mut Db, token: &str, now: Timestamp) -> Result<Option<Self>> {
        // Looked up by the hash of 256 random bits: how long this takes says nothing about them.
        let of_token = devices::token_hash.eq(hash_token(token));
        let found: Option<Self> = on_each_database!(db, |c| Self::query().filter(of_token).first(c)).optional()?;
        let Some(device) = found else { return Ok(None) };
        let event = Event::find(db, device.event_id)?;
        Ok((device.state(&event, now) == DeviceState::Paired).then_some(device))
    }

    /// The pairing with this code, whether it is still good or not.
    pub fn find_by_code(db: &mut Db, keys: &Keys, code: &Code) -> Result<Option<Self>> {
        Ok(Self::query().filter(devices::code_hash.eq(hash_code(keys, code))).first(db).optional()?)
    }

    /// The devices of an event in the order in which their pairings were opened, with those that have ended.
    pub fn of_event(
        db: &mut Db,
        event: EventId,
        updated_since: Option<Timestamp>,
        paging: &Paging,
    ) -> Result<Page<Self>> {
        let list = format!("devices {event} {updated_since:?}");
        let mut query = Self::query().filter(devices::event_id.eq(event)).into_boxed();
        if let Some(since) = updated_since {
            query = query.filter(devices::updated_at.ge(since));
        }
        if let Some(after) = paging.after::<uuid::Uuid>(&list)? {
            query = query.filter(devices::id.gt(DeviceId::from(after)));
        }
        let rows = query.order(devices::id).limit(paging.rows()).load(db)?;
        paging.page(&list, rows, |device| device.id.uuid())
    }

    /// When its token ends: a day after its event, unless somebody set another time.
    pub fn expires_at(&self, event: &Event) -> Timestamp {
        self.expires_at.unwrap_or(event.ends_at.plus(Self::AFTER_EVENT))
    }

    /// Where it stands.
    pub fn state(&self, event: &Event, now: Timestamp) -> DeviceState {
        match self.paired_at {
            _ if self.revoked_at.is_some() => DeviceState::Revoked,
            _ if now >= self.expires_at(event) => DeviceState::Expired,
            Some(_) => DeviceState::Paired,
            None if now >= self.code_expires_at => DeviceState::Lapsed,
            None => DeviceState::Pairing,
        }
    }

    /// What it gives to who shows its token.
    pub(in crate::access) fn shown(self) -> Paired {
        Paired {
            id: self.id,
            event: self.event_id,
            lists: self.lists.0,
            walk_ins: self.walk_ins,
            last_seen_at: self.last_seen_at,
        }
    }
}

/// What is stored of a code: keyed, as whoever reads the table could try all codes.
pub(super) fn hash_code(keys: &Keys, code: &Code) -> String {
    data_encoding::HEXLOWER.encode(&keys.mac_link(&[b"pairing code ", code.as_str().as_bytes()].concat()))
}
