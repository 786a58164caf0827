//! Clusters, museums, ministries: who owns events.

mod found;
mod organization;
mod refusal;
mod role;

pub use found::found;
pub use organization::Organization;
pub use refusal::{CODES, OrganizationRefusal};
pub use role::Role;
