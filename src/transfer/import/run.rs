//! A planned import is carried out: all of it, or nothing.

use std::sync::atomic::{AtomicU64, Ordering};

use super::plan::{ImportOptions, Plan, Step, StepDeed};
use super::report::{Problem, Report};
use crate::access::Caller;
use crate::checkins::{Admission, Direction, Reason, Scan, VerdictResult, admit};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Held;
use crate::registrations::{Placed, edit, place};
use crate::store::{CheckInListId, Db, EventId, undone_on_failure};
use crate::values::Fault;

/// Carries out what was planned for an event, in the transaction that it is given; `progress` counts the steps that are
/// done. Returns the report, with what has become of it.
///
/// # Errors
/// `Invalid` with the pointer `/rows/<number>` for what has changed since it was planned: somebody has registered, taken
/// the last seat, or changed the same registration. Then nothing must be kept.
pub fn run_import(
    db: &mut Db,
    by: &Caller,
    event: EventId,
    plan: Plan,
    options: &ImportOptions,
    now: Timestamp,
    progress: &AtomicU64,
) -> Result<Report> {
    let held = Held::by_id(db, event)?;
    let Plan { mut report, steps, list } = plan;
    if report.problem_count > 0 {
        return Err(Error::Invalid(report.issues()));
    }
    for Step { row, deed } in steps {
        let done = match deed {
            StepDeed::Register(wish) => match place(db, &by.actor(), &held, *wish, now) {
                Ok(Placed::New(_)) => Ok(()),
                Ok(Placed::Before(_)) => Err(meanwhile("somebody has registered with this address")),
                Err(error) => Err(error),
            },
            StepDeed::Edit(change) => {
                let (id, version, change) = *change;
                edit(db, &by.actor(), id, change, Some(version), options.hand(), now).map(drop)
            }
            StepDeed::Admit(registration, at) => {
                let list = list.ok_or(Error::NotFound("check-in list"))?;
                let scan = Scan::Registration(registration);
                let outcome = let_in(db, by, &held, list, (scan, at), now);
                outcome.map(|came| {
                    if !came {
                        report.attended -= 1;
                        report.unchanged += 1;
                    }
                })
            }
        };
        done.map_err(|error| of_row(row, error))?;
        progress.fetch_add(1, Ordering::Relaxed);
    }
    Ok(report)
}

/// Marks somebody as having come, unless the door has let them in meanwhile.
fn let_in(
    db: &mut Db,
    by: &Caller,
    held: &Held,
    list: CheckInListId,
    (scan, occurred_at): (Scan, Option<Timestamp>),
    now: Timestamp,
) -> Result<bool> {
    let direction = Some(Direction::Entry);
    let admission = Admission { scan, direction, nonce: None, occurred_at, answers: None };
    let admitted = undone_on_failure(db, |db| {
        let verdict = admit(db, by, held, list, &admission, now)?;
        match (verdict.result, verdict.reason) {
            (VerdictResult::Accepted | VerdictResult::AcceptedConflict, _) => Ok(()),
            (_, reason) => Err(Error::invalid("", denied(reason), "the list does not let them in")),
        }
    });
    match admitted {
        Ok(()) => Ok(true),
        Err(Error::Invalid(issues)) if issues[0].code == "already_checked_in" => Ok(false),
        Err(other) => Err(other),
    }
}

fn denied(reason: Option<Reason>) -> &'static str {
    reason.unwrap_or(Reason::QuestionsRequired).as_str()
}

fn meanwhile(detail: &str) -> Error {
    Error::invalid("", "changed_meanwhile", format!("{detail} since the file was looked at: import it again"))
}

/// The same error, about a row.
fn of_row(row: u64, error: Error) -> Error {
    let issues = match error {
        Error::Invalid(issues) => issues.into_iter().map(|issue| Problem::of_issue(row, issue)).collect(),
        Error::Refused(refusal) => vec![Problem::of_row(row, Fault::new(refusal.code(), refusal.to_string()))],
        Error::VersionMismatch { .. } | Error::NotFound(_) => {
            return of_row(row, meanwhile("somebody has changed this registration"));
        }
        other => return other,
    };
    let report = Report { problem_count: issues.len() as u64, problems: issues, ..Report::default() };
    Error::Invalid(report.issues())
}
