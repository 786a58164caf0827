//! What the outbox refuses.

use crate::error::Refusal;

/// Why something cannot be done to a message.
#[derive(Debug, thiserror::Error)]
pub enum MailRefusal {
    /// It is on its way, or was sent.
    #[error("only a message that failed, waits or has an unknown outcome can be sent again: this one is {state}")]
    NotRetryable {
        /// Where it is instead.
        state: &'static str,
    },
    /// It does not wait to be sent.
    #[error("only a message that waits to be sent can be cancelled: this one is {state}")]
    NotCancellable {
        /// Where it is instead.
        state: &'static str,
    },
    /// It has not had its turn, or is not for its recipient any more.
    #[error("only a message that was sent, failed or has an unknown outcome can be posted again: this one is {state}")]
    NotResendable {
        /// Where it is instead.
        state: &'static str,
    },
}

impl Refusal for MailRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotRetryable { .. } => "not_retryable",
            Self::NotCancellable { .. } => "not_cancellable",
            Self::NotResendable { .. } => "not_resendable",
        }
    }
}

/// The codes, each with what it means.
pub const CODES: &[(&str, &str)] = &[
    (
        "not_retryable",
        "Only a message that failed, waits for its next try or has an unknown outcome can be sent again.",
    ),
    ("not_cancellable", "Only a message that waits to be sent can be cancelled."),
    (
        "not_resendable",
        "Only a message that was sent, failed or has an unknown outcome can be posted again as a new one.",
    ),
];
