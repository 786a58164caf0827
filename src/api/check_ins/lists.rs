//! The check-in lists of an event, and their numbers.

use actix_web::web::Path;

use super::list_object::ListObject;
use crate::access::{Caller, Deed, may, may_at_list};
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::checkins::CheckInList;
use crate::error::{Error, Result};
use crate::events::{Event, Held};
use crate::store::{CheckInListId, Db, EventId, Page};

/// The check-in lists of an event, oldest first.
#[utoipa::path(get, path = "/api/v1/events/{event}/check-in-lists", tag = "Check-ins", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, body = inline(CheckInListList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn lists(call: Call, event: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeNumbers, &event)?;
        let data: Vec<ListObject> = CheckInList::of_event(db, event.id)?.into_iter().map(Into::into).collect();
        Reply::page(&Page { data, next_cursor: None })
    })
    .await
}

/// The list with this id, if the caller may do `deed` there.
pub(crate) fn find_for(db: &mut Db, caller: &Caller, deed: Deed, id: &str) -> Result<CheckInList> {
    // Lists are nobody's business but their organization's: who has not said who they are learns nothing.
    caller.must_be_known()?;
    let list = CheckInList::find(db, id.parse().map_err(|_| Error::NotFound("check-in list"))?)?;
    let event = Event::find(db, list.event_id)?;
    may_at_list(db, caller, deed, &event, list.id).map_err(|error| error.speaking_of("check-in list"))?;
    Ok(list)
}

/// The event of the list with this id, held, if the caller may do `deed` there. `event` is what is remembered of the
/// list: it never moves to another event.
pub fn hold_for(db: &mut Db, caller: &Caller, deed: Deed, event: EventId, list: &str) -> Result<(Held, CheckInListId)> {
    caller.must_be_known()?;
    let nothing = |error: Error| error.speaking_of("check-in list");
    let list = list.parse().map_err(|_| Error::NotFound("check-in list"))?;
    let held = Held::by_id(db, event).map_err(nothing)?;
    may_at_list(db, caller, deed, &held.event, list).map_err(nothing)?;
    Ok((held, list))
}

/// The check-in lists of an event.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct CheckInListList {
    data: Vec<ListObject>,
    /// Always null: all are on one page.
    next_cursor: Option<String>,
}
