//! What invitations refuse.

use super::InvitationState;
use crate::error::Refusal;

/// Why somebody cannot be invited, or an invitation not be answered.
#[derive(Debug, thiserror::Error)]
pub enum InvitationRefusal {
    /// One invitation is open at a time.
    #[error("somebody is invited with this e-mail address already")]
    AlreadyInvited,
    /// Nobody is invited to what is not announced.
    #[error("publish the event first: whoever is invited gets a letter at once")]
    NotPublished,
    /// It has been answered, or its time is over.
    #[error("this invitation is {0}")]
    Closed(InvitationState),
    /// No seat can be kept where none is free.
    #[error("no seat is free that could be kept")]
    NoSeatToKeep,
}

impl Refusal for InvitationRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::AlreadyInvited => "already_invited",
            Self::NotPublished => "event_not_published",
            Self::NoSeatToKeep => "sold_out",
            Self::Closed(InvitationState::Invited) => "invitation_open",
            Self::Closed(InvitationState::Accepted) => "invitation_accepted",
            Self::Closed(InvitationState::Declined) => "invitation_declined",
            Self::Closed(InvitationState::Revoked) => "invitation_revoked",
            Self::Closed(InvitationState::Expired) => "invitation_expired",
        }
    }
}

/// The codes, each with what it means.
pub const CODES: &[(&str, &str)] = &[
    ("already_invited", "Somebody is invited with this e-mail address already. Resend that invitation, or revoke it."),
    ("event_not_published", "People are invited by letter to events that are published."),
    ("invitation_open", "The invitation has not been answered yet."),
    ("invitation_accepted", "The invitation was accepted before. The letter about the registration leads on."),
    ("invitation_declined", "The invitation was declined before."),
    ("invitation_revoked", "The invitation was taken back, or replaced by a newer one. Look for the newest letter."),
    ("invitation_expired", "The time in which the invitation could be answered is over. Ask the organizers."),
];
