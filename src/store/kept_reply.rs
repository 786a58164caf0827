//! Replies that are kept, so that a repeated request has one effect.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::schema::idempotency_keys;
use super::{Db, Id, Json};
use crate::clock::Timestamp;
use crate::error::Result;

/// How long replies are kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// In whose queue a request stands.
pub enum Queue {}

/// The HTTP status that is kept of a reply that was forgotten (RFC 9110 §15.5.11).
const FORGOTTEN: i64 = 410;

/// A reply that was given.
#[derive(Debug, Clone, HasQuery, Insertable)]
#[diesel(table_name = idempotency_keys, treat_none_as_default_value = false)]
pub struct KeptReply {
    /// A fingerprint of caller, method, path and key.
    pub id: String,
    /// A fingerprint of the request's body.
    pub body_hash: String,
    /// The HTTP status.
    pub status: i64,
    /// The headers.
    pub headers: Json<Vec<(String, String)>>,
    /// The body.
    pub body: String,
    /// When it was given.
    pub created_at: Timestamp,
    /// In whose queue the request stood: the id of an event, mostly. None for replies from before it was written down.
    pub queue: Option<Id<Queue>>,
}

impl KeptReply {
    /// The reply with this id.
    pub fn find(db: &mut Db, id: &str) -> Result<Option<Self>> {
        Ok(Self::query().filter(idempotency_keys::id.eq(id)).first(db).optional()?)
    }

    /// Keeps it, in the place of an outdated one.
    pub fn keep(&self, db: &mut Db) -> Result<()> {
        diesel::delete(idempotency_keys::table.filter(idempotency_keys::id.eq(&self.id))).execute(db)?;
        diesel::insert_into(idempotency_keys::table).values(self).execute(db)?;
        Ok(())
    }

    /// Forgets what the replies in an event's queue said that name somebody; the same request is still known.
    pub fn forget_about(db: &mut Db, queue: uuid::Uuid, somebody: uuid::Uuid) -> Result<usize> {
        let about = idempotency_keys::table
            .filter(idempotency_keys::queue.eq(Id::<Queue>::from(queue)))
            .filter(idempotency_keys::body.like(format!("%{somebody}%")));
        Ok(diesel::update(about)
            .set((
                idempotency_keys::status.eq(FORGOTTEN),
                idempotency_keys::headers.eq(Json(Vec::<(String, String)>::new())),
                idempotency_keys::body.eq(""),
            ))
            .execute(db)?)
    }

    /// Whether what it said has been forgotten.
    pub fn is_forgotten(&self) -> bool {
        self.status == FORGOTTEN && self.body.is_empty()
    }

    /// Whether it is still to be given again.
    pub fn is_current(&self, now: Timestamp) -> bool {
        self.created_at.plus(KEPT) > now
    }

    /// Forgets the replies that are not given again any more; returns how many there were.
    pub fn forget_outdated(db: &mut Db, now: Timestamp) -> Result<usize> {
        let outdated = idempotency_keys::table.filter(idempotency_keys::created_at.le(now.plus(-KEPT)));
        Ok(diesel::delete(outdated).execute(db)?)
    }
}
