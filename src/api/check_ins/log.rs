//! `GET /api/v1/check-in-lists/{list}/check-ins`

use actix_web::web::Path;

use super::lists::find_for;
use super::object::CheckInObject;
use crate::access::Deed;
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::api::sharing::shown;
use crate::checkins::{CheckIn, Conflict};
use crate::events::Event;
use crate::values::Fault;

/// The log of a list: every scan, in the order in which it was recorded.
#[utoipa::path(get, path = "/api/v1/check-in-lists/{list}/check-ins", tag = "Check-ins", security(("bearer" = [])),
    params(
        ("list" = uuid::Uuid, Path),
        ("registration_id" = Option<uuid::Uuid>, Query, description = "One person's rows alone"),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Recorded since then"),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(CheckInLog)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn log(call: Call, list: Path<String>) -> Answer {
    let mut query = call.query();
    let registration =
        query.parsed("registration_id", |id| id.parse().map_err(|_| Fault::new("invalid_id", "this is an id")));
    let (recorded_since, paging) = (query.word("updated_since"), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        let list = find_for(db, caller, Deed::ReadCheckIns, &list)?;
        wrong?;
        let page = CheckIn::log(db, list.id, registration, recorded_since, &paging)?;
        let event = Event::find(db, list.event_id)?;
        let page = shown(db, (caller, Deed::ReadCheckIns, &event), page, |row| row.registration_id)?;
        let mut conflicts = Conflict::reasons(db, &page.data)?;
        Reply::page(&page.map(|row| {
            let conflict = conflicts.remove(&row.id);
            CheckInObject::new(row, conflict)
        }))
    })
    .await
}

/// A page of a log.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct CheckInLog {
    data: Vec<CheckInObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
