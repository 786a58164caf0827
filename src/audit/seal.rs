//! Seals: each covers the next rows of a trail and the seal before it, so that a row that is changed, added or taken
//! away later shows. Made by a chore and not with the rows: all events of an organization would wait for one row.

use chrono::TimeDelta;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::Entry;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::store::schema::{audit, audit_seals, organizations};
use crate::store::{AuditId, Db, OrganizationId, unless_taken};

/// How old rows are before they are sealed: transactions that were under way have ended by then, on all instances.
const SETTLED: TimeDelta = TimeDelta::seconds(20);
/// With what the trail of every organization begins.
const FOUNDED: &str = "organization.founded";
/// How many rows a seal covers at most.
const ROWS: i64 = 5000;

#[derive(Debug, Clone, HasQuery, Insertable)]
#[diesel(table_name = audit_seals, treat_none_as_default_value = false)]
struct Seal {
    organization_id: OrganizationId,
    number: i64,
    last_id: AuditId,
    entries: i64,
    hash: String,
    sealed_at: Timestamp,
}

/// The last seal of a trail: whoever keeps its hash elsewhere can tell whether the trail was cut off or made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Whose trail it is; all zeros: the installation's own.
    pub organization: OrganizationId,
    /// How many seals there are.
    pub number: i64,
    /// The hash of the last (SHA-256 in hex).
    pub hash: String,
}

/// What the seals of a trail say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The last seal.
    pub head: Head,
    /// The number of the first seal that does not fit its rows, or is not there, if there is one. 1 for a trail whose
    /// beginning was taken away.
    pub broken_at: Option<i64>,
}

/// A seal about to be set.
#[derive(Debug, Clone)]
pub struct Unsealed(Seal);

impl Unsealed {
    /// Whether there may be more rows behind it.
    pub fn is_full(&self) -> bool {
        self.0.entries == ROWS
    }
}

/// The next seal of every trail that has rows to be sealed.
pub fn unsealed(db: &mut Db, now: Timestamp) -> Result<Vec<Unsealed>> {
    let mut trails: Vec<OrganizationId> = organizations::table.select(organizations::id).load(db)?;
    trails.push(uuid::Uuid::nil().into());
    let mut next = Vec::new();
    for organization in trails {
        let last = last_seal(db, organization)?;
        let settled = rows(db, organization, last.as_ref().map(|seal| seal.last_id), ROWS)?
            .into_iter()
            .take_while(|entry| entry.at.plus(SETTLED) <= now)
            .collect::<Vec<_>>();
        let Some(end) = settled.last() else { continue };
        next.push(Unsealed(Seal {
            organization_id: organization,
            number: last.as_ref().map_or(1, |seal| seal.number + 1),
            last_id: end.id,
            entries: i64::try_from(settled.len()).unwrap_or(i64::MAX),
            hash: hash(last.as_ref().map_or("", |seal| &seal.hash), &settled)?,
            sealed_at: now,
        }));
    }
    Ok(next)
}

/// Sets seals; one that another instance has set meanwhile stays as it is.
pub fn seal(db: &mut Db, next: &[Unsealed]) -> Result<()> {
    for Unsealed(seal) in next {
        unless_taken(db, |db| diesel::insert_into(audit_seals::table).values(seal).execute(db))?;
    }
    Ok(())
}

/// Looks whether the seals of every trail fit its rows, and whether the trail begins where it must. Trails without a
/// seal are looked at as well: somebody may have taken the seals away.
pub fn verify(db: &mut Db) -> Result<Vec<Proof>> {
    let mut trails: Vec<OrganizationId> =
        audit_seals::table.select(audit_seals::organization_id).distinct().load(db)?;
    trails.extend(organizations::table.select(organizations::id).load::<OrganizationId>(db)?);
    trails.sort_unstable();
    trails.dedup();
    trails.into_iter().map(|organization| verify_trail(db, organization)).collect()
}

/// The trail of an organization begins with its founding; that of the installation with anything.
fn begins_well(db: &mut Db, organization: OrganizationId) -> Result<bool> {
    let first = rows(db, organization, None, 1)?;
    Ok(organization.uuid().is_nil() || first.iter().any(|entry| entry.deed == FOUNDED))
}

fn verify_trail(db: &mut Db, organization: OrganizationId) -> Result<Proof> {
    let (mut number, mut last_id, mut last_hash) = (0, None, String::new());
    let mut broken_at = if begins_well(db, organization)? { None } else { Some(1) };
    loop {
        let next: Option<Seal> = Seal::query()
            .filter(audit_seals::organization_id.eq(organization))
            .filter(audit_seals::number.gt(number))
            .order(audit_seals::number)
            .first(db)
            .optional()?;
        let Some(seal) = next else { break };
        let covered: Vec<Entry> = rows(db, organization, last_id, seal.entries.saturating_add(1))?
            .into_iter()
            .take_while(|entry| entry.id <= seal.last_id)
            .collect();
        let whole = i64::try_from(covered.len()).is_ok_and(|count| count == seal.entries);
        if seal.number != number + 1 || !whole || hash(&last_hash, &covered)? != seal.hash {
            broken_at = broken_at.or(Some(seal.number));
        }
        (number, last_id, last_hash) = (seal.number, Some(seal.last_id), seal.hash);
    }
    Ok(Proof { head: Head { organization, number, hash: last_hash }, broken_at })
}

fn last_seal(db: &mut Db, organization: OrganizationId) -> Result<Option<Seal>> {
    Ok(Seal::query()
        .filter(audit_seals::organization_id.eq(organization))
        .order(audit_seals::number.desc())
        .first(db)
        .optional()?)
}

fn rows(db: &mut Db, organization: OrganizationId, behind: Option<AuditId>, limit: i64) -> Result<Vec<Entry>> {
    let behind = behind.unwrap_or(uuid::Uuid::nil().into());
    Ok(Entry::query()
        .filter(audit::organization_id.eq(organization))
        .filter(audit::id.gt(behind))
        .order(audit::id)
        .limit(limit)
        .load(db)?)
}

/// SHA-256 in hex over the hash before and every column of every row, as JSON, a line each.
fn hash(before: &str, entries: &[Entry]) -> Result<String> {
    let mut digest = Sha256::new();
    digest.update(before);
    for entry in entries {
        let columns = (
            entry.organization_id,
            entry.id,
            entry.event_id,
            (&entry.actor, entry.actor_id, &entry.network),
            (&entry.deed, entry.subject_id, entry.changes.as_ref().map(|changes| &changes.0)),
            entry.at.micros(),
        );
        digest.update(b"\n");
        digest.update(serde_json::to_vec(&columns).map_err(Error::internal)?);
    }
    Ok(data_encoding::HEXLOWER.encode(&digest.finalize()))
}
