//! Who was here last, until somebody writes it down: a request that only reads need not wait for a write.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use diesel::prelude::*;

use super::{Caller, Granted, Identity, Paired, SignedIn};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::{api_tokens, devices, sign_ins};
use crate::store::{ApiTokenId, Db, DeviceId, SignInId};

/// When tokens, devices and sign-ins were last used, to the minute.
#[derive(Debug, Default)]
pub struct Uses(Mutex<LastUses>);

/// What is not written down yet.
#[derive(Debug, Clone, Default)]
pub struct LastUses {
    tokens: HashMap<ApiTokenId, Timestamp>,
    devices: HashMap<DeviceId, Timestamp>,
    sign_ins: HashMap<SignInId, Timestamp>,
}

impl LastUses {
    /// Whether there is nothing to write down.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty() && self.devices.is_empty() && self.sign_ins.is_empty()
    }
}

impl Uses {
    fn lock(&self) -> MutexGuard<'_, LastUses> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers that a caller was here, to the minute.
    pub fn note(&self, caller: &Caller, now: Timestamp) {
        let long_ago = |last: Timestamp| last.plus(TimeDelta::minutes(1)) <= now;
        match &caller.identity {
            Identity::Token(Granted { id, last_used_at, .. }) if last_used_at.is_none_or(long_ago) => {
                self.lock().tokens.insert(*id, now);
            }
            Identity::Device(Paired { id, last_seen_at, .. }) if last_seen_at.is_none_or(long_ago) => {
                self.lock().devices.insert(*id, now);
            }
            Identity::Member(SignedIn { sign_in, last_seen_at, .. }) if long_ago(*last_seen_at) => {
                self.lock().sign_ins.insert(*sign_in, now);
            }
            _ => {}
        }
    }

    /// When a sign-in was last used: what is remembered here, or what its row says.
    pub fn last_seen(&self, sign_in: SignInId, written: Timestamp) -> Timestamp {
        self.lock().sign_ins.get(&sign_in).map_or(written, |noted| written.max(*noted))
    }

    /// What is to be written down. It stays remembered until [`Uses::forget`].
    pub fn pending(&self) -> LastUses {
        self.lock().clone()
    }

    /// Forgets what was written down, and has not changed since.
    pub fn forget(&self, written: &LastUses) {
        let mut pending = self.lock();
        pending.tokens.retain(|id, at| written.tokens.get(id) != Some(at));
        pending.devices.retain(|id, at| written.devices.get(id) != Some(at));
        pending.sign_ins.retain(|id, at| written.sign_ins.get(id) != Some(at));
    }
}

/// Writes down when tokens, devices and sign-ins were last used.
pub fn note_uses(db: &mut Db, uses: &LastUses) -> Result<()> {
    for (id, at) in &uses.tokens {
        diesel::update(api_tokens::table.filter(api_tokens::id.eq(id)))
            .set(api_tokens::last_used_at.eq(Some(at)))
            .execute(db)?;
    }
    for (id, at) in &uses.devices {
        diesel::update(devices::table.filter(devices::id.eq(id)))
            .set(devices::last_seen_at.eq(Some(at)))
            .execute(db)?;
    }
    for (id, at) in &uses.sign_ins {
        diesel::update(sign_ins::table.filter(sign_ins::id.eq(id))).set(sign_ins::last_seen_at.eq(at)).execute(db)?;
    }
    Ok(())
}
