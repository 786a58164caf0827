//! What somebody says when they register, beyond who they are: their answers and consents.

use super::{Answers, Wish, answers, consents};
use crate::error::{FieldIssue, Result};
use crate::events::{ConsentText, Question};
use crate::store::{Db, EventId, TicketTypeId};

/// Answers and consents, checked.
pub(super) struct Said {
    pub answers: Answers,
    pub consents: Vec<ConsentText>,
}

/// What is asked at an event.
pub(super) struct Asked {
    questions: Vec<Question>,
    texts: Vec<ConsentText>,
}

impl Asked {
    /// What is asked at this event.
    pub(super) fn at(db: &mut Db, event: EventId) -> Result<Self> {
        Ok(Self { questions: Question::of_event(db, event)?, texts: ConsentText::asked(db, event)? })
    }

    /// Checks what somebody says who comes with this ticket type. Leniently, nothing has to be said: whoever registers
    /// them by force does not know their answers, and cannot consent for them.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub(super) fn check(
        &self,
        wish: &Wish,
        ticket_type: Option<TicketTypeId>,
        leniently: bool,
    ) -> Result<Said, Vec<FieldIssue>> {
        let check = if leniently { answers::check_leniently } else { answers::check };
        let answers = check(&self.questions, ticket_type, &wish.answers);
        let consents = consents::check(self.texts.clone(), &wish.consents, leniently);
        match (answers, consents) {
            (Ok(answers), Ok(consents)) => Ok(Said { answers, consents }),
            (answers, consents) => {
                let mut issues = answers.err().unwrap_or_default();
                issues.extend(consents.err().unwrap_or_default());
                Err(issues)
            }
        }
    }
}
