//! Invitations to an event, as organizers find, resend and revoke them.

use actix_web::web::Path;
use serde::Deserialize;
use utoipa::ToSchema;

use super::object::InvitationObject;
use crate::access::{Caller, Deed, may};
use crate::api::body::{Field, Optional, OptionalBody};
use crate::api::call::{Answer, Call};
use crate::api::issues::text;
use crate::api::reply::Reply;
use crate::api::sharing::sharing;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::registrations::{Invitation, InvitationFilter, erase_invitation, resend_invitation, revoke_invitation};
use crate::store::{Db, GuestInvitationId};
use crate::values::search_key;

/// The invitations to an event, in the order in which they were sent. A host with whom people share their data by consent
/// sees those of people who came and have given it.
#[utoipa::path(get, path = "/api/v1/events/{event}/invitations", tag = "Invitations", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("state" = Option<String>, Query, description = "One or more, with commas between them"),
        ("q" = Option<String>, Query, description = "Words in the name, the address or the organization"),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(InvitationList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn list(call: Call, event: Path<String>) -> Answer {
    let mut query = call.query();
    let mut filter = InvitationFilter {
        states: query.words("state"),
        q: query.text("q", 200).map(|q| search_key(&q)),
        updated_since: query.word("updated_since"),
        consented: None,
    };
    let paging = query.paging();
    let wrong = query.finish();
    call.read(move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::ReadRegistrations, &event)?;
        wrong?;
        filter.consented = sharing(db, caller, Deed::ReadRegistrations, &event)?;
        let page = filter.page(db, event.id, &paging, now)?;
        Reply::page(&page.map(|invitation| InvitationObject::of(invitation, now)))
    })
    .await
}

/// Read an invitation to an event.
#[utoipa::path(get, path = "/api/v1/events/{event}/invitations/{invitation}", tag = "Invitations",
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("invitation" = uuid::Uuid, Path)),
    responses((status = 200, body = InvitationObject), (status = 304),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn read_one(call: Call, path: Path<(String, String)>) -> Answer {
    call.read(move |db, caller, now| reply(found(db, caller, Deed::ReadRegistrations, &path)?, now)).await
}

/// Until when an invitation can be answered from now on.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct AnswerBy {
    /// As before, if not given; of one that has expired, until the event begins.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    answer_by: Field<String>,
}

/// Send the letter of an invitation again, with the same link. One that has expired is open again.
#[utoipa::path(post, path = "/api/v1/events/{event}/invitations/{invitation}/resend", tag = "Invitations",
    request_body = Option<AnswerBy>, security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("invitation" = uuid::Uuid, Path),
        ("If-Match" = Option<String>, Header)),
    responses((status = 202, body = InvitationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn resend(call: Call, path: Path<(String, String)>, body: Optional<AnswerBy>) -> Answer {
    let expected = call.expected_version()?;
    let mut issues = body.issues;
    let answer_by = issues.optional("/answer_by", body.json.answer_by, text::<Timestamp>);
    let (wrong, key) = (issues.finish(), call.api.key_of_event(&path.0).await);
    call.write(key, &body.bytes, move |db, caller, now| {
        let found = found(db, caller, Deed::WriteRegistrations, &path)?;
        wrong?;
        let invitation = resend_invitation(db, &caller.actor(), found.id, answer_by, expected, now)?;
        Ok(Reply { status: 202, ..reply(invitation, now)? })
    })
    .await
}

/// Take an invitation back: its link leads nowhere any more. A seat that was kept for it goes to those who wait.
#[utoipa::path(post, path = "/api/v1/events/{event}/invitations/{invitation}/revoke", tag = "Invitations",
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("invitation" = uuid::Uuid, Path),
        ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = InvitationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revoke(call: Call, path: Path<(String, String)>, body: OptionalBody) -> Answer {
    let expected = call.expected_version()?;
    let key = call.api.key_of_event(&path.0).await;
    call.write(key, &body.0, move |db, caller, now| {
        let found = found(db, caller, Deed::WriteRegistrations, &path)?;
        reply(revoke_invitation(db, &caller.actor(), found.id, expected, now)?, now)
    })
    .await
}

/// Erase what is known of somebody who was invited, for good. An open invitation is revoked; a registration that came of
/// it stays as it is. Again is nothing.
#[utoipa::path(post, path = "/api/v1/events/{event}/invitations/{invitation}/erase", tag = "Invitations",
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("invitation" = uuid::Uuid, Path),
        ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = InvitationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn erase(call: Call, path: Path<(String, String)>, body: OptionalBody) -> Answer {
    let expected = call.expected_version()?;
    let key = call.api.key_of_event(&path.0).await;
    call.write(key, &body.0, move |db, caller, now| {
        let found = found(db, caller, Deed::WriteRegistrations, &path)?;
        reply(erase_invitation(db, &caller.actor(), found.id, expected, now)?, now)
    })
    .await
}

/// The invitation of a path, for who may do `deed` to it. A host who sees people by consent finds those whom it sees.
fn found(db: &mut Db, caller: &Caller, deed: Deed, (event, id): &(String, String)) -> Result<Invitation> {
    let event = Event::find_by_name(db, event)?;
    may(db, caller, deed, &event)?;
    let id: GuestInvitationId = id.parse().map_err(|_| Error::NotFound("invitation"))?;
    let invitation = Invitation::find_to(db, event.id, id)?;
    match sharing(db, caller, deed, &event)? {
        Some(keys) if !invitation.is_shared(db, &keys)? => Err(Error::NotFound("invitation")),
        _ => Ok(invitation),
    }
}

fn reply(invitation: Invitation, now: Timestamp) -> Result<Reply> {
    let version = invitation.version;
    Reply::object(&InvitationObject::of(invitation, now), version)
}

/// A page of invitations.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct InvitationList {
    data: Vec<InvitationObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
