//! The sessions of an event: days, workshops.

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::seats_of_part::PartSeats;
use crate::access::{Deed, may};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, text};
use crate::api::reply::Reply;
use crate::audit::Actor;
use crate::checkins::CheckInList;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{self, Capacity, Event, Held, Part, Quota, Session, SessionDraft, SessionHand};
use crate::registrations;
use crate::store::{Db, Page, SessionId};

/// A part of an event with its own time and seats.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionObject {
    #[schema(value_type = uuid::Uuid)]
    id: SessionId,
    title: String,
    /// Markdown.
    description: String,
    room: Option<String>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    starts_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    ends_at: Timestamp,
    /// None: no limit of its own.
    capacity: Option<i64>,
    seats: PartSeats,
    /// Whether one person may choose it beside another one at the same time.
    overlap_allowed: bool,
    position: i64,
    version: i64,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
}

/// What a request says of a session.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct SessionFields {
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    title: Field<String>,
    /// Markdown, at most 5,000 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    description: Field<String>,
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    room: Field<String>,
    /// Not before the event begins.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    starts_at: Field<String>,
    /// Not behind the event's end.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    ends_at: Field<String>,
    /// 0 to 1,000,000; null: no limit of its own.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    capacity: Field<i64>,
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    overlap_allowed: Field<bool>,
    /// Where it stands in lists.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    position: Field<i64>,
}

impl SessionObject {
    fn new(session: Session, seats: &Quota) -> Self {
        Self {
            id: session.id,
            title: session.title,
            description: session.description,
            room: session.room,
            starts_at: session.starts_at,
            ends_at: session.ends_at,
            capacity: seats.capacity,
            seats: PartSeats::of(seats),
            overlap_allowed: session.overlap_allowed,
            position: session.position,
            version: session.version,
            created_at: session.created_at,
            updated_at: session.updated_at,
        }
    }

    fn of(db: &mut Db, session: Session) -> Result<Self> {
        let quotas = Quota::of_parts(db, session.event_id)?;
        let seats = quotas.iter().find(|quota| quota.session_id == Some(session.id));
        Ok(Self::new(session, seats.ok_or(Error::NotFound("session"))?))
    }
}

fn reply(db: &mut Db, session: Session) -> Result<Reply> {
    let version = session.version;
    Reply::object(&SessionObject::of(db, session)?, version)
}

/// The sessions of an event, in their order.
#[utoipa::path(get, path = "/api/v1/events/{event}/sessions", tag = "Sessions", security((), ("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, body = inline(SessionList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn sessions(call: Call, event: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeEvent, &event)?;
        let quotas = Quota::of_parts(db, event.id)?;
        let object = |session: Session| {
            let seats = quotas.iter().find(|quota| quota.session_id == Some(session.id))?;
            Some(SessionObject::new(session, seats))
        };
        let data: Vec<_> = Session::of_event(db, event.id)?.into_iter().filter_map(object).collect();
        Reply::page(&Page { data, next_cursor: None })
    })
    .await
}

/// One session of an event.
#[utoipa::path(get, path = "/api/v1/events/{event}/sessions/{session}", tag = "Sessions", security((), ("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("session" = uuid::Uuid, Path)),
    responses((status = 200, body = SessionObject), (status = 304), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn session(call: Call, path: Path<(String, String)>) -> Answer {
    let (event, session) = path.into_inner();
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeEvent, &event)?;
        let session = Session::find(db, event.id, id(&session)?)?;
        reply(db, session)
    })
    .await
}

/// Add a session to an event.
#[utoipa::path(post, path = "/api/v1/events/{event}/sessions", tag = "Sessions", request_body = SessionFields,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = SessionObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn add_session(call: Call, event: Path<String>, body: Body<SessionFields>) -> Answer {
    let (draft, key) = (draft(body.json, body.issues, None), call.api.key_of_event(&event).await);
    call.write(key, &body.bytes, move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        let session = events::add_session(db, &caller.actor(), &held, draft?, now)?;
        let address = format!("/api/v1/events/{}/sessions/{}", held.event.id, session.id);
        Ok(reply(db, session)?.created(&address))
    })
    .await
}

