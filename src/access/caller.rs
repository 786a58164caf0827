//! Who is calling.

use super::{ApiToken, ManageToken, Role};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Viewer;
use crate::keys::Keys;
use crate::store::{ApiTokenId, Db, OrganizationId};

/// Who is calling, as far as they have shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Anyone.
    Anonymous,
    /// Whoever has the link from the mail about one registration.
    Attendee(ManageToken),
    /// A program of an organization.
    Token {
        /// The token.
        id: ApiTokenId,
        /// Its organization.
        organization: OrganizationId,
        /// What it may do there.
        role: Role,
        /// When it was used before, to the minute.
        last_used_at: Option<Timestamp>,
    },
    /// The operator at the machine: may do everything.
    CommandLine,
}

impl Caller {
    /// As the audit trail names them.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Anonymous => Actor::Anonymous,
            Self::Attendee(token) => Actor::Attendee(token.registration),
            Self::Token { id, .. } => Actor::Token(*id),
            Self::CommandLine => Actor::CommandLine,
        }
    }

    /// As lists of events know them.
    pub fn viewer(&self) -> Viewer {
        match self {
            Self::Token { organization, .. } => Viewer::Organization(*organization),
            _ => Viewer::Anyone,
        }
    }

    /// What tells callers apart where their requests are remembered.
    pub fn key(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".to_owned(),
            Self::Attendee(token) => format!("attendee {}", token.registration),
            Self::Token { id, .. } => format!("token {id}"),
            Self::CommandLine => "command line".to_owned(),
        }
    }
}

/// Recognizes a caller by the bearer token that they show, if any.
///
/// # Errors
/// `Unauthenticated` for a token that is not, or no longer, good.
pub fn authenticate(db: &mut Db, keys: &Keys, bearer: Option<&str>) -> Result<Caller> {
    let Some(bearer) = bearer else { return Ok(Caller::Anonymous) };
    if let Some(token) = ManageToken::read(keys, bearer) {
        return Ok(Caller::Attendee(token));
    }
    let token = ApiToken::find_by_text(db, bearer)?.ok_or(Error::Unauthenticated)?;
    Ok(Caller::Token {
        id: token.id,
        organization: token.organization_id,
        role: token.role,
        last_used_at: token.last_used_at,
    })
}
