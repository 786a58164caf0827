//! What staff ask at the door.

use std::collections::BTreeSet;

use serde_json::Value;

use super::CheckInList;
use crate::access::Caller;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{Event, Question};
use crate::registrations::{self, Answers, Given, Registration, When, answers};
use crate::store::Db;

/// What was answered at the door, and what is still to be asked.
pub(super) struct Asked {
    /// The questions of the list that this person has to answer and has not.
    pub missing: Vec<Question>,
    /// What was answered now, and what that changes of the other answers; null for what is gone.
    given: Option<Answers>,
}

/// Reads answers given at the door, and looks what is missing at this list. A list that asks nothing costs nothing.
///
/// # Errors
/// `Invalid`, everything that is wrong with the answers, each with the pointer `/answers/<key>`.
pub(super) fn ask(
    db: &mut Db,
    list: &CheckInList,
    registration: &Registration,
    given: Option<&Answers>,
) -> Result<Asked> {
    if list.questions.0.is_empty() && given.is_none() {
        return Ok(Asked { missing: Vec::new(), given: None });
    }
    let questions = Question::of_event(db, registration.event_id)?;
    let before = registration.answers.as_ref().map(|answers| answers.0.clone()).unwrap_or_default();
    let kind = registration.ticket_type_id;
    let revised =
        given.map(|given| answers::revise(&questions, kind, &before, given)).transpose().map_err(Error::Invalid)?;
    let answered = revised.as_ref().unwrap_or(&before);
    let has_to_answer = |question: &Question| {
        list.questions.0.contains(&question.key)
            && question.required
            && question.concerns(kind)
            && question.condition.as_ref().is_none_or(|condition| condition.0.is_met(answered))
            && !answered.contains_key(&question.key)
    };
    let missing = questions.into_iter().filter(has_to_answer).collect::<Vec<_>>();
    let given = given.zip(revised).map(|(given, after)| {
        let keys = given.keys().chain(before.keys()).chain(after.keys()).cloned().collect::<BTreeSet<_>>();
        let new = keys.into_iter().filter(|key| given.contains_key(key) || before.get(key) != after.get(key));
        new.map(|key| (key.clone(), after.get(&key).cloned().unwrap_or(Value::Null))).collect()
    });
    Ok(Asked { missing, given })
}

impl Asked {
    /// Whether nothing was answered.
    pub(super) fn is_silent(&self) -> bool {
        self.given.is_none()
    }

    /// Writes down what was answered at a moment, if something was.
    pub(super) fn keep(
        self,
        db: &mut Db,
        by: &Caller,
        event: &Event,
        registration: Registration,
        (at, now): (Timestamp, Timestamp),
    ) -> Result<Registration> {
        match self.given {
            Some(answers) => {
                let given = Given { when: When { at, fact: None }, answers };
                registrations::answer(db, &by.actor(), event, registration, &[given], now)
            }
            None => Ok(registration),
        }
    }
}
