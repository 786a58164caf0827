//! `POST …/approve` and `…/reject`, of one registration and of several.

use std::collections::HashSet;

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::object::RegistrationObject;
use super::read::find_for_organizer;
use crate::access::{Deed, may};
use crate::api::body::{Body, Field, OptionalBody};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, ids, text};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::sharing::hidden;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::registrations::{self, Hand, RegistrationStatus, Verdict};
use crate::store::RegistrationId;
use crate::values::Line;

/// How many are decided about in one request.
const MOST: usize = 1_000;

/// Why not.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct Rejection {
    /// 1 to 500 characters; the attendee reads it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    reason: Field<String>,
}

/// Whom to approve.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct Approvals {
    /// Ids of registrations for this event, at most 1,000.
    #[serde(default)]
    #[schema(value_type = Vec<uuid::Uuid>)]
    ids: Field<Vec<String>>,
}

/// Whom to reject, and why.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct Rejections {
    /// Ids of registrations for this event, at most 1,000.
    #[serde(default)]
    #[schema(value_type = Vec<uuid::Uuid>)]
    ids: Field<Vec<String>>,
    /// 1 to 500 characters; the attendees read it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    reason: Field<String>,
}

/// What became of several registrations.
#[derive(Serialize, ToSchema)]
pub(crate) struct Verdicts {
    /// In the order in which they were named.
    results: Vec<VerdictObject>,
}

/// What became of one of several registrations: its status, or the problem why not.
#[derive(Serialize, ToSchema)]
pub(crate) struct VerdictObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    /// Where it stands now, if it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<RegistrationStatus>,
    /// The code of the problem, if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// The same for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl Verdicts {
    fn new(verdicts: Vec<Verdict>) -> Self {
        let object = |(id, done): Verdict| {
            let id = id.to_string();
            match done {
                Ok(registration) => VerdictObject { id, status: Some(registration.status), code: None, detail: None },
                Err(error) => {
                    let problem = Problem::from(error);
                    VerdictObject { id, status: None, code: Some(problem.code), detail: Some(problem.detail) }
                }
            }
        };
        Self { results: verdicts.into_iter().map(object).collect() }
    }
}

/// Confirm a registration that waits for a decision. 409 `sold_out` if it has no seat and none is free, unless `force`.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/approve", tag = "Registrations", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path),
        ("force" = Option<bool>, Query, description = "Also where no seat is free: there is one more then"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn approve(call: Call, id: Path<String>, body: OptionalBody) -> Answer {
    let (expected, hand) = (call.expected_version()?, hand(&call));
    let key = call.api.key_of_registration(&id).await;
    call.write(key, &body.0, move |db, caller, now| {
        let (registration, _) = find_for_organizer(db, caller, Deed::WriteRegistrations, &id)?;
        let registration = registrations::approve(db, &caller.actor(), registration.id, expected, hand?, now)?;
        RegistrationObject::reply(db, caller, registration)
    })
    .await
}

/// Reject a registration that waits for a decision. The next who waits moves up.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/reject", tag = "Registrations", request_body = Rejection,
    security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn reject(call: Call, id: Path<String>, body: Body<Rejection>) -> Answer {
    let expected = call.expected_version()?;
    let mut issues = body.issues;
    let reason = issues.optional("/reason", body.json.reason, text::<Line<500>>);
    let reason = issues.finish().map(|()| reason);
    let key = call.api.key_of_registration(&id).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let (registration, _) = find_for_organizer(db, caller, Deed::WriteRegistrations, &id)?;
        let registration = registrations::reject(db, &caller.actor(), registration.id, expected, reason?, now)?;
        RegistrationObject::reply(db, caller, registration)
    })
    .await
}

/// Confirm several registrations, each by itself: the answer has a verdict for each.
#[utoipa::path(post, path = "/api/v1/events/{event}/registrations/approve", tag = "Registrations",
    request_body = Approvals, security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"),
        ("force" = Option<bool>, Query, description = "Also where no seat is free: there are more then")),
    responses((status = 200, body = Verdicts), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn approve_all(call: Call, event: Path<String>, body: Body<Approvals>) -> Answer {
    let (named, hand) = (named(body.json.ids, body.issues), hand(&call));
    let key = call.api.key_of_event(&event).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::WriteRegistrations, &event)?;
        let (named, hand) = (named?, hand?);
        let hidden = hidden(db, caller, Deed::WriteRegistrations, &event, &named)?;
        let seen = named.iter().copied().filter(|id| !hidden.contains(id)).collect();
        let verdicts = registrations::approve_all(db, &caller.actor(), event.id, seen, hand, now)?;
        Reply::json(&Verdicts::new(with_hidden(&named, &hidden, verdicts)))
    })
    .await
}

/// Reject several registrations, each by itself: the answer has a verdict for each. Those who wait move up.
#[utoipa::path(post, path = "/api/v1/events/{event}/registrations/reject", tag = "Registrations",
    request_body = Rejections, security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, body = Verdicts), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn reject_all(call: Call, event: Path<String>, body: Body<Rejections>) -> Answer {
    let mut issues = body.issues;
    let reason = issues.optional("/reason", body.json.reason, text::<Line<500>>);
    let named = named(body.json.ids, issues);
    let key = call.api.key_of_event(&event).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::WriteRegistrations, &event)?;
        let named = named?;
        let hidden = hidden(db, caller, Deed::WriteRegistrations, &event, &named)?;
        let seen = named.iter().copied().filter(|id| !hidden.contains(id)).collect();
        let verdicts = registrations::reject_all(db, &caller.actor(), event.id, seen, reason.as_ref(), now)?;
        Reply::json(&Verdicts::new(with_hidden(&named, &hidden, verdicts)))
    })
    .await
}

/// The verdicts in the order of the names; for whom somebody does not see as for whom there is not.
fn with_hidden(named: &[RegistrationId], hidden: &HashSet<RegistrationId>, verdicts: Vec<Verdict>) -> Vec<Verdict> {
    let mut verdicts = verdicts.into_iter();
    let unknown = |id: RegistrationId| (id, Err(Error::NotFound("registration")));
    let verdict = |id: &RegistrationId| if hidden.contains(id) { Some(unknown(*id)) } else { verdicts.next() };
    named.iter().filter_map(verdict).collect()
}

fn named(field: Field<Vec<String>>, mut issues: Issues) -> Result<Vec<RegistrationId>> {
    let named = issues.required("/ids", field, ids::<_, MOST>);
    issues.finish_with(named, "/ids", "name some")
}

fn hand(call: &Call) -> Result<Hand> {
    let mut query = call.query();
    let force = query.flag("force").unwrap_or_default();
    query.finish().map(|()| Hand { force, silent: false })
}
