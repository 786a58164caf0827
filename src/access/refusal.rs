//! What access refuses.

use super::TokenScope;
use crate::error::Refusal;

/// Why somebody cannot get in.
#[derive(Debug, thiserror::Error)]
pub enum AccessRefusal {
    /// The organization wants a second factor.
    #[error("this organization wants a second factor: set one up and sign in with it")]
    SecondFactorRequired,
    /// A program was not given this.
    #[error("this token has no scope for that: it needs {}", named(.0))]
    ScopeRequired(&'static [TokenScope]),
    /// An address has one account.
    #[error("this address has an account already: sign in with it")]
    AccountExists,
    /// An account has one second factor.
    #[error("this account has a second factor already: remove it before you set up another")]
    SecondFactorExists,
    /// There is nothing to confirm or to remove.
    #[error("this account has no second factor to do that with: begin by setting one up")]
    SecondFactorNotBegun,
    /// A link works once.
    #[error("this link has been used already: ask for a new one")]
    LinkUsed,
    /// A link works for a while.
    #[error("this link is too old: ask for a new one")]
    LinkExpired,
    /// A person has one part at an organization, and one at each event.
    #[error("this person is a member already")]
    AlreadyMember,
    /// Somebody answers for an organization.
    #[error("this is the last owner: make somebody else an owner first")]
    LastOwner,
    /// A link is good as long as nobody takes it back.
    #[error("this invitation has been withdrawn, or replaced by a newer one")]
    LinkRevoked,
    /// A code is typed into one device, in time.
    #[error("this code is not, or no longer, good: ask for a new one")]
    PairingCodeInvalid,
    /// So many devices no door has.
    #[error("this event has 1000 devices: use those that it has")]
    TooManyDevices,
    /// So many letters are more than anybody waits for.
    #[error("there are 200 open invitations: revoke some first")]
    TooManyInvites,
}

impl Refusal for AccessRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::SecondFactorRequired => "second_factor_required",
            Self::ScopeRequired(_) => "scope_required",
            Self::AccountExists => "account_exists",
            Self::SecondFactorExists => "second_factor_exists",
            Self::SecondFactorNotBegun => "second_factor_not_begun",
            Self::LinkUsed => "link_used",
            Self::LinkExpired => "link_expired",
            Self::AlreadyMember => "already_member",
            Self::LastOwner => "last_owner",
            Self::LinkRevoked => "link_revoked",
            Self::TooManyInvites => "too_many_invites",
            Self::PairingCodeInvalid => "pairing_code_invalid",
            Self::TooManyDevices => "too_many_devices",
        }
    }

    fn forbids(&self) -> bool {
        matches!(self, Self::SecondFactorRequired | Self::ScopeRequired(_))
    }
}

fn named(scopes: &[TokenScope]) -> String {
    let words: Vec<&str> = scopes.iter().copied().map(TokenScope::as_str).collect();
    words.join(" or ")
}

/// The codes, each with what it means.
pub const CODES: &[(&str, &str)] = &[
    (
        "second_factor_required",
        "The organization wants its members to sign in with a second factor. Set one up, and sign in again with it.",
    ),
    (
        "scope_required",
        "The token is good, and its role would allow this, but not its scopes. The detail names those that do: issue another token.",
    ),
    ("account_exists", "The e-mail address has an account already. Sign in with it."),
    ("second_factor_exists", "The account has a second factor already. Remove it before you set up another one."),
    (
        "second_factor_not_begun",
        "The account has no second factor that could be confirmed or removed. Set one up first.",
    ),
    ("link_used", "The link of the letter has been used already, or a newer one was. Ask for a new one."),
    ("link_expired", "The link of the letter is too old. Ask for a new one."),
    (
        "already_member",
        "The person is a member of the organization, or at this event, already. Change their role instead.",
    ),
    ("link_revoked", "The invitation was withdrawn, or replaced by a newer one. Look for the newest letter."),
    ("too_many_invites", "An organization has 200 open invitations at most. Revoke some, or wait until they expire."),
    (
        "pairing_code_invalid",
        "The code was mistyped, has been used, is older than ten minutes, or was revoked. Ask the organizer for a new one.",
    ),
    ("too_many_devices", "An event has 1000 devices at most, with those that have ended."),
    ("last_owner", "An organization keeps an owner. Make somebody else an owner first."),
];
