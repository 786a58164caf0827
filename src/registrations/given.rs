//! Which of several answers to one question is the one that counts: the last that was given, whenever we hear of it.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::{Answers, Registration};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Question;
use crate::store::schema::answers_given;
use crate::store::{Db, RegistrationId};

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
    write(db, registration.id, later.into_iter().filter_map(|key| last.get_key_value(key)))?;
    Ok(answers)
}

/// Writes down that these answers were changed at a moment, by whoever could see how they stood.
pub(super) fn changed(db: &mut Db, (before, after): (&Registration, &Registration), now: Timestamp) -> Result<()> {
    let when = When { at: now, fact: None };
    let keys: Vec<&String> = differing(before, after).collect();
    write(db, after.id, keys.into_iter().map(|key| (key, &when)))
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
    write(db, registration, questions.iter().map(|question| (&question.key, &when)))
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

fn write<'a>(
    db: &mut Db,
    registration: RegistrationId,
    given: impl Iterator<Item = (&'a String, &'a When)>,
) -> Result<()> {
    for (question, when) in given {
        let this = answers_given::registration_id.eq(registration).and(answers_given::question.eq(question));
        diesel::delete(answers_given::table.filter(this)).execute(db)?;
        let row = (
            answers_given::registration_id.eq(registration),
            answers_given::question.eq(question),
            answers_given::answered_at.eq(when.at),
            answers_given::fact.eq(when.fact.as_deref()),
        );
        diesel::insert_into(answers_given::table).values(row).execute(db)?;
    }
    Ok(())
}
