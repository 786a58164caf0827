//! How many: of a list, of zones, of an event; arrivals; who attended.

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lists::find_for;
use super::object::{PersonAtTheDoor, StatusObject};
use crate::access::{Deed, may};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::api::sharing::shown;
use crate::checkins::{
    Arrivals, AttendanceRule, EventNumbers, ListAttendance, RuleDraft, arrivals, list_status, revise_rule,
};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{Event, Held};
use crate::store::Page;
use crate::values::Fault;

/// The numbers of a list.
#[utoipa::path(get, path = "/api/v1/check-in-lists/{list}/status", tag = "Check-ins",
    security(("bearer" = []), ("device" = [])),
    params(("list" = uuid::Uuid, Path)),
    responses((status = 200, body = StatusObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn status(call: Call, list: Path<String>) -> Answer {
    call.read(move |db, caller, now| {
        let list = find_for(db, caller, Deed::SeeNumbers, &list)?;
        let event = Event::find(db, list.event_id)?;
        let seen = Held::seen(db, event)?;
        Reply::json(&StatusObject::new(list_status(db, &list, &seen, now)?, now))
    })
    .await
}

/// The numbers of an event, of its zones and of its lists.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckInNumbers)]
pub(crate) struct NumbersObject {
    event: StatusObject,
    zones: Vec<ZoneNumbers>,
    lists: Vec<ListNumbers>,
}

/// The numbers of a zone.
#[derive(Serialize, ToSchema)]
pub(crate) struct ZoneNumbers {
    zone: String,
    #[serde(flatten)]
    status: StatusObject,
}

/// The numbers of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListNumbers {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    name: String,
    zone: Option<String>,
    #[serde(flatten)]
    status: StatusObject,
}

/// The numbers of an event, of its zones and of its lists, at one moment.
#[utoipa::path(get, path = "/api/v1/events/{event}/check-in-status", tag = "Check-ins", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, body = NumbersObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn event_status(call: Call, event: Path<String>) -> Answer {
    call.read(move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeNumbers, &event)?;
        let seen = Held::seen(db, event)?;
        let numbers = EventNumbers::of(db, &seen, now)?;
        let zone = |(zone, status)| ZoneNumbers { zone, status: StatusObject::new(status, now) };
        let list = |(list, status): (crate::checkins::CheckInList, _)| ListNumbers {
            id: list.id.to_string(),
            name: list.name,
            zone: list.zone,
            status: StatusObject::new(status, now),
        };
        Reply::json(&NumbersObject {
            event: StatusObject::new(numbers.event, now),
            zones: numbers.zones.into_iter().map(zone).collect(),
            lists: numbers.lists.into_iter().map(list).collect(),
        })
    })
    .await
}

/// Five minutes at a door.
#[derive(Serialize, ToSchema)]
pub(crate) struct ArrivalsObject {
    /// When they begin, on the clocks of the event.
    #[schema(value_type = chrono::DateTime<chrono::FixedOffset>)]
    from: String,
    /// People who came in for the first time.
    arrivals: i64,
    /// All who came in.
    entries: i64,
}

/// People who came in at a list, by five minutes on the clocks of the event; minutes in which nobody came are left out.
#[utoipa::path(get, path = "/api/v1/check-in-lists/{list}/arrivals", tag = "Check-ins", security(("bearer" = [])),
    params(("list" = uuid::Uuid, Path)),
    responses((status = 200, body = inline(ArrivalsList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn list_arrivals(call: Call, list: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let list = find_for(db, caller, Deed::SeeNumbers, &list)?;
        let event = Event::find(db, list.event_id)?;
        told(&event, arrivals(db, event.id, Some(list.id))?)
    })
    .await
}

/// People who came in at an event, at whichever list first, by five minutes on the clocks of the event; minutes in which
/// nobody came are left out.
#[utoipa::path(get, path = "/api/v1/events/{event}/arrivals", tag = "Check-ins", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, body = inline(ArrivalsList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn event_arrivals(call: Call, event: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeNumbers, &event)?;
        told(&event, arrivals(db, event.id, None)?)
    })
    .await
}

fn told(event: &Event, rows: Vec<Arrivals>) -> Result<Reply> {
    let zone = event.tz();
    let object = |row: Arrivals| ArrivalsObject {
        from: row.from.local(zone).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false),
        arrivals: row.arrivals,
        entries: row.entries,
    };
    Reply::page(&Page { data: rows.into_iter().map(object).collect::<Vec<_>>(), next_cursor: None })
}

/// Arrivals.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct ArrivalsList {
    data: Vec<ArrivalsObject>,
    /// Always null: all are on one page.
    next_cursor: Option<String>,
}

/// Whether somebody was at a list, and for how long.
#[derive(Serialize, ToSchema)]
#[schema(as = ListAttendance)]
pub(crate) struct ListAttendanceObject {
    registration: PersonAtTheDoor,
    /// Whether they came in here.
    attended: bool,
    /// Whether they were expected here and did not come: once the list has closed or, if it does not close, the event is
    /// over.
    no_show: bool,
    /// How long they were inside, in whole minutes: until now, the automatic exit or the end of the event, if nobody saw
    /// them go.
    minutes_inside: i64,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    first_entry_at: Option<Timestamp>,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    last_exit_at: Option<Timestamp>,
}

