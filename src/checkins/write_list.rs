//! Check-in lists are opened, revised and removed.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::settings::{ListDraft, ShownField};
use super::{CheckInList, CheckInRefusal};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result, expect_version};
use crate::events::{Event, Held, Question, Session, TicketType};
use crate::store::schema::{check_in_lists, check_ins};
use crate::store::{CheckInListId, Db};

/// How many lists an event may have.
const MOST: usize = 100;

/// Opens a list for an event that covers everybody, admits them once, and again after an exit; every new event gets one.
pub fn open_list(db: &mut Db, by: &Actor, event: &Event, name: &str, now: Timestamp) -> Result<CheckInList> {
    let mut list = CheckInList::new(event.id, now);
    name.clone_into(&mut list.name);
    insert(db, by, event, list, now)
}

pub(super) fn insert(db: &mut Db, by: &Actor, event: &Event, list: CheckInList, now: Timestamp) -> Result<CheckInList> {
    diesel::insert_into(check_in_lists::table).values(&list).execute(db)?;
    audit::record(db, by, event.scope(), "check_in_list.opened", list.id.uuid(), now)?;
    Ok(list)
}

/// Opens another list for an event that is held.
///
/// # Errors
/// `Invalid`; `too_many_lists`.
pub fn add_list(db: &mut Db, by: &Actor, held: &Held, draft: ListDraft, now: Timestamp) -> Result<CheckInList> {
    check(db, &held.event, &draft)?;
    if CheckInList::of_event(db, held.event.id)?.len() >= MOST {
        return Err(CheckInRefusal::TooManyLists { most: MOST }.into());
    }
    let mut list = CheckInList::new(held.event.id, now);
    draft.apply(&mut list);
    insert(db, by, &held.event, list, now)
}

/// Changes a list of an event that is held.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `Invalid`; `list_in_use` for what would rewrite what has happened: its
/// zone, how often it admits, and an automatic exit in the past, once somebody was scanned.
pub fn revise_list(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    id: CheckInListId,
    draft: ListDraft,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<CheckInList> {
    let before = CheckInList::find_of(db, held.event.id, id)?;
    expect_version(expected, before.version)?;
    check(db, &held.event, &draft)?;
    let mut list = before.clone();
    draft.apply(&mut list);
    let past = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
    let exit_moves = list.automatic_exit_at != before.automatic_exit_at;
    let rewritten = [
        ("zone", list.zone != before.zone),
        ("admits", list.admits != before.admits),
        ("automatic_exit_at", exit_moves && (past(list.automatic_exit_at) || past(before.automatic_exit_at))),
    ];
    let rewritten: Vec<&str> = rewritten.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name).collect();
    if !rewritten.is_empty() && has_check_ins(db, id)? {
        return Err(CheckInRefusal::ListInUse { rewritten: rewritten.join(", ") }.into());
    }
    list.updated_at = now;
    list.version += 1;
    diesel::update(check_in_lists::table.filter(check_in_lists::id.eq(id))).set(&list).execute(db)?;
    let changes = Changes::between(&described(&before), &described(&list));
    audit::record_changes(db, by, held.event.scope(), "check_in_list.revised", id.uuid(), changes, now)?;
    Ok(list)
}

/// Removes a list at which nobody was scanned.
///
/// # Errors
/// `list_in_use`; `VersionMismatch`.
pub fn remove_list(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    id: CheckInListId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    let list = CheckInList::find_of(db, held.event.id, id)?;
    expect_version(expected, list.version)?;
    if has_check_ins(db, id)? {
        return Err(CheckInRefusal::ListInUse { rewritten: String::new() }.into());
    }
    diesel::delete(check_in_lists::table.filter(check_in_lists::id.eq(id))).execute(db)?;
    audit::record(db, by, held.event.scope(), "check_in_list.removed", id.uuid(), now)
}

fn has_check_ins(db: &mut Db, list: CheckInListId) -> Result<bool> {
    let first = check_ins::table.filter(check_ins::list_id.eq(list)).select(check_ins::id);
    Ok(first.first::<crate::store::CheckInId>(db).optional()?.is_some())
}

/// Its parts and questions are the event's, and its times come one after the other.
fn check(db: &mut Db, event: &Event, draft: &ListDraft) -> Result<()> {
    let mut issues = Vec::new();
    let mut issue = |pointer: &str, code, detail: &str| {
        issues.push(FieldIssue { pointer: pointer.to_owned(), code, detail: detail.to_owned() });
    };
    if draft.opens_at.zip(draft.closes_at).is_some_and(|(opens, closes)| closes <= opens) {
        issue("/closes_at", "closes_before_opening", "a list closes after it opens");
    }
    if draft.opens_at.zip(draft.automatic_exit_at).is_some_and(|(opens, exit)| exit <= opens) {
        issue("/automatic_exit_at", "exit_before_opening", "nobody is inside before the list opens");
    }
    if !draft.ticket_types.is_empty() {
        let known: BTreeSet<_> = TicketType::of_event(db, event.id)?.iter().map(|kind| kind.id).collect();
        if draft.ticket_types.iter().any(|id| !known.contains(id)) {
            issue("/ticket_types", "unknown_ticket_type", "these are ticket types of the event");
        }
    }
    if !draft.sessions.is_empty() {
        let known: BTreeSet<_> = Session::of_event(db, event.id)?.iter().map(|session| session.id).collect();
        if draft.sessions.iter().any(|id| !known.contains(id)) {
            issue("/sessions", "unknown_session", "these are sessions of the event");
        }
    }
    let shows_answers = draft.fields.iter().any(|field| matches!(field, ShownField::Answer(_)));
    if shows_answers || !draft.questions.is_empty() {
        let questions = Question::of_event(db, event.id)?;
        let known = |key: &str, also_retired: bool| {
            questions.iter().any(|one| one.key == key && (also_retired || one.retired_at.is_none()))
        };
        if draft.questions.iter().any(|key| !known(key.as_str(), false)) {
            issue("/questions", "unknown_question", "these are keys of questions of the event");
        }
        let shown = |field: &ShownField| match field {
            ShownField::Answer(key) => known(key.as_str(), true),
            ShownField::Person(_) => true,
        };
        if !draft.fields.iter().all(shown) {
            issue("/fields", "unknown_question", "answer.<key> names a question of the event");
        }
    }
    if issues.is_empty() { Ok(()) } else { Err(Error::Invalid(issues)) }
}

/// A list as the audit trail tells of it.
fn described(list: &CheckInList) -> Value {
    json!({
        "name": list.name,
        "zone": list.zone,
        "ticket_types": list.ticket_types.0,
        "sessions": list.sessions.0,
        "opens_at": list.opens_at,
        "closes_at": list.closes_at,
        "admits": list.admits,
        "directions": list.directions,
        "capacity": list.capacity,
        "when_full": list.when_full,
        "automatic_exit_at": list.automatic_exit_at,
        "fields": list.fields.0,
        "questions": list.questions.0,
        "roster_names": list.roster_names,
    })
}
