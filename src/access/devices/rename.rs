//! A device gets another name.

use diesel::prelude::*;
use serde_json::json;

use super::Device;
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::events::Event;
use crate::store::Db;
use crate::store::schema::devices;
use crate::values::Line;

/// Gives a device another name; none: it keeps its own.
///
/// # Errors
/// `VersionMismatch` if `expected` is given and is not its version.
pub fn rename_device(
    db: &mut Db,
    by: &Actor,
    event: &Event,
    device: &Device,
    name: Option<Line<100>>,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Device> {
    expect_version(expected, device.version)?;
    let name = name.map_or_else(|| device.name.clone(), String::from);
    let changes = Changes::between(&json!({ "name": device.name }), &json!({ "name": name }));
    if changes == Changes::default() {
        return Ok(device.clone());
    }
    diesel::update(devices::table.filter(devices::id.eq(device.id)))
        .set((devices::name.eq(name), devices::updated_at.eq(now), devices::version.eq(devices::version + 1)))
        .execute(db)?;
    audit::record_changes(db, by, event.scope(), "device.renamed", device.id.uuid(), changes, now)?;
    Device::find(db, device.id)
}
