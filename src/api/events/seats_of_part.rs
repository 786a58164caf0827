//! The seats of a session or a ticket type, as they go over the wire.

use serde::Serialize;
use utoipa::ToSchema;

use crate::events::Quota;

/// The seats of a part of an event, at the moment of the answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct PartSeats {
    /// None: no limit of its own.
    capacity: Option<i64>,
    /// Seats that registrations hold.
    taken: i64,
    /// Seats that are free; none: no limit of its own.
    available: Option<i64>,
    /// How many more than the capacity somebody has let in on purpose.
    overbooked: i64,
}

impl PartSeats {
    pub(super) fn of(quota: &Quota) -> Self {
        Self { capacity: quota.capacity, taken: quota.taken, available: quota.available(), overbooked: quota.allowed }
    }
}
