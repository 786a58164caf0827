//! A question, as it goes over the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::body::{Field, TypeName};
use crate::api::issues::{Issues, ids, text};
use crate::clock::Timestamp;
use crate::events::{AskedAt, Choice, Condition, Question, QuestionDraft, QuestionKind};
use crate::store::TicketTypeId;
use crate::values::{Fault, Key, Line, Prose, Words, words};

/// A question to attendees.
#[derive(Serialize, ToSchema)]
#[schema(as = Question)]
pub(crate) struct QuestionObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    /// By what answers name it.
    key: String,
    kind: QuestionKind,
    /// By language.
    #[schema(value_type = BTreeMap<String, String>)]
    label: Words,
    /// By language; may be empty.
    #[schema(value_type = BTreeMap<String, String>)]
    help: Words,
    options: Vec<OptionObject>,
    required: bool,
    /// Who is asked; null: everybody.
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    ticket_types: Option<Vec<String>>,
    asked_at: AskedAt,
    /// Asked only then.
    condition: Option<ConditionObject>,
    /// How many days after the event answers are kept; null: as long as the registration.
    retention_days: Option<i64>,
    /// Whether answers are left out of files unless somebody asks for them by name.
    sensitive: bool,
    position: i64,
    /// Since when nobody is asked any more.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    retired_at: Option<Timestamp>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
    version: i64,
}

/// What can be chosen.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = QuestionOption)]
#[serde(deny_unknown_fields)]
pub(crate) struct OptionObject {
    /// What stands in an answer.
    key: String,
    /// By language.
    label: BTreeMap<String, String>,
    /// Whether it can be chosen no more.
    #[serde(default)]
    retired: bool,
}

/// When a question is asked: if an earlier one was answered like this.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = QuestionCondition)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConditionObject {
    /// The key of the earlier question.
    question: String,
    /// Keys of options, true, false, or countries.
    one_of: Vec<Value>,
}

impl From<Question> for QuestionObject {
    fn from(question: Question) -> Self {
        let text = |words: Words| words.into_iter().map(|(language, text)| (language.to_string(), text)).collect();
        let option =
            |choice: Choice| OptionObject { key: choice.key, label: text(choice.label), retired: choice.retired };
        let condition =
            |condition: Condition| ConditionObject { question: condition.question, one_of: condition.one_of };
        Self {
            id: question.id.to_string(),
            key: question.key,
            kind: question.kind,
            label: question.label.0,
            help: question.help.0,
            options: question.options.0.into_iter().map(option).collect(),
            required: question.required,
            ticket_types: question.ticket_types.map(|types| types.0.iter().map(ToString::to_string).collect()),
            asked_at: question.asked_at,
            condition: question.condition.map(|one| condition(one.0)),
            retention_days: question.retention_days,
            sensitive: question.sensitive,
            position: question.position,
            retired_at: question.retired_at,
            created_at: question.created_at,
            updated_at: question.updated_at,
            version: question.version,
        }
    }
}

/// What a request says of a question.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct QuestionFields {
    /// 1 to 40 characters of a-z, 0-9 and _, a letter first. Never changed.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub key: Field<String>,
    /// Cannot change once somebody has answered.
    #[serde(default)]
    #[schema(value_type = Option<QuestionKind>)]
    pub kind: Field<String>,
    /// In every language of the event, at most 300 characters each.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    pub label: Field<BTreeMap<String, String>>,
    /// Nothing, or in every language of the event, at most 1,000 characters each.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    help: Field<BTreeMap<String, String>>,
    /// 1 to 100, for `one_of` and `many_of`. Replaced as a whole; what is left out and was chosen is retired.
    #[serde(default)]
    #[schema(value_type = Option<Vec<OptionObject>>)]
    options: Field<Vec<OptionObject>>,
    /// False if not given.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    required: Field<bool>,
    /// Who is asked; null: everybody.
    #[serde(default)]
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    ticket_types: Field<Vec<String>>,
    /// `registration` if not given.
    #[serde(default)]
    #[schema(value_type = Option<AskedAt>)]
    asked_at: Field<String>,
    /// Asked only then; null: always.
    #[serde(default)]
    #[schema(value_type = Option<ConditionObject>)]
    condition: Field<ConditionObject>,
    /// 1 to 3,650 days after the event; null: as long as the registration.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    retention_days: Field<i64>,
    /// False if not given.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    sensitive: Field<bool>,
    /// 0 to 10,000; behind all others, if not given.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    position: Field<i64>,
}

