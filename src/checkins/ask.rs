//! What staff ask at the door.

use super::CheckInList;
use crate::access::Caller;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{Event, Question};
use crate::registrations::{self, Answers, Registration, answers};
use crate::store::Db;

/// What was answered at the door, and what is still to be asked.
pub(super) struct Asked {
    /// The questions of the list that this person has to answer and has not.
    pub missing: Vec<Question>,
    /// All answers of this person, if some were given now.
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
    let given =
        given.map(|given| answers::revise(&questions, kind, &before, given)).transpose().map_err(Error::Invalid)?;
    let answered = given.as_ref().unwrap_or(&before);
    let has_to_answer = |question: &Question| {
        list.questions.0.contains(&question.key)
            && question.required
            && question.concerns(kind)
            && question.condition.as_ref().is_none_or(|condition| condition.0.is_met(answered))
            && !answered.contains_key(&question.key)
    };
    let missing = questions.into_iter().filter(has_to_answer).collect::<Vec<_>>();
    Ok(Asked { missing, given: given.filter(|given| *given != before) })
}

impl Asked {
    /// Writes down what was answered, if something was.
    pub(super) fn keep(
        self,
        db: &mut Db,
        by: &Caller,
        event: &Event,
        registration: Registration,
        now: Timestamp,
    ) -> Result<Registration> {
        match self.given {
            Some(answers) => registrations::answer(db, &by.actor(), event, registration, answers, now),
            None => Ok(registration),
        }
    }
}
