//! Clusters, museums, ministries: who owns events.

mod found;
mod organization;
mod refusal;
mod revise;
mod role;

pub use found::{found, found_with};
pub use organization::Organization;
pub use refusal::{CODES, OrganizationRefusal};
pub use revise::{Revision, revise};
pub use role::Role;
