//! Answers leave when their time is over.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::json;

use super::{Answers, Registration, transition};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{Held, Question};
use crate::store::schema::{events, questions, registrations};
use crate::store::{Db, EventId, Json, RegistrationId};

/// How many registrations are gone through in one write.
const BATCH: i64 = 500;

/// Answers of an event whose time is over, and how many of them are forgotten already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outdated {
    /// Of which event.
    pub event: EventId,
    /// How many answers were forgotten so far, by the keys of the questions.
    pub forgotten: BTreeMap<String, u64>,
    after: Option<RegistrationId>,
}

/// The events that have answers whose time is over.
pub fn outdated_answers(db: &mut Db, now: Timestamp) -> Result<Vec<Outdated>> {
    let kept_for_a_while: Vec<(EventId, Timestamp, String, i64)> = questions::table
        .inner_join(events::table.on(events::id.eq(questions::event_id)))
        .filter(questions::retention_days.is_not_null())
        .filter(events::ends_at.lt(now))
        .order((questions::event_id, questions::position, questions::id))
        .select((questions::event_id, events::ends_at, questions::key, questions::retention_days.assume_not_null()))
        .load(db)?;
    let over = kept_for_a_while.into_iter().filter(|(_, ends_at, _, days)| is_over(*ends_at, *days, now));
    let mut keys: BTreeMap<EventId, BTreeMap<String, u64>> = BTreeMap::new();
    for (event, _, key, _) in over {
        keys.entry(event).or_default().insert(key, 0);
    }
    let mut outdated = Vec::new();
    for (event, forgotten) in keys {
        let mut one = Outdated { event, forgotten, after: None };
        if one.find(db)? {
            one.after = None;
            outdated.push(one);
        }
    }
    Ok(outdated)
}

fn is_over(ends_at: Timestamp, days: i64, now: Timestamp) -> bool {
    ends_at.plus(TimeDelta::days(days)) <= now
}

impl Outdated {
    /// Whether anybody has such an answer.
    fn find(&mut self, db: &mut Db) -> Result<bool> {
        loop {
            let batch = self.next(db)?;
            if batch.iter().any(|one| one.answers.iter().any(|answers| self.keys_in(&answers.0).next().is_some())) {
                return Ok(true);
            }
            if batch.is_empty() {
                return Ok(false);
            }
        }
    }

    fn keys_in<'a>(&'a self, answers: &'a Answers) -> impl Iterator<Item = &'a String> {
        self.forgotten.keys().filter(|key| answers.contains_key(*key))
    }

    fn next(&mut self, db: &mut Db) -> Result<Vec<Registration>> {
        let mut answered = Registration::query()
            .filter(registrations::event_id.eq(self.event))
            .filter(registrations::answers.is_not_null())
            .order(registrations::id)
            .limit(BATCH)
            .into_boxed();
        if let Some(after) = self.after {
            answered = answered.filter(registrations::id.gt(after));
        }
        let batch: Vec<Registration> = answered.load(db)?;
        self.after = batch.last().map(|last| last.id);
        Ok(batch)
    }
}

/// Forgets outdated answers of some hundred registrations; gives back what is left to do. The trail is told once, at the
/// end, how many there were.
pub fn forget_answers(db: &mut Db, mut outdated: Outdated, now: Timestamp) -> Result<Option<Outdated>> {
    let held = Held::by_id(db, outdated.event)?;
    // The event may have been moved, or a question changed, since somebody looked.
    let questions = Question::of_event(db, held.event.id)?;
    let over = |question: &Question| question.retention_days.is_some_and(|days| is_over(held.event.ends_at, days, now));
    outdated.forgotten.retain(|key, count| *count > 0 || questions.iter().any(|one| one.key == *key && over(one)));
    let batch = outdated.next(db)?;
    let more = !batch.is_empty();
    for mut registration in batch {
        let Some(mut answers) = registration.answers.take().map(|answers| answers.0) else { continue };
        let keys: Vec<String> = outdated.keys_in(&answers).cloned().collect();
        if keys.is_empty() {
            continue;
        }
        for key in keys {
            answers.remove(&key);
            *outdated.forgotten.entry(key).or_default() += 1;
        }
        registration.answers = Some(answers).filter(|answers| !answers.is_empty()).map(Json);
        transition::save(db, registration, now)?;
    }
    if more {
        return Ok(Some(outdated));
    }
    if outdated.forgotten.values().any(|count| *count > 0) {
        let changes = Changes::between(&json!({}), &json!({ "forgotten": outdated.forgotten }));
        let (event, id) = (held.event.scope(), held.event.id.uuid());
        audit::record_changes(db, &Actor::SYSTEM, event, "answers.forgotten", id, changes, now)?;
    }
    Ok(None)
}
