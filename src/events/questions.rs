//! What attendees are asked, beyond their name and address.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::store::schema::{questions, registrations};
use crate::store::{Db, EventId, Json, QuestionId, RegistrationId, TicketTypeId, on_each_database};
use crate::text_enum;
use crate::values::{Country, Fault, Words};

text_enum! {
    /// What an answer to a question is.
    pub enum QuestionKind {
        /// A line of at most 500 characters.
        Text = "text",
        /// Lines, together at most 5,000 characters.
        LongText = "long_text",
        /// A number.
        Number = "number",
        /// A day, `2026-06-08` (ISO 8601 calendar date).
        Date = "date",
        /// Yes or no.
        Boolean = "boolean",
        /// The key of an option.
        OneOf = "one_of",
        /// The keys of options.
        ManyOf = "many_of",
        /// Two letters.
        Country = "country",
    }
}

impl QuestionKind {
    /// Whether one chooses among options.
    pub fn has_options(self) -> bool {
        matches!(self, Self::OneOf | Self::ManyOf)
    }
}

text_enum! {
    /// When a question is asked.
    pub enum AskedAt {
        /// By whoever registers.
        Registration = "registration",
        /// By whoever checks people in.
        Door = "door",
    }
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What stands in an answer.
    pub key: String,
    /// What people read.
    pub label: Words,
    /// Whether it can be chosen no more. Old answers have it.
    #[serde(default)]
    pub retired: bool,
}

/// When a question is asked: if another one was answered like this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The key of the other question, which comes earlier.
    pub question: String,
    /// One of these was answered.
    pub one_of: Vec<Value>,
}

impl Condition {
    /// Whether these answers meet it.
    pub fn is_met(&self, answers: &Map<String, Value>) -> bool {
        match answers.get(&self.question) {
            Some(Value::Array(chosen)) => chosen.iter().any(|one| self.one_of.contains(one)),
            Some(answer) => self.one_of.contains(answer),
            None => false,
        }
    }
}

/// A question to attendees.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = questions, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Question {
    /// Its id.
    pub id: QuestionId,
    /// Of which event.
    pub event_id: EventId,
    /// By what answers name it; unique in the event, and never changed.
    pub key: String,
    /// What an answer is.
    pub kind: QuestionKind,
    /// The question.
    pub label: Json<Words>,
    /// What helps to answer it.
    pub help: Json<Words>,
    /// What can be chosen, for kinds where one chooses.
    pub options: Json<Vec<Choice>>,
    /// Whether who is asked has to answer.
    pub required: bool,
    /// Who is asked, by the kind of admission; none: everybody.
    pub ticket_types: Option<Json<Vec<TicketTypeId>>>,
    /// When it is asked.
    pub asked_at: AskedAt,
    /// Asked only then.
    pub condition: Option<Json<Condition>>,
    /// How many days after the event answers are kept: 1 to 3,650; none: as long as the registration.
    pub retention_days: Option<i64>,
    /// Whether answers are left out of files unless somebody asks for them by name.
    pub sensitive: bool,
    /// Where it stands, from 0.
    pub position: i64,
    /// Since when nobody is asked any more.
    pub retired_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

impl Question {
    /// All questions of an event in their order, retired ones among them.
    pub fn of_event(db: &mut Db, event: EventId) -> Result<Vec<Self>> {
        let order = (questions::position, questions::id);
        Ok(on_each_database!(db, |c| { Self::query().filter(questions::event_id.eq(event)).order(order).load(c) })?)
    }

    /// The question of an event with this key or id.
    pub fn find(db: &mut Db, event: EventId, key_or_id: &str) -> Result<Self> {
        let all = Self::of_event(db, event)?;
        let mut named = all.into_iter().filter(|one| one.key == key_or_id || one.id.to_string() == key_or_id);
        named.next().ok_or(Error::NotFound("question"))
    }

    /// Whether people with this kind of admission are asked at all.
    pub fn concerns(&self, ticket_type: Option<TicketTypeId>) -> bool {
        self.retired_at.is_none()
            && self
                .ticket_types
                .as_ref()
                .is_none_or(|some| ticket_type.is_some_and(|ticket_type| some.0.contains(&ticket_type)))
    }

    /// Where it stands among others.
    pub(super) fn place(&self) -> (i64, QuestionId) {
        (self.position, self.id)
    }

    /// What is wrong with its condition, among all the questions of its event.
    ///
    /// Conditions look back only: there are no circles.
    pub(super) fn condition_fault(&self, all: &[Self]) -> Option<Fault> {
        let condition = &self.condition.as_ref()?.0;
        let other = all.iter().find(|other| other.key == condition.question && other.retired_at.is_none());
        let Some(other) = other.filter(|other| other.id != self.id) else {
            return Some(Fault::new("unknown_question", "a condition names another question of the event by its key"));
        };
        if other.place() >= self.place() || (other.asked_at, self.asked_at) == (AskedAt::Door, AskedAt::Registration) {
            let detail = format!("{} is asked after {}: a condition names an earlier question", other.key, self.key);
            return Some(Fault::new("not_earlier", detail));
        }
        if condition.one_of.is_empty() || condition.one_of.len() > 100 {
            return Some(Fault::new("out_of_range", "a condition has 1 to 100 values"));
        }
        let possible = |value: &Value| match other.kind {
            QuestionKind::Boolean => value.is_boolean(),
            QuestionKind::OneOf | QuestionKind::ManyOf => other.options.0.iter().any(|option| option.key == *value),
            QuestionKind::Country => {
                value.as_str().is_some_and(|text| text.parse::<Country>().is_ok_and(|country| country.as_str() == text))
            }
            QuestionKind::Text | QuestionKind::LongText | QuestionKind::Number | QuestionKind::Date => false,
        };
        if condition.one_of.iter().all(possible) {
            return None;
        }
        let detail =
            format!("a condition has values that answer {}: its options, true, false, or countries", other.key);
        Some(Fault::new("unknown_option", detail))
    }

    /// As the audit trail tells it.
    pub(super) fn told(&self) -> Value {
        json!({
            "key": self.key,
            "kind": self.kind,
            "label": self.label.0,
            "help": self.help.0,
            "options": self.options.0,
            "required": self.required,
            "ticket_types": self.ticket_types.as_ref().map(|types| &types.0),
            "asked_at": self.asked_at,
            "condition": self.condition.as_ref().map(|condition| &condition.0),
            "retention_days": self.retention_days,
            "sensitive": self.sensitive,
            "position": self.position,
            "retired_at": self.retired_at,
        })
    }

    /// Looks at every answer that was given to it, until `enough` says so; whether it did.
    pub(super) fn look_at_answers(&self, db: &mut Db, mut enough: impl FnMut(&Value) -> bool) -> Result<bool> {
        const BATCH: i64 = 1_000;
        let mut after: Option<RegistrationId> = None;
        loop {
            let mut answered = registrations::table
                .filter(registrations::event_id.eq(self.event_id))
                .filter(registrations::answers.is_not_null())
                .order(registrations::id)
                .limit(BATCH)
                .select((registrations::id, registrations::answers.assume_not_null()))
                .into_boxed();
            if let Some(after) = after {
                answered = answered.filter(registrations::id.gt(after));
            }
            let batch: Vec<(RegistrationId, Json<Map<String, Value>>)> = answered.load(db)?;
            if batch.iter().filter_map(|(_, answers)| answers.0.get(&self.key)).any(&mut enough) {
                return Ok(true);
            }
            after = batch.last().map(|(id, _)| *id);
            if after.is_none() {
                return Ok(false);
            }
        }
    }
}
