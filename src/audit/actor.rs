//! Who does something.

use crate::store::{AccountId, ApiTokenId, DeviceId, RegistrationId};
use crate::values::Network;

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
    /// The word for its kind.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Attendee(_) => "attendee",
            Self::Member(_) => "member",
            Self::Token(_) => "token",
            Self::Device(_) => "device",
            Self::CommandLine => "command_line",
            Self::System => "system",
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
