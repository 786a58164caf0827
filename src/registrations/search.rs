//! Registrations found again: the same filters for the list, the page and the exports.

use diesel::dsl::sql;
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use serde_json::{Value, json};

use super::attended::{Rule, has_attended};
use super::registration::text_key;
use super::{Registration, RegistrationStatus};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{Question, QuestionKind};
use crate::store::schema::{consents, organizations, registration_sessions, registrations, undeliverable_addresses};
use crate::store::{Db, EventId, MultiBackend, Page, Paging, RegistrationId, SessionId, TicketTypeId};
use crate::values::{Code, Slug, contains_pattern};

/// Which registrations of an event are wanted. What is not given does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In one of these.
    pub statuses: Vec<RegistrationStatus>,
    /// Words in the name, the address or the organization (as a search key), or the code.
    pub q: Option<String>,
    /// Whether they attended, by the event's rule.
    pub attended: Option<bool>,
    /// With this name in another system.
    pub external_ref: Option<String>,
    /// Changed at or after this.
    pub updated_since: Option<Timestamp>,
    /// Who came through the organization with this slug.
    pub via: Option<String>,
    /// Who consents to one of the texts with these keys.
    pub consented: Option<Vec<String>>,
    /// With one of these ticket types.
    pub ticket_types: Vec<TicketTypeId>,
    /// Who chose this session, or have it with their ticket type.
    pub session: Option<SessionId>,
    /// With this word of the organizers.
    pub tag: Option<Slug>,
    /// Of the group that this one leads.
    pub group: Option<RegistrationId>,
    /// Whether letters do not arrive at their address.
    pub undeliverable: Option<bool>,
    /// Who answered so: the key of a question, and the answer, or one of several; of an answer in words, words in it.
    pub answers: Vec<(String, String)>,
}

impl Filter {
    /// As the audit trail tells it: what somebody searched for may name a person, and is left out.
    pub fn told(&self) -> Value {
        let mut told = serde_json::Map::new();
        let mut tell = |name: &str, value: Option<Value>| told.extend(value.map(|value| (name.to_owned(), value)));
        tell("status", Some(json!(self.statuses)).filter(|_| !self.statuses.is_empty()));
        tell("q", self.q.as_ref().map(|_| json!("given")));
        tell("attended", self.attended.map(Value::from));
        tell("external_ref", self.external_ref.as_ref().map(|_| json!("given")));
        tell("updated_since", self.updated_since.map(|since| json!(since.to_string())));
        tell("via", self.via.as_ref().map(|via| json!(via)));
        tell("consented", self.consented.as_ref().map(|keys| json!(keys)));
        tell("ticket_type", Some(json!(self.ticket_types)).filter(|_| !self.ticket_types.is_empty()));
        tell("session", self.session.map(|session| json!(session)));
        tell("tag", self.tag.as_ref().map(|tag| json!(tag.as_str())));
        tell("group", self.group.map(|group| json!(group)));
        tell("undeliverable", self.undeliverable.map(Value::from));
        for (key, _) in &self.answers {
            tell(&format!("answer.{key}"), Some(json!("given")));
        }
        Value::Object(told)
    }

    /// A page of an event's registrations, in the order in which they came in.
    pub fn page(&self, db: &mut Db, event: EventId, paging: &Paging) -> Result<Page<Registration>> {
        let list = format!("registrations {event} {self:?}");
        let after = paging.after::<uuid::Uuid>(&list)?.map(RegistrationId::from);
        let rows = self.after(db, event, after, paging.rows())?;
        paging.page(&list, rows, |registration| registration.id.uuid())
    }

    /// Up to `limit` of an event's registrations behind `after`, in the order in which they came in.
    pub fn after(
        &self,
        db: &mut Db,
        event: EventId,
        after: Option<RegistrationId>,
        limit: i64,
    ) -> Result<Vec<Registration>> {
        let (rule, in_words) = self.asked(db, event)?;
        let mut query = self.query(event, &rule, &in_words);
        if let Some(after) = after {
            query = query.filter(registrations::id.gt(after));
        }
        Ok(query.order(registrations::id).limit(limit).load(db)?)
    }

    /// How many of an event's registrations there are.
    pub fn count(&self, db: &mut Db, event: EventId) -> Result<i64> {
        let (rule, in_words) = self.asked(db, event)?;
        Ok(self.query(event, &rule, &in_words).select(diesel::dsl::count_star()).first(db)?)
    }

