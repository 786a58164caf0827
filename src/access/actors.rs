//! Who the actors of the trail are, as the organization that reads it may know them: its own by name, those of others by
//! their organization.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::Account;
use crate::audit::{ActorKind, Entry};
use crate::error::Result;
use crate::events::Host;
use crate::organizations::Organization;
use crate::store::schema::{api_tokens, devices, events, former_members, members};
use crate::store::{AccountId, ApiTokenId, Db, DeviceId, EventId, OrganizationId};

/// Who an actor is, as far as the reader may know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Their name; none: nothing is known, or it is not the reader's to know.
    pub name: Option<String>,
    /// By which organization they act, if it is another than the reader's: slug and name.
    pub organization: Option<(String, String)>,
}

/// The actors of some rows of the trail.
#[derive(Debug)]
pub struct Actors {
    reader: OrganizationId,
    /// Where each member belongs now, in the order in which they came; who belongs to the whole goes before.
    belonging: HashMap<uuid::Uuid, Vec<OrganizationId>>,
    /// The names of those who are or were members of the reader.
    names: HashMap<uuid::Uuid, String>,
    hosts: HashSet<(EventId, OrganizationId)>,
    tokens: HashMap<uuid::Uuid, (String, OrganizationId)>,
    devices: HashMap<uuid::Uuid, (String, EventId, OrganizationId)>,
    organizations: HashMap<OrganizationId, (String, String)>,
}