/// Change a session. What is not given stays; null empties what can be empty. More seats confirm those who wait.
#[utoipa::path(patch, path = "/api/v1/events/{event}/sessions/{session}", tag = "Sessions", request_body = SessionFields,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("session" = uuid::Uuid, Path),
        ("force" = Option<bool>, Query, description = "Lower the capacity below what is taken"),
        ("notify" = Option<bool>, Query, description = "Whether those who have chosen it are told of another time or room; true if not given"),
        ("If-Match" = String, Header)),
    responses((status = 200, body = SessionObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revise_session(call: Call, path: Path<(String, String)>, body: Body<SessionFields>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let mut query = call.query();
    let force = query.flag("force").unwrap_or_default();
    let quietly = query.flag("notify").is_some_and(|notify| !notify);
    let wrong = query.finish();
    let (event, session) = path.into_inner();
    let key = call.api.key_of_event(&event).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        let before = Session::find(db, held.event.id, id(&session)?)?;
        wrong?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        let capacity = held.part(Part::Session(before.id)).and_then(|quota| quota.capacity);
        let draft = draft(body.json, body.issues, Some((&before, capacity)))?;
        let (by, hand) = (caller.actor(), SessionHand { force, quietly });
        let session = events::revise_session(db, &by, &held, before.id, draft, (expected, hand), now)?;
        registrations::move_up(db, &Actor::SYSTEM, held.event.id, now)?;
        reply(db, session)
    })
    .await
}

/// Remove a session that nobody has chosen.
#[utoipa::path(delete, path = "/api/v1/events/{event}/sessions/{session}", tag = "Sessions", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("session" = uuid::Uuid, Path),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn remove_session(call: Call, path: Path<(String, String)>) -> Answer {
    let expected = call.expected_version()?;
    let (event, session) = path.into_inner();
    let key = call.api.key_of_event(&event).await;
    call.write(key, &[], move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        let session = id(&session)?;
        CheckInList::none_is_for(db, held.event.id, Part::Session(session))?;
        events::remove_session(db, &caller.actor(), &held, session, expected, now)?;
        Ok(Reply::done())
    })
    .await
}

fn id(text: &str) -> Result<SessionId> {
    text.parse().map_err(|_| Error::NotFound("session"))
}

/// A session as the request wants it; over one that is there, what is not given stays.
fn draft(fields: SessionFields, mut issues: Issues, before: Option<(&Session, Option<i64>)>) -> Result<SessionDraft> {
    let old = before.map(|(session, _)| session);
    let title = match old {
        None => issues.required("/title", fields.title, text),
        Some(old) => issues.change("/title", fields.title, text).or_else(|| old.title.parse().ok()),
    };
    let description = issues.change("/description", fields.description, text);
    let room = issues.clearable("/room", fields.room, text);
    let time = |issues: &mut Issues, pointer: &str, field: Field<String>, old: Option<Timestamp>| match old {
        None => issues.required(pointer, field, text::<Timestamp>),
        Some(old) => issues.change(pointer, field, text::<Timestamp>).or(Some(old)),
    };
    let starts_at = time(&mut issues, "/starts_at", fields.starts_at, old.map(|old| old.starts_at));
    let ends_at = time(&mut issues, "/ends_at", fields.ends_at, old.map(|old| old.ends_at));
    let capacity = issues.clearable("/capacity", fields.capacity, Capacity::try_from);
    let overlap_allowed = issues.change("/overlap_allowed", fields.overlap_allowed, Ok);
    let position = issues.change("/position", fields.position, Ok);
    let needed = title.zip(starts_at.zip(ends_at));
    let (title, (starts_at, ends_at)) = issues.finish_with(needed, "", "a field is missing")?;
    Ok(SessionDraft {
        title,
        description: description.or_else(|| old?.description.parse().ok()),
        room: room.unwrap_or_else(|| old?.room.as_ref()?.parse().ok()),
        starts_at,
        ends_at,
        capacity: capacity.unwrap_or_else(|| Capacity::try_from(before?.1?).ok()),
        overlap_allowed: overlap_allowed.unwrap_or(old.is_some_and(|old| old.overlap_allowed)),
        position,
    })
}

/// All sessions of an event.
#[derive(ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct SessionList {
    data: Vec<SessionObject>,
    /// Always null: all are on one page.
    next_cursor: Option<String>,
}
