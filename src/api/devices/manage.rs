//! Devices, as organizers see them.

use actix_web::web::Path;
use serde::Deserialize;
use utoipa::ToSchema;

use super::object::{DeviceObject, OpenedPairing};
use crate::access::{self, Caller, Deed, Device, DeviceDraft, may};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, ids, text};
use crate::api::reply::Reply;
use crate::checkins::CheckInList;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::store::{CheckInListId, Db, DeviceId};
use crate::values::{Fault, Line};

/// What a request says of a new device.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct DeviceFields {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = String)]
    name: Field<String>,
    /// The check-in lists at which it checks people in: at least one of the event's; all that there are now, if not given.
    #[serde(default)]
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    lists: Field<Vec<String>>,
    /// Whether it may register people who come without: not if not given.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    walk_ins: Field<bool>,
    /// When its token ends: a day after the event, if not given; at most 30 days after it.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    expires_at: Field<String>,
}

/// Another name for a device.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct DeviceName {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Field<String>,
}

/// The devices of an event in the order in which their pairings were opened, with those that have ended.
#[utoipa::path(get, path = "/api/v1/events/{event}/devices", tag = "Devices", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(DeviceListPage)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn list(call: Call, event: Path<String>) -> Answer {
    let mut query = call.query();
    let (updated_since, paging) = (query.word("updated_since"), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::WriteDevices, &event)?;
        wrong?;
        let page = Device::of_event(db, event.id, updated_since, &paging)?;
        Reply::page(&page.map(|device| DeviceObject::new(device, &event, now)))
    })
    .await
}

/// Open a pairing: the answer has a code, good for ten minutes, which is typed into the device.
#[utoipa::path(post, path = "/api/v1/events/{event}/devices", tag = "Devices", request_body = DeviceFields,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = OpenedPairing), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn open(call: Call, event: Path<String>, body: Body<DeviceFields>) -> Answer {
    let (key, api) = (call.api.key_of_event(&event).await, call.api.clone());
    let (fields, issues) = (body.json, body.issues);
    call.write(key, &body.bytes, move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::WriteDevices, &event)?;
        let draft = read(db, &event, fields, issues)?;
        let (device, code) = access::open_pairing(db, &api.keys, &caller.actor(), &event, draft, now)?;
        let address = format!("/api/v1/devices/{}", device.id);
        let (version, pairing_code_expires_at) = (device.version, device.code_expires_at);
        let device = DeviceObject::new(device, &event, now);
        let mut opened = OpenedPairing { device, pairing_code: None, pairing_code_expires_at };
        let without_code = Reply::json(&opened)?;
        opened.pairing_code = Some(code.to_string());
        Ok(Reply::object(&opened, version)?.created(&address).kept_as(without_code))
    })
    .await
}

/// Read a device.
#[utoipa::path(get, path = "/api/v1/devices/{device}", tag = "Devices", security(("bearer" = [])),
    params(("device" = uuid::Uuid, Path)),
    responses((status = 200, body = DeviceObject), (status = 304),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn device(call: Call, device: Path<String>) -> Answer {
    call.read(move |db, caller, now| {
        let (device, event) = find_for(db, caller, &device)?;
        reply(device, &event, now)
    })
    .await
}

/// Give a device another name.
#[utoipa::path(patch, path = "/api/v1/devices/{device}", tag = "Devices", request_body = DeviceName,
    security(("bearer" = [])), params(("device" = uuid::Uuid, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = DeviceObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn rename(call: Call, device: Path<String>, body: Body<DeviceName>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let key = key_of(&call, &device).await;
    let mut issues = body.issues;
    let name = issues.change("/name", body.json.name, text::<Line<100>>);
    let wrong = issues.finish();
    call.write(key, &body.bytes, move |db, caller, now| {
        let (device, event) = find_for(db, caller, &device)?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        wrong?;
        let renamed = access::rename_device(db, &caller.actor(), &event, &device, name, expected, now)?;
        reply(renamed, &event, now)
    })
    .await
}

/// Shut a device out at once, or withdraw its code.
#[utoipa::path(delete, path = "/api/v1/devices/{device}", tag = "Devices", security(("bearer" = [])),
    params(("device" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revoke(call: Call, device: Path<String>) -> Answer {
    let expected = call.expected_version()?;
    let key = key_of(&call, &device).await;
    call.write(key, &[], move |db, caller, now| {
        let (device, event) = find_for(db, caller, &device)?;
        access::revoke_device(db, &caller.actor(), &event, &device, expected, now)?;
        Ok(Reply::done())
    })
    .await
}

fn reply(device: Device, event: &Event, now: Timestamp) -> Result<Reply> {
    let version = device.version;
    Reply::object(&DeviceObject::new(device, event, now), version)
}

async fn key_of(call: &Call, device: &str) -> uuid::Uuid {
    let Ok(id) = device.parse::<DeviceId>() else { return uuid::Uuid::nil() };
    call.api.key_of(move |db| Ok(Device::find(db, id)?.event_id)).await
}

fn find_for(db: &mut Db, caller: &Caller, id: &str) -> Result<(Device, Event)> {
    caller.must_be_known()?;
    let device = Device::find(db, id.parse().map_err(|_| Error::NotFound("device"))?)?;
    let event = Event::find(db, device.event_id)?;
    may(db, caller, Deed::WriteDevices, &event).map_err(|error| error.speaking_of("device"))?;
    Ok((device, event))
}

fn read(db: &mut Db, event: &Event, fields: DeviceFields, mut issues: Issues) -> Result<DeviceDraft> {
    let of_event: Vec<CheckInListId> = CheckInList::of_event(db, event.id)?.iter().map(|list| list.id).collect();
    let name = issues.required("/name", fields.name, text::<Line<100>>);
    let lists = issues.optional("/lists", fields.lists, |lists| {
        if lists.is_empty() {
            return Err(Fault::new("required", "name at least one, or leave this out for all"));
        }
        ids::<_, 100>(lists)
    });
    for (place, list) in lists.iter().flatten().enumerate() {
        if !of_event.contains(list) {
            issues.add(format!("/lists/{place}"), Fault::new("unknown_list", "this is no check-in list of the event"));
        }
    }
    let mut lists = lists.unwrap_or(of_event);
    lists.sort_unstable();
    lists.dedup();
    let walk_ins = issues.optional("/walk_ins", fields.walk_ins, Ok).unwrap_or_default();
    let expires_at = issues.optional("/expires_at", fields.expires_at, text::<Timestamp>);
    let name = issues.finish_with(name, "/name", "this is required")?;
    Ok(DeviceDraft { name, lists, walk_ins, expires_at })
}

/// A page of devices.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct DeviceListPage {
    data: Vec<DeviceObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
