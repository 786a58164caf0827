//! What was tried and not allowed, remembered until somebody writes it down: a request that is refused writes nothing
//! itself, so that it takes as long as one for what is not there.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Actor, Change, Changes, Scope, trail};
use crate::clock::Timestamp;
use crate::error::{Denial, Result};
use crate::store::Db;

/// How many different ones are remembered until the next writing down; more are counted only.
const REMEMBERED: usize = 1000;

/// Attempts that were not allowed, by who tried what.
#[derive(Debug, Default)]
pub struct Denials(Mutex<HashMap<String, Tried>>);

/// An attempt, and how often it was made.
#[derive(Debug, Clone)]
pub struct Tried {
    by: Actor,
    denial: Denial,
    at: Timestamp,
    times: u64,
}

impl Denials {
    /// Remembers an attempt.
    pub fn note(&self, by: Actor, denial: Denial, at: Timestamp) {
        let (mut tried, key) = (self.lock(), key(&by, &denial));
        if let Some(again) = tried.get_mut(&key) {
            again.times += 1;
        } else if tried.len() < REMEMBERED {
            tried.insert(key, Tried { by, denial, at, times: 1 });
        }
    }

    /// What is to be written down. It stays remembered until [`Denials::forget`].
    pub fn pending(&self) -> Vec<Tried> {
        self.lock().values().cloned().collect()
    }

    /// Forgets what was written down; what was tried again meanwhile stays.
    pub fn forget(&self, written: &[Tried]) {
        let mut tried = self.lock();
        for Tried { by, denial, times, .. } in written {
            let key = key(by, denial);
            if let Some(left) = tried.get_mut(&key).map(|known| {
                known.times = known.times.saturating_sub(*times);
                known.times
            }) && left == 0
            {
                tried.remove(&key);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Tried>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(by: &Actor, denial: &Denial) -> String {
    format!("{by:?} {denial:?}")
}

/// Writes attempts down: `denied.` and the deed, with how often.
pub fn record_denials(db: &mut Db, tried: &[Tried]) -> Result<()> {
    for Tried { by, denial, at, times } in tried {
        let scope = Scope { organization: Some(denial.organization.into()), event: denial.event.map(Into::into) };
        let times = Change { field: "times".to_owned(), before: 0.into(), after: (*times).into() };
        let deed = format!("denied.{}", denial.deed).into();
        trail::insert(db, by, scope, deed, denial.subject, Some(Changes(vec![times])), *at)?;
    }
    Ok(())
}