    /// What the event says of what is looked for: who has attended, and the keys of those questions of which words of the
    /// answer count.
    fn asked(&self, db: &mut Db, event: EventId) -> Result<(Rule, Vec<String>)> {
        let rule = if self.attended.is_some() { Rule::of(db, event)? } else { Rule::AtLeast(1) };
        if self.answers.is_empty() {
            return Ok((rule, Vec::new()));
        }
        let in_words = |question: &Question| matches!(question.kind, QuestionKind::Text | QuestionKind::LongText);
        let questions = Question::of_event(db, event)?.into_iter().filter(in_words);
        Ok((rule, questions.map(|question| question.key).collect()))
    }

    fn query(&self, event: EventId, rule: &Rule, in_words: &[String]) -> Boxed<'_> {
        let mut query = Registration::query().filter(registrations::event_id.eq(event)).into_boxed();
        if !self.statuses.is_empty() {
            query = query.filter(registrations::status.eq_any(&self.statuses));
        }
        if let Some(q) = &self.q {
            let code = q.parse::<Code>().map(|code| code.to_string()).unwrap_or_default();
            for word in q.split(' ').filter(|word| !word.is_empty()) {
                let found = registrations::search_key.like(contains_pattern(word)).escape('\\');
                query = query.filter(found.or(registrations::code.eq(code.clone())));
            }
        }
        if let Some(attended) = self.attended {
            query = query.filter(has_attended(event, rule, attended));
        }
        if let Some(external_ref) = &self.external_ref {
            query = query.filter(registrations::external_ref.eq(external_ref));
        }
        if let Some(since) = self.updated_since {
            query = query.filter(registrations::updated_at.ge(since));
        }
        if let Some(via) = &self.via {
            let organization = organizations::table.filter(organizations::slug.eq(via));
            query = query
                .filter(registrations::via_organization_id.eq_any(organization.select(organizations::id.nullable())));
        }
        if let Some(keys) = &self.consented {
            let given = consents::table
                .filter(consents::registration_id.eq(registrations::id))
                .filter(consents::key.eq_any(keys.clone()))
                .filter(consents::withdrawn_at.is_null());
            query = query.filter(diesel::dsl::exists(given));
        }
        self.with_parts(query, in_words)
    }

    fn with_parts<'a>(&'a self, mut query: Boxed<'a>, in_words: &[String]) -> Boxed<'a> {
        if !self.ticket_types.is_empty() {
            query = query.filter(registrations::ticket_type_id.eq_any(&self.ticket_types));
        }
        if let Some(session) = self.session {
            let chosen = registration_sessions::table.filter(registration_sessions::session_id.eq(session));
            query = query.filter(registrations::id.eq_any(chosen.select(registration_sessions::registration_id)));
        }
        if let Some(group) = self.group {
            query = query.filter(registrations::group_id.eq(group));
        }
        if let Some(undeliverable) = self.undeliverable {
            let marked =
                undeliverable_addresses::table.filter(undeliverable_addresses::registration_id.eq(registrations::id));
            query = if undeliverable {
                query.filter(diesel::dsl::exists(marked))
            } else {
                query.filter(diesel::dsl::not(diesel::dsl::exists(marked)))
            };
        }
        if let Some(tag) = &self.tag {
            // A word has no sign that JSON or LIKE take for something else.
            query = query.filter(tags_text().like(format!("%\"{tag}\"%")));
        }
        for (key, answer) in &self.answers {
            if in_words.contains(key) {
                for word in text_key(answer).split(' ') {
                    query = query.filter(answer_key(key).like(contains_pattern(word)).escape('\\'));
                }
                continue;
            }
            let quoted = Value::from(answer.as_str()).to_string();
            let among = format!("[{}]", contains_pattern(&quoted));
            let given = || answer_text(key);
            let same = given().eq(quoted).or(given().eq(answer.clone()));
            query = query.filter(same.or(given().like(among).escape('\\')));
        }
        query
    }
}

type Boxed<'a> = registrations::BoxedQuery<
    'a,
    MultiBackend,
    diesel::dsl::SqlTypeOf<diesel::dsl::AsSelect<Registration, MultiBackend>>,
>;

/// The organizers' words, as text.
fn tags_text() -> SqlLiteral<Nullable<Text>> {
    sql("CAST(registrations.tags AS TEXT)")
}

/// An answer as JSON, in words that both databases know.
fn answer_text(key: &str) -> AnswerText {
    sql("CAST(registrations.answers -> ").bind::<Text, _>(key.to_owned()).sql(" AS TEXT)")
}

/// The same of an answer in words, without accents and case.
fn answer_key(key: &str) -> AnswerText {
    sql("CAST(registrations.answers_key -> ").bind::<Text, _>(key.to_owned()).sql(" AS TEXT)")
}

type AnswerText =
    SqlLiteral<Nullable<Text>, UncheckedBind<SqlLiteral<Nullable<Text>>, diesel::dsl::AsExprOf<String, Text>>>;
