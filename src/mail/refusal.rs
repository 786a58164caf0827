//! What the outbox refuses.

use crate::error::Refusal;

/// Why something cannot be done to a message.
#[derive(Debug, thiserror::Error)]
pub enum MailRefusal {
    /// It is on its way, or was sent.
    #[error(
        "only a message that failed, waits, is held or has an unknown outcome can be sent again: this one is {state}"
    )]
    NotRetryable {
        /// Where it is instead.
        state: &'static str,
    },
}

impl Refusal for MailRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotRetryable { .. } => "not_retryable",
        }
    }
}

/// The codes, each with what it means.
pub const CODES: &[(&str, &str)] = &[(
    "not_retryable",
    "Only a message that failed, waits for its next try, is held or has an unknown outcome can be sent again.",
)];
