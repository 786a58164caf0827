//! The trail: rows are added, never changed.

use std::borrow::Cow;

use diesel::{Insertable, RunQueryDsl};

use super::{Actor, ActorKind, Changes};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::audit;
use crate::store::{AuditId, Db, EventId, Id, Json, OrganizationId, insertion, on_each_database};

/// Whose trail a deed belongs to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    /// The organization that owns what the deed is about; none: the installation itself.
    pub organization: Option<OrganizationId>,
    /// The event that the deed is about.
    pub event: Option<EventId>,
}

impl Scope {
    /// An organization's trail.
    pub fn organization(organization: OrganizationId) -> Self {
        Self { organization: Some(organization), event: None }
    }
}

#[derive(Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
struct Row {
    organization_id: OrganizationId,
    id: AuditId,
    event_id: Option<EventId>,
    actor: ActorKind,
    actor_id: Option<Id<Someone>>,
    network: Option<String>,
    deed: Cow<'static, str>,
    subject_id: Option<Id<Someone>>,
    changes: Option<Json<Changes>>,
    at: Timestamp,
}

impl Row {
    fn new(
        by: &Actor,
        scope: Scope,
        (deed, subject, changes): (Cow<'static, str>, uuid::Uuid, Option<Changes>),
        now: Timestamp,
    ) -> Self {
        Self {
            organization_id: scope.organization.unwrap_or(uuid::Uuid::nil().into()),
            id: AuditId::new(),
            event_id: scope.event,
            actor: by.who.kind(),
            actor_id: by.who.id().map(Into::into),
            network: by.from.map(|network| network.to_string()),
            deed,
            subject_id: Some(subject.into()),
            changes: changes.map(Json),
            at: now,
        }
    }
}

/// Whoever or whatever an id in the trail names: the deed tells.
#[derive(Debug)]
pub enum Someone {}

/// Writes down that `by` did `deed` (a stable word such as `registration.placed`) to `subject`.
pub fn record(
    db: &mut Db,
    by: &Actor,
    scope: Scope,
    deed: &'static str,
    subject: uuid::Uuid,
    now: Timestamp,
) -> Result<()> {
    insert(db, by, scope, deed.into(), subject, None, now)
}

/// The same, with what was before and is now.
pub fn record_changes(
    db: &mut Db,
    by: &Actor,
    scope: Scope,
    deed: &'static str,
    subject: uuid::Uuid,
    changes: Changes,
    now: Timestamp,
) -> Result<()> {
    insert(db, by, scope, deed.into(), subject, Some(changes), now)
}

/// The same of some hundred deeds by one at once, each with its subject and what changed, if that is told.
pub fn record_all(
    db: &mut Db,
    by: &Actor,
    scope: Scope,
    deeds: impl IntoIterator<Item = (&'static str, uuid::Uuid, Option<Changes>)>,
    now: Timestamp,
) -> Result<()> {
    let row =
        |(deed, subject, changes): (&'static str, _, _)| Row::new(by, scope, (deed.into(), subject, changes), now);
    let rows: Vec<Row> = deeds.into_iter().map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    on_each_database!(db, |c| diesel::insert_into(audit::table).values(&rows).execute(c))?;
    Ok(())
}

pub(super) fn insert(
    db: &mut Db,
    by: &Actor,
    scope: Scope,
    deed: Cow<'static, str>,
    subject: uuid::Uuid,
    changes: Option<Changes>,
    now: Timestamp,
) -> Result<()> {
    let row = Row::new(by, scope, (deed, subject, changes), now);
    on_each_database!(db, |c| Record(&row).execute(c))?;
    Ok(())
}

insertion!(Record: Row in audit {
    organization_id, id, event_id, actor, actor_id, network, deed, subject_id, changes, at,
});
