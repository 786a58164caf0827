//! The questions of an event: read by everybody, written by its organizers.

use actix_web::web::Path;

use super::question_object::{QuestionFields, QuestionObject};
use crate::access::{Caller, Deed, may};
use crate::api::body::Body;
use crate::api::call::{Answer, Call};
use crate::api::issues::text;
use crate::api::reply::Reply;
use crate::error::{Error, Result};
use crate::events::{self, AskedAt, Event, Held, Question, QuestionDraft};
use crate::store::{Db, Page};
use crate::values::{Fault, Key, Words};

/// The questions of an event in their order: those asked of whoever registers, to whoever may see the event; those asked
/// at the door and those retired, to whoever works there.
#[utoipa::path(get, path = "/api/v1/events/{event}/questions", tag = "Questions", security((), ("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, body = inline(QuestionList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn questions(call: Call, event: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeEvent, &event)?;
        let shown = shown(db, caller, &event)?;
        let data: Vec<QuestionObject> = shown.into_iter().map(QuestionObject::from).collect();
        Reply::page(&Page { data, next_cursor: None })
    })
    .await
}

/// Read a question.
#[utoipa::path(get, path = "/api/v1/events/{event}/questions/{question}", tag = "Questions",
    security((), ("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("question" = String, Path, description = "Key or id")),
    responses((status = 200, body = QuestionObject), (status = 304),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn question(call: Call, path: Path<(String, String)>) -> Answer {
    let (event, question) = path.into_inner();
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeEvent, &event)?;
        let question = Question::find(db, event.id, &question)?;
        let shown = shown(db, caller, &event)?;
        reply(shown.into_iter().find(|one| one.id == question.id).ok_or(Error::NotFound("question"))?)
    })
    .await
}

/// Add a question. `key`, `kind` and `label` are required.
#[utoipa::path(post, path = "/api/v1/events/{event}/questions", tag = "Questions", request_body = QuestionFields,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = QuestionObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn add_question(call: Call, event: Path<String>, body: Body<QuestionFields>) -> Answer {
    let (mut issues, mut fields) = (body.issues, body.json);
    let missing = [("/kind", fields.kind.is_missing()), ("/label", fields.label.is_missing())];
    let key = issues.required("/key", std::mem::take(&mut fields.key), text::<Key>);
    let changes = fields.read(&mut issues);
    for (pointer, _) in missing.into_iter().filter(|(_, missing)| *missing) {
        issues.add(pointer, Fault::new("required", "this is required"));
    }
    let draft = key.zip(changes.kind).map(|(key, kind)| (key, changes.of(QuestionDraft::new(kind, Words::new()))));
    let draft = issues.finish_with(draft, "", "a field is missing");
    let queue = call.api.key_of_event(&event).await;
    call.write(queue, &body.bytes, move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        let (key, draft) = draft?;
        let question = events::add_question(db, &caller.actor(), &held, key, draft, now)?;
        let address = format!("/api/v1/events/{}/questions/{}", held.event.id, question.id);
        Ok(reply(question)?.created(&address))
    })
    .await
}

/// Change a question. What is not given stays; null empties what can be empty. Old answers stay as they are.
#[utoipa::path(patch, path = "/api/v1/events/{event}/questions/{question}", tag = "Questions",
    request_body = QuestionFields, security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("question" = String, Path, description = "Key or id"),
        ("If-Match" = String, Header)),
    responses((status = 200, body = QuestionObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revise_question(call: Call, path: Path<(String, String)>, body: Body<QuestionFields>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let (event, question) = path.into_inner();
    let (mut issues, mut fields) = (body.issues, body.json);
    let key = issues.change("/key", std::mem::take(&mut fields.key), text::<Key>);
    let changes = fields.read(&mut issues);
    let queue = call.api.key_of_event(&event).await;
    call.write(queue, &body.bytes, move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        let before = Question::find(db, held.event.id, &question)?;
        if key.is_some_and(|key| key.as_str() != before.key) {
            issues.add("/key", Fault::new("unchangeable", "the key of a question never changes"));
        }
        issues.finish()?;
        let draft = changes.of(QuestionDraft::of(&before));
        reply(events::revise_question(db, &caller.actor(), &held, &before, draft, expected, now)?)
    })
    .await
}

/// Remove a question that nobody has answered, or retire one that somebody has: its answers stay readable.
#[utoipa::path(delete, path = "/api/v1/events/{event}/questions/{question}", tag = "Questions", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("question" = String, Path, description = "Key or id"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn remove_question(call: Call, path: Path<(String, String)>) -> Answer {
    let expected = call.expected_version()?;
    let (event, question) = path.into_inner();
    let queue = call.api.key_of_event(&event).await;
    call.write(queue, &[], move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        let question = Question::find(db, held.event.id, &question)?;
        events::remove_question(db, &caller.actor(), &held, &question, expected, now)?;
        Ok(Reply::done())
    })
    .await
}

/// The questions that a caller sees who sees the event.
fn shown(db: &mut Db, caller: &Caller, event: &Event) -> Result<Vec<Question>> {
    let mut all = Question::of_event(db, event.id)?;
    if may(db, caller, Deed::ReadCheckIns, event).is_err() {
        all.retain(|one| one.asked_at == AskedAt::Registration && one.retired_at.is_none());
    }
    Ok(all)
}

fn reply(question: Question) -> Result<Reply> {
    let version = question.version;
    Reply::object(&QuestionObject::from(question), version)
}

/// The questions of an event.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct QuestionList {
    data: Vec<QuestionObject>,
    /// Always null: all are on one page.
    next_cursor: Option<String>,
}
