//! Questions are added, changed and taken away.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde_json::Value;

use super::questions::{AskedAt, Choice, Condition, Question, QuestionKind};
use super::{EventRefusal, Held, Part, catalog};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result, expect_version};
use crate::store::schema::questions;
use crate::store::{Db, Json, QuestionId, TicketTypeId, unless_taken};
use crate::values::{Fault, Key, Words, untranslated};

/// How many questions an event may have.
const MOST: usize = 60;
/// How many options a question may have.
const MOST_OPTIONS: usize = 100;

/// A new question, or what an old one shall be from now on.
#[derive(Debug, Clone)]
pub struct QuestionDraft {
    /// What an answer is.
    pub kind: QuestionKind,
    /// The question, in every language of the event.
    pub label: Words,
    /// What helps to answer it: nothing, or in every language of the event.
    pub help: Words,
    /// What can be chosen: 1 to 100, for kinds where one chooses. Whatever is left out and was chosen is retired.
    pub options: Vec<Choice>,
    /// Whether who is asked has to answer.
    pub required: bool,
    /// Who is asked; none: everybody.
    pub ticket_types: Option<Vec<TicketTypeId>>,
    /// When it is asked.
    pub asked_at: AskedAt,
    /// Asked only then.
    pub condition: Option<Condition>,
    /// How many days after the event answers are kept: 1 to 3,650.
    pub retention_days: Option<i64>,
    /// Whether answers are left out of files unless somebody asks for them by name.
    pub sensitive: bool,
    /// Where it stands; behind all others, if not given.
    pub position: Option<i64>,
}

impl QuestionDraft {
    /// A question for everybody that nobody has to answer.
    pub fn new(kind: QuestionKind, label: Words) -> Self {
        Self {
            kind,
            label,
            help: Words::new(),
            options: Vec::new(),
            required: false,
            ticket_types: None,
            asked_at: AskedAt::Registration,
            condition: None,
            retention_days: None,
            sensitive: false,
            position: None,
        }
    }

    /// What a question is.
    pub fn of(question: &Question) -> Self {
        Self {
            kind: question.kind,
            label: question.label.0.clone(),
            help: question.help.0.clone(),
            options: question.options.0.clone(),
            required: question.required,
            ticket_types: question.ticket_types.as_ref().map(|types| types.0.clone()),
            asked_at: question.asked_at,
            condition: question.condition.as_ref().map(|condition| condition.0.clone()),
            retention_days: question.retention_days,
            sensitive: question.sensitive,
            position: Some(question.position),
        }
    }

    fn apply(self, question: &mut Question) {
        question.kind = self.kind;
        question.label = Json(self.label);
        question.help = Json(self.help);
        question.options = Json(self.options);
        question.required = self.required;
        question.ticket_types = self.ticket_types.map(Json);
        question.asked_at = self.asked_at;
        question.condition = self.condition.map(Json);
        question.retention_days = self.retention_days;
        question.sensitive = self.sensitive;
        question.position = self.position.unwrap_or(question.position);
    }
}

