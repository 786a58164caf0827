//! The whole outbox waits while the mail server does not take our login: no message is to blame for that. The pause is a
//! row, so that every instance keeps it.

use chrono::TimeDelta;
use diesel::prelude::*;

use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::mail_pauses;
use crate::store::{Db, Id, lock_queue};

/// How long to wait between two tries to log in: servers lock accounts at which somebody tries too often.
pub const PROBE_AFTER: TimeDelta = TimeDelta::minutes(5);

/// Why nothing is sent, and since when.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = mail_pauses)]
pub struct Pause {
    id: Id<Pause>,
    /// What the mail server said.
    pub reply: String,
    /// Since when.
    pub since: Timestamp,
    /// When the login is tried next.
    pub probe_at: Timestamp,
}

impl Pause {
    /// The pause, if there is one.
    pub fn current(db: &mut Db) -> Result<Option<Self>> {
        Ok(Self::query().first(db).optional()?)
    }
}

/// Pauses the outbox, or writes down what the server says by now. In the queue of no event.
pub(super) fn pause(db: &mut Db, reply: &str, now: Timestamp) -> Result<()> {
    lock_queue(db, uuid::Uuid::nil())?;
    let probe_at = now.plus(PROBE_AFTER);
    let again = (mail_pauses::reply.eq(reply), mail_pauses::probe_at.eq(probe_at));
    if diesel::update(mail_pauses::table).set(again).execute(db)? == 0 {
        let pause = Pause { id: uuid::Uuid::nil().into(), reply: reply.to_owned(), since: now, probe_at };
        diesel::insert_into(mail_pauses::table).values(&pause).execute(db)?;
    }
    Ok(())
}

/// Takes the next try to log in upon oneself; false if it is not due, or another instance has it.
pub(super) fn claim_probe(db: &mut Db, now: Timestamp) -> Result<bool> {
    let due = mail_pauses::table.filter(mail_pauses::probe_at.le(now));
    Ok(diesel::update(due).set(mail_pauses::probe_at.eq(now.plus(PROBE_AFTER))).execute(db)? == 1)
}

/// Has the login tried at once: at the start of a program, whose settings may be others.
pub(super) fn probe_soon(db: &mut Db, now: Timestamp) -> Result<()> {
    diesel::update(mail_pauses::table).set(mail_pauses::probe_at.eq(now)).execute(db)?;
    Ok(())
}

/// Ends the pause.
pub(super) fn resume(db: &mut Db) -> Result<()> {
    diesel::delete(mail_pauses::table).execute(db)?;
    Ok(())
}
