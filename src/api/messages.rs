//! The outbox over HTTP.

use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::OptionalBody;
use super::call::{Answer, Call};
use super::organizations::organization_for;
use super::query::Query;
use super::reply::Reply;
use super::sharing::{sees, sharing, shown};
use crate::access::{Caller, Deed, OrganizationDeed, may};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::mail::{self, Message, MessageFilter, MessageKind, MessageState, Of};
use crate::store::{Db, MessageId};

/// A message in the outbox.
#[derive(Serialize, ToSchema)]
#[schema(as = Message)]
pub(super) struct MessageObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    #[schema(value_type = uuid::Uuid)]
    event_id: Option<String>,
    #[schema(value_type = Option<uuid::Uuid>)]
    registration_id: Option<String>,
    kind: MessageKind,
    recipient: String,
    state: MessageState,
    /// How often it was tried.
    attempts: i64,
    /// When it is tried next; null: not any more.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    due_at: Option<Timestamp>,
    /// What the mail server said last, in its own words, or what was wrong.
    reply: Option<String>,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    sent_at: Option<Timestamp>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
    version: i64,
}

impl From<Message> for MessageObject {
    fn from(message: Message) -> Self {
        Self {
            id: message.id.to_string(),
            event_id: message.event_id.map(|event| event.to_string()),
            registration_id: message.registration_id.map(|id| id.to_string()),
            kind: message.kind,
            recipient: message.recipient,
            state: message.state,
            attempts: message.attempts,
            due_at: message.due_at,
            reply: message.reply,
            sent_at: message.sent_at,
            created_at: message.created_at,
            updated_at: message.updated_at,
            version: message.version,
        }
    }
}

/// The messages about an event, in the order in which they were posted.
#[utoipa::path(get, path = "/api/v1/events/{event}/messages", tag = "Messages", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("state" = Option<MessageState>, Query),
        ("kind" = Option<MessageKind>, Query),
        ("registration" = Option<uuid::Uuid>, Query, description = "About this registration"),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(MessageList)), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn list(call: Call, event: Path<String>) -> Answer {
    let mut query = call.query();
    let (filter, paging) = (filter(&mut query), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::ReadMessages, &event)?;
        wrong?;
        let page = Message::page(db, Of::Event(event.id), &filter, &paging)?;
        let mut page = shown(db, (caller, Deed::ReadMessages, &event), page, |message| message.registration_id)?;
        if sharing(db, caller, Deed::ReadMessages, &event)?.is_some() {
            // What is about no registration may go to anybody.
            page.data.retain(|message| message.registration_id.is_some());
        }
        Reply::page(&page.map(MessageObject::from))
    })
    .await
}

/// The messages about all events that an organization owns, in the order in which they were posted.
#[utoipa::path(get, path = "/api/v1/organizations/{organization}/messages", tag = "Messages", security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("state" = Option<MessageState>, Query),
        ("kind" = Option<MessageKind>, Query),
        ("registration" = Option<uuid::Uuid>, Query, description = "About this registration"),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(MessageList)), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn list_of_organization(call: Call, organization: Path<String>) -> Answer {
    let mut query = call.query();
    let (filter, paging) = (filter(&mut query), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        let organization = organization_for(db, caller, OrganizationDeed::ReadOrganizationMessages, &organization)?;
        wrong?;
        let page = Message::page(db, Of::Organization(organization.id), &filter, &paging)?;
        Reply::page(&page.map(MessageObject::from))
    })
    .await
}

fn filter(query: &mut Query) -> MessageFilter {
    MessageFilter {
        state: query.word("state"),
        kind: query.word("kind"),
        registration: query.id("registration"),
        updated_since: query.word("updated_since"),
    }
}

/// Read a message.
#[utoipa::path(get, path = "/api/v1/messages/{id}", tag = "Messages", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = MessageObject), (status = 304),
        (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn read(call: Call, id: Path<String>) -> Answer {
    call.read(move |db, caller, _| reply(find_for(db, caller, Deed::ReadMessages, &id)?.0)).await
}

/// Send a message again that failed, waits for its next try or has an unknown outcome.
#[utoipa::path(post, path = "/api/v1/messages/{id}/retry", tag = "Messages", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = MessageObject), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn retry(call: Call, id: Path<String>, body: OptionalBody) -> Answer {
    let expected = call.expected_version()?;
    let key = key_of(&call, &id).await;
    call.write(key, &body.0, move |db, caller, now| {
        let (message, event) = find_for(db, caller, Deed::WriteMessages, &id)?;
        reply(mail::retry(db, &caller.actor(), event.scope(), message.id, expected, now)?)
    })
    .await
}

/// Keep a message back that waits to be sent.
#[utoipa::path(post, path = "/api/v1/messages/{id}/cancel", tag = "Messages", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = MessageObject), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn cancel(call: Call, id: Path<String>, body: OptionalBody) -> Answer {
    let expected = call.expected_version()?;
    let key = key_of(&call, &id).await;
    call.write(key, &body.0, move |db, caller, now| {
        let (message, event) = find_for(db, caller, Deed::WriteMessages, &id)?;
        reply(mail::cancel(db, &caller.actor(), event.scope(), message.id, expected, now)?)
    })
    .await
}

/// Post a message once more, with a new id, whatever became of the first: its recipient gets it again.
#[utoipa::path(post, path = "/api/v1/messages/{id}/resend", tag = "Messages", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = MessageObject), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn resend(call: Call, id: Path<String>, body: OptionalBody) -> Answer {
    let expected = call.expected_version()?;
    let key = key_of(&call, &id).await;
    call.write(key, &body.0, move |db, caller, now| {
        let (message, event) = find_for(db, caller, Deed::WriteMessages, &id)?;
        let again = mail::resend(db, &caller.actor(), event.scope(), message.id, expected, now)?;
        let address = format!("/api/v1/messages/{}", again.id);
        Ok(reply(again)?.created(&address))
    })
    .await
}

/// By which key a write on a message queues up: its event's.
async fn key_of(call: &Call, id: &str) -> uuid::Uuid {
    let Ok(id) = id.parse::<MessageId>() else { return uuid::Uuid::nil() };
    call.api.key_of(move |db| Message::find(db, id)?.event_id.ok_or(Error::NotFound("message"))).await
}

fn reply(message: Message) -> Result<Reply> {
    let version = message.version;
    Reply::object(&MessageObject::from(message), version)
}

fn find_for(db: &mut Db, caller: &Caller, deed: Deed, id: &str) -> Result<(Message, Event)> {
    caller.must_be_known()?;
    let message = Message::find(db, id.parse().map_err(|_| Error::NotFound("message"))?)?;
    let event = Event::find(db, message.event_id.ok_or(Error::NotFound("message"))?)?;
    may(db, caller, deed, &event).map_err(|error| error.speaking_of("message"))?;
    match message.registration_id {
        Some(id) => sees(db, caller, deed, &event, id).map_err(|error| error.speaking_of("message"))?,
        None if sharing(db, caller, deed, &event)?.is_some() => return Err(Error::NotFound("message")),
        None => {}
    }
    Ok((message, event))
}

/// A page of messages.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(super) struct MessageList {
    data: Vec<MessageObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
