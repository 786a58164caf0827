//! The ticket types of an event.

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::seats_of_part::PartSeats;
use crate::access::{Deed, may};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, ids, text};
use crate::api::reply::Reply;
use crate::audit::Actor;
use crate::checkins::CheckInList;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{self, Capacity, Event, Held, Part, Quota, TicketType, TicketTypeDraft, TicketVisibility};
use crate::registrations;
use crate::store::{Db, Page, SessionId, TicketTypeId};

/// A kind of admission.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketType)]
pub(crate) struct TicketTypeObject {
    #[schema(value_type = uuid::Uuid)]
    id: TicketTypeId,
    name: String,
    description: String,
    visibility: TicketVisibility,
    /// None: as the event says.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    opens_at: Option<Timestamp>,
    /// None: as the event says.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    closes_at: Option<Timestamp>,
    /// How many of it a group brings at least.
    min_group: i64,
    /// How many of it a group brings at most.
    max_group: i64,
    /// Whether somebody looks at each registration with it.
    approval: bool,
    /// The sessions that come with it.
    #[schema(value_type = Vec<uuid::Uuid>)]
    sessions: Vec<SessionId>,
    /// None: no limit of its own.
    capacity: Option<i64>,
    seats: PartSeats,
    position: i64,
    version: i64,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
}

/// What a request says of a ticket type.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct TicketTypeFields {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Field<String>,
    /// At most 1,000 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    description: Field<String>,
    /// `public`, if not given; `code`: for who has an access code.
    #[serde(default)]
    #[schema(value_type = Option<TicketVisibility>)]
    visibility: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    opens_at: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    closes_at: Field<String>,
    /// 1 to 20; 1 if not given.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    min_group: Field<i64>,
    /// 1 to 20; 20 if not given.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    max_group: Field<i64>,
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    approval: Field<bool>,
    /// The sessions that come with it: at most 50.
    #[serde(default)]
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    sessions: Field<Vec<String>>,
    /// 0 to 1,000,000; null: no limit of its own.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    capacity: Field<i64>,
    /// Where it stands in lists.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    position: Field<i64>,
}

impl TicketTypeObject {
    fn new(kind: TicketType, seats: &Quota) -> Self {
        Self {
            id: kind.id,
            name: kind.name,
            description: kind.description,
            visibility: kind.visibility,
            opens_at: kind.opens_at,
            closes_at: kind.closes_at,
            min_group: kind.min_group,
            max_group: kind.max_group,
            approval: kind.approval,
            sessions: kind.sessions.0,
            capacity: seats.capacity,
            seats: PartSeats::of(seats),
            position: kind.position,
            version: kind.version,
            created_at: kind.created_at,
            updated_at: kind.updated_at,
        }
    }

    fn of(db: &mut Db, kind: TicketType) -> Result<Self> {
        let quotas = Quota::of_parts(db, kind.event_id)?;
        let seats = quotas.iter().find(|quota| quota.ticket_type_id == Some(kind.id));
        Ok(Self::new(kind, seats.ok_or(Error::NotFound("ticket type"))?))
    }
}

fn reply(db: &mut Db, kind: TicketType) -> Result<Reply> {
    let version = kind.version;
    Reply::object(&TicketTypeObject::of(db, kind)?, version)
}

/// The ticket types of an event, in their order; those that need a code for its organizers alone.
#[utoipa::path(get, path = "/api/v1/events/{event}/ticket-types", tag = "Ticket types", security((), ("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, body = inline(TicketTypeList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn ticket_types(call: Call, event: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeEvent, &event)?;
        let quotas = Quota::of_parts(db, event.id)?;
        let object = |kind: TicketType| {
            let seats = quotas.iter().find(|quota| quota.ticket_type_id == Some(kind.id))?;
            Some(TicketTypeObject::new(kind, seats))
        };
        let sees_all = may(db, caller, Deed::SeeNumbers, &event).is_ok();
        let shown = |kind: &TicketType| sees_all || kind.visibility == TicketVisibility::Public;
        let data: Vec<_> = TicketType::of_event(db, event.id)?.into_iter().filter(shown).filter_map(object).collect();
        Reply::page(&Page { data, next_cursor: None })
    })
    .await
}

/// One ticket type of an event.
#[utoipa::path(get, path = "/api/v1/events/{event}/ticket-types/{ticket_type}", tag = "Ticket types", security((), ("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("ticket_type" = uuid::Uuid, Path)),
    responses((status = 200, body = TicketTypeObject), (status = 304), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn ticket_type(call: Call, path: Path<(String, String)>) -> Answer {
    let (event, ticket_type) = path.into_inner();
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeEvent, &event)?;
        let kind = TicketType::find(db, event.id, id(&ticket_type)?)?;
        if kind.visibility != TicketVisibility::Public && may(db, caller, Deed::SeeNumbers, &event).is_err() {
            return Err(Error::NotFound("ticket type"));
        }
        reply(db, kind)
    })
    .await
}

