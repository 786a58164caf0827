//! Publish, cancel, archive and delete an event.

use actix_web::web::Path;

use super::object::EventObject;
use crate::access::{Deed, may};
use crate::api::body::OptionalBody;
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{self, Event};
use crate::store::{Db, EventId};

/// Publish a draft.
#[utoipa::path(post, path = "/api/v1/events/{event}/publish", tag = "Events", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = EventObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn publish(call: Call, event: Path<String>, body: OptionalBody) -> Answer {
    change(call, event, body, events::publish).await
}

/// Cancel a published event. Its registrations stay as they are; everybody who is registered gets a letter.
#[utoipa::path(post, path = "/api/v1/events/{event}/cancel", tag = "Events", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = EventObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn cancel(call: Call, event: Path<String>, body: OptionalBody) -> Answer {
    change(call, event, body, events::cancel).await
}

/// Archive an event that has ended: it leaves the public list, and stays readable at its address. Nothing changes about
/// it any more.
#[utoipa::path(post, path = "/api/v1/events/{event}/archive", tag = "Events", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = EventObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn archive(call: Call, event: Path<String>, body: OptionalBody) -> Answer {
    change(call, event, body, events::archive).await
}

async fn change(
    call: Call,
    event: Path<String>,
    body: OptionalBody,
    deed: fn(&mut Db, &Actor, EventId, Option<i64>, Timestamp) -> Result<Event>,
) -> Answer {
    let (expected, key) = (call.expected_version()?, call.api.key_of_event(&event).await);
    call.write(key, &body.0, move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &event)?;
        let event = deed(db, &caller.actor(), event.id, expected, now)?;
        let object = EventObject::of(db, caller, event, now)?;
        Reply::object(&object, object.version())
    })
    .await
}

/// Delete a draft. An event that was published is cancelled instead.
#[utoipa::path(delete, path = "/api/v1/events/{event}", tag = "Events", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn delete(call: Call, event: Path<String>) -> Answer {
    let (expected, key) = (call.expected_version()?, call.api.key_of_event(&event).await);
    call.write(key, &[], move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::DeleteEvent, &event)?;
        events::delete(db, &caller.actor(), event.id, expected, now)?;
        Ok(Reply::done())
    })
    .await
}
