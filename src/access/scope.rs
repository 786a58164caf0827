//! What an API token is for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text_enum;
use crate::values::Fault;

text_enum! {
    /// A part of what a program may do.
    pub enum TokenScope {
        /// Read events, numbers and organizations.
        EventsRead = "events:read",
        /// Draft and change events.
        EventsWrite = "events:write",
        /// Read registrations, their messages and their check-ins.
        RegistrationsRead = "registrations:read",
        /// Change registrations.
        RegistrationsWrite = "registrations:write",
        /// Check people in.
        CheckInsWrite = "check_ins:write",
        /// Take the participants and the attendance out.
        ExportsRead = "exports:read",
        /// Send messages again.
        MessagesWrite = "messages:write",
        /// Members, tokens, the organization itself and its audit trail.
        MembersWrite = "members:write",
    }
}

/// A set of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<TokenScope>", into = "Vec<TokenScope>")]
pub struct Scopes(u8);

impl Scopes {
    /// All of them.
    pub const ALL: Self = Self(u8::MAX);

    /// Whether one of `wanted` is among them.
    pub fn any(self, wanted: &[TokenScope]) -> bool {
        wanted.iter().any(|scope| self.0 & bit(*scope) != 0)
    }

    /// Whether all of `other` are among them.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// One after the other, in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = TokenScope> {
        TokenScope::ALL.iter().copied().filter(move |scope| self.0 & bit(*scope) != 0)
    }
}

fn bit(scope: TokenScope) -> u8 {
    1 << scope as u8
}

impl FromIterator<TokenScope> for Scopes {
    fn from_iter<I: IntoIterator<Item = TokenScope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | bit(scope)))
    }
}

impl From<Vec<TokenScope>> for Scopes {
    fn from(scopes: Vec<TokenScope>) -> Self {
        scopes.into_iter().collect()
    }
}

impl From<Scopes> for Vec<TokenScope> {
    fn from(scopes: Scopes) -> Self {
        scopes.iter().collect()
    }
}

impl FromStr for Scopes {
    type Err = Fault;

    /// Words with commas between them.
    fn from_str(words: &str) -> Result<Self, Fault> {
        words.split(',').map(|word| word.trim().parse::<TokenScope>()).collect()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.iter().map(TokenScope::as_str).collect();
        f.write_str(&words.join(","))
    }
}