impl Actors {
    /// Looks up who did what these rows tell, in a few queries however many rows there are.
    pub fn of(db: &mut Db, reader: OrganizationId, rows: &[Entry]) -> Result<Self> {
        let ids = |kind: ActorKind| {
            let of_kind = rows.iter().filter(|row| row.actor == kind.as_str());
            let mut ids: Vec<uuid::Uuid> = of_kind.filter_map(|row| Some(row.actor_id?.uuid())).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let people: Vec<AccountId> = ids(ActorKind::Member).into_iter().map(Into::into).collect();
        let belonging = belonging(db, &people)?;
        let mut actors = Self {
            reader,
            names: names(db, reader, &people, &belonging)?,
            hosts: hosts(db, rows, &belonging)?,
            belonging,
            tokens: tokens(db, ids(ActorKind::Token))?,
            devices: devices_named(db, ids(ActorKind::Device))?,
            organizations: HashMap::new(),
        };
        let mut elsewhere: Vec<OrganizationId> = rows.iter().filter_map(|row| actors.elsewhere(row)).collect();
        elsewhere.sort_unstable();
        elsewhere.dedup();
        actors.organizations = Organization::names_of(db, &elsewhere)?;
        Ok(actors)
    }

    /// Who did what this row tells.
    pub fn known(&self, row: &Entry) -> Known {
        let Some(id) = row.actor_id.map(crate::store::Id::uuid) else { return Known::default() };
        let name = match row.actor.parse() {
            Ok(ActorKind::Member) => self.names.get(&id).cloned(),
            Ok(ActorKind::Token) => {
                self.tokens.get(&id).filter(|token| token.1 == self.reader).map(|token| token.0.clone())
            }
            // Whoever reads the trail of an event may know what stands at its door.
            Ok(ActorKind::Device) => {
                let known = |device: &&(String, EventId, OrganizationId)| {
                    device.2 == self.reader || row.event_id == Some(device.1)
                };
                self.devices.get(&id).filter(known).map(|device| device.0.clone())
            }
            _ => None,
        };
        let organization = self.elsewhere(row).and_then(|id| self.organizations.get(&id).cloned());
        Known { name, organization }
    }

    /// By which other organization somebody acts. Of several, the one whose trail it is goes before a host of the event, a
    /// host before the one to which they have belonged longest.
    fn elsewhere(&self, row: &Entry) -> Option<OrganizationId> {
        let id = row.actor_id?.uuid();
        let acting = match row.actor.parse::<ActorKind>().ok()? {
            ActorKind::Member => {
                let all = self.belonging.get(&id)?;
                let hosts =
                    |one: &OrganizationId| row.event_id.is_some_and(|event| self.hosts.contains(&(event, *one)));
                let theirs = || all.iter().copied();
                let by_right = theirs().find(|one| *one == self.reader);
                let by_right = by_right.or_else(|| theirs().find(|one| *one == row.organization_id));
                // Who has left acted as one of the reader's own, unless the event says otherwise.
                let longest = || theirs().next().filter(|_| !self.names.contains_key(&id));
                by_right.or_else(|| theirs().find(hosts)).or_else(longest)?
            }
            ActorKind::Token => self.tokens.get(&id)?.1,
            ActorKind::Device => self.devices.get(&id)?.2,
            _ => return None,
        };
        Some(acting).filter(|acting| *acting != self.reader)
    }
}

fn belonging(db: &mut Db, people: &[AccountId]) -> Result<HashMap<uuid::Uuid, Vec<OrganizationId>>> {
    let mut belonging: HashMap<uuid::Uuid, Vec<OrganizationId>> = HashMap::new();
    if people.is_empty() {
        return Ok(belonging);
    }
    let mut rows: Vec<(AccountId, OrganizationId, Option<EventId>)> = members::table
        .filter(members::account_id.eq_any(people))
        .order(members::id)
        .select((members::account_id, members::organization_id, members::event_id))
        .load(db)?;
    rows.sort_by_key(|row| row.2.is_some());
    for (account, organization, _) in rows {
        belonging.entry(account.uuid()).or_default().push(organization);
    }
    Ok(belonging)
}

/// The names of those who are members of the reader, and of those who were, as they were called then.
fn names(
    db: &mut Db,
    reader: OrganizationId,
    people: &[AccountId],
    belonging: &HashMap<uuid::Uuid, Vec<OrganizationId>>,
) -> Result<HashMap<uuid::Uuid, String>> {
    let is_own = |id: &&AccountId| belonging.get(&id.uuid()).is_some_and(|all| all.contains(&reader));
    let (own, others): (Vec<&AccountId>, Vec<&AccountId>) = people.iter().partition(is_own);
    let own: Vec<AccountId> = own.into_iter().copied().collect();
    let others: Vec<AccountId> = others.into_iter().copied().collect();
    let mut names: HashMap<uuid::Uuid, String> =
        Account::names_of(db, &own)?.into_iter().map(|(id, name)| (id.uuid(), name)).collect();
    if !others.is_empty() {
        let former: Vec<(AccountId, String)> = former_members::table
            .filter(former_members::organization_id.eq(reader))
            .filter(former_members::account_id.eq_any(others))
            .select((former_members::account_id, former_members::name))
            .load(db)?;
        names.extend(former.into_iter().map(|(id, name)| (id.uuid(), name)));
    }
    Ok(names)
}

fn hosts(
    db: &mut Db,
    rows: &[Entry],
    belonging: &HashMap<uuid::Uuid, Vec<OrganizationId>>,
) -> Result<HashSet<(EventId, OrganizationId)>> {
    let mut at: Vec<EventId> = rows.iter().filter_map(|row| row.event_id).collect();
    at.sort_unstable();
    at.dedup();
    let mut organizations: Vec<OrganizationId> = belonging.values().flatten().copied().collect();
    organizations.sort_unstable();
    organizations.dedup();
    if at.is_empty() || organizations.is_empty() {
        return Ok(HashSet::new());
    }
    let hosting = Host::access_of(db, &at, &organizations)?;
    Ok(hosting.into_iter().map(|(event, organization, _)| (event, organization)).collect())
}

fn tokens(db: &mut Db, ids: Vec<uuid::Uuid>) -> Result<HashMap<uuid::Uuid, (String, OrganizationId)>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<ApiTokenId> = ids.into_iter().map(Into::into).collect();
    let rows: Vec<(ApiTokenId, String, OrganizationId)> = api_tokens::table
        .filter(api_tokens::id.eq_any(ids))
        .select((api_tokens::id, api_tokens::name, api_tokens::organization_id))
        .load(db)?;
    Ok(rows.into_iter().map(|(id, name, organization)| (id.uuid(), (name, organization))).collect())
}

fn devices_named(db: &mut Db, ids: Vec<uuid::Uuid>) -> Result<HashMap<uuid::Uuid, (String, EventId, OrganizationId)>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<DeviceId> = ids.into_iter().map(Into::into).collect();
    let rows: Vec<(DeviceId, String, EventId, OrganizationId)> = devices::table
        .inner_join(events::table.on(events::id.eq(devices::event_id)))
        .filter(devices::id.eq_any(ids))
        .select((devices::id, devices::name, devices::event_id, events::organization_id))
        .load(db)?;
    Ok(rows.into_iter().map(|(id, name, event, owner)| (id.uuid(), (name, event, owner))).collect())
}
