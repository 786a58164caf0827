//! Check-in lists are opened, revised and removed.

use actix_web::web::Path;

use super::list_object::{ListFields, ListObject};
use super::lists::{find_for, hold_for};
use crate::access::{Deed, may};
use crate::api::body::Body;
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::checkins::{CheckInList, add_list, remove_list, revise_list};
use crate::error::{Error, Result};
use crate::events::Held;

/// One check-in list.
#[utoipa::path(get, path = "/api/v1/check-in-lists/{list}", tag = "Check-ins", security(("bearer" = [])),
    params(("list" = uuid::Uuid, Path)),
    responses((status = 200, body = ListObject), (status = 304),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn check_in_list(call: Call, list: Path<String>) -> Answer {
    call.read(move |db, caller, _| reply(find_for(db, caller, Deed::SeeNumbers, &list)?)).await
}

/// Open another check-in list for an event.
#[utoipa::path(post, path = "/api/v1/events/{event}/check-in-lists", tag = "Check-ins", request_body = ListFields,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = ListObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn open_check_in_list(call: Call, event: Path<String>, body: Body<ListFields>) -> Answer {
    let key = call.api.key_of_event(&event).await;
    let draft = body.json.read(body.issues, None);
    call.write(key, &body.bytes, move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        let list = add_list(db, &caller.actor(), &held, draft?, now)?;
        let address = format!("/api/v1/check-in-lists/{}", list.id);
        Ok(reply(list)?.created(&address))
    })
    .await
}

/// Change a check-in list. What is not given stays; null empties what can be empty. What would rewrite what has happened
/// stays as it is once somebody was scanned: `zone`, `admits`, and an automatic exit in the past.
#[utoipa::path(patch, path = "/api/v1/check-in-lists/{list}", tag = "Check-ins", request_body = ListFields,
    security(("bearer" = [])), params(("list" = uuid::Uuid, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ListObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revise_check_in_list(call: Call, list: Path<String>, body: Body<ListFields>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let key = call.api.key_of_list(&list).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let (held, list) = hold_for(db, caller, Deed::WriteEvent, key.into(), &list)?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        let before = CheckInList::find_of(db, held.event.id, list)?;
        let draft = body.json.read(body.issues, Some(&before))?;
        reply(revise_list(db, &caller.actor(), &held, list, draft, expected, now)?)
    })
    .await
}

/// Remove a check-in list at which nobody was scanned.
#[utoipa::path(delete, path = "/api/v1/check-in-lists/{list}", tag = "Check-ins", security(("bearer" = [])),
    params(("list" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn remove_check_in_list(call: Call, list: Path<String>) -> Answer {
    let expected = call.expected_version()?;
    let key = call.api.key_of_list(&list).await;
    call.write(key, &[], move |db, caller, now| {
        let (held, list) = hold_for(db, caller, Deed::WriteEvent, key.into(), &list)?;
        remove_list(db, &caller.actor(), &held, list, expected, now)?;
        Ok(Reply::done())
    })
    .await
}

fn reply(list: CheckInList) -> Result<Reply> {
    let version = list.version;
    Reply::object(&ListObject::from(list), version)
}
