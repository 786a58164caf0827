//! `GET /api/v1/events/{event}` and the calendars.

use actix_web::web::Path;

use super::object::EventObject;
use crate::access::{Deed, may};
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::events::{Event, Search, Viewer};
use crate::letters::calendar;

/// How many events a calendar of all has at most.
const CALENDAR_EVENTS: i64 = 1000;

/// Read an event.
#[utoipa::path(get, path = "/api/v1/events/{event}", tag = "Events", security((), ("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, body = EventObject), (status = 304), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn read(call: Call, event: Path<String>) -> Answer {
    call.read(move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeEvent, &event)?;
        let object = EventObject::of(db, caller, event, now)?;
        Reply::object(&object, object.version())
    })
    .await
}

/// An event as a calendar file (RFC 5545).
#[utoipa::path(get, path = "/api/v1/events/{event}/calendar.ics", tag = "Events", security((), ("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, content_type = "text/calendar", body = String),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn event_calendar(call: Call, event: Path<String>) -> Answer {
    let public_url = call.api.public_url.clone();
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeEvent, &event)?;
        Ok(Reply::of_type(calendar::Method::Publish.media_type(), calendar::for_events(&[event], &public_url)))
    })
    .await
}

/// All published public events that are not over for more than a month, as a calendar file to subscribe to.
#[utoipa::path(get, path = "/api/v1/calendar.ics", tag = "Events", security(()),
    responses((status = 200, content_type = "text/calendar", body = String),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn calendar_of_all(call: Call) -> Answer {
    let public_url = call.api.public_url.clone();
    call.read(move |db, _, now| {
        let search = Search { from: Some(now.plus(-chrono::TimeDelta::days(31))), ..Search::default() };
        let events = search.first(db, &Viewer::default(), CALENDAR_EVENTS)?;
        Ok(Reply::of_type(calendar::Method::Publish.media_type(), calendar::for_events(&events, &public_url)))
    })
    .await
}