/// Add a ticket type to an event.
#[utoipa::path(post, path = "/api/v1/events/{event}/ticket-types", tag = "Ticket types", request_body = TicketTypeFields,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = TicketTypeObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn add_ticket_type(call: Call, event: Path<String>, body: Body<TicketTypeFields>) -> Answer {
    let (draft, key) = (draft(body.json, body.issues, None), call.api.key_of_event(&event).await);
    call.write(key, &body.bytes, move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        let kind = events::add_ticket_type(db, &caller.actor(), &held, draft?, now)?;
        let address = format!("/api/v1/events/{}/ticket-types/{}", held.event.id, kind.id);
        Ok(reply(db, kind)?.created(&address))
    })
    .await
}

/// Change a ticket type. What is not given stays; null empties what can be empty. More seats confirm those who wait.
#[utoipa::path(patch, path = "/api/v1/events/{event}/ticket-types/{ticket_type}", tag = "Ticket types", request_body = TicketTypeFields,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("ticket_type" = uuid::Uuid, Path),
        ("force" = Option<bool>, Query, description = "Lower the capacity below what is taken"), ("If-Match" = String, Header)),
    responses((status = 200, body = TicketTypeObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revise_ticket_type(
    call: Call,
    path: Path<(String, String)>,
    body: Body<TicketTypeFields>,
) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let mut query = call.query();
    let force = query.flag("force").unwrap_or_default();
    let wrong = query.finish();
    let (event, ticket_type) = path.into_inner();
    let key = call.api.key_of_event(&event).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        let before = TicketType::find(db, held.event.id, id(&ticket_type)?)?;
        wrong?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        let capacity = held.part(Part::TicketType(before.id)).and_then(|quota| quota.capacity);
        let draft = draft(body.json, body.issues, Some((&before, capacity)))?;
        let by = caller.actor();
        let kind = events::revise_ticket_type(db, &by, &held, before.id, draft, (expected, force), now)?;
        registrations::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
        reply(db, kind)
    })
    .await
}

/// Remove a ticket type that nobody has chosen.
#[utoipa::path(delete, path = "/api/v1/events/{event}/ticket-types/{ticket_type}", tag = "Ticket types", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("ticket_type" = uuid::Uuid, Path),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn remove_ticket_type(call: Call, path: Path<(String, String)>) -> Answer {
    let expected = call.expected_version()?;
    let (event, ticket_type) = path.into_inner();
    let key = call.api.key_of_event(&event).await;
    call.write(key, &[], move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        let ticket_type = id(&ticket_type)?;
        CheckInList::none_is_for(db, held.event.id, Part::TicketType(ticket_type))?;
        events::remove_ticket_type(db, &caller.actor(), &held, ticket_type, expected, now)?;
        Ok(Reply::done())
    })
    .await
}

fn id(text: &str) -> Result<TicketTypeId> {
    text.parse().map_err(|_| Error::NotFound("ticket type"))
}

/// A ticket type as the request wants it; over one that is there, what is not given stays.
fn draft(
    fields: TicketTypeFields,
    mut issues: Issues,
    before: Option<(&TicketType, Option<i64>)>,
) -> Result<TicketTypeDraft> {
    let old = before.map(|(kind, _)| kind);
    let name = match old {
        None => issues.required("/name", fields.name, text),
        Some(old) => issues.change("/name", fields.name, text).or_else(|| old.name.parse().ok()),
    };
    let description = issues.change("/description", fields.description, text);
    let visibility = issues.change("/visibility", fields.visibility, text);
    let opens_at = issues.clearable("/opens_at", fields.opens_at, text::<Timestamp>);
    let closes_at = issues.clearable("/closes_at", fields.closes_at, text::<Timestamp>);
    let min_group = issues.change("/min_group", fields.min_group, Ok);
    let max_group = issues.change("/max_group", fields.max_group, Ok);
    let approval = issues.change("/approval", fields.approval, Ok);
    let sessions = issues.change("/sessions", fields.sessions, ids::<_, 50>);
    let capacity = issues.clearable("/capacity", fields.capacity, Capacity::try_from);
    let position = issues.change("/position", fields.position, Ok);
    let name = issues.finish_with(name, "/name", "this is required")?;
    Ok(TicketTypeDraft {
        name,
        description: description.or_else(|| old?.description.parse().ok()),
        visibility: visibility.or(old.map(|old| old.visibility)).unwrap_or(TicketVisibility::Public),
        opens_at: opens_at.unwrap_or(old.and_then(|old| old.opens_at)),
        closes_at: closes_at.unwrap_or(old.and_then(|old| old.closes_at)),
        group: (
            min_group.or(old.map(|old| old.min_group)).unwrap_or(1),
            max_group.or(old.map(|old| old.max_group)).unwrap_or(20),
        ),
        approval: approval.unwrap_or(old.is_some_and(|old| old.approval)),
        sessions: sessions.or(old.map(|old| old.sessions.0.clone())).unwrap_or_default(),
        capacity: capacity.unwrap_or_else(|| Capacity::try_from(before?.1?).ok()),
        position,
    })
}

/// All ticket types of an event.
#[derive(ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct TicketTypeList {
    data: Vec<TicketTypeObject>,
    /// Always null: all are on one page.
    next_cursor: Option<String>,
}
