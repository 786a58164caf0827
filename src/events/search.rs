//! Events found again.

use diesel::prelude::*;

use super::{Event, EventStatus, HostState, Visibility};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::{event_hosts, event_tags, events};
use crate::store::{Db, EventId, MultiBackend, OrganizationId, Page, Paging, SeriesId};
use crate::values::contains_pattern;

/// Who looks: what is published (or cancelled) and public is listed for anyone; what these organizations run, and these events, as well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Viewer {
    /// Organizations whose events are listed, drafts and private ones too.
    pub organizations: Vec<OrganizationId>,
    /// Single events, each as long as this organization hosts it.
    pub events: Vec<(OrganizationId, EventId)>,
}

/// What is looked for. Times and words narrow; nothing given finds everything that the viewer may see.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Words in the title, the summary or the place, as a search key.
    pub q: Option<String>,
    /// Events that end at or after this.
    pub from: Option<Timestamp>,
    /// Events that start before this.
    pub to: Option<Timestamp>,
    /// Events with this tag.
    pub tag: Option<String>,
    /// Events that this organization hosts.
    pub organization: Option<OrganizationId>,
    /// Editions of this series.
    pub series: Option<SeriesId>,
    /// Events in this status.
    pub status: Option<EventStatus>,
    /// Events that changed at or after this.
    pub updated_since: Option<Timestamp>,
}

impl Search {
    /// The events found, earliest first.
    pub fn page(&self, db: &mut Db, viewer: &Viewer, paging: &Paging) -> Result<Page<Event>> {
        let list = format!("events {viewer:?} {self:?}");
        let mut query = self.query(viewer);
        if let Some((starts_at, id)) = paging.after::<(String, uuid::Uuid)>(&list)? {
            // Read like a time of a stranger's, which it is: a cursor is not signed.
            let starts_at: Timestamp = starts_at.parse().map_err(|_| Paging::invalid_cursor())?;
            let id = EventId::from(id);
            query = query
                .filter(events::starts_at.gt(starts_at).or(events::starts_at.eq(starts_at).and(events::id.gt(id))));
        }
        let rows = query.order((events::starts_at, events::id)).limit(paging.rows()).load(db)?;
        paging.page(&list, rows, |event| (event.starts_at.to_string(), event.id.uuid()))
    }

    /// The first events found, up to `limit`, earliest first.
    pub fn first(&self, db: &mut Db, viewer: &Viewer, limit: i64) -> Result<Vec<Event>> {
        Ok(self.query(viewer).order((events::starts_at, events::id)).limit(limit).load(db)?)
    }

    fn query(&self, viewer: &Viewer) -> Boxed<'_> {
        let mut query = Event::query().into_boxed();
        let announced = events::status.eq_any([EventStatus::Published, EventStatus::Cancelled]);
        let public = announced.and(events::visibility.eq(Visibility::Public));
        query = if *viewer == Viewer::default() {
            query.filter(public)
        } else {
            // Or, as long as nothing else has been asked for.
            query = query.filter(public).or_filter(events::id.eq_any(hosted_by(viewer.organizations.clone())));
            for (organization, event) in &viewer.events {
                query = query.or_filter(events::id.eq(*event).and(events::id.eq_any(hosted_by(vec![*organization]))));
            }
            query
        };
        if let Some(q) = &self.q {
            for word in q.split(' ').filter(|word| !word.is_empty()) {
                query = query.filter(events::search_key.like(contains_pattern(word)).escape('\\'));
            }
        }
        if let Some(from) = self.from {
            query = query.filter(events::ends_at.ge(from));
        }
        if let Some(to) = self.to {
            query = query.filter(events::starts_at.lt(to));
        }
        if let Some(tag) = &self.tag {
            let tagged = event_tags::table.filter(event_tags::tag.eq(tag)).select(event_tags::event_id);
            query = query.filter(events::id.eq_any(tagged));
        }
        if let Some(organization) = self.organization {
            query = query.filter(events::id.eq_any(hosted_by(vec![organization])));
        }
        if let Some(series) = self.series {
            query = query.filter(events::series_id.eq(series));
        }
        if let Some(status) = self.status {
            query = query.filter(events::status.eq(status));
        }
        if let Some(since) = self.updated_since {
            query = query.filter(events::updated_at.ge(since));
        }
        query
    }
}

/// The events that one of these organizations has agreed to host.
#[diesel::dsl::auto_type(no_type_alias)]
fn hosted_by(organizations: Vec<OrganizationId>) -> _ {
    let accepted: HostState = HostState::Accepted;
    event_hosts::table
        .filter(event_hosts::organization_id.eq_any(organizations))
        .filter(event_hosts::state.eq(accepted))
        .select(event_hosts::event_id)
}

type Boxed<'a> =
    events::BoxedQuery<'a, MultiBackend, diesel::dsl::SqlTypeOf<diesel::dsl::AsSelect<Event, MultiBackend>>>;
