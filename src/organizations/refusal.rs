//! What organizations refuse.

use crate::error::Refusal;

/// Why something cannot be done to an organization.
#[derive(Debug, thiserror::Error)]
pub enum OrganizationRefusal {
    /// Slugs are unique.
    #[error("there is an organization with the slug {slug} already; choose another")]
    SlugTaken {
        /// The slug.
        slug: String,
    },
}

impl Refusal for OrganizationRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::SlugTaken { .. } => "slug_taken",
        }
    }
}

/// The codes, each with what it means.
pub const CODES: &[(&str, &str)] = &[("slug_taken", "Something else has this slug already. Choose another one.")];
