//! A campaign is sent, or called off.

use actix_web::web::Path;

use super::object::{CampaignObject, SendFields};
use super::routes::{campaign_id, held_for, reply};
use crate::access::Deed;
use crate::api::body::{Optional, OptionalBody};
use crate::api::call::{Answer, Call};
use crate::api::issues::text;
use crate::api::sharing::sharing;
use crate::campaigns::{cancel_campaign, send};
use crate::clock::Timestamp;
use crate::values::Fault;

/// Send a draft, now or at a time: once to each of those whom its filters find then.
#[utoipa::path(post, path = "/api/v1/events/{event}/campaigns/{campaign}/send", tag = "Campaigns",
    request_body = SendFields, security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("campaign" = uuid::Uuid, Path),
        ("If-Match" = Option<String>, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = CampaignObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn send_campaign(call: Call, path: Path<(String, String)>, body: Optional<SendFields>) -> Answer {
    let expected = call.expected_version()?;
    let (event, campaign) = path.into_inner();
    let key = call.api.key_of_event(&event).await;
    let Optional { json: fields, mut issues, bytes } = body;
    call.write(key, &bytes, move |db, caller, now| {
        let held = held_for(db, caller, &event)?;
        let send_at = issues.optional("/send_at", fields.send_at, text::<Timestamp>);
        if send_at.is_some_and(|at| at < now) {
            issues.add("/send_at", Fault::new("out_of_range", "this is in the future"));
        }
        issues.finish()?;
        let sharing = sharing(db, caller, Deed::WriteMessages, &held.event)?;
        let id = campaign_id(&campaign)?;
        let campaign = send(db, &caller.actor(), &held, id, (send_at, sharing), expected, now)?;
        reply(db, campaign)
    })
    .await
}

/// Call a campaign off: nobody else gets it, and messages that wait to be sent are withdrawn.
#[utoipa::path(post, path = "/api/v1/events/{event}/campaigns/{campaign}/cancel", tag = "Campaigns",
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("campaign" = uuid::Uuid, Path),
        ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = CampaignObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn call_campaign_off(call: Call, path: Path<(String, String)>, body: OptionalBody) -> Answer {
    let expected = call.expected_version()?;
    let (event, campaign) = path.into_inner();
    let key = call.api.key_of_event(&event).await;
    call.write(key, &body.0, move |db, caller, now| {
        let held = held_for(db, caller, &event)?;
        let campaign = cancel_campaign(db, &caller.actor(), &held, campaign_id(&campaign)?, expected, now)?;
        reply(db, campaign)
    })
    .await
}
