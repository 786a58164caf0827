//! What was answered at a door where nobody could ask us.

use serde::{Deserialize, Serialize};

use super::CheckIn;
use super::merge::Fact;
use crate::error::{FieldIssue, Result};
use crate::events::Question;
use crate::registrations::{Answers, Given, Registration, When, answers};
use crate::store::{Db, EventId, Json};
use crate::values::Fault;

/// Why an answer that came with a check-in was not kept. The check-in was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerError {
    /// A JSON Pointer (RFC 6901) into the check-in: `/answers/<key>`, or `/answers` for all of them.
    pub pointer: String,
    /// A stable word in `snake_case`.
    pub code: String,
    /// What is wrong, for a person.
    pub detail: String,
}

impl AnswerError {
    fn new(issue: FieldIssue) -> Self {
        Self { pointer: issue.pointer, code: issue.code.to_owned(), detail: issue.detail }
    }

    fn of_all(fault: &Fault) -> Self {
        Self { pointer: "/answers".to_owned(), code: fault.code.to_owned(), detail: fault.detail.clone() }
    }
}

/// Reads what was answered, and writes down in a row what cannot be kept of it.
pub(super) struct Reader {
    questions: Vec<Question>,
}

impl Reader {
    /// For these facts at an event: where nothing was answered, it costs nothing.
    pub(super) fn of(db: &mut Db, event: EventId, facts: &[Fact]) -> Result<Self> {
        let answered = facts.iter().any(|fact| fact.answers.is_some());
        Ok(Self { questions: if answered { Question::of_event(db, event)? } else { Vec::new() } })
    }

    /// What is kept of the answers that came with a fact. Of whom was turned away, of somebody else's ticket and of
    /// nobody whom we know, nothing is.
    pub(super) fn read(&self, fact: &Fact, whose: Option<&Registration>, row: &mut CheckIn) -> Option<Given> {
        let nothing = Ok(Answers::new());
        let (given, errors) = match fact.answers.as_ref().unwrap_or(&nothing) {
            Ok(given) if given.is_empty() => return None,
            Err(fault) => (None, vec![AnswerError::of_all(fault)]),
            Ok(given) => match whose.filter(|whose| row.passes() && !whose.is_erased() && !fact.scan.is_revoked(whose))
            {
                None => {
                    let detail = "these are nobody's answers: nobody was let in, or with a ticket that was replaced";
                    (None, vec![AnswerError::of_all(&Fault::new("not_kept", detail))])
                }
                Some(whose) => {
                    let (kept, issues) = answers::each(&self.questions, whose.ticket_type_id, row.occurred_at, given);
                    (Some(kept), issues.into_iter().map(AnswerError::new).collect())
                }
            },
        };
        row.answer_errors = (!errors.is_empty()).then_some(Json(errors));
        let when = When { at: row.occurred_at, fact: Some(name(row)) };
        given.filter(|given| !given.is_empty()).map(|answers| Given { when, answers })
    }
}

/// A name that no other fact has, and that does not depend on when we hear of it.
fn name(row: &CheckIn) -> String {
    [row.nonce.as_deref().unwrap_or_default(), &row.device, &row.list_id.to_string()].join("\n")
}
