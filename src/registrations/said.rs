//! What somebody says when they register, beyond who they are: their answers and consents.

use std::sync::Arc;

use super::{Answers, Wish, answers, consents};
use crate::error::{FieldIssue, Result};
use crate::events::{Catalog, ConsentText, Held};
use crate::store::{Db, TicketTypeId};

/// Answers and consents, checked.
pub(super) struct Said {
    pub answers: Answers,
    pub consents: Vec<ConsentText>,
}

/// What is asked at an event.
pub(super) struct Asked(Arc<Catalog>);

impl Asked {
    /// What is asked at an event that is held.
    pub(super) fn at(db: &mut Db, held: &Held) -> Result<Self> {
        Catalog::of(db, held).map(Self)
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
        let answers = check(&self.0.questions, ticket_type, &wish.answers);
        let consents = consents::check(&self.0.texts, &wish.consents, leniently);
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
