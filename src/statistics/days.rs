//! When people registered.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Event;
use crate::store::schema::registrations;
use crate::store::{Db, RegistrationId};

/// How many times are in memory at once.
const BATCH: i64 = 10_000;

/// How many registered on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCount {
    /// On the event's clocks.
    pub date: NaiveDate,
    /// Registrations that came in, whatever became of them.
    pub registered: i64,
}

/// Days are told apart here: the two databases do not know zones alike.
pub(super) fn by_day(db: &mut Db, event: &Event) -> Result<Vec<DayCount>> {
    let zone = event.tz();
    let mut days: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    let mut after: Option<RegistrationId> = None;
    loop {
        let mut query = registrations::table
            .filter(registrations::event_id.eq(event.id))
            .select((registrations::id, registrations::created_at))
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(registrations::id.gt(after));
        }
        let batch: Vec<(RegistrationId, Timestamp)> = query.order(registrations::id).limit(BATCH).load(db)?;
        after = batch.last().map(|(id, _)| *id).or(after);
        for (_, at) in &batch {
            *days.entry(at.local(zone).date_naive()).or_default() += 1;
        }
        if i64::try_from(batch.len()).unwrap_or(0) < BATCH {
            return Ok(days.into_iter().map(|(date, registered)| DayCount { date, registered }).collect());
        }
    }
}
