//! What was answered, checked against what was asked.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use serde_json::Value;

use super::Answers;
use crate::clock::Timestamp;
use crate::error::FieldIssue;
use crate::events::{AskedAt, Question, QuestionKind};
use crate::store::TicketTypeId;
use crate::values::{Country, Fault, Line, Prose};

/// How far a number may be from zero: as far as every program counts exactly (RFC 8259 §6).
const FARTHEST: i64 = (1 << 53) - 1;
/// How many answers to questions that nobody asks are named.
const MOST_UNKNOWN: usize = 50;

/// The answers of somebody who registers, in their canonical form; `questions` are all of the event in their order. Null,
/// an empty text and an empty list are no answers.
///
/// # Errors
/// Everything that is wrong, each with the pointer `/answers/<key>`: `required`, `unknown_question`, `not_asked` (of other
/// people, at the door, no longer, or if something else was answered), `unknown_option`, `out_of_range`, `too_long`,
/// `invalid_date`, `invalid_country`, `invalid_text`, `invalid_type`.
pub fn check(
    questions: &[Question],
    ticket_type: Option<TicketTypeId>,
    given: &Answers,
) -> Result<Answers, Vec<FieldIssue>> {
    read(questions, ticket_type, None, given, false)
}

/// The same where nothing has to be answered.
///
/// # Errors
/// As for [`check`], but for `required`.
pub fn check_leniently(
    questions: &[Question],
    ticket_type: Option<TicketTypeId>,
    given: &Answers,
) -> Result<Answers, Vec<FieldIssue>> {
    read(questions, ticket_type, None, given, true)
}

/// The answers of somebody who has registered, after a change. What is not given stays, as long as it is asked; null takes
/// an answer back. What was answered before stays good, whatever became of the question; nobody has to answer what was
/// not asked when they registered, unless this change brings it up. Door questions are asked as well.
///
/// # Errors
/// As for [`check`].
pub fn revise(
    questions: &[Question],
    ticket_type: Option<TicketTypeId>,
    before: &Answers,
    given: &Answers,
) -> Result<Answers, Vec<FieldIssue>> {
    read(questions, ticket_type, Some(before), given, false)
}

/// What was answered at `at`, where nobody could ask us: those that are right, in their canonical form, null for one that
/// is taken back; and what is wrong with the others, as for [`check`].
///
/// Each answer is looked at by itself: what it depends on may be heard of later. What has been retired since is good.
pub fn each(
    questions: &[Question],
    ticket_type: Option<TicketTypeId>,
    at: Timestamp,
    given: &Answers,
) -> (Answers, Vec<FieldIssue>) {
    let (mut answers, mut issues, mut unknown) = (Answers::new(), Vec::new(), 0);
    for (key, value) in given {
        let read = match questions.iter().find(|question| question.key == *key) {
            Some(question) => one(question, ticket_type, at, value),
            None if unknown == MOST_UNKNOWN => continue,
            None => {
                unknown += 1;
                Err(Fault::new("unknown_question", "there is no such question"))
            }
        };
        match read {
            Ok(answer) => drop(answers.insert(key.clone(), answer)),
            Err(fault) => issues.push(issue(key, fault)),
        }
    }
    (answers, issues)
}

fn one(question: &Question, ticket_type: Option<TicketTypeId>, at: Timestamp, value: &Value) -> Result<Value, Fault> {
    let mut then = Question { retired_at: question.retired_at.filter(|retired| *retired <= at), ..question.clone() };
    for option in &mut then.options.0 {
        option.retired = false;
    }
    if !then.concerns(ticket_type) {
        return Err(Fault::new("not_asked", "this is not asked here"));
    }
    if !is_empty(value) {
        return parse(&then, value, None);
    }
    if then.required && then.asked_at == AskedAt::Registration {
        return Err(Fault::new("required", "this is required"));
    }
    Ok(Value::Null)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Yes,
    No,
    /// It depends on an answer that is wrong or missing itself.
    Unclear,
}

fn read(
    questions: &[Question],
    ticket_type: Option<TicketTypeId>,
    before: Option<&Answers>,
    given: &Answers,
    leniently: bool,
) -> Result<Answers, Vec<FieldIssue>> {
    let (mut answers, mut issues) = (Answers::new(), Vec::new());
    let mut unclear: BTreeSet<&str> = BTreeSet::new();
    let unknown = given.keys().filter(|key| !questions.iter().any(|question| question.key == **key));
    for key in unknown.take(MOST_UNKNOWN) {
        issues.push(issue(key, Fault::new("unknown_question", "there is no such question")));
    }
    for question in questions {
        let key = question.key.as_str();
        let old = before.and_then(|before| before.get(key));
        let new = given.get(key).filter(|value| !is_empty(value));
        let asked = asked(question, ticket_type, &answers, &unclear, before.is_some());
        if asked == Asked::Unclear {
            unclear.insert(key);
        }
        match new {
            Some(value) if asked == Asked::No => {
                // Whoever sends back all that was there is not told of what the change has made pointless.
                if Some(value) != old {
                    issues.push(issue(key, Fault::new("not_asked", "this is not asked here")));
                } else if question.retired_at.is_some() {
                    answers.insert(key.to_owned(), value.clone());
                }
            }
            Some(value) => match parse(question, value, old) {
                Ok(answer) => drop(answers.insert(key.to_owned(), answer)),
                Err(fault) => {
                    issues.push(issue(key, fault));
                    unclear.insert(key);
                }
            },
            None if given.contains_key(key) || before.is_none() || old.is_none() => {
                let newly = |before: &Answers| question.condition.as_ref().is_some_and(|c| !c.0.is_met(before));
                let has_to = given.contains_key(key) || before.is_none_or(newly);
                if question.required
                    && question.asked_at == AskedAt::Registration
                    && has_to
                    && asked == Asked::Yes
                    && !leniently
                {
                    issues.push(issue(key, Fault::new("required", "this is required")));
                    unclear.insert(key);
                }
            }
            None if asked != Asked::No || question.retired_at.is_some() => {
                answers.extend(old.map(|old| (key.to_owned(), old.clone())));
            }
            None => {}
        }
    }
    if issues.is_empty() { Ok(answers) } else { Err(issues) }
}

