//! What a caller is to an event.

use super::{Caller, Identity};
use crate::error::Result;
use crate::events::{DataAccess, Event, Host};
use crate::organizations::Role;
use crate::store::{Db, EventId, OrganizationId};

/// What a caller is to an event, by one of the ways in which they have to do with it.
pub(super) struct Part {
    /// By which organization.
    pub organization: OrganizationId,
    /// What they are there.
    pub role: Role,
    /// None: at the organization that owns the event.
    pub access: Option<DataAccess>,
    /// Whether that organization wants a second factor that they have not shown.
    pub second_factor_missing: bool,
}

/// What a caller is at an organization, and whether a second factor is missing.
type Belonging = (OrganizationId, Role, bool);

impl Part {
    /// All in which a caller has to do with each of these events, in their order; none for a stranger. One query for
    /// all of them.
    pub(super) fn of_all(db: &mut Db, caller: &Caller, events: &[Event]) -> Result<Vec<Vec<Self>>> {
        let belongings: Vec<Vec<Belonging>> = events.iter().map(|event| belongings(caller, event.id)).collect();
        // Whoever belongs to the owner needs no look at the other hosts.
        let (mut asked, mut organizations) = (Vec::new(), Vec::new());
        for (event, belongings) in events.iter().zip(&belongings) {
            let elsewhere = belongings.iter().map(|belonging| belonging.0).filter(|id| *id != event.organization_id);
            let before = organizations.len();
            organizations.extend(elsewhere);
            if organizations.len() > before {
                asked.push(event.id);
            }
        }
        organizations.sort_unstable();
        organizations.dedup();
        let hosting = if asked.is_empty() { Vec::new() } else { Host::access_of(db, &asked, &organizations)? };
        let part = |event: &Event, (organization, role, second_factor_missing): Belonging| {
            if organization == event.organization_id {
                return Some(Self { organization, role, access: None, second_factor_missing });
            }
            let host = hosting.iter().find(|(id, host, _)| *id == event.id && *host == organization)?;
            Some(Self { organization, role, access: Some(host.2), second_factor_missing })
        };
        let parts = events.iter().zip(belongings);
        Ok(parts.map(|(event, all)| all.into_iter().filter_map(|one| part(event, one)).collect()).collect())
    }

    /// The same for one event.
    pub(super) fn of(db: &mut Db, caller: &Caller, event: &Event) -> Result<Vec<Self>> {
        Ok(Self::of_all(db, caller, std::slice::from_ref(event))?.pop().unwrap_or_default())
    }
}

fn belongings(caller: &Caller, event: EventId) -> Vec<Belonging> {
    match &caller.identity {
        Identity::Token(token) if token.events.as_ref().is_none_or(|events| events.contains(&event)) => {
            vec![(token.organization, token.role, false)]
        }
        Identity::Member(member) => {
            let here = member.memberships.iter().filter(|m| m.event.is_none_or(|only| only == event));
            here.map(|m| (m.organization, m.role, m.second_factor_required && !member.second_factor)).collect()
        }
        _ => Vec::new(),
    }
}
