//! What an import says of a file: what would become of each row, and everything that is wrong.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::error::FieldIssue;
use crate::values::Fault;

/// How many problems are named.
pub const MOST_PROBLEMS: usize = 200;
/// How many rows with changes are named.
pub const MOST_VERDICTS: usize = 500;

/// Something that is wrong with a cell, or with a row as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The number of the row, as spreadsheets count them: the names of the columns are row 1.
    pub row: u64,
    /// The column, if it is one: as programs call it, or its name in the file.
    pub column: Option<String>,
    /// A stable word in `snake_case`.
    pub code: Cow<'static, str>,
    /// What is wrong, for a person; without what stands there.
    pub detail: String,
}

impl Problem {
    /// Something is wrong with a cell.
    pub(super) fn of_column(row: u64, column: &str, code: &'static str, detail: &str) -> Self {
        let column = column.chars().take(64).collect();
        Self { row, column: Some(column), code: code.into(), detail: detail.to_owned() }
    }

    /// Something is wrong with a row.
    pub(super) fn of_row(row: u64, fault: Fault) -> Self {
        Self { row, column: None, code: fault.code.into(), detail: fault.detail }
    }

    /// The same about a field of a request (`/answers/diet`, `/ticket_type`), as it stands in a row.
    pub(super) fn of_issue(row: u64, issue: FieldIssue) -> Self {
        let column = issue.pointer.trim_start_matches('/').replacen("answers/", "answer.", 1);
        let column = match column.split('/').next() {
            Some("attendee") => column.split('/').next_back().map(ToOwned::to_owned),
            Some("sessions") => Some("session".to_owned()),
            Some("consents") => Some("consent".to_owned()),
            Some("") | None => None,
            Some(_) => Some(column),
        };
        Self { row, column, code: issue.code.into(), detail: issue.detail }
    }

    /// A JSON Pointer (RFC 6901) of rows and columns: `/rows/7/email`.
    pub fn pointer(&self) -> String {
        let column = self.column.as_deref().map(|column| column.replace('~', "~0").replace('/', "~1"));
        column.map_or_else(|| format!("/rows/{}", self.row), |column| format!("/rows/{}/{column}", self.row))
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowVerdict {
    /// Its number.
    pub row: u64,
    /// `created`, `updated`, or `attended`.
    pub verdict: String,
    /// The columns that change, of a registration that there is.
    pub columns: Vec<String>,
}

/// What becomes of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// How many rows there are.
    pub rows: u64,
    /// New registrations.
    pub created: u64,
    /// Registrations that change.
    pub updated: u64,
    /// People who are marked as having come.
    pub attended: u64,
    /// Rows that change nothing.
    pub unchanged: u64,
    /// The rows that change something: the first 500.
    pub verdicts: Vec<RowVerdict>,
    /// How many things are wrong.
    pub problem_count: u64,
    /// The first 200 of them.
    pub problems: Vec<Problem>,
    /// Columns that are not read.
    pub ignored_columns: Vec<String>,
}

impl Report {
    /// Something is wrong.
    pub(super) fn add(&mut self, problem: Problem) {
        self.problem_count += 1;
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// A row changes something.
    pub(super) fn change(&mut self, row: u64, verdict: &str, columns: Vec<String>) {
        match verdict {
            "created" => self.created += 1,
            "updated" => self.updated += 1,
            _ => self.attended += 1,
        }
        if self.verdicts.len() < MOST_VERDICTS {
            self.verdicts.push(RowVerdict { row, verdict: verdict.to_owned(), columns });
        }
    }

    /// What is wrong, as the problem document has it.
    pub fn issues(&self) -> Vec<FieldIssue> {
        let issue = |problem: &Problem| FieldIssue {
            pointer: problem.pointer(),
            code: match problem.code {
                Cow::Borrowed(code) => code,
                // Of a report that was stored; those are told as they are.
                Cow::Owned(_) => "invalid_row",
            },
            detail: problem.detail.clone(),
        };
        self.problems.iter().map(issue).collect()
    }
}
