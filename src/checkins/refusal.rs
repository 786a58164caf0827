//! What cannot be done to a check-in.

use crate::error::Refusal;

/// Why a check-in cannot be taken back.
#[derive(Debug, thiserror::Error)]
pub enum CheckInRefusal {
    /// Once is enough.
    #[error("this check-in has been annulled already")]
    AlreadyAnnulled,
    /// Nobody was let through.
    #[error("only an accepted check-in can be annulled")]
    NotAnnullable,
}

impl Refusal for CheckInRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::AlreadyAnnulled => "already_annulled",
            Self::NotAnnullable => "not_annullable",
        }
    }
}

/// The codes, each with what it means.
pub const CODES: &[(&str, &str)] = &[
    ("already_annulled", "The check-in has been annulled before."),
    ("not_annullable", "Only an accepted check-in can be annulled: a denied one let nobody through."),
];
