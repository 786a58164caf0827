//! A pairing is opened.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::Device;
use super::device::hash_code;
use crate::access::AccessRefusal;
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::keys::Keys;
use crate::store::schema::devices;
use crate::store::{CheckInListId, Db, DeviceId, Json};
use crate::values::{Code, Line};

/// How long a code can be typed in.
const GOOD_FOR: TimeDelta = TimeDelta::minutes(10);

/// How many devices an event has at most, with those that have ended.
const AT_MOST: i64 = 1000;

/// How long after its event a device may still be good.
const LONGEST: TimeDelta = TimeDelta::days(30);

/// What a new device is for.
#[derive(Debug, Clone)]
pub struct DeviceDraft {
    /// Its name, in its organizer's words.
    pub name: Line<100>,
    /// At which lists; they are the event's.
    pub lists: Vec<CheckInListId>,
    /// Whether it may register people who come without.
    pub walk_ins: bool,
    /// When its token ends; none: a day after the event.
    pub expires_at: Option<Timestamp>,
}

/// Opens a pairing at an event. Its code is shown this once, and good for ten minutes.
///
/// # Errors
/// `Invalid` for an end in the past, or more than 30 days after the event; `too_many_devices`.
pub fn open_pairing(
    db: &mut Db,
    keys: &Keys,
    by: &Actor,
    event: &Event,
    draft: DeviceDraft,
    now: Timestamp,
) -> Result<(Device, Code)> {
    let code = Code::random();
    let device = Device {
        id: DeviceId::new(),
        event_id: event.id,
        name: draft.name.into(),
        lists: Json(draft.lists),
        walk_ins: draft.walk_ins,
        code_hash: Some(hash_code(keys, &code)),
        code_expires_at: now.plus(GOOD_FOR),
        token_hash: None,
        paired_at: None,
        expires_at: draft.expires_at,
        last_seen_at: None,
        revoked_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    if device.expires_at(event) <= now {
        return Err(Error::invalid("/expires_at", "in_the_past", "a device ends in the future"));
    }
    if device.expires_at(event) > event.ends_at.plus(LONGEST) {
        return Err(Error::invalid("/expires_at", "out_of_range", "a device ends at most 30 days after the event"));
    }
    let count: i64 = devices::table.filter(devices::event_id.eq(event.id)).count().get_result(db)?;
    if count >= AT_MOST {
        return Err(AccessRefusal::TooManyDevices.into());
    }
    diesel::insert_into(devices::table).values(&device).execute(db)?;
    audit::record(db, by, event.scope(), "device.pairing_opened", device.id.uuid(), now)?;
    Ok((device, code))
}