impl From<ListAttendance> for ListAttendanceObject {
    fn from(row: ListAttendance) -> Self {
        Self {
            registration: PersonAtTheDoor::named(row.registration),
            attended: row.presence.entries > 0,
            no_show: row.no_show,
            minutes_inside: row.minutes_inside,
            first_entry_at: row.presence.first_entry_at,
            last_exit_at: row.presence.last_exit_at,
        }
    }
}

/// Who was at a list: everybody who is expected there or came in, in the order in which they registered. A page has as many
/// rows as it finds among `limit` registrations.
#[utoipa::path(get, path = "/api/v1/check-in-lists/{list}/attendance", tag = "Check-ins", security(("bearer" = [])),
    params(
        ("list" = uuid::Uuid, Path),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(ListAttendanceList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn list_attendance(call: Call, list: Path<String>) -> Answer {
    let mut query = call.query();
    let paging = query.paging();
    let wrong = query.finish();
    call.read(move |db, caller, now| {
        let list = find_for(db, caller, Deed::ReadCheckIns, &list)?;
        wrong?;
        let event = Event::find(db, list.event_id)?;
        let page = ListAttendance::page(db, &event, &list, &paging, now)?;
        let page = shown(db, (caller, Deed::ReadCheckIns, &event), page, |row| Some(row.registration.id))?;
        Reply::page(&page.map(ListAttendanceObject::from))
    })
    .await
}

/// A page of a list's attendance.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct ListAttendanceList {
    data: Vec<ListAttendanceObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}

/// Who attended an event: whoever came in at so many of its lists.
#[derive(Serialize, ToSchema)]
#[schema(as = AttendanceRule)]
pub(crate) struct RuleObject {
    /// `any`: at one list at least; `all`: at every list at which they are let in; `at_least`: at `lists` lists.
    rule: &'static str,
    /// How many, for `at_least`.
    lists: Option<i64>,
    version: i64,
}

impl From<AttendanceRule> for RuleObject {
    fn from(rule: AttendanceRule) -> Self {
        let (word, lists) = match rule.lists {
            None => ("all", None),
            Some(1) => ("any", None),
            Some(lists) => ("at_least", Some(lists)),
        };
        Self { rule: word, lists, version: rule.version }
    }
}

/// Who attended an event.
#[derive(Deserialize, ToSchema, Default)]
#[schema(as = AttendanceRuleFields)]
pub(crate) struct RuleFields {
    /// `any`, `all` or `at_least`.
    #[serde(default)]
    #[schema(value_type = String)]
    rule: Field<String>,
    /// 1 to 100, with `at_least`.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    lists: Field<i64>,
}

/// What counts as attending an event: everywhere the word `attended` is answered about a registration.
#[utoipa::path(get, path = "/api/v1/events/{event}/attendance-rule", tag = "Check-ins", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, body = RuleObject), (status = 304), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn attendance_rule(call: Call, event: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeNumbers, &event)?;
        reply(AttendanceRule::of(db, event.id)?)
    })
    .await
}

/// Change what counts as attending an event, also after it.
#[utoipa::path(patch, path = "/api/v1/events/{event}/attendance-rule", tag = "Check-ins", request_body = RuleFields,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("If-Match" = String, Header)),
    responses((status = 200, body = RuleObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revise_attendance_rule(call: Call, event: Path<String>, body: Body<RuleFields>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let key = call.api.key_of_event(&event).await;
    let draft = read(body.json, body.issues);
    call.write(key, &body.bytes, move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        reply(revise_rule(db, &caller.actor(), &held, draft?, expected, now)?)
    })
    .await
}

fn read(fields: RuleFields, mut issues: crate::api::issues::Issues) -> Result<RuleDraft> {
    let word = issues.required("/rule", fields.rule, |word| match word.as_str() {
        "any" | "all" | "at_least" => Ok(word),
        _ => Err(Fault::new("unknown_value", "this is one of any, all, at_least")),
    });
    let lists = issues.optional("/lists", fields.lists, |lists| match lists {
        1..=100 => Ok(lists),
        _ => Err(Fault::new("out_of_range", "this is 1 to 100")),
    });
    match (word.as_deref(), lists) {
        (Some("at_least"), None) => issues.add("/lists", Fault::new("required", "this is required with at_least")),
        (Some("any" | "all"), Some(_)) => issues.add("/lists", Fault::new("not_asked", "this goes with at_least")),
        _ => {}
    }
    issues.finish_with(word, "/rule", "this is required").map(|word| match word.as_str() {
        "all" => RuleDraft { lists: None },
        _ => RuleDraft { lists: Some(lists.unwrap_or(1)) },
    })
}

fn reply(rule: AttendanceRule) -> Result<Reply> {
    let version = rule.version;
    Reply::object(&RuleObject::from(rule), version)
}
