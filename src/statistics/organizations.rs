//! For whom people come: the organizations that they named.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Detail;
use crate::error::Result;
use crate::registrations::RegistrationStatus;
use crate::store::schema::registrations;
use crate::store::{Db, EventId};
use crate::values::search_key;

/// How many organizations are named; all others are together.
const MOST: usize = 100;
/// Groups of fewer people than this can point at somebody.
const FEW: i64 = 5;

/// How many people come for one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationCount {
    /// As most of them wrote it; none for who named none.
    pub organization: Option<String>,
    /// Whether these are all others together.
    pub others: bool,
    /// How many.
    pub registrations: i64,
}

/// The live registrations of an event by the organization that people named, whatever its case and accents; the most
/// frequent first, who named none and all others last.
pub(super) fn by_organization(db: &mut Db, event: EventId, detail: Detail) -> Result<Vec<OrganizationCount>> {
    let live: Vec<RegistrationStatus> = RegistrationStatus::ALL.iter().copied().filter(|one| one.is_live()).collect();
    let rows: Vec<(Option<String>, i64)> = registrations::table
        .filter(registrations::event_id.eq(event))
        .filter(registrations::status.eq_any(live))
        .group_by(registrations::organization)
        .select((registrations::organization, diesel::dsl::count_star()))
        .load(db)?;
    Ok(ranked(rows, detail))
}

fn ranked(rows: Vec<(Option<String>, i64)>, detail: Detail) -> Vec<OrganizationCount> {
    let mut named: HashMap<String, (String, i64, i64)> = HashMap::new();
    let mut unnamed = 0;
    for (name, count) in rows {
        let Some(name) = name else {
            unnamed += count;
            continue;
        };
        let (spelling, most, all) = named.entry(search_key(&name)).or_insert_with(|| (name.clone(), 0, 0));
        *all += count;
        // Of two that are as frequent, always the same.
        if count > *most || (count == *most && name < *spelling) {
            (*spelling, *most) = (name, count);
        }
    }
    let mut ranked: Vec<(String, i64)> = named.into_values().map(|(spelling, _, all)| (spelling, all)).collect();
    ranked.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let shown = ranked.iter().filter(|(_, count)| detail == Detail::Exact || *count >= FEW).count().min(MOST);
    let others: i64 = ranked.split_off(shown).into_iter().map(|(_, count)| count).sum();
    let row = |organization, others, registrations| OrganizationCount { organization, others, registrations };
    let mut counts: Vec<_> = ranked.into_iter().map(|(name, count)| row(Some(name), false, count)).collect();
    counts.extend((unnamed > 0).then(|| row(None, false, unnamed)));
    counts.extend((others > 0).then(|| row(None, true, others)));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(detail: Detail, rows: &[(Option<&str>, i64)]) -> Vec<(Option<String>, bool, i64)> {
        let rows = rows.iter().map(|(name, count)| (name.map(str::to_owned), *count)).collect();
        ranked(rows, detail).into_iter().map(|row| (row.organization, row.others, row.registrations)).collect()
    }

    #[test]
    fn spellings_of_one_organization_are_counted_together() {
        let rows = [(Some("MUSEE"), 1), (Some("Musée"), 3), (Some("musée"), 2), (Some("Atelier"), 6), (None, 4)];
        let exact = [(Some("Atelier".to_owned()), false, 6), (Some("Musée".to_owned()), false, 6), (None, false, 4)];
        assert_eq!(shown(Detail::Exact, &rows), exact);
    }

    #[test]
    fn who_sees_no_names_sees_groups_of_five() {
        let rows = [(Some("A"), 5), (Some("B"), 4), (Some("C"), 1), (None, 1)];
        let grouped = [(Some("A".to_owned()), false, 5), (None, false, 1), (None, true, 5)];
        assert_eq!(shown(Detail::Grouped, &rows), grouped);
    }

    #[test]
    fn a_hundred_are_named() {
        let names: Vec<String> = (0..150).map(|number| format!("{number:03}")).collect();
        let rows: Vec<(Option<&str>, i64)> = names.iter().map(|name| (Some(name.as_str()), 1)).collect();
        let shown = shown(Detail::Exact, &rows);
        assert_eq!((shown.len(), shown.last()), (101, Some(&(None, true, 50))));
    }
}
