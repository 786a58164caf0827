//! `GET /api/v1/check-in-lists/{list}/live`: a list as people come and go, as server-sent events (WHATWG HTML §9.2).

mod feed;
mod listener;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;

pub use feed::Feeds;
use feed::status_text;
use listener::Listener;

use super::call::Call;
use super::check_ins::find_for;
use super::issues::{Issues, id};
use super::problem::Problem;
use super::sharing::sees_everybody;
use crate::access::{Caller, Deed};
use crate::checkins::{CheckInList, Follower, Status, list_status};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{Event, Held};
use crate::store::{CheckInId, CheckInListId, Db};

/// A list as people come and go: `status` with its numbers, first and whenever they change; `check_in` with each row of
/// its log, and the person's name. Ends with `end` when the caller may not follow it any more. Whoever comes back with
/// `Last-Event-ID` gets what they have missed; rows of the last five seconds before it may come twice.
#[utoipa::path(get, path = "/api/v1/check-in-lists/{list}/live", tag = "Check-ins",
    security(("bearer" = []), ("device" = [])),
    params(
        ("list" = uuid::Uuid, Path),
        ("Last-Event-ID" = Option<uuid::Uuid>, Header, description = "The id of the last `check_in` that came"),
        ("last_event_id" = Option<uuid::Uuid>, Query, description = "The same, where headers cannot be set"),
    ),
    responses((status = 200, content_type = "text/event-stream", body = String),
        (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn live(call: Call, request: HttpRequest, list: Path<String>) -> Result<HttpResponse, Problem> {
    let mut query = call.query();
    let asked = query.id("last_event_id");
    let last = last_event_id(&request, asked).and_then(|last| query.finish().map(|()| last));
    let api = call.api.clone();
    let wanted = list.clone();
    let (list, last) = call
        .look(move |db, caller, now| {
            let followed = may_follow(db, caller, &wanted);
            let list = api.watched(db, followed, caller, now)?;
            Ok((list.id, last?))
        })
        .await?;
    let place = call.api.feeds.place()?;
    // The feed first: what happens from here on comes by it, or is there when the rows are read.
    let feed = call.api.feeds.follow(&call.api, list).await?;
    let now = call.api.clock.now();
    let status = status_text(call.api.store.read(move |db| status_of(db, list, now)).await?, now)?;
    let missed = last.map(|last| Follower::behind(list, last));
    let listener = Listener::new(call.api.clone(), call.shown().clone(), list, (feed, place), missed, status);
    let events = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, actix_web::Error>(event), listener))
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header((CACHE_CONTROL, "no-store"))
        // nginx would wait until it has more to pass on.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(events))
}

/// The list with this id, if the caller may follow it. All who do are told the same, names included: it is not for a host
/// that does not see everybody.
fn may_follow(db: &mut Db, caller: &Caller, list: &str) -> Result<CheckInList> {
    let list = find_for(db, caller, Deed::FollowCheckIns, list)?;
    let event = Event::find(db, list.event_id)?;
    sees_everybody(db, caller, Deed::FollowCheckIns, &event)?;
    Ok(list)
}

/// The numbers of a list now.
fn status_of(db: &mut Db, list: CheckInListId, now: Timestamp) -> Result<Status> {
    let list = CheckInList::find(db, list)?;
    let event = Event::find(db, list.event_id)?;
    let seen = Held::seen(db, event)?;
    list_status(db, &list, &seen, now)
}

fn last_event_id(request: &HttpRequest, asked: Option<CheckInId>) -> Result<Option<CheckInId>> {
    let Some(header) = request.headers().get("Last-Event-ID") else { return Ok(asked) };
    let mut issues = Issues::default();
    match id(header.to_str().unwrap_or_default().to_owned()) {
        Ok(last) => return Ok(Some(last)),
        Err(fault) => issues.add("Last-Event-ID", fault),
    }
    issues.finish().map(|()| None)
}
