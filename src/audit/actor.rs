//! Who does something.

use crate::store::{AccountId, ApiTokenId, DeviceId, RegistrationId};
use crate::text_enum;
use crate::values::Network;

text_enum! {
    /// What kind of somebody does something.
    pub enum ActorKind {
        /// Somebody whom we do not know.
        Anonymous = "anonymous",
        /// The person behind a registration.
        Attendee = "attendee",
        /// A person who signed in.
        Member = "member",
        /// A program.
        Token = "token",
        /// A device at the door.
        Device = "device",
        /// The operator.
        CommandLine = "command_line",
        /// Turnout itself.
        System = "system",
    }
}

/// Who does something, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub who: Who,
    /// From where, if they came by a network.
    pub from: Option<Network>,
}

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Somebody whom we do not know.
    Anonymous,
    /// The person behind a registration, by the link in the mail.
    Attendee(RegistrationId),
    /// A person who signed in.
    Member(AccountId),
    /// A program with an organization's API token.
    Token(ApiTokenId),
    /// A device at the door.
    Device(DeviceId),
    /// The operator, by the command line.
    CommandLine,
    /// Turnout itself, when time comes.
    System,
}

impl Actor {
    /// Somebody whom we do not know.
    pub const ANONYMOUS: Self = Self { who: Who::Anonymous, from: None };
    /// The operator, by the command line.
    pub const COMMAND_LINE: Self = Self { who: Who::CommandLine, from: None };
    /// Turnout itself, when time comes.
    pub const SYSTEM: Self = Self { who: Who::System, from: None };
}

impl Who {
    /// Its kind.
    pub fn kind(self) -> ActorKind {
        match self {
            Self::Anonymous => ActorKind::Anonymous,
            Self::Attendee(_) => ActorKind::Attendee,
            Self::Member(_) => ActorKind::Member,
            Self::Token(_) => ActorKind::Token,
            Self::Device(_) => ActorKind::Device,
            Self::CommandLine => ActorKind::CommandLine,
            Self::System => ActorKind::System,
        }
    }

    /// Which one, if there is more than one.
    pub fn id(self) -> Option<uuid::Uuid> {
        match self {
            Self::Attendee(registration) => Some(registration.uuid()),
            Self::Member(account) => Some(account.uuid()),
            Self::Token(token) => Some(token.uuid()),
            Self::Device(device) => Some(device.uuid()),
            Self::Anonymous | Self::CommandLine | Self::System => None,
        }
    }
}
