//! `GET /api/v1/organizations/{organization}/audit`, `GET /api/v1/events/{event}/audit`

use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Answer, Call};
use super::organizations::organization_for;
use super::query::Query;
use super::reply::Reply;
use crate::access::{Actors, Deed, Known, OrganizationDeed, acting_for, may};
use crate::audit::{ActorKind, Change, Entry, Filter};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Event;
use crate::store::{Db, Id, OrganizationId, Page};
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
    #[schema(value_type = ActorKind)]
    kind: String,
    /// Which registration, account, token or device.
    id: Option<uuid::Uuid>,
    /// The name of a member, also of one who has left, of a token or a device; null for those of other organizations.
    name: Option<String>,
    /// By which other organization they act; null: by none, or by the one that reads.
    organization: Option<ActorOrganization>,
}

/// An organization, as others know it.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditOrganization)]
pub(super) struct ActorOrganization {
    slug: String,
    name: String,
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

impl EntryObject {
    /// A page of the trail, as an organization reads it.
    fn page(db: &mut Db, reader: OrganizationId, page: Page<Entry>) -> Result<Page<Self>> {
        let actors = Actors::of(db, reader, &page.data)?;
        Ok(page.map(|entry| {
            let known = actors.known(&entry);
            Self::of(entry, known)
        }))
    }

    fn of(entry: Entry, known: Known) -> Self {
        Self {
            id: entry.id.to_string(),
            at: entry.at,
            actor: ActorObject {
                kind: entry.actor,
                id: entry.actor_id.map(Id::uuid),
                name: known.name,
                organization: known.organization.map(|(slug, name)| ActorOrganization { slug, name }),
            },
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
        ("actor" = Option<ActorKind>, Query, description = "A kind of actor; for one of them, `actor_id`"),
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
        let page = filter.of_organization(db, organization.id, &paging)?;
        Reply::page(&EntryObject::page(db, organization.id, page)?)
    })
    .await
}

/// Who did what at an event, newest first.
#[utoipa::path(get, path = "/api/v1/events/{event}/audit", tag = "Audit", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("deed" = Option<String>, Query, description = "`registration` finds `registration.placed` and its like"),
        ("actor" = Option<ActorKind>, Query, description = "A kind of actor; for one of them, `actor_id`"),
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
        let reader = acting_for(db, caller, Deed::ReadAudit, &event)?.unwrap_or(event.organization_id);
        let page = filter.of_event(db, event.id, &paging)?;
        Reply::page(&EntryObject::page(db, reader, page)?)
    })
    .await
}

fn filter(query: &mut Query) -> Filter {
    let id = |text: &str| text.parse().map_err(|_| Fault::new("invalid_id", "this is an id"));
    Filter {
        deed: query.text("deed", 100),
        actor: query.word("actor"),
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
