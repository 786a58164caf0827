//! What the door refuses.

use crate::error::Refusal;

/// Why something cannot be done to a check-in or a list.
#[derive(Debug, thiserror::Error)]
pub enum CheckInRefusal {
    /// Once is enough.
    #[error("this check-in has been annulled already")]
    AlreadyAnnulled,
    /// Nobody was let through.
    #[error("only an accepted check-in can be annulled")]
    NotAnnullable,
    /// People were scanned there.
    #[error("people were scanned at this list{}{rewritten}", if rewritten.is_empty() { "" } else { ": what has happened would be rewritten by changing " })]
    ListInUse {
        /// The settings that stay; empty: the list itself.
        rewritten: String,
    },
    /// Nothing speaks against it.
    #[error("nothing speaks against this check-in, or not any more")]
    NoConflict,
    /// Once is enough.
    #[error("somebody has let this conflict stand already")]
    AlreadySettled,
    /// Enough is enough.
    #[error("an event has at most {most} check-in lists")]
    TooManyLists {
        /// How many.
        most: usize,
    },
    /// Somebody has to look at it first.
    #[error("nobody is let in whose registration is {status}: nobody was registered")]
    WalkInNotConfirmed {
        /// What it would be.
        status: &'static str,
    },
    /// This list does not let them in.
    #[error("the list does not let them in ({reason}): nobody was registered")]
    WalkInDenied {
        /// Why not.
        reason: &'static str,
    },
}

impl Refusal for CheckInRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::AlreadyAnnulled => "already_annulled",
            Self::NotAnnullable => "not_annullable",
            Self::ListInUse { .. } => "list_in_use",
            Self::NoConflict => "no_conflict",
            Self::AlreadySettled => "already_settled",
            Self::TooManyLists { .. } => "too_many_lists",
            Self::WalkInNotConfirmed { .. } => "walk_in_not_confirmed",
            Self::WalkInDenied { .. } => "walk_in_denied",
        }
    }
}

/// The codes, each with what it means.
pub const CODES: &[(&str, &str)] = &[
    ("already_annulled", "The check-in has been annulled before."),
    ("not_annullable", "Only an accepted check-in can be annulled: a denied one let nobody through."),
    (
        "list_in_use",
        "People were scanned at this check-in list: it cannot be removed, and its zone, how often it admits, and an \
         automatic exit in the past stay as they are. Open another list.",
    ),
    ("no_conflict", "Nothing speaks against this check-in, or not any more: there is nothing to settle."),
    ("already_settled", "Somebody has looked at this conflict and let it stand. It can still be taken back."),
    ("too_many_lists", "The event has as many check-in lists as an event may have."),
    (
        "walk_in_not_confirmed",
        "The event looks at each registration first: nobody is registered and let in at one go. Nobody was registered.",
    ),
    ("walk_in_denied", "The check-in list would not let them in, for the reason that is told. Nobody was registered."),
];
