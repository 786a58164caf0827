//! Where in the exchange with a mail server something went wrong, and what was said.

use std::error::Error;

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::response::Severity;

use super::Outcome;

/// A step of the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The server's name is looked up.
    Name,
    /// It is called.
    Connection,
    /// Both say hello.
    Hello,
    /// They agree on encryption.
    Encryption,
    /// We log in.
    Login,
    /// We say who sends.
    Sender,
    /// We say to whom.
    Recipient,
    /// We hand the letter over.
    Letter,
}

/// Why a letter could not be handed over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct Failure {
    /// At which step.
    pub step: Step,
    /// What the server said, or what was wrong.
    pub said: String,
    /// Whether it will be the same next time.
    pub for_good: bool,
}

impl Failure {
    pub(super) fn passing(step: Step, said: impl Into<String>) -> Self {
        Self { step, said: short(&said.into()), for_good: false }
    }

    pub(super) fn final_at(step: Step, said: impl Into<String>) -> Self {
        Self { step, said: short(&said.into()), for_good: true }
    }

    /// What a connection could not be opened for: the call, the hello, and encryption from the first byte are one to
    /// lettre.
    pub(super) fn opening(error: &SmtpError) -> Self {
        let spoken = error.status().is_some() || error.is_response();
        let encrypting = matches!(error.source(), Some(cause) if cause.is::<SmtpError>());
        let step = match () {
            () if spoken => Step::Hello,
            () if encrypting || error.is_tls() => Step::Encryption,
            () => Step::Connection,
        };
        Self::at(step, error)
    }

    /// What went wrong at a step.
    pub(super) fn at(step: Step, error: &SmtpError) -> Self {
        // Without a login, some servers refuse the sender or the recipient, and mean us (RFC 4954 §6).
        let login = matches!(error.status().map(u16::from), Some(530 | 534 | 535 | 538));
        let lacking = step == Step::Login && error.is_client();
        let step = if login && step != Step::Letter { Step::Login } else { step };
        Self { step, said: words(error), for_good: error.is_permanent() || lacking }
    }

    /// What it means for the letter.
    pub(super) fn outcome(self) -> Outcome {
        match (self.step, self.for_good) {
            (Step::Login, true) => Outcome::LoginRefused(self.said),
            (Step::Recipient, true) => Outcome::Undeliverable(self.said),
            (Step::Sender | Step::Letter, true) => Outcome::Final(self.said),
            // A server that does not want us at all says nothing about this letter.
            _ => Outcome::Passing(self.said),
        }
    }
}

/// What the server said, or what was wrong.
fn words(error: &SmtpError) -> String {
    match (error.status(), error.source()) {
        (Some(code), Some(cause)) => short(&format!("{code} {cause}")),
        (Some(code), None) => code.to_string(),
        (None, _) => short(&error.to_string()),
    }
}

/// A server can say a lot; what is kept is in one line of at most 1,000 characters.
pub(super) fn short(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(1000).collect()
}

/// Whether a reply is what the protocol wants at this point: a server may say yes to something else.
pub(super) fn is(wanted: Severity, response: &lettre::transport::smtp::response::Response) -> bool {
    response.code().severity == wanted
}
