//! A planned import is carried out: all of it, or nothing.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};

use super::plan::{ImportOptions, Plan, Step, StepDeed};
use super::report::{Problem, Report};
use crate::access::Caller;
use crate::checkins::{Admission, Direction, Reason, Scan, VerdictResult, admit, admit_together};
use crate::clock::Timestamp;
use crate::error::{Error, Result, expect_version};
use crate::events::Held;
use crate::registrations::{Edit, Hand, Placed, Registration, edit_held, edit_together, place, place_together};
use crate::store::{CheckInListId, Db, EventId, RegistrationId, undone_on_failure};
use crate::values::Fault;

/// How many rows are written together.
const TOGETHER: usize = 500;

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
    let hand = options.hand();
    let mut steps = VecDeque::from(steps);
    while !steps.is_empty() {
        let some = alike(&mut steps);
        if together(db, by, (&held, list), &some, hand, now)? {
            progress.fetch_add(some.len() as u64, Ordering::Relaxed);
            continue;
        }
        for Step { row, deed } in some {
            one(db, by, (&held, list), deed, hand, &mut report, now).map_err(|error| of_row(row, error))?;
            progress.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(report)
}

/// Takes the next steps that are of one kind, some hundred at most.
fn alike(steps: &mut VecDeque<Step>) -> Vec<Step> {
    let kind = steps.front().map(|step| std::mem::discriminant(&step.deed));
    let count = steps.iter().take(TOGETHER).take_while(|step| Some(std::mem::discriminant(&step.deed)) == kind).count();
    steps.drain(..count).collect()
}

/// Does steps of one kind in a few statements; false if they have to be done one by one.
fn together(
    db: &mut Db,
    by: &Caller,
    (held, list): (&Held, Option<CheckInListId>),
    steps: &[Step],
    hand: Hand,
    now: Timestamp,
) -> Result<bool> {
    let (mut wishes, mut edits, mut people) = (Vec::new(), Vec::new(), Vec::new());
    for Step { deed, .. } in steps {
        match deed {
            StepDeed::Register(wish) => wishes.push((**wish).clone()),
            StepDeed::Edit(edit) => edits.push((**edit).clone()),
            StepDeed::Admit(registration, at) => people.push((*registration, *at)),
        }
    }
    if !people.is_empty() {
        return admit_together(db, by, held, list.ok_or(Error::NotFound("check-in list"))?, &people, now);
    }
    if edits.is_empty() {
        return place_together(db, &by.actor(), held, &wishes, hand, now);
    }
    edit_together(db, &by.actor(), held, &edits, hand, now)
}

/// Does one step.
fn one(
    db: &mut Db,
    by: &Caller,
    (held, list): (&Held, Option<CheckInListId>),
    deed: StepDeed,
    hand: Hand,
    report: &mut Report,
    now: Timestamp,
) -> Result<()> {
    match deed {
        StepDeed::Register(wish) => match place(db, &by.actor(), held, *wish, now)? {
            Placed::New(_) => Ok(()),
            Placed::Before(_) => Err(meanwhile("somebody has registered with this address")),
        },
        StepDeed::Edit(change) => {
            let (id, version, change) = *change;
            revise(db, by, held, (id, version), change, hand, now)
        }
        StepDeed::Admit(registration, at) => {
            let list = list.ok_or(Error::NotFound("check-in list"))?;
            if !let_in(db, by, held, list, (Scan::Registration(registration), at), now)? {
                report.attended -= 1;
                report.unchanged += 1;
            }
            Ok(())
        }
    }
}

/// Changes a registration that is as it was when the file was looked at.
fn revise(
    db: &mut Db,
    by: &Caller,
    held: &Held,
    (id, version): (RegistrationId, i64),
    change: Edit,
    hand: Hand,
    now: Timestamp,
) -> Result<()> {
    let before = Registration::find(db, id)?;
    expect_version(Some(version), before.version)?;
    edit_held(db, &by.actor(), held, before, change, hand, now).map(drop)
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
