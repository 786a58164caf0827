//! What files refuse.

use crate::error::Refusal;

/// Why something about files cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum TransferRefusal {
    /// Slugs are unique.
    #[error("the organization has a column set with the slug {slug} already; choose another")]
    SlugTaken {
        /// The slug.
        slug: String,
    },
}

impl Refusal for TransferRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::SlugTaken { .. } => "slug_taken",
        }
    }
}
