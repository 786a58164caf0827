//! What somebody says when they register, beyond who they are: their answers and consents.

use super::{Answers, Wish, answers, consents};
use crate::error::{Error, Result};
use crate::events::{ConsentText, Question};
use crate::store::{Db, EventId};

/// Answers and consents, checked.
pub(super) struct Said {
    pub answers: Answers,
    pub consents: Vec<ConsentText>,
}

impl Said {
    /// Checks them against what is asked at an event.
    ///
    /// # Errors
    /// `Invalid`, for all of them at once.
    pub(super) fn check(db: &mut Db, event: EventId, wish: &Wish) -> Result<Self> {
        let questions = Question::of_event(db, event)?;
        let answers = answers::check(&questions, wish.ticket_type, &wish.answers);
        let consents = consents::check(ConsentText::asked(db, event)?, &wish.consents);
        match (answers, consents) {
            (Ok(answers), Ok(consents)) => Ok(Self { answers, consents }),
            (answers, consents) => {
                let mut issues = answers.err().unwrap_or_default();
                issues.extend(consents.err().unwrap_or_default());
                Err(Error::Invalid(issues))
            }
        }
    }
}
