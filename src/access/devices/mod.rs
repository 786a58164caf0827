//! Devices at the door: a phone or a scanner that checks people in at some lists of an event.
//!
//! An organizer opens a pairing and is shown a short code; whoever types it into a device in time gets the device's token.

mod device;
mod open;
mod pair;
mod rename;
mod revoke;

pub(super) use device::is_device_token;
pub use device::{Device, DeviceState, Paired};
pub use open::{DeviceDraft, open_pairing};
pub use pair::pair;
pub use rename::rename_device;
pub use revoke::revoke_device;
