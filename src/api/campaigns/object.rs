//! A campaign, as it goes over the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::body::Field;
use crate::api::issues::{Issues, text};
use crate::api::query::Query;
use crate::api::registrations::filter;
use crate::campaigns::{Audience, Campaign, CampaignDraft, CampaignState, Progress};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::letters::{campaign_faults, campaign_subject_faults};
use crate::mail::MessageState;
use crate::store::Db;
use crate::values::{Fault, Key, Language, Line, Prose, Words, words};

/// A letter to a part of the attendees.
#[derive(Serialize, ToSchema)]
#[schema(as = Campaign)]
pub(crate) struct CampaignObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    #[schema(value_type = uuid::Uuid)]
    event_id: String,
    /// By language.
    #[schema(value_type = BTreeMap<String, String>)]
    subject: Words,
    /// Markdown, by language. Attendees get it in theirs, or else in the first of the event's.
    #[schema(value_type = BTreeMap<String, String>)]
    body: Words,
    /// The filters of the registrations list, by their names.
    audience: BTreeMap<String, String>,
    /// Only to who consents to the text with this key.
    consent: Option<String>,
    state: CampaignState,
    /// When it is sent, or was.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    send_at: Option<Timestamp>,
    /// To how many messages were posted.
    recipients: i64,
    /// How many of these messages are in each state.
    #[schema(value_type = BTreeMap<String, i64>)]
    messages: BTreeMap<&'static str, i64>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
    version: i64,
}

impl CampaignObject {
    /// With what became of each.
    pub(super) fn of_all(db: &mut Db, campaigns: Vec<Campaign>) -> Result<Vec<Self>> {
        let ids: Vec<_> = campaigns.iter().map(|campaign| campaign.id).collect();
        let mut progress = Progress::of_all(db, &ids)?;
        let object = |campaign: Campaign| {
            let progress = progress.remove(&campaign.id).unwrap_or_default();
            Self::new(campaign, &progress)
        };
        Ok(campaigns.into_iter().map(object).collect())
    }

    fn new(campaign: Campaign, progress: &Progress) -> Self {
        Self {
            id: campaign.id.to_string(),
            event_id: campaign.event_id.to_string(),
            subject: campaign.subject.0,
            body: campaign.body.0,
            audience: told(&campaign.audience.0),
            consent: campaign.consent,
            state: campaign.state,
            send_at: campaign.send_at,
            recipients: progress.total(),
            messages: MessageState::ALL.iter().map(|state| (state.as_str(), progress.of(*state))).collect(),
            created_at: campaign.created_at,
            updated_at: campaign.updated_at,
            version: campaign.version,
        }
    }
}

/// What a request says of a campaign.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct CampaignFields {
    /// By language, each 1 to 200 characters; in the same languages as the body.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    subject: Field<BTreeMap<String, String>>,
    /// Markdown, by language, each at most 10,000 characters. HTML is text, and pictures are left out. `{first_name}`,
    /// `{last_name}`, `{name}`, `{event}`, `{code}` and `{manage_link}` are filled in, here and in the subject.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    body: Field<BTreeMap<String, String>>,
    /// The filters of the registrations list, by their names: `{"status": "confirmed", "tag": "press"}`. Without `status`: in
    /// any in which somebody may still come. Never to who has not verified their address; to addresses that take no letters
    /// with `"undeliverable": "true"` only.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    audience: Field<serde_json::Map<String, Value>>,
    /// Only to who consents to the text with this key.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    consent: Field<String>,
}

