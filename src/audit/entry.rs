//! The trail, read.

use diesel::prelude::*;

use super::trail::Someone;
use super::{ActorKind, Changes};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::audit;
use crate::store::{AuditId, Db, EventId, Id, Json, MultiBackend, OrganizationId, Page, Paging};

/// A row of the trail.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = audit)]
pub struct Entry {
    /// Whose trail it is; all zeros: the installation's own.
    pub organization_id: OrganizationId,
    /// Its id.
    pub id: AuditId,
    /// The event that the deed was about.
    pub event_id: Option<EventId>,
    /// The word for who did it.
    pub actor: String,
    /// Which one, if there is more than one.
    pub actor_id: Option<Id<Someone>>,
    /// From where, shortened.
    pub network: Option<String>,
    /// What was done: a stable word such as `registration.placed`.
    pub deed: String,
    /// To whom or what.
    pub subject_id: Option<Id<Someone>>,
    /// What was before and is now.
    pub changes: Option<Json<Changes>>,
    /// When.
    pub at: Timestamp,
}

/// Which rows are looked for; nothing given: all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Deeds with this word, or that begin with it and a dot.
    pub deed: Option<String>,
    /// What this kind of actor did.
    pub actor: Option<ActorKind>,
    /// What this one did.
    pub actor_id: Option<uuid::Uuid>,
    /// What was done to this.
    pub subject_id: Option<uuid::Uuid>,
    /// What was done at or after this.
    pub from: Option<Timestamp>,
    /// What was done before this.
    pub to: Option<Timestamp>,
}

type Boxed<'a> =
    audit::BoxedQuery<'a, MultiBackend, diesel::dsl::SqlTypeOf<diesel::dsl::AsSelect<Entry, MultiBackend>>>;

impl Filter {
    /// Rows of an organization's trail, newest first.
    pub fn of_organization(&self, db: &mut Db, organization: OrganizationId, paging: &Paging) -> Result<Page<Entry>> {
        let list = format!("audit {organization} {self:?}");
        let query = Entry::query().filter(audit::organization_id.eq(organization)).into_boxed();
        self.page(db, query, &list, paging)
    }

    /// Rows about an event, newest first.
    pub fn of_event(&self, db: &mut Db, event: EventId, paging: &Paging) -> Result<Page<Entry>> {
        let list = format!("audit of event {event} {self:?}");
        let query = Entry::query().filter(audit::event_id.eq(event)).into_boxed();
        self.page(db, query, &list, paging)
    }

    fn page(&self, db: &mut Db, mut query: Boxed<'_>, list: &str, paging: &Paging) -> Result<Page<Entry>> {
        if let Some(deed) = &self.deed {
            // Words are letters, dots and underscores; a range needs no pattern and no escape: `/` follows the dot.
            let (first, behind) = (format!("{deed}."), format!("{deed}/"));
            let within = audit::deed.ge(first).and(audit::deed.lt(behind));
            query = query.filter(audit::deed.eq(deed.clone()).or(within));
        }
        if let Some(actor) = self.actor {
            query = query.filter(audit::actor.eq(actor));
        }
        if let Some(id) = self.actor_id {
            query = query.filter(audit::actor_id.eq(Id::<Someone>::from(id)));
        }
        if let Some(id) = self.subject_id {
            query = query.filter(audit::subject_id.eq(Id::<Someone>::from(id)));
        }
        if let Some(from) = self.from {
            query = query.filter(audit::at.ge(from));
        }
        if let Some(to) = self.to {
            query = query.filter(audit::at.lt(to));
        }
        if let Some(before) = paging.after::<uuid::Uuid>(list)? {
            query = query.filter(audit::id.lt(AuditId::from(before)));
        }
        let rows = query.order(audit::id.desc()).limit(paging.rows()).load(db)?;
        paging.page(list, rows, |entry| entry.id.uuid())
    }
}
