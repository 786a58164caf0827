//! Devices, as they go over the wire.

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{Device, DeviceState};
use crate::checkins::CheckInList;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Event;
use crate::store::{CheckInListId, Db};

/// A device at the door, or a pairing that may become one.
#[derive(Serialize, ToSchema)]
#[schema(as = Device)]
pub(crate) struct DeviceObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    #[schema(value_type = uuid::Uuid)]
    event_id: String,
    name: String,
    /// At which check-in lists.
    #[schema(value_type = Vec<uuid::Uuid>)]
    lists: Vec<CheckInListId>,
    /// Whether it may register people who come without.
    walk_ins: bool,
    state: DeviceState,
    /// When its code was exchanged for a token.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    paired_at: Option<Timestamp>,
    /// When its token ends: a day after the event, unless another time was set.
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    expires_at: Timestamp,
    /// To the minute.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    last_seen_at: Option<Timestamp>,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    revoked_at: Option<Timestamp>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
    version: i64,
}

impl DeviceObject {
    /// A device of an event at a moment.
    pub(super) fn new(device: Device, event: &Event, now: Timestamp) -> Self {
        Self {
            id: device.id.to_string(),
            event_id: device.event_id.to_string(),
            state: device.state(event, now),
            expires_at: device.expires_at(event),
            name: device.name,
            lists: device.lists.0,
            walk_ins: device.walk_ins,
            paired_at: device.paired_at,
            last_seen_at: device.last_seen_at,
            revoked_at: device.revoked_at,
            created_at: device.created_at,
            updated_at: device.updated_at,
            version: device.version,
        }
    }
}

/// A new pairing, with its code.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenedPairing {
    #[serde(flatten)]
    pub device: DeviceObject,
    /// To be typed into the device: eight letters and digits. Null where the same request came again: it was shown
    /// already.
    pub pairing_code: Option<String>,
    /// Until when.
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    pub pairing_code_expires_at: Timestamp,
}

/// A device, as it sees itself.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnDevice {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    name: String,
    event: DeviceEvent,
    /// At which check-in lists.
    lists: Vec<DeviceList>,
    /// Whether it may register people who come without.
    walk_ins: bool,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    expires_at: Timestamp,
}

/// The event of a device.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeviceEvent {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    slug: String,
    title: String,
    timezone: String,
}

/// A list of a device.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeviceList {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    name: String,
}

impl OwnDevice {
    /// A device with the names of its event and its lists.
    pub(crate) fn of(db: &mut Db, device: Device) -> Result<Self> {
        let event = Event::find(db, device.event_id)?;
        let lists = CheckInList::of_event(db, event.id)?.into_iter().filter(|list| device.lists.0.contains(&list.id));
        Ok(Self {
            id: device.id.to_string(),
            expires_at: device.expires_at(&event),
            lists: lists.map(|list| DeviceList { id: list.id.to_string(), name: list.name }).collect(),
            name: device.name,
            walk_ins: device.walk_ins,
            event: DeviceEvent {
                id: event.id.to_string(),
                slug: event.slug,
                title: event.title,
                timezone: event.timezone,
            },
        })
    }
}

/// What a device gets for its code.
#[derive(Serialize, ToSchema)]
pub(crate) struct PairedDevice {
    /// To be shown as `Authorization: Bearer …`.
    pub token: String,
    pub device: OwnDevice,
}
