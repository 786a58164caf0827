//! A device is shut out.

use diesel::prelude::*;

use super::Device;
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::events::Event;
use crate::store::Db;
use crate::store::schema::devices;

/// Shuts a device out: the next request with its token is one by nobody, and its code leads nowhere. One that was shut
/// out before stays as it is.
///
/// # Errors
/// `VersionMismatch` if `expected` is given and is not its version.
pub fn revoke_device(
    db: &mut Db,
    by: &Actor,
    event: &Event,
    device: &Device,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    expect_version(expected, device.version)?;
    let row = devices::table.filter(devices::id.eq(device.id)).filter(devices::revoked_at.is_null());
    let revoked = diesel::update(row)
        .set((
            devices::revoked_at.eq(Some(now)),
            devices::updated_at.eq(now),
            devices::version.eq(devices::version + 1),
        ))
        .execute(db)?;
    if revoked == 0 {
        return Ok(());
    }
    audit::record(db, by, event.scope(), "device.revoked", device.id.uuid(), now)
}
