//! An organization is asked to host an event.

use serde_json::Value;

use super::hosts::insert_host;
use super::{DataAccess, EventRefusal, Held, Host, HostRole, HostState};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::{Db, EventId, OrganizationId};

/// Asks an organization to host an event. Until it has accepted it learns the event's title and times, nothing else.
/// One that has declined can be asked again.
///
/// # Errors
/// `already_host` if it hosts the event, or was asked and has not answered.
pub fn invite_host(
    db: &mut Db,
    by: &Actor,
    event: EventId,
    organization: OrganizationId,
    (role, data_access): (HostRole, DataAccess),
    now: Timestamp,
) -> Result<Host> {
    let event = Held::by_id(db, event)?.event;
    let before = Host::find_if_any(db, event.id, organization)?;
    let told = before.as_ref().map_or(Value::Null, Host::told);
    let invited = match before {
        Some(mut host) if host.state == HostState::Declined => {
            (host.role, host.data_access, host.state) = (role, data_access, HostState::Invited);
            host.save(db, now)?;
            host
        }
        Some(_) => return Err(EventRefusal::AlreadyHost.into()),
        None => {
            insert_host(db, event.id, organization, (role, data_access), HostState::Invited, now)?
                .ok_or(EventRefusal::AlreadyHost)?;
            Host::find(db, event.id, organization)?
        }
    };
    let changes = Changes::between(&told, &invited.told());
    audit::record_changes(db, by, event.scope(), "host.invited", organization.uuid(), changes, now)?;
    Ok(invited)
}
