//! What can go wrong, without a word about HTTP: the doors translate.

use std::fmt;

/// What every deed and read returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong, as the caller needs to tell it apart.
#[derive(Debug)]
pub enum Error {
    /// There is no such thing, or the caller may not know that there is; the word names its kind.
    NotFound(&'static str),
    /// What was sent is well-formed but wrong; every bad field at once.
    Invalid(Vec<FieldIssue>),
    /// The caller showed nothing, or nothing that is valid (any more).
    Unauthenticated,
    /// The caller is known and may not do this.
    Forbidden,
    /// The caller may not do this to something that exists; they are shown another error, and the trail is told.
    Denied {
        /// What they are shown.
        shown: Box<Error>,
        /// What the trail is told.
        denial: Denial,
    },
    /// A rule of the domain says no.
    Refused(Box<dyn Refusal>),
    /// The object has changed since the caller read it; `current` is its version now.
    VersionMismatch {
        /// The version that the object has now.
        current: i64,
    },
    /// The caller must say which version they have read: without it an edit of somebody else could be lost.
    VersionRequired,
    /// The caller has tried too often: the same call may go through after so many seconds.
    TooOften {
        /// How long to wait.
        seconds: u64,
    },
    /// Too much to do right now, or the database did not answer: the same call may go through later.
    Busy,
    /// A fault of ours. Shown as "internal error", logged once, at the door.
    Internal(anyhow::Error),
}

/// An attempt that was not allowed, on something that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// Whose it is.
    pub organization: uuid::Uuid,
    /// The event that it belongs to.
    pub event: Option<uuid::Uuid>,
    /// What was tried.
    pub deed: &'static str,
    /// On what.
    pub subject: uuid::Uuid,
}

/// One bad field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldIssue {
    /// A JSON Pointer (RFC 6901) into the body, or the name of the query parameter.
    pub pointer: String,
    /// A stable word in `snake_case`.
    pub code: &'static str,
    /// What is wrong, for a person.
    pub detail: String,
}

/// A rule of the domain that says no. Each domain names its own in its `refusal.rs`.
pub trait Refusal: std::error::Error + Send + Sync {
    /// A stable word in `snake_case`.
    fn code(&self) -> &'static str;

    /// Whether it is about who asks, and not about how things stand.
    fn forbids(&self) -> bool {
        false
    }
}

impl<R: Refusal + 'static> From<R> for Error {
    fn from(refusal: R) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl Error {
    /// Whether the same request may go through later, by another role, or with another version: nothing that is kept.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Invalid(_) | Self::Refused(_) => false,
            Self::NotFound(_)
            | Self::Unauthenticated
            | Self::Forbidden
            | Self::Denied { .. }
            | Self::VersionMismatch { .. }
            | Self::VersionRequired
            | Self::TooOften { .. }
            | Self::Busy
            | Self::Internal(_) => true,
        }
    }

    /// One bad field.
    pub fn invalid(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldIssue { pointer: pointer.into(), code, detail: detail.into() }])
    }

    /// The same, speaking of `what` where something was not found: who asked for a list learns nothing of its event.
    #[must_use]
    pub fn speaking_of(self, what: &'static str) -> Self {
        match self {
            Self::NotFound(_) => Self::NotFound(what),
            Self::Denied { shown, denial } => Self::Denied { shown: Box::new(shown.speaking_of(what)), denial },
            other => other,
        }
    }

    /// What the caller is shown of it.
    #[must_use]
    pub fn shown(self) -> Self {
        match self {
            Self::Denied { shown, .. } => *shown,
            other => other,
        }
    }

    /// A fault of ours, with what was being done.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::Internal(cause.into())
    }
}

/// Fails unless what is to be changed is at the version that the caller has read, if the caller says which.
///
/// # Errors
/// `VersionMismatch`.
pub fn expect_version(expected: Option<i64>, current: i64) -> Result<()> {
    match expected {
        Some(version) if version != current => Err(Error::VersionMismatch { current }),
        _ => Ok(()),
    }
}

/// What was found, if it was; only what is not there is no error.
pub fn if_found<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Both, or what is wrong with either: with both, if fields of both are.
pub fn both<A, B>(one: Result<A>, other: Result<B>) -> Result<(A, B)> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(Error::Invalid(mut issues)), Err(Error::Invalid(more))) => {
            issues.extend(more);
            Err(Error::Invalid(issues))
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(what) => write!(f, "no such {what}"),
            Self::Invalid(issues) => {
                for (i, issue) in issues.iter().enumerate() {
                    let separator = if i == 0 { "" } else { "; " };
                    write!(f, "{separator}{}: {}", issue.pointer.trim_start_matches('/'), issue.detail)?;
                }
                Ok(())
            }
            Self::Unauthenticated => f.write_str("not signed in"),
            Self::Forbidden => f.write_str("not allowed"),
            Self::Denied { shown, .. } => write!(f, "{shown}"),
            Self::Refused(refusal) => write!(f, "{refusal}"),
            Self::VersionMismatch { current } => write!(f, "it has changed meanwhile and is at version {current} now"),
            Self::VersionRequired => f.write_str("say which version is to be changed"),
            Self::TooOften { seconds } => write!(f, "too often: try again in {seconds} seconds"),
            Self::Busy => f.write_str("too busy right now, try again"),
            Self::Internal(cause) => write!(f, "{cause:#}"),
        }
    }
}

impl std::error::Error for Error {}
