//! `POST /api/v1/registrations/{id}/promote` and `/prioritize`

use actix_web::web::Path;
use serde::Deserialize;
use utoipa::ToSchema;

use super::object::RegistrationObject;
use super::read::find_for_organizer;
use crate::access::Deed;
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::text;
use crate::registrations::{self, Hand, Priority};
use crate::values::Line;

/// Why somebody is let in out of order.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct Promotion {
    /// 1 to 500 characters. It is kept.
    #[serde(default)]
    #[schema(value_type = String)]
    reason: Field<String>,
}

/// Confirm somebody who waits, whoever is ahead. 409 `sold_out` if no seat is free, unless `force`.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/promote", tag = "Registrations", request_body = Promotion,
    security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path),
        ("force" = Option<bool>, Query, description = "Also where no seat is free: there is one more then"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn promote(call: Call, id: Path<String>, body: Body<Promotion>) -> Answer {
    let expected = call.expected_version()?;
    let mut query = call.query();
    let force = query.flag("force").unwrap_or_default();
    let wrong = query.finish();
    let mut issues = body.issues;
    let reason = issues.required("/reason", body.json.reason, text::<Line<500>>);
    let reason = issues.finish_with(reason, "/reason", "say why");
    let key = call.api.key_of_registration(&id).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let (registration, _) = find_for_organizer(db, caller, Deed::WriteRegistrations, &id)?;
        wrong?;
        let with = (reason?, Hand { force, silent: false });
        let registration = registrations::promote(db, &caller.actor(), registration.id, expected, with, now)?;
        RegistrationObject::reply(db, caller, registration)
    })
    .await
}

/// How much earlier somebody's turn comes.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct NewPriority {
    /// 0 to 100: who has more comes first; among equals, who came first.
    #[serde(default)]
    #[schema(value_type = i64)]
    priority: Field<i64>,
}

/// Give somebody who waits another priority.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/prioritize", tag = "Registrations", request_body = NewPriority,
    security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RegistrationObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn prioritize(call: Call, id: Path<String>, body: Body<NewPriority>) -> Answer {
    let expected = call.expected_version()?;
    let mut issues = body.issues;
    let priority = issues.required("/priority", body.json.priority, Priority::try_from);
    let priority = issues.finish_with(priority, "/priority", "this is required");
    let key = call.api.key_of_registration(&id).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let (registration, _) = find_for_organizer(db, caller, Deed::WriteRegistrations, &id)?;
        let registration = registrations::prioritize(db, &caller.actor(), registration.id, expected, priority?, now)?;
        RegistrationObject::reply(db, caller, registration)
    })
    .await
}
