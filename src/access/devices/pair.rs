//! A code is exchanged for a token.

use diesel::prelude::*;

use super::device::PREFIX;
use super::{Device, DeviceState};
use crate::access::AccessRefusal;
use crate::audit::{self, Actor, Who};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Event;
use crate::keys::{Keys, hash_token, new_token};
use crate::store::Db;
use crate::store::schema::devices;
use crate::values::{Code, Secret};

/// Exchanges a code for the token of a device, which is shown this once. A code works once.
///
/// # Errors
/// `pairing_code_invalid` for a code that never was, was used, has lapsed or was revoked: all the same.
pub fn pair(db: &mut Db, keys: &Keys, by: &Actor, code: &Code, now: Timestamp) -> Result<(Device, Secret)> {
    let found = Device::find_by_code(db, keys, code)?.ok_or(AccessRefusal::PairingCodeInvalid)?;
    let event = Event::find(db, found.event_id)?;
    if found.state(&event, now) != DeviceState::Pairing {
        return Err(AccessRefusal::PairingCodeInvalid.into());
    }
    let token = new_token(PREFIX);
    // Whoever comes second at the same moment finds no code any more.
    let still = devices::table
        .filter(devices::id.eq(found.id))
        .filter(devices::code_hash.is_not_null())
        .filter(devices::revoked_at.is_null());
    let paired = diesel::update(still)
        .set((
            devices::code_hash.eq(None::<String>),
            devices::token_hash.eq(Some(hash_token(token.reveal()))),
            devices::paired_at.eq(Some(now)),
            devices::last_seen_at.eq(Some(now)),
            devices::updated_at.eq(now),
            devices::version.eq(devices::version + 1),
        ))
        .execute(db)?;
    if paired == 0 {
        return Err(AccessRefusal::PairingCodeInvalid.into());
    }
    let by = Actor { who: Who::Device(found.id), ..*by };
    audit::record(db, &by, event.scope(), "device.paired", found.id.uuid(), now)?;
    Ok((Device::find(db, found.id)?, token))
}
