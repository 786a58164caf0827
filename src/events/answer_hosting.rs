//! An organization says whether it hosts an event.

use super::{EventRefusal, Held, Host, HostState};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::store::{Db, EventId, OrganizationId};

/// What an organization says that was asked to host an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostingAnswer {
    /// Yes: from now on it sees what its data access lets it see.
    Accept,
    /// No.
    Decline,
}

/// Answers an invitation to host.
///
/// # Errors
/// `NotFound` if the organization was never asked; `VersionMismatch` unless its part is at `expected`; `not_invited` if it has answered before.
pub fn answer_hosting(
    db: &mut Db,
    by: &Actor,
    event: EventId,
    organization: OrganizationId,
    (answer, expected): (HostingAnswer, Option<i64>),
    now: Timestamp,
) -> Result<Host> {
    let event = Held::by_id(db, event)?.event;
    let mut host = Host::find(db, event.id, organization)?;
    expect_version(expected, host.version)?;
    if host.state != HostState::Invited {
        return Err(EventRefusal::NotInvited { state: host.state.as_str() }.into());
    }
    let before = host.told();
    let (state, deed) = match answer {
        HostingAnswer::Accept => (HostState::Accepted, "host.accepted"),
        HostingAnswer::Decline => (HostState::Declined, "host.declined"),
    };
    host.state = state;
    host.save(db, now)?;
    let changes = Changes::between(&before, &host.told());
    audit::record_changes(db, by, event.scope(), deed, organization.uuid(), changes, now)?;
    Ok(host)
}
