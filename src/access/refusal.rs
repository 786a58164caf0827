//! What access refuses.

use crate::error::Refusal;

/// Why somebody cannot get in.
#[derive(Debug, thiserror::Error)]
pub enum AccessRefusal {
    /// The organization wants a second factor.
    #[error("this organization wants a second factor: set one up and sign in with it")]
    SecondFactorRequired,
    /// An address has one account.
    #[error("this address has an account already: sign in with it")]
    AccountExists,
}

impl Refusal for AccessRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::SecondFactorRequired => "second_factor_required",
            Self::AccountExists => "account_exists",
        }
    }

    fn forbids(&self) -> bool {
        matches!(self, Self::SecondFactorRequired)
    }
}

/// The codes, each with what it means.
pub const CODES: &[(&str, &str)] = &[
    (
        "second_factor_required",
        "The organization wants its members to sign in with a second factor. Set one up, and sign in again with it.",
    ),
    ("account_exists", "The e-mail address has an account already. Sign in with it."),
];