/// What the fields say; where they say nothing, what was before.
pub(super) fn read(fields: CampaignFields, mut issues: Issues, before: Option<&Campaign>) -> Result<CampaignDraft> {
    let (subject, body) = if before.is_some() {
        (issues.change("/subject", fields.subject, subjects), issues.change("/body", fields.body, bodies))
    } else {
        (issues.required("/subject", fields.subject, subjects), issues.required("/body", fields.body, bodies))
    };
    let asked = issues.clearable("/audience", fields.audience, asked);
    let audience = asked.map(|pairs| {
        let mut query = Query::of_pairs(pairs.unwrap_or_default());
        let filter = filter(&mut query);
        if let Err(Error::Invalid(wrong)) = query.finish() {
            issues.extend(wrong.into_iter().map(|mut issue| {
                issue.pointer = format!("/audience/{}", issue.pointer);
                issue
            }));
        }
        Audience::from(filter)
    });
    let consent = issues.clearable("/consent", fields.consent, text::<Key>);
    issues.finish()?;
    let kept = |words: Option<Words>, before: Option<&Words>| words.or_else(|| before.cloned()).unwrap_or_default();
    Ok(CampaignDraft {
        subject: kept(subject, before.map(|campaign| &campaign.subject.0)),
        body: kept(body, before.map(|campaign| &campaign.body.0)),
        audience: audience.unwrap_or_else(|| before.map(|campaign| campaign.audience.0.clone()).unwrap_or_default()),
        consent: match consent {
            Some(key) => key.map(Into::into),
            None => before.and_then(|campaign| campaign.consent.clone()),
        },
    })
}

fn subjects(texts: BTreeMap<String, String>) -> Result<Words, Fault> {
    checked(words::<Line<200>>(texts)?, campaign_subject_faults)
}

fn bodies(texts: BTreeMap<String, String>) -> Result<Words, Fault> {
    checked(words::<Prose<10_000>>(texts)?, campaign_faults)
}

/// The texts, or what is wrong with the first that is not right.
fn checked(texts: Words, faults: fn(&str) -> Vec<Fault>) -> Result<Words, Fault> {
    for (language, text) in &texts {
        let empty = text.is_empty().then(|| Fault::new("required", "this must not be empty"));
        if let Some(fault) = empty.or_else(|| faults(text).into_iter().next()) {
            return Err(Fault::new(fault.code, format!("in {language}: {}", fault.detail)));
        }
    }
    Ok(texts)
}

/// The filters that are named, as a query has them.
fn asked(filters: serde_json::Map<String, Value>) -> Result<Vec<(String, String)>, Fault> {
    let word = |value: Value| match value {
        Value::String(text) => Ok(text),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Array(words) if words.iter().all(Value::is_string) => {
            Ok(words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","))
        }
        _ => Err(Fault::new("invalid_type", "each filter is a text, as in the list of registrations")),
    };
    filters.into_iter().map(|(name, value)| Ok((name, word(value)?))).collect()
}

/// The filters by their names.
fn told(audience: &Audience) -> BTreeMap<String, String> {
    fn joined<T: ToString>(words: &[T]) -> Option<String> {
        Some(words.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")).filter(|words| !words.is_empty())
    }
    let since = audience.updated_since.map(|since| Timestamp::from_micros(since).to_string());
    let named = [
        ("status", joined(&audience.statuses)),
        ("q", audience.q.clone()),
        ("attended", audience.attended.map(|flag| flag.to_string())),
        ("external_ref", audience.external_ref.clone()),
        ("updated_since", since),
        ("via", audience.via.clone()),
        ("ticket_type", joined(&audience.ticket_types)),
        ("session", audience.session.map(|id| id.to_string())),
        ("tag", audience.tag.clone()),
        ("group", audience.group.map(|id| id.to_string())),
        ("undeliverable", audience.undeliverable.map(|flag| flag.to_string())),
    ];
    let answers = audience.answers.iter().map(|(key, answer)| (format!("answer.{key}"), answer.clone()));
    named.into_iter().filter_map(|(name, word)| Some((name.to_owned(), word?))).chain(answers).collect()
}

/// Somebody who would get it, and what they would read.
#[derive(Serialize, ToSchema)]
pub(crate) struct SampleObject {
    #[schema(value_type = uuid::Uuid)]
    pub registration_id: String,
    pub recipient: String,
    pub language: Language,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Who would get a campaign now.
#[derive(Serialize, ToSchema)]
pub(crate) struct PreviewObject {
    /// How many.
    pub recipients: usize,
    /// The first ten of them.
    pub samples: Vec<SampleObject>,
}

/// When to send it.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct SendFields {
    /// In the future; at once if not given.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    pub send_at: Field<String>,
}
