//! A change to an organization's part in an event.

use super::{DataAccess, EventRefusal, Held, Host, HostRole};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::store::{Db, EventId, OrganizationId};

/// What is to change; what is `None` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct HostRevision {
    /// Its part.
    pub role: Option<HostRole>,
    /// What it may see: from the next request on.
    pub data_access: Option<DataAccess>,
}

/// Changes an organization's part in an event. It is not asked again: what it may see is the owner's to say.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `NotFound` if it has no part; `owner_stays`.
pub fn revise_host(
    db: &mut Db,
    by: &Actor,
    event: EventId,
    organization: OrganizationId,
    revision: HostRevision,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Host> {
    let event = Held::by_id(db, event)?.event;
    let mut host = Host::find(db, event.id, organization)?;
    expect_version(expected, host.version)?;
    if host.role == HostRole::Owner {
        return Err(EventRefusal::OwnerStays.into());
    }
    let before = host.told();
    host.role = revision.role.unwrap_or(host.role);
    host.data_access = revision.data_access.unwrap_or(host.data_access);
    let changes = Changes::between(&before, &host.told());
    host.save(db, now)?;
    audit::record_changes(db, by, event.scope(), "host.revised", organization.uuid(), changes, now)?;
    Ok(host)
}