/// Adds a question to an event that is held.
///
/// # Errors
/// `Invalid`, `key_taken` among it; `too_many_parts`.
pub fn add_question(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    key: Key,
    draft: QuestionDraft,
    now: Timestamp,
) -> Result<Question> {
    let all = Question::of_event(db, held.event.id)?;
    if all.iter().filter(|question| question.retired_at.is_none()).count() >= MOST {
        return Err(EventRefusal::TooManyParts { most: MOST }.into());
    }
    let mut question = Question {
        id: QuestionId::new(),
        event_id: held.event.id,
        key: key.into(),
        kind: draft.kind,
        label: Json(Words::new()),
        help: Json(Words::new()),
        options: Json(Vec::new()),
        required: false,
        ticket_types: None,
        asked_at: draft.asked_at,
        condition: None,
        retention_days: None,
        sensitive: false,
        position: all.iter().map(|question| question.position + 1).max().unwrap_or(0),
        retired_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let mut issues = draft_issues(held, &draft, true);
    draft.apply(&mut question);
    issues.extend(question.condition_fault(&all).map(|fault| issue("/condition", fault)));
    if all.iter().any(|other| other.key == question.key) {
        issues.push(issue("/key", Fault::new("key_taken", "the event has, or had, another question with this key")));
    }
    finish(issues)?;
    let row = &question;
    unless_taken(db, |db| diesel::insert_into(questions::table).values(row).execute(db))?.ok_or(Error::Busy)?;
    catalog::changed(db, held.event.id)?;
    let changes = Changes::between(&Value::Null, &question.told());
    audit::record_changes(db, by, held.event.scope(), "question.added", question.id.uuid(), changes, now)?;
    Ok(question)
}

/// Changes a question of an event that is held. Old answers stay as they are, and can be read: an option that somebody
/// has chosen is retired when it is left out.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `Invalid`; `question_answered` if the kind of an answered one changes.
pub fn revise_question(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    before: &Question,
    mut draft: QuestionDraft,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Question> {
    expect_version(expected, before.version)?;
    let types_before = before.ticket_types.as_ref().map(|types| &types.0);
    let mut issues = draft_issues(held, &draft, draft.ticket_types.as_ref() != types_before);
    if draft.kind != before.kind && before.look_at_answers(db, |_| true)? {
        return Err(EventRefusal::QuestionAnswered.into());
    }
    if draft.kind.has_options() {
        keep_chosen(db, before, &mut draft.options)?;
    }
    let mut question = before.clone();
    draft.apply(&mut question);
    issues.extend(chain_issues(db, &question)?);
    finish(issues)?;
    question.updated_at = now;
    question.version += 1;
    diesel::update(questions::table.filter(questions::id.eq(question.id))).set(&question).execute(db)?;
    catalog::changed(db, held.event.id)?;
    let changes = Changes::between(&before.told(), &question.told());
    audit::record_changes(db, by, held.event.scope(), "question.revised", question.id.uuid(), changes, now)?;
    Ok(question)
}

/// Removes a question that nobody has answered, retires one that somebody has: then it is returned.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `question_in_condition`.
pub fn remove_question(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    before: &Question,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    expect_version(expected, before.version)?;
    let names_it = |other: &Question| other.condition.as_ref().is_some_and(|other| other.0.question == before.key);
    let all = Question::of_event(db, held.event.id)?;
    if let Some(other) = all.into_iter().find(|other| other.retired_at.is_none() && names_it(other)) {
        return Err(EventRefusal::QuestionInCondition { other: other.key }.into());
    }
    let this = questions::table.filter(questions::id.eq(before.id));
    if !before.look_at_answers(db, |_| true)? {
        diesel::delete(this).execute(db)?;
        catalog::changed(db, held.event.id)?;
        let changes = Changes::between(&before.told(), &Value::Null);
        let (scope, id) = (held.event.scope(), before.id.uuid());
        return audit::record_changes(db, by, scope, "question.removed", id, changes, now);
    }
    if before.retired_at.is_some() {
        return Ok(());
    }
    let mut retired = before.clone();
    retired.retired_at = Some(now);
    retired.updated_at = now;
    retired.version += 1;
    diesel::update(this).set(&retired).execute(db)?;
    catalog::changed(db, held.event.id)?;
    let changes = Changes::between(&before.told(), &retired.told());
    audit::record_changes(db, by, held.event.scope(), "question.retired", retired.id.uuid(), changes, now)
}

/// Puts the options that were left out and have been chosen back among the others, retired.
fn keep_chosen(db: &mut Db, before: &Question, options: &mut Vec<Choice>) -> Result<()> {
    let left_out = |option: &&Choice| !options.iter().any(|kept| kept.key == option.key);
    let mut left: Vec<Choice> = before.options.0.iter().filter(left_out).cloned().collect();
    let wanted: BTreeSet<&str> = left.iter().map(|option| option.key.as_str()).collect();
    let mut chosen: BTreeSet<String> = BTreeSet::new();
    if !wanted.is_empty() {
        before.look_at_answers(db, |answer| {
            let keys = answer.as_array().map_or(std::slice::from_ref(answer), Vec::as_slice);
            let keys = keys.iter().filter_map(Value::as_str).filter(|key| wanted.contains(key));
            chosen.extend(keys.map(ToOwned::to_owned));
            chosen.len() == wanted.len()
        })?;
    }
    left.retain(|option| chosen.contains(&option.key));
    options.extend(left.into_iter().map(|option| Choice { retired: true, ..option }));
    Ok(())
}

/// What is wrong with its own condition, and with those of others that name it.
fn chain_issues(db: &mut Db, question: &Question) -> Result<Vec<FieldIssue>> {
    let mut all = Question::of_event(db, question.event_id)?;
    all.retain(|other| other.id != question.id);
    all.push(question.clone());
    let mut issues = Vec::new();
    for one in all.iter().filter(|one| one.retired_at.is_none()) {
        let Some(fault) = one.condition_fault(&all) else { continue };
        if one.id == question.id {
            issues.push(issue("/condition", fault));
        } else {
            let pointer = if fault.code == "not_earlier" { "/position" } else { "/options" };
            let detail = format!("the question {} depends on this one: {}", one.key, fault.detail);
            issues.push(issue(pointer, Fault::new("in_condition", detail)));
        }
    }
    Ok(issues)
}

fn draft_issues(held: &Held, draft: &QuestionDraft, check_types: bool) -> Vec<FieldIssue> {
    let languages = &held.event.languages.0;
    let mut issues: Vec<FieldIssue> =
        untranslated(&draft.label, languages).map(|f| issue("/label", f)).into_iter().collect();
    if !draft.help.is_empty() {
        issues.extend(untranslated(&draft.help, languages).map(|fault| issue("/help", fault)));
    }
    let (least, most) = if draft.kind.has_options() { (1, MOST_OPTIONS) } else { (0, 0) };
    let offered = draft.options.iter().filter(|option| !option.retired).count();
    if !(least..=most).contains(&offered) {
        let detail = format!("a question of the kind {} has {least} to {most} options", draft.kind);
        issues.push(issue("/options", Fault::new("out_of_range", detail)));
    }
    for (index, option) in draft.options.iter().enumerate() {
        if draft.options.iter().take(index).any(|before| before.key == option.key) {
            let fault = Fault::new("duplicate_key", "another option of this question has this key");
            issues.push(issue(&format!("/options/{index}/key"), fault));
        }
        let fault = untranslated(&option.label, languages).filter(|_| !option.retired);
        issues.extend(fault.map(|fault| issue(&format!("/options/{index}/label"), fault)));
    }
    let unknown = |id: &TicketTypeId| held.part(Part::TicketType(*id)).is_none();
    if check_types && draft.ticket_types.iter().flatten().any(unknown) {
        issues.push(issue("/ticket_types", Fault::new("unknown_ticket_type", "this event has no such ticket type")));
    }
    if draft.retention_days.is_some_and(|days| !(1..=3650).contains(&days)) {
        issues.push(issue("/retention_days", Fault::new("out_of_range", "answers are kept for 1 to 3650 days")));
    }
    if draft.position.is_some_and(|position| !(0..=10_000).contains(&position)) {
        issues.push(issue("/position", Fault::new("out_of_range", "a position is from 0 to 10000")));
    }
    issues
}

fn issue(pointer: &str, fault: Fault) -> FieldIssue {
    FieldIssue { pointer: pointer.to_owned(), code: fault.code, detail: fault.detail }
}

fn finish(issues: Vec<FieldIssue>) -> Result<()> {
    if issues.is_empty() { Ok(()) } else { Err(Error::Invalid(issues)) }
}
