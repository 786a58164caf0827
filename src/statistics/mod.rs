//! Numbers for people: what happened at an event, and not a single name.

mod countries;
mod days;
mod organizations;
mod parts;
mod registered;
mod summary;

pub use countries::{CountryCount, Detail};
pub use days::DayCount;
pub use organizations::OrganizationCount;
pub use parts::PartCount;
pub use registered::{StatusCounts, ViaCount};
pub use summary::Statistics;
