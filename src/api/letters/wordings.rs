//! An organizer's own words in letters.

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{Deed, may};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, text};
use crate::api::reply::Reply;
use crate::clock::Timestamp;
use crate::error::{Error, Result, both};
use crate::events::{Event, Held};
use crate::letters::{Wording, WordingDraft, remove_wording, set_wording};
use crate::mail::MessageKind;
use crate::store::Page;
use crate::values::{Fault, Language, Prose};

/// What an event says in one kind of letter, in one language.
#[derive(Serialize, ToSchema)]
#[schema(as = Wording)]
pub(crate) struct WordingObject {
    kind: MessageKind,
    language: Language,
    /// What the letter is about, with placeholders; null: what Turnout says.
    subject: Option<String>,
    /// Markdown with placeholders, in the place of the greeting and of what Turnout says.
    body: String,
    version: i64,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
}

/// What an event shall say.
#[derive(Deserialize, ToSchema, Default)]
#[schema(as = WordingFields)]
pub(crate) struct WordingFields {
    /// One line of at most 200 characters, with placeholders; what Turnout says, if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    subject: Field<String>,
    /// Markdown (`CommonMark`) of at most 5,000 characters, with placeholders such as `{first_name}`; HTML is shown as text,
    /// pictures are left out, links begin with `https://`, `http://` or `mailto:`, or are `{manage_link}`.
    #[serde(default)]
    #[schema(value_type = String)]
    body: Field<String>,
}

impl From<Wording> for WordingObject {
    fn from(wording: Wording) -> Self {
        Self {
            kind: wording.kind,
            language: wording.language,
            subject: wording.subject,
            body: wording.body,
            version: wording.version,
            created_at: wording.created_at,
            updated_at: wording.updated_at,
        }
    }
}

/// The letters in which an event has words of its own.
#[utoipa::path(get, path = "/api/v1/events/{event}/letters", tag = "Letters", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, body = inline(WordingList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn wordings(call: Call, event: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeNumbers, &event)?;
        let data: Vec<WordingObject> = Wording::of_event(db, event.id)?.into_iter().map(Into::into).collect();
        Reply::page(&Page { data, next_cursor: None })
    })
    .await
}

/// What an event says in a kind of letter, in a language; 404 where it says what Turnout says.
#[utoipa::path(get, path = "/api/v1/events/{event}/letters/{kind}/{language}", tag = "Letters", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("kind" = MessageKind, Path), ("language" = Language, Path)),
    responses((status = 200, body = WordingObject), (status = 304), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn wording(call: Call, path: Path<(String, String, String)>) -> Answer {
    let (event, kind, language) = path.into_inner();
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeNumbers, &event)?;
        let (kind, language) = known(&kind, &language)?;
        reply(Wording::find(db, event.id, kind, language)?)
    })
    .await
}

/// Say something else than Turnout does in a kind of letter, in a language. 422 `unknown_placeholder` names those that this
/// kind of letter knows. Whoever speaks a language in which there are no words gets those in the first of the event's
/// languages in which there are some.
#[utoipa::path(put, path = "/api/v1/events/{event}/letters/{kind}/{language}", tag = "Letters", request_body = WordingFields,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("kind" = MessageKind, Path), ("language" = Language, Path),
        ("If-Match" = Option<String>, Header, description = "Required where there are words already")),
    responses((status = 200, body = WordingObject), (status = 201, body = WordingObject),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn put_wording(call: Call, path: Path<(String, String, String)>, body: Body<WordingFields>) -> Answer {
    let (event, kind, language) = path.into_inner();
    let expected = call.names_version().then(|| call.expected_version()).transpose()?;
    let key = call.api.key_of_event(&event).await;
    let asked = named(&kind, &language);
    let draft = read(body.json, body.issues);
    call.write(key, &body.bytes, move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        let (asked, draft) = both(asked, draft)?;
        let (wording, is_new) = set_wording(db, &caller.actor(), &held, asked, draft, expected, now)?;
        let address = format!("/api/v1/events/{}/letters/{}/{}", held.event.id, wording.kind, wording.language);
        let reply = reply(wording)?;
        Ok(if is_new { reply.created(&address) } else { reply })
    })
    .await
}

/// Say what Turnout says again.
#[utoipa::path(delete, path = "/api/v1/events/{event}/letters/{kind}/{language}", tag = "Letters", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("kind" = MessageKind, Path), ("language" = Language, Path),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn remove(call: Call, path: Path<(String, String, String)>) -> Answer {
    let (event, kind, language) = path.into_inner();
    let (expected, key) = (call.expected_version()?, call.api.key_of_event(&event).await);
    call.write(key, &[], move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        remove_wording(db, &caller.actor(), &held, known(&kind, &language)?, expected, now)?;
        Ok(Reply::done())
    })
    .await
}

/// A kind of letter and a language that are there.
pub(super) fn known(kind: &str, language: &str) -> Result<(MessageKind, Language)> {
    named(kind, language).map_err(|_| Error::NotFound("letter"))
}

/// The same; what is not there is a mistake.
pub(super) fn named(kind: &str, language: &str) -> Result<(MessageKind, Language)> {
    let mut issues = Issues::default();
    let mut note = |pointer: &str, fault: Fault| issues.add(pointer, fault);
    let kind = kind.parse().map_err(|fault| note("/kind", fault)).ok();
    let language = language.parse().map_err(|fault| note("/language", fault)).ok();
    issues.finish_with(kind.zip(language), "/kind", "this is required")
}

/// What a request says, or everything that is wrong with it.
pub(super) fn read(fields: WordingFields, mut issues: Issues) -> Result<WordingDraft> {
    let subject = issues.optional("/subject", fields.subject, text);
    let body = issues.required("/body", fields.body, text::<Prose<5000>>);
    let body = issues.finish_with(body, "/body", "this is required")?;
    Ok(WordingDraft { subject, body })
}

fn reply(wording: Wording) -> Result<Reply> {
    let object = WordingObject::from(wording);
    Reply::object(&object, object.version)
}

/// Wordings.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct WordingList {
    data: Vec<WordingObject>,
    /// Always null: all are on one page.
    next_cursor: Option<String>,
}
