//! What an organization hosts beside its own events.

use diesel::prelude::*;

use super::{DataAccess, Event, HostRole, HostState};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::{event_hosts, events, organizations};
use crate::store::{Db, EventId, OrganizationId, Page, Paging};

/// An organization's part in another one's event, as far as it may know before it has agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosting {
    /// Which event.
    pub event: EventId,
    /// The event's name in addresses.
    pub slug: String,
    /// The event's name for people.
    pub title: String,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// The IANA name of its zone.
    pub timezone: String,
    /// Slug and name of the organization that owns it, and asks.
    pub owner: (String, String),
    /// Its part.
    pub role: HostRole,
    /// What it may see.
    pub data_access: DataAccess,
    /// Whether it has agreed.
    pub state: HostState,
    /// Counts changes, from 1.
    pub version: i64,
}

type Row = (Event, (String, String), HostRole, DataAccess, HostState, i64);

impl Hosting {
    /// The events of others that an organization hosts or was asked to host, in the order in which they were drafted.
    pub fn of(
        db: &mut Db,
        organization: OrganizationId,
        state: Option<HostState>,
        updated_since: Option<Timestamp>,
        paging: &Paging,
    ) -> Result<Page<Self>> {
        let list = format!("hosting {organization} {state:?} {updated_since:?}");
        let mut query = event_hosts::table
            .inner_join(events::table.on(events::id.eq(event_hosts::event_id)))
            .inner_join(organizations::table.on(organizations::id.eq(events::organization_id)))
            .filter(event_hosts::organization_id.eq(organization))
            .filter(event_hosts::role.ne(HostRole::Owner))
            .select((
                Event::as_select(),
                (organizations::slug, organizations::name),
                event_hosts::role,
                event_hosts::data_access,
                event_hosts::state,
                event_hosts::version,
            ))
            .into_boxed();
        if let Some(state) = state {
            query = query.filter(event_hosts::state.eq(state));
        }
        if let Some(since) = updated_since {
            query = query.filter(event_hosts::updated_at.ge(since));
        }
        if let Some(after) = paging.after::<uuid::Uuid>(&list)? {
            query = query.filter(event_hosts::event_id.gt(EventId::from(after)));
        }
        let rows: Vec<Row> = query.order(event_hosts::event_id).limit(paging.rows()).load(db)?;
        let hosting = rows.into_iter().map(|(event, owner, role, data_access, state, version)| Self {
            event: event.id,
            slug: event.slug,
            title: event.title,
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            timezone: event.timezone,
            owner,
            role,
            data_access,
            state,
            version,
        });
        paging.page(&list, hosting.collect(), |hosting| hosting.event.uuid())
    }
}
