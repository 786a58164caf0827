//! The organizations that run an event together.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Event, EventRefusal};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::{event_hosts, organizations};
use crate::store::{Db, EventId, OrganizationId, unless_taken};
use crate::text_enum;

text_enum! {
    /// An organization's part in an event.
    pub enum HostRole {
        /// It owns the event; there is exactly one.
        Owner = "owner",
        /// It runs the event with the owner.
        CoHost = "co_host",
        /// The event takes place there.
        Venue = "venue",
        /// It lends its name.
        Partner = "partner",
    }
}

text_enum! {
    /// What a host may see of the people who come.
    pub enum DataAccess {
        /// Everything.
        Full = "full",
        /// Numbers, no names.
        Aggregate = "aggregate",
        /// Nothing.
        None = "none",
    }
}

text_enum! {
    /// Whether an organization has agreed to host.
    pub enum HostState {
        /// It was asked.
        Invited = "invited",
        /// It has said yes.
        Accepted = "accepted",
        /// It has said no.
        Declined = "declined",
    }
}

/// An organization's part in an event, as everybody may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The organization's slug.
    pub slug: String,
    /// The organization's name.
    pub name: String,
    /// Its part.
    pub role: HostRole,
    /// What it may see.
    pub data_access: DataAccess,
}

impl Host {
    /// The hosts of each of these events: the owner first, then in the order in which they came.
    pub fn of_all(db: &mut Db, events: &[EventId]) -> Result<HashMap<EventId, Vec<Self>>> {
        let rows: Vec<(EventId, HostRole, DataAccess, String, String)> = event_hosts::table
            .inner_join(organizations::table)
            .filter(event_hosts::event_id.eq_any(events))
            .filter(event_hosts::state.eq(HostState::Accepted))
            .order((event_hosts::event_id, event_hosts::position, event_hosts::organization_id))
            .select((
                event_hosts::event_id,
                event_hosts::role,
                event_hosts::data_access,
                organizations::slug,
                organizations::name,
            ))
            .load(db)?;
        let mut hosts: HashMap<EventId, Vec<Self>> = HashMap::new();
        for (event, role, data_access, slug, name) in rows {
            hosts.entry(event).or_default().push(Self { slug, name, role, data_access });
        }
        Ok(hosts)
    }

    /// What each of these organizations may see at an event, if it has agreed to host it.
    pub fn access_of(
        db: &mut Db,
        event: EventId,
        organizations: &[OrganizationId],
    ) -> Result<Vec<(OrganizationId, DataAccess)>> {
        Ok(event_hosts::table
            .filter(event_hosts::event_id.eq(event))
            .filter(event_hosts::organization_id.eq_any(organizations))
            .filter(event_hosts::state.eq(HostState::Accepted))
            .select((event_hosts::organization_id, event_hosts::data_access))
            .load(db)?)
    }
}

/// Names an organization as a host of an event, behind those that are there.
///
/// # Errors
/// `already_host`.
pub fn add_host(
    db: &mut Db,
    by: &Actor,
    event: &Event,
    organization: OrganizationId,
    (role, data_access): (HostRole, DataAccess),
    now: Timestamp,
) -> Result<()> {
    let position: i64 = event_hosts::table.filter(event_hosts::event_id.eq(event.id)).count().get_result(db)?;
    unless_taken(db, |db| insert_host(db, event.id, organization, role, data_access, position))?
        .ok_or(EventRefusal::AlreadyHost)?;
    audit::record(db, by, event.scope(), "host.added", organization.uuid(), now)
}

pub(super) fn insert_host(
    db: &mut Db,
    event: EventId,
    organization: OrganizationId,
    role: HostRole,
    data_access: DataAccess,
    position: i64,
) -> QueryResult<usize> {
    diesel::insert_into(event_hosts::table)
        .values((
            event_hosts::event_id.eq(event),
            event_hosts::organization_id.eq(organization),
            event_hosts::role.eq(role),
            event_hosts::data_access.eq(data_access),
            event_hosts::position.eq(position),
            event_hosts::state.eq(HostState::Accepted),
        ))
        .execute(db)
}
