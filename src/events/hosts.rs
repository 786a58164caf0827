//! The organizations that run an event together.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{Event, EventRefusal};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
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

/// An organization's part in an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// At which event.
    pub event: EventId,
    /// Which organization.
    pub organization: OrganizationId,
    /// The organization's slug.
    pub slug: String,
    /// The organization's name.
    pub name: String,
    /// Its part.
    pub role: HostRole,
    /// What it may see.
    pub data_access: DataAccess,
    /// Whether it has agreed.
    pub state: HostState,
    /// Counts changes, from 1.
    pub version: i64,
}

type Row = (EventId, OrganizationId, String, String, HostRole, DataAccess, HostState, i64);

const COLUMNS: (
    event_hosts::event_id,
    event_hosts::organization_id,
    organizations::slug,
    organizations::name,
    event_hosts::role,
    event_hosts::data_access,
    event_hosts::state,
    event_hosts::version,
) = (
    event_hosts::event_id,
    event_hosts::organization_id,
    organizations::slug,
    organizations::name,
    event_hosts::role,
    event_hosts::data_access,
    event_hosts::state,
    event_hosts::version,
);

impl From<Row> for Host {
    fn from((event, organization, slug, name, role, data_access, state, version): Row) -> Self {
        Self { event, organization, slug, name, role, data_access, state, version }
    }
}

impl Host {
    /// The part of an organization in an event, whatever its state.
    pub fn find(db: &mut Db, event: EventId, organization: OrganizationId) -> Result<Self> {
        Self::find_if_any(db, event, organization)?.ok_or(Error::NotFound("host"))
    }

    pub(super) fn find_if_any(db: &mut Db, event: EventId, organization: OrganizationId) -> Result<Option<Self>> {
        let row = event_hosts::table
            .inner_join(organizations::table)
            .filter(event_hosts::event_id.eq(event))
            .filter(event_hosts::organization_id.eq(organization))
            .select(COLUMNS);
        Ok(row.first::<Row>(db).optional()?.map(Into::into))
    }

    /// All who were ever asked and not removed, of one event, in the order of [`Host::of_all`].
    pub fn all_of(db: &mut Db, event: EventId) -> Result<Vec<Self>> {
        let rows: Vec<Row> = event_hosts::table
            .inner_join(organizations::table)
            .filter(event_hosts::event_id.eq(event))
            .order((event_hosts::position, event_hosts::organization_id))
            .select(COLUMNS)
            .load(db)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// The hosts of each of these events that have agreed: the owner first, then in the order in which they came.
    pub fn of_all(db: &mut Db, events: &[EventId]) -> Result<HashMap<EventId, Vec<Self>>> {
        let rows: Vec<Row> = event_hosts::table
            .inner_join(organizations::table)
            .filter(event_hosts::event_id.eq_any(events))
            .filter(event_hosts::state.eq(HostState::Accepted))
            .order((event_hosts::event_id, event_hosts::position, event_hosts::organization_id))
            .select(COLUMNS)
            .load(db)?;
        let mut hosts: HashMap<EventId, Vec<Self>> = HashMap::new();
        for host in rows.into_iter().map(Self::from) {
            hosts.entry(host.event).or_default().push(host);
        }
        Ok(hosts)
    }

    /// The organization with this slug, if it has agreed to host the event.
    pub fn accepted(db: &mut Db, event: EventId, slug: &str) -> Result<Option<OrganizationId>> {
        Ok(event_hosts::table
            .inner_join(organizations::table)
            .filter(event_hosts::event_id.eq(event))
            .filter(organizations::slug.eq(slug))
            .filter(event_hosts::state.eq(HostState::Accepted))
            .select(event_hosts::organization_id)
            .first(db)
            .optional()?)
    }

    /// What each of these organizations may see at each of these events, if it has agreed to host it.
    pub fn access_of(
        db: &mut Db,
        events: &[EventId],
        organizations: &[OrganizationId],
    ) -> Result<Vec<(EventId, OrganizationId, DataAccess)>> {
        Ok(event_hosts::table
            .filter(event_hosts::event_id.eq_any(events))
            .filter(event_hosts::organization_id.eq_any(organizations))
            .filter(event_hosts::state.eq(HostState::Accepted))
            .select((event_hosts::event_id, event_hosts::organization_id, event_hosts::data_access))
            .load(db)?)
    }

    /// Writes a changed part down, as its next version.
    pub(super) fn save(&mut self, db: &mut Db, now: Timestamp) -> Result<()> {
        self.version += 1;
        let row = event_hosts::table
            .filter(event_hosts::event_id.eq(self.event))
            .filter(event_hosts::organization_id.eq(self.organization));
        diesel::update(row)
            .set((
                event_hosts::role.eq(self.role),
                event_hosts::data_access.eq(self.data_access),
                event_hosts::state.eq(self.state),
                event_hosts::version.eq(self.version),
                event_hosts::updated_at.eq(Some(now)),
            ))
            .execute(db)?;
        Ok(())
    }

    /// As the audit trail tells it.
    pub(super) fn told(&self) -> Value {
        json!({
            "organization": self.slug,
            "role": self.role,
            "data_access": self.data_access,
            "state": self.state,
        })
    }
}

/// Names an organization as a host of an event, behind those that are there: at once accepted, as the operator does.
///
/// # Errors
/// `already_host`.
pub fn add_host(
    db: &mut Db,
    by: &Actor,
    event: &Event,
    organization: OrganizationId,
    part: (HostRole, DataAccess),
    now: Timestamp,
) -> Result<()> {
    insert_host(db, event.id, organization, part, HostState::Accepted, now)?.ok_or(EventRefusal::AlreadyHost)?;
    let added = Host::find(db, event.id, organization)?.told();
    let changes = Changes::between(&Value::Null, &added);
    audit::record_changes(db, by, event.scope(), "host.added", organization.uuid(), changes, now)
}

/// Adds a row behind those that are there; none if the organization has one.
pub(super) fn insert_host(
    db: &mut Db,
    event: EventId,
    organization: OrganizationId,
    (role, data_access): (HostRole, DataAccess),
    state: HostState,
    now: Timestamp,
) -> Result<Option<usize>> {
    let last: Option<i64> = event_hosts::table
        .filter(event_hosts::event_id.eq(event))
        .order(event_hosts::position.desc())
        .select(event_hosts::position)
        .first(db)
        .optional()?;
    let row = (
        event_hosts::event_id.eq(event),
        event_hosts::organization_id.eq(organization),
        event_hosts::role.eq(role),
        event_hosts::data_access.eq(data_access),
        event_hosts::position.eq(last.map_or(0, |last| last + 1)),
        event_hosts::state.eq(state),
        event_hosts::version.eq(1),
        event_hosts::updated_at.eq(Some(now)),
    );
    Ok(unless_taken(db, |db| diesel::insert_into(event_hosts::table).values(row).execute(db))?)
}