impl TypeName for Vec<OptionObject> {
    const NAME: &'static str = "a list of options, each with key and label";
}
impl TypeName for ConditionObject {
    const NAME: &'static str = "an object with question and one_of";
}

/// What is to change in a question; what is not given stays.
#[allow(clippy::option_option, reason = "it stays, it is emptied, or it is replaced")]
pub(crate) struct QuestionChanges {
    pub kind: Option<QuestionKind>,
    pub label: Option<Words>,
    help: Option<Words>,
    options: Option<Vec<Choice>>,
    required: Option<bool>,
    ticket_types: Option<Option<Vec<TicketTypeId>>>,
    asked_at: Option<AskedAt>,
    condition: Option<Option<Condition>>,
    retention_days: Option<Option<i64>>,
    sensitive: Option<bool>,
    position: Option<i64>,
}

impl QuestionFields {
    /// What is given, and what is wrong with it; the key is left to the caller.
    pub(crate) fn read(self, issues: &mut Issues) -> QuestionChanges {
        let options = issues.change("/options", self.options, Ok);
        QuestionChanges {
            kind: issues.change("/kind", self.kind, text),
            label: issues.change("/label", self.label, words::<Line<300>>),
            help: issues.clearable("/help", self.help, words::<Prose<1000>>).map(Option::unwrap_or_default),
            options: options.map(|options| read_options(options, issues)),
            required: issues.change("/required", self.required, Ok),
            ticket_types: issues.clearable("/ticket_types", self.ticket_types, ids::<_, 50>),
            asked_at: issues.change("/asked_at", self.asked_at, text),
            condition: issues.clearable("/condition", self.condition, condition),
            retention_days: issues.clearable("/retention_days", self.retention_days, Ok),
            sensitive: issues.change("/sensitive", self.sensitive, Ok),
            position: issues.change("/position", self.position, Ok),
        }
    }
}

impl QuestionChanges {
    /// The question with these changes.
    pub(crate) fn of(self, before: QuestionDraft) -> QuestionDraft {
        let kind = self.kind.unwrap_or(before.kind);
        // Who makes a text of a choice need not say that nothing is to be chosen any more.
        let options_before = if kind.has_options() { before.options } else { Vec::new() };
        QuestionDraft {
            kind,
            label: self.label.unwrap_or(before.label),
            help: self.help.unwrap_or(before.help),
            options: self.options.unwrap_or(options_before),
            required: self.required.unwrap_or(before.required),
            ticket_types: self.ticket_types.unwrap_or(before.ticket_types),
            asked_at: self.asked_at.unwrap_or(before.asked_at),
            condition: self.condition.unwrap_or(before.condition),
            retention_days: self.retention_days.unwrap_or(before.retention_days),
            sensitive: self.sensitive.unwrap_or(before.sensitive),
            position: self.position.or(before.position),
        }
    }
}

fn read_options(options: Vec<OptionObject>, issues: &mut Issues) -> Vec<Choice> {
    let mut choices = Vec::new();
    for (index, option) in options.into_iter().enumerate() {
        match (option.key.parse::<Key>(), words::<Line<200>>(option.label)) {
            (Ok(key), Ok(label)) => choices.push(Choice { key: key.into(), label, retired: option.retired }),
            (key, label) => {
                key.err().into_iter().for_each(|fault| issues.add(format!("/options/{index}/key"), fault));
                label.err().into_iter().for_each(|fault| issues.add(format!("/options/{index}/label"), fault));
            }
        }
    }
    choices
}

#[allow(clippy::unnecessary_wraps, reason = "it reads a field, which may be wrong")]
fn condition(object: ConditionObject) -> Result<Condition, Fault> {
    Ok(Condition { question: object.question, one_of: object.one_of })
}
