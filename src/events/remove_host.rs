//! An organization has no part in an event any more.

use diesel::prelude::*;
use serde_json::Value;

use super::{EventRefusal, Held, Host, HostRole};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::store::schema::event_hosts;
use crate::store::{Db, EventId, OrganizationId};

/// Removes a host, or takes an invitation back; a host that leaves does the same. Registrations that came through it
/// still say so.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `NotFound` if it has no part; `owner_stays`.
pub fn remove_host(
    db: &mut Db,
    by: &Actor,
    event: EventId,
    organization: OrganizationId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    let event = Held::by_id(db, event)?.event;
    let host = Host::find(db, event.id, organization)?;
    expect_version(expected, host.version)?;
    if host.role == HostRole::Owner {
        return Err(EventRefusal::OwnerStays.into());
    }
    let row = event_hosts::table
        .filter(event_hosts::event_id.eq(event.id))
        .filter(event_hosts::organization_id.eq(organization));
    diesel::delete(row).execute(db)?;
    let changes = Changes::between(&host.told(), &Value::Null);
    audit::record_changes(db, by, event.scope(), "host.removed", organization.uuid(), changes, now)
}