fn asked(
    question: &Question,
    ticket_type: Option<TicketTypeId>,
    answers: &Answers,
    unclear: &BTreeSet<&str>,
    at_the_door: bool,
) -> Asked {
    if !question.concerns(ticket_type) || (question.asked_at == AskedAt::Door && !at_the_door) {
        return Asked::No;
    }
    match &question.condition {
        Some(condition) if unclear.contains(condition.0.question.as_str()) => Asked::Unclear,
        Some(condition) if !condition.0.is_met(answers) => Asked::No,
        _ => Asked::Yes,
    }
}

/// An answer in its canonical form. An option that is retired stays good for whoever had chosen it.
fn parse(question: &Question, value: &Value, old: Option<&Value>) -> Result<Value, Fault> {
    if Some(value) == old {
        return Ok(value.clone());
    }
    let text = |what: &str| value.as_str().ok_or_else(|| wrong_type(what));
    match question.kind {
        QuestionKind::Text => Ok(String::from(text("a text")?.parse::<Line<500>>()?).into()),
        QuestionKind::LongText => Ok(String::from(text("a text")?.parse::<Prose<5000>>()?).into()),
        QuestionKind::Country => Ok(String::from(text("a country")?.parse::<Country>()?).into()),
        QuestionKind::Date => date(text("a date")?).map(Value::from),
        QuestionKind::Boolean => value.as_bool().map(Value::from).ok_or_else(|| wrong_type("true or false")),
        QuestionKind::Number => number(value),
        QuestionKind::OneOf => option(question, text("the key of an option")?, old).map(Value::from),
        QuestionKind::ManyOf => {
            let keys = value.as_array().ok_or_else(|| wrong_type("a list of keys of options"))?;
            let mut chosen = BTreeSet::new();
            for key in keys {
                chosen.insert(option(
                    question,
                    key.as_str().ok_or_else(|| wrong_type("a list of keys of options"))?,
                    old,
                )?);
            }
            // In the order of the options, each once.
            let options = question.options.0.iter().map(|option| option.key.as_str());
            Ok(options.filter(|key| chosen.contains(key)).collect::<Vec<_>>().into())
        }
    }
}

fn option<'a>(question: &'a Question, key: &str, old: Option<&Value>) -> Result<&'a str, Fault> {
    let had = |key: &str| match old {
        Some(Value::Array(keys)) => keys.iter().any(|old| old == key),
        Some(old) => old == key,
        None => false,
    };
    let mut options = question.options.0.iter().filter(|option| !option.retired || had(&option.key));
    let found = options.find(|option| option.key == key).map(|option| option.key.as_str());
    found.ok_or_else(|| Fault::new("unknown_option", "there is no such option to choose"))
}

fn date(text: &str) -> Result<String, Fault> {
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok().filter(|day| (1..=9999).contains(&day.year()));
    // Read and written again: the one form that ISO 8601 has for it, and nothing that is like it.
    let written = day.map(|day| day.format("%Y-%m-%d").to_string()).filter(|written| written == text.trim());
    written.ok_or_else(|| Fault::new("invalid_date", "a date is a day such as 2026-06-08"))
}

fn number(value: &Value) -> Result<Value, Fault> {
    let out_of_range = || Fault::new("out_of_range", format!("a number is from -{FARTHEST} to {FARTHEST}"));
    if let Some(whole) = value.as_i64() {
        return if (-FARTHEST..=FARTHEST).contains(&whole) { Ok(whole.into()) } else { Err(out_of_range()) };
    }
    let number = value.as_f64().ok_or_else(|| wrong_type("a number"))?;
    #[allow(clippy::cast_precision_loss, reason = "it is the last one that a float holds exactly")]
    let farthest = FARTHEST as f64;
    if !(-farthest..=farthest).contains(&number) {
        return Err(out_of_range());
    }
    // 12.0 is 12: both databases give back the same.
    #[allow(clippy::cast_possible_truncation, reason = "it is whole and within the range")]
    let whole = (number.fract() == 0.0).then(|| Value::from(number as i64));
    Ok(whole.unwrap_or_else(|| number.into()))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(keys) => keys.is_empty(),
        _ => false,
    }
}

fn wrong_type(what: &str) -> Fault {
    Fault::new("invalid_type", format!("this is {what}"))
}

fn issue(key: &str, fault: Fault) -> FieldIssue {
    // A JSON Pointer, whatever signs the key has (RFC 6901 §3).
    let key = key.replace('~', "~0").replace('/', "~1");
    FieldIssue { pointer: format!("/answers/{key}"), code: fault.code, detail: fault.detail }
}

#[cfg(test)]
#[path = "answers_tests.rs"]
mod tests;
