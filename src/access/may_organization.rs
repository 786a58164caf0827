//! May they found, leave, and pass on what they may themselves? What [`may_at_organization`] has no row for.

use super::{AccessRefusal, Caller, Grant, Identity, OrganizationDeed, Scopes, TokenScope, may_at_organization};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::organizations::Role;
use crate::store::{AccountId, EventId, OrganizationId};
use crate::values::Line;

/// The organizations that the caller may list as their own, whatever they may do there.
///
/// # Errors
/// `Unauthenticated` for anyone; `Forbidden` for an attendee; `scope_required` for a token that does not read
/// organizations.
pub fn own_organizations(caller: &Caller) -> Result<Vec<OrganizationId>> {
    match &caller.identity {
        Identity::Anonymous => Err(Error::Unauthenticated),
        Identity::Member(member) => {
            let mut organizations: Vec<_> = member.memberships.iter().map(|m| m.organization).collect();
            organizations.sort();
            organizations.dedup();
            Ok(organizations)
        }
        Identity::Token(token) => {
            const SCOPES: &[TokenScope] = &[TokenScope::EventsRead, TokenScope::MembersWrite];
            if !token.scopes.any(SCOPES) {
                return Err(AccessRefusal::ScopeRequired(SCOPES).into());
            }
            Ok(vec![token.organization])
        }
        Identity::Attendee(_) | Identity::Device(_) | Identity::CommandLine => Err(Error::Forbidden),
    }
}

/// Whether the caller may found an organization: who owns one may found another.
///
/// # Errors
/// `Unauthenticated` for anyone; `Forbidden` for who owns none, and for every program; `second_factor_required`.
pub fn may_found(caller: &Caller) -> Result<AccountId> {
    match &caller.identity {
        Identity::Anonymous => Err(Error::Unauthenticated),
        Identity::Member(member) => {
            let owns = |m: &&super::Membership| m.event.is_none() && m.role == Role::Owner;
            let mut owning = member.memberships.iter().filter(owns).peekable();
            owning.peek().ok_or(Error::Forbidden)?;
            if owning.all(|m| m.second_factor_required && !member.second_factor) {
                return Err(AccessRefusal::SecondFactorRequired.into());
            }
            Ok(member.account)
        }
        Identity::Token(_) | Identity::Attendee(_) | Identity::Device(_) | Identity::CommandLine => {
            Err(Error::Forbidden)
        }
    }
}

/// Whether the caller may report that letters did not arrive; of which, the events say.
///
/// # Errors
/// `Unauthenticated` for anyone; `Forbidden` for who is no member; `scope_required` for a token that does not write
/// messages.
pub fn may_report_bounces(caller: &Caller) -> Result<()> {
    match &caller.identity {
        Identity::Anonymous => Err(Error::Unauthenticated),
        Identity::Token(token) if token.scopes.any(&[TokenScope::MessagesWrite]) => Ok(()),
        Identity::Token(_) => Err(AccessRefusal::ScopeRequired(&[TokenScope::MessagesWrite]).into()),
        Identity::Member(_) | Identity::CommandLine => Ok(()),
        Identity::Attendee(_) | Identity::Device(_) => Err(Error::Forbidden),
    }
}

/// Whether the caller may have an organization require a second factor: nobody locks themselves out.
///
/// # Errors
/// `second_factor_required` for who has signed in without one.
pub fn may_require_second_factor(caller: &Caller) -> Result<()> {
    match &caller.identity {
        Identity::Member(member) if !member.second_factor => Err(AccessRefusal::SecondFactorRequired.into()),
        _ => Ok(()),
    }
}

/// Whether the caller may remove somebody (none: who is not there) from an organization: everybody may leave.
///
/// # Errors
/// As [`may_at_organization`].
pub fn may_remove_member(caller: &Caller, organization: OrganizationId, who: Option<AccountId>) -> Result<()> {
    match &caller.identity {
        Identity::Member(member) if Some(member.account) == who => Ok(()),
        _ => may_at_organization(caller, OrganizationDeed::WriteMembers, organization),
    }
}

/// What somebody wants a token for; what they do not say is as with themselves.
#[derive(Debug)]
pub struct Wanted {
    /// Its name, in its owner's words.
    pub name: Line<100>,
    /// What it is at the organization.
    pub role: Option<Role>,
    /// What it is for.
    pub scopes: Option<Scopes>,
    /// At which events only.
    pub events: Option<Vec<EventId>>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// What the caller may give to a token, of what they want: a program gives no more than it was given, and for no longer.
/// Role and events need no look: only an owner at the whole organization issues tokens.
///
/// # Errors
/// As [`may_at_organization`]; `Forbidden` for a program that wants more.
pub fn may_grant(caller: &Caller, organization: OrganizationId, wanted: Wanted) -> Result<Grant> {
    may_at_organization(caller, OrganizationDeed::WriteTokens, organization)?;
    let Wanted { name, role, scopes, events, expires_at } = wanted;
    let own = match &caller.identity {
        Identity::Token(own) => own,
        identity => {
            let issued_by = if let Identity::Member(member) = identity { Some(member.account) } else { None };
            return Ok(Grant { name, role: role.unwrap_or(Role::Owner), scopes, events, expires_at, issued_by });
        }
    };
    let role = role.unwrap_or(own.role);
    let scopes = scopes.unwrap_or(own.scopes);
    let expires_at = expires_at.or(own.expires_at);
    let within =
        own.scopes.contains(scopes) && own.expires_at.is_none_or(|end| expires_at.is_some_and(|wanted| wanted <= end));
    if !within {
        return Err(Error::Forbidden);
    }
    let scopes = Some(scopes).filter(|scopes| *scopes != Scopes::ALL);
    // Who issued the program stands behind what it issues.
    Ok(Grant { name, role, scopes, events, expires_at, issued_by: own.issued_by })
}
