//! `GET /api/v1/organizations/{organization}/audit`, `GET /api/v1/events/{event}/audit`

use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Answer, Call};
use super::organizations::organization_for;
use super::query::Query;
use super::reply::Reply;
use crate::access::{Deed, OrganizationDeed, may};
use crate::audit::{Change, Entry, Filter};
use crate::clock::Timestamp;
use crate::events::Event;
use crate::store::Id;
use crate::values::Fault;

/// Who did what.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(super) struct EntryObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    at: Timestamp,
    actor: ActorObject,
    /// From where: the network (/24 or /48), never the address.
    network: Option<String>,
    /// Such as `registration.placed`, or `denied.write_event` for what was tried and not allowed.
    deed: String,
    /// To whom or what.
    subject_id: Option<uuid::Uuid>,
    event_id: Option<uuid::Uuid>,
    /// What was before and is now; secrets are left out.
    #[schema(value_type = Vec<ChangeObject>)]
    changes: Vec<Change>,
}

/// Who did it.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditActor)]
pub(super) struct ActorObject {
    /// `anonymous`, `attendee`, `member`, `token`, `device`, `command_line` or `system`.
    kind: String,
    /// Which registration, account, token or device.
    id: Option<uuid::Uuid>,
}

/// A field that was changed.
#[derive(ToSchema)]
#[schema(as = AuditChange)]
#[allow(dead_code, reason = "the shape of a change, for the OpenAPI document")]
pub(super) struct ChangeObject {
    field: String,
    before: serde_json::Value,
    after: serde_json::Value,
}

impl From<Entry> for EntryObject {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id.to_string(),
            at: entry.at,
            actor: ActorObject { kind: entry.actor, id: entry.actor_id.map(Id::uuid) },
            network: entry.network,
            deed: entry.deed,
            subject_id: entry.subject_id.map(Id::uuid),
            event_id: entry.event_id.map(Id::uuid),
            changes: entry.changes.map(|changes| changes.0.0).unwrap_or_default(),
        }
    }
}

/// Who did what at an organization and its events, newest first.
#[utoipa::path(get, path = "/api/v1/organizations/{organization}/audit", tag = "Audit", security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("deed" = Option<String>, Query, description = "`registration` finds `registration.placed` and its like"),
        ("actor" = Option<String>, Query, description = "A kind of actor"),
        ("actor_id" = Option<uuid::Uuid>, Query),
        ("subject_id" = Option<uuid::Uuid>, Query),
        ("from" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("to" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(AuditTrail)), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn of_organization(call: Call, organization: Path<String>) -> Answer {
    let mut query = call.query();
    let (filter, paging) = (filter(&mut query), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        let organization = organization_for(db, caller, OrganizationDeed::ReadOrganizationAudit, &organization)?;
        wrong?;
        Reply::page(&filter.of_organization(db, organization.id, &paging)?.map(EntryObject::from))
    })
    .await
}

/// Who did what at an event, newest first.
#[utoipa::path(get, path = "/api/v1/events/{event}/audit", tag = "Audit", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("deed" = Option<String>, Query, description = "`registration` finds `registration.placed` and its like"),
        ("actor" = Option<String>, Query, description = "A kind of actor"),
        ("actor_id" = Option<uuid::Uuid>, Query),
        ("subject_id" = Option<uuid::Uuid>, Query),
        ("from" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("to" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(AuditTrail)), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn of_event(call: Call, event: Path<String>) -> Answer {
    let mut query = call.query();
    let (filter, paging) = (filter(&mut query), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::ReadAudit, &event)?;
        wrong?;
        Reply::page(&filter.of_event(db, event.id, &paging)?.map(EntryObject::from))
    })
    .await
}

fn filter(query: &mut Query) -> Filter {
    let id = |text: &str| text.parse().map_err(|_| Fault::new("invalid_id", "this is an id"));
    Filter {
        deed: query.text("deed", 100),
        actor: query.text("actor", 100),
        actor_id: query.parsed("actor_id", id),
        subject_id: query.parsed("subject_id", id),
        from: query.word("from"),
        to: query.word("to"),
    }
}

/// A page of the trail.
#[derive(ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(super) struct AuditTrail {
    data: Vec<EntryObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
