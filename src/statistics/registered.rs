//! Registrations counted, in one query.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::error::Result;
use crate::registrations::{RegistrationStatus, Vias};
use crate::store::schema::registrations;
use crate::store::{Db, EventId, OrganizationId};

/// How many registrations there are, by where they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StatusCounts {
    /// Those whose address is not verified yet.
    pub pending_verification: i64,
    /// Those that somebody has to look at.
    pub pending_approval: i64,
    /// Those that have a place.
    pub confirmed: i64,
    /// Those that wait for a seat.
    pub waitlisted: i64,
    /// Those for which a seat is held.
    pub offered: i64,
    /// Those that were given up.
    pub cancelled: i64,
    /// Those that were not accepted.
    pub rejected: i64,
    /// Those that nobody verified or took in time.
    pub expired: i64,
}

impl StatusCounts {
    pub(super) fn add(&mut self, status: RegistrationStatus, count: i64) {
        *match status {
            RegistrationStatus::PendingVerification => &mut self.pending_verification,
            RegistrationStatus::PendingApproval => &mut self.pending_approval,
            RegistrationStatus::Confirmed => &mut self.confirmed,
            RegistrationStatus::Waitlisted => &mut self.waitlisted,
            RegistrationStatus::Offered => &mut self.offered,
            RegistrationStatus::Cancelled => &mut self.cancelled,
            RegistrationStatus::Rejected => &mut self.rejected,
            RegistrationStatus::Expired => &mut self.expired,
        } += count;
    }
}

/// How many came through one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViaCount {
    /// The host's slug; none: by themselves.
    pub organization: Option<String>,
    /// How many registrations, by where they stand.
    pub counts: StatusCounts,
}

/// An event's registrations, counted by status, host and country.
pub(super) struct Counts(Vec<(RegistrationStatus, Option<OrganizationId>, Option<String>, i64)>);

/// Counts an event's registrations.
pub(super) fn count(db: &mut Db, event: EventId) -> Result<Counts> {
    let by = (registrations::status, registrations::via_organization_id, registrations::country);
    let counted = registrations::table
        .filter(registrations::event_id.eq(event))
        .group_by(by)
        .select((
            registrations::status,
            registrations::via_organization_id,
            registrations::country,
            diesel::dsl::count_star(),
        ))
        .load(db)?;
    Ok(Counts(counted))
}

impl Counts {
    pub(super) fn by_status(&self) -> StatusCounts {
        let mut counts = StatusCounts::default();
        for (status, _, _, count) in &self.0 {
            counts.add(*status, *count);
        }
        counts
    }

    pub(super) fn by_via(&self, db: &mut Db) -> Result<Vec<ViaCount>> {
        let mut vias = Vias::default();
        vias.learn_of(db, self.0.iter().filter_map(|row| row.1))?;
        let mut by_via: BTreeMap<(bool, Option<&String>), StatusCounts> = BTreeMap::new();
        for (status, via, _, count) in &self.0 {
            let slug = vias.slug(*via);
            by_via.entry((slug.is_none(), slug)).or_default().add(*status, *count);
        }
        let rows = by_via.into_iter();
        Ok(rows.map(|((_, slug), counts)| ViaCount { organization: slug.cloned(), counts }).collect())
    }

    /// How many live registrations come from each country; none: the attendee did not say.
    pub(super) fn countries(&self) -> BTreeMap<Option<String>, i64> {
        let mut countries = BTreeMap::new();
        for (_, _, country, count) in self.0.iter().filter(|row| row.0.is_live()) {
            *countries.entry(country.clone()).or_default() += count;
        }
        countries
    }
}
