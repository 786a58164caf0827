//! Which of several answers to one question is the one that counts: the last that was given, whenever we hear of it.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::consents::MOST_ROWS;
use super::{Answers, Registration};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Question;
use crate::store::schema::answers_given;
use crate::store::{Db, RegistrationId, on_each_database};

/// Answers that somebody gave at some moment.
#[derive(Debug, Clone)]
pub struct Given {
    /// When.
    pub when: When,
    /// What, in canonical form; null takes an answer back.
    pub answers: Answers,
}

/// The moment at which an answer was given. Of two at the same microsecond, what we heard of at once is the later one; of
/// two that were handed in afterwards, their own names decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// When it was given.
    pub at: Timestamp,
    /// Which one it is, if it was handed in afterwards: no two have the same name.
    pub fact: Option<String>,
}

impl When {
    fn rank(&self) -> impl Ord + '_ {
        (self.at, self.fact.is_none(), self.fact.as_deref())
    }
}

/// What was answered after all of this: for each question, what was given last. What came with the registration was
/// given before everything else. Writes down what was given when.
pub(super) fn settle(db: &mut Db, registration: &Registration, given: &[Given]) -> Result<Answers> {
    let mut answers = registration.answers.as_ref().map(|answers| answers.0.clone()).unwrap_or_default();
    let mut last = of_registration(db, registration.id)?;
    let mut later = BTreeSet::new();
    for Given { when, answers: given } in given {
        for (key, value) in given {
            if last.get(key).is_some_and(|last| last.rank() > when.rank()) {
                continue;
            }
            last.insert(key.clone(), when.clone());
            later.insert(key.as_str());
            if value.is_null() {
                answers.remove(key);
            } else {
                answers.insert(key.clone(), value.clone());
            }
        }
    }
    let later = later.into_iter().filter_map(|key| last.get_key_value(key));
    write(db, &later.map(|(key, when)| Row::new(registration.id, key, when)).collect::<Vec<_>>())?;
    Ok(answers)
}

/// Writes down that the answers of these registrations, before and after, were changed at a moment, by whoever could see how
/// they stood.
pub(super) fn changed<'a>(
    db: &mut Db,
    changed: impl IntoIterator<Item = (&'a Registration, &'a Registration)>,
    now: Timestamp,
) -> Result<()> {
    let when = When { at: now, fact: None };
    let mut rows = Vec::new();
    for (before, after) in changed {
        rows.extend(differing(before, after).map(|key| Row::new(after.id, key, &when)));
    }
    write(db, &rows)
}

/// The keys of the questions to which the answers of two states of a registration are not the same.
pub(super) fn differing<'a>(one: &'a Registration, other: &'a Registration) -> impl Iterator<Item = &'a String> {
    let answer = |registration: &'a Registration, key: &str| registration.answers.as_ref()?.0.get(key);
    let keys = [one, other].map(|one| one.answers.iter().flat_map(|answers| answers.0.keys()).collect::<BTreeSet<_>>());
    let all = &keys[0] | &keys[1];
    all.into_iter().filter(move |key| answer(one, key) != answer(other, key))
}

/// Somebody else has the place: what was answered up to now, also what we hear of later, was answered by the one before.
pub(super) fn begin_anew(
    db: &mut Db,
    registration: RegistrationId,
    questions: &[Question],
    now: Timestamp,
) -> Result<()> {
    forget(db, registration)?;
    let when = When { at: now, fact: None };
    write(db, &questions.iter().map(|question| Row::new(registration, &question.key, &when)).collect::<Vec<_>>())
}

/// Forgets when somebody answered what.
pub(super) fn forget(db: &mut Db, registration: RegistrationId) -> Result<()> {
    diesel::delete(answers_given::table.filter(answers_given::registration_id.eq(registration))).execute(db)?;
    Ok(())
}

fn of_registration(db: &mut Db, registration: RegistrationId) -> Result<BTreeMap<String, When>> {
    let rows: Vec<(String, Timestamp, Option<String>)> = answers_given::table
        .filter(answers_given::registration_id.eq(registration))
        .select((answers_given::question, answers_given::answered_at, answers_given::fact))
        .load(db)?;
    Ok(rows.into_iter().map(|(question, at, fact)| (question, When { at, fact })).collect())
}

/// When somebody answered what.
#[derive(Insertable)]
#[diesel(table_name = answers_given, treat_none_as_default_value = false)]
struct Row<'a> {
    registration_id: RegistrationId,
    question: &'a str,
    answered_at: Timestamp,
    fact: Option<String>,
}

impl<'a> Row<'a> {
    fn new(registration_id: RegistrationId, question: &'a str, When { at, fact }: &When) -> Self {
        Self { registration_id, question, answered_at: *at, fact: fact.clone() }
    }
}

fn write(db: &mut Db, rows: &[Row<'_>]) -> Result<()> {
    for some in rows.chunks(MOST_ROWS) {
        on_each_database!(db, |c| diesel::insert_into(answers_given::table)
            .values(some)
            .on_conflict((answers_given::registration_id, answers_given::question))
            .do_update()
            .set((
                answers_given::answered_at.eq(excluded(answers_given::answered_at)),
                answers_given::fact.eq(excluded(answers_given::fact)),
            ))
            .execute(c))?;
    }
    Ok(())
}
