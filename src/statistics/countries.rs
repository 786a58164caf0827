//! Where people come from.

use std::collections::BTreeMap;

use crate::text_enum;

/// Groups of fewer people than this can point at somebody.
const FEW: i64 = 5;

text_enum! {
    /// How finely people are counted who described themselves.
    pub enum Detail {
        /// Each group, for who may read their names as well.
        Exact = "exact",
        /// Groups of fewer than five put together, for who may not.
        Grouped = "grouped",
    }
}

/// How many people come from one country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountryCount {
    /// Two letters; `other` for all countries of few people together; none for who did not say.
    pub country: Option<String>,
    /// How many.
    pub registrations: i64,
}

/// The most frequent country first; who did not say, and all others, last.
pub(super) fn by_country(countries: BTreeMap<Option<String>, i64>, detail: Detail) -> Vec<CountryCount> {
    let is_few = |count: i64| detail == Detail::Grouped && count < FEW;
    let other: i64 = countries.values().copied().filter(|count| is_few(*count)).sum();
    let named = countries.into_iter().filter(|(_, count)| !is_few(*count));
    let mut rows: Vec<CountryCount> =
        named.map(|(country, registrations)| CountryCount { country, registrations }).collect();
    rows.sort_by_key(|row| (row.country.is_none(), std::cmp::Reverse(row.registrations)));
    if other > 0 {
        rows.push(CountryCount { country: Some("other".to_owned()), registrations: other });
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(detail: Detail, counts: &[(Option<&str>, i64)]) -> Vec<(Option<String>, i64)> {
        let countries = counts.iter().map(|(country, count)| (country.map(str::to_owned), *count)).collect();
        by_country(countries, detail).into_iter().map(|row| (row.country, row.registrations)).collect()
    }

    fn some(country: &str, count: i64) -> (Option<String>, i64) {
        (Some(country.to_owned()), count)
    }

    #[test]
    fn groups_of_few_are_put_together_for_who_sees_no_names() {
        let counts = [(Some("BE"), 5), (Some("DE"), 4), (Some("FR"), 1), (Some("LU"), 90), (None, 7)];
        let exact = [some("LU", 90), some("BE", 5), some("DE", 4), some("FR", 1), (None, 7)];
        assert_eq!(rows(Detail::Exact, &counts), exact);
        assert_eq!(rows(Detail::Grouped, &counts), [some("LU", 90), some("BE", 5), (None, 7), some("other", 5)]);
        assert_eq!(rows(Detail::Grouped, &[(None, 2), (Some("LU"), 1)]), [some("other", 3)]);
        assert_eq!(rows(Detail::Grouped, &[]), []);
    }
}
