//! Who is calling.

use super::devices::is_device_token;
use super::{ApiToken, Device, ManageToken, Paired, Scopes, Uses, sign_in};
use crate::audit::{Actor, Who};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Viewer;
use crate::keys::Keys;
use crate::organizations::Role;
use crate::store::{AccountId, ApiTokenId, Db, EventId, OrganizationId, SignInId};
use crate::values::Network;

/// Who is calling, as far as they have shown, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub identity: Identity,
    /// From where, if by a network.
    pub from: Option<Network>,
    /// Whether they showed a session that has ended: they are anyone then.
    pub lapsed: bool,
}

/// Who is calling, as far as they have shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// Anyone.
    Anonymous,
    /// Whoever has the link from the mail about one registration.
    Attendee(ManageToken),
    /// A person who signed in.
    Member(SignedIn),
    /// A program of an organization.
    Token(Granted),
    /// A device at the door.
    Device(Paired),
    /// The operator at the machine: may do everything.
    CommandLine,
}

/// A person who signed in, and what they are where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The person.
    pub account: AccountId,
    /// The time that they signed in.
    pub sign_in: SignInId,
    /// Whether they showed a second factor.
    pub second_factor: bool,
    /// When they were seen before, to the minute.
    pub last_seen_at: Timestamp,
    /// What they are where.
    pub memberships: Vec<Membership>,
}

/// What a person is at an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// Where.
    pub organization: OrganizationId,
    /// At this one event only.
    pub event: Option<EventId>,
    /// What.
    pub role: Role,
    /// Whether the organization wants a second factor.
    pub second_factor_required: bool,
}

/// What a program was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The token.
    pub id: ApiTokenId,
    /// Its organization.
    pub organization: OrganizationId,
    /// What it is there.
    pub role: Role,
    /// What it is for.
    pub scopes: Scopes,
    /// At these events only.
    pub events: Option<Vec<EventId>>,
    /// When it ends by itself, if it does.
    pub expires_at: Option<Timestamp>,
    /// The owner who issued it; none: the operator.
    pub issued_by: Option<AccountId>,
    /// When it was used before, to the minute.
    pub last_used_at: Option<Timestamp>,
}

impl Caller {
    /// Anyone.
    pub const ANONYMOUS: Self = Self { identity: Identity::Anonymous, from: None, lapsed: false };
    /// The operator at the machine.
    pub const COMMAND_LINE: Self = Self { identity: Identity::CommandLine, from: None, lapsed: false };

    /// As the audit trail names them.
    pub fn actor(&self) -> Actor {
        let who = match &self.identity {
            Identity::Anonymous => Who::Anonymous,
            Identity::Attendee(token) => Who::Attendee(token.registration),
            Identity::Member(member) => Who::Member(member.account),
            Identity::Token(token) => Who::Token(token.id),
            Identity::Device(device) => Who::Device(device.id),
            Identity::CommandLine => Who::CommandLine,
        };
        Actor { who, from: self.from }
    }

    /// Fails unless they have said who they are.
    ///
    /// # Errors
    /// `Unauthenticated`.
    pub fn must_be_known(&self) -> Result<()> {
        if self.is_anonymous() { Err(Error::Unauthenticated) } else { Ok(()) }
    }

    /// Whether they have the link of a registration, and nothing more.
    pub fn is_attendee(&self) -> bool {
        matches!(self.identity, Identity::Attendee(_))
    }

    /// Whether they have shown nothing.
    pub fn is_anonymous(&self) -> bool {
        self.identity == Identity::Anonymous
    }

    /// All organizations and events to which they belong, by whatever right.
    pub fn viewer(&self) -> Viewer {
        match &self.identity {
            Identity::Token(Granted { events: Some(events), organization, .. }) => Viewer {
                organizations: Vec::new(),
                events: events.iter().map(|event| (*organization, *event)).collect(),
            },
            Identity::Token(token) => Viewer { organizations: vec![token.organization], events: Vec::new() },
            Identity::Member(member) => Viewer {
                organizations: member
                    .memberships
                    .iter()
                    .filter(|m| m.event.is_none())
                    .map(|m| m.organization)
                    .collect(),
                events: member.memberships.iter().filter_map(|m| Some((m.organization, m.event?))).collect(),
            },
            Identity::Anonymous | Identity::Attendee(_) | Identity::Device(_) | Identity::CommandLine => {
                Viewer::default()
            }
        }
    }

    /// What tells callers apart where their requests are remembered.
    pub fn key(&self) -> String {
        match &self.identity {
            Identity::Anonymous => "anonymous".to_owned(),
            // Whoever has the link of before is not whoever has the link of today.
            Identity::Attendee(token) => format!("attendee {} {}", token.registration, token.epoch),
            Identity::Member(member) => format!("member {}", member.account),
            Identity::Token(token) => format!("token {}", token.id),
            Identity::Device(device) => format!("device {}", device.id),
            Identity::CommandLine => "command line".to_owned(),
        }
    }
}

/// What a caller shows.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// A token in the `Authorization` header.
    pub bearer: Option<String>,
    /// The token in the session cookie.
    pub session: Option<String>,
    /// From where they call.
    pub from: Option<Network>,
}

/// Recognizes a caller by what they show, if anything, and remembers that they were here. A token goes before a cookie.
/// Whose session has ended is anyone: a browser sends its cookie along wherever it goes, and not on purpose.
///
/// # Errors
/// `Unauthenticated` for a token that is not, or no longer, good.
pub fn authenticate(db: &mut Db, keys: &Keys, uses: &Uses, shown: &Credentials, now: Timestamp) -> Result<Caller> {
    let identity = match (shown.bearer.as_deref(), shown.session.as_deref()) {
        (None, None) => Identity::Anonymous,
        (None, Some(session)) => {
            sign_in::signed_in(db, uses, session, now)?.map_or(Identity::Anonymous, Identity::Member)
        }
        (Some(bearer), _) if is_device_token(bearer) => {
            Identity::Device(Device::find_by_token(db, bearer, now)?.ok_or(Error::Unauthenticated)?.shown())
        }
        (Some(bearer), _) => match ManageToken::read(keys, bearer) {
            Some(token) => Identity::Attendee(token),
            None => Identity::Token(ApiToken::find_by_text(db, bearer, now)?.ok_or(Error::Unauthenticated)?.granted()),
        },
    };
    let lapsed = identity == Identity::Anonymous && shown.session.is_some();
    let caller = Caller { identity, from: shown.from, lapsed };
    uses.note(&caller, now);
    Ok(caller)
}
