//! Campaigns are written, read, changed and thrown away.

use actix_web::web::Path;

use super::object::{CampaignFields, CampaignObject, read};
use crate::access::{Caller, Deed, may};
use crate::api::body::Body;
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::campaigns::{Campaign, delete_campaign, draft_campaign, revise_campaign};
use crate::error::{Error, Result};
use crate::events::{Event, Held};
use crate::store::{CampaignId, Db, Page};

/// The campaigns of an event, in the order in which they were begun.
#[utoipa::path(get, path = "/api/v1/events/{event}/campaigns", tag = "Campaigns", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(CampaignList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn campaigns(call: Call, event: Path<String>) -> Answer {
    let mut query = call.query();
    let (updated_since, paging) = (query.word("updated_since"), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::ReadMessages, &event)?;
        wrong?;
        let page = Campaign::of_event(db, event.id, updated_since, &paging)?;
        let data = CampaignObject::of_all(db, page.data)?;
        Reply::page(&Page { data, next_cursor: page.next_cursor })
    })
    .await
}

/// Read a campaign, with what became of it.
#[utoipa::path(get, path = "/api/v1/events/{event}/campaigns/{campaign}", tag = "Campaigns", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("campaign" = uuid::Uuid, Path)),
    responses((status = 200, body = CampaignObject), (status = 304),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn campaign(call: Call, path: Path<(String, String)>) -> Answer {
    let (event, campaign) = path.into_inner();
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::ReadMessages, &event)?;
        let campaign = Campaign::find(db, event.id, campaign_id(&campaign)?)?;
        reply(db, campaign)
    })
    .await
}

/// Begin a campaign: nothing is sent.
#[utoipa::path(post, path = "/api/v1/events/{event}/campaigns", tag = "Campaigns", request_body = CampaignFields,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = CampaignObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn begin_campaign(call: Call, event: Path<String>, body: Body<CampaignFields>) -> Answer {
    let key = call.api.key_of_event(&event).await;
    let draft = read(body.json, body.issues, None);
    call.write(key, &body.bytes, move |db, caller, now| {
        let held = held_for(db, caller, &event)?;
        let campaign = draft_campaign(db, &caller.actor(), &held, draft?, now)?;
        let address = format!("/api/v1/events/{}/campaigns/{}", held.event.id, campaign.id);
        Ok(reply(db, campaign)?.created(&address))
    })
    .await
}

/// Change a draft. What is not given stays; null empties what can be empty.
#[utoipa::path(patch, path = "/api/v1/events/{event}/campaigns/{campaign}", tag = "Campaigns",
    request_body = CampaignFields, security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("campaign" = uuid::Uuid, Path),
        ("If-Match" = String, Header)),
    responses((status = 200, body = CampaignObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn change_campaign(call: Call, path: Path<(String, String)>, body: Body<CampaignFields>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let (event, campaign) = path.into_inner();
    let key = call.api.key_of_event(&event).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let held = held_for(db, caller, &event)?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        let draft = |before: &Campaign| read(body.json, body.issues, Some(before));
        let id = campaign_id(&campaign)?;
        let campaign = revise_campaign(db, &caller.actor(), &held, id, draft, expected, now)?;
        reply(db, campaign)
    })
    .await
}

/// Throw a draft away.
#[utoipa::path(delete, path = "/api/v1/events/{event}/campaigns/{campaign}", tag = "Campaigns",
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("campaign" = uuid::Uuid, Path),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn remove_campaign(call: Call, path: Path<(String, String)>) -> Answer {
    let expected = call.expected_version()?;
    let (event, campaign) = path.into_inner();
    let key = call.api.key_of_event(&event).await;
    call.write(key, &[], move |db, caller, now| {
        let held = held_for(db, caller, &event)?;
        delete_campaign(db, &caller.actor(), &held, campaign_id(&campaign)?, expected, now)?;
        Ok(Reply::done())
    })
    .await
}

/// The event, held, if the caller may write to its attendees.
pub(super) fn held_for(db: &mut Db, caller: &Caller, event: &str) -> Result<Held> {
    let held = Held::by_name(db, event)?;
    may(db, caller, Deed::WriteMessages, &held.event)?;
    Ok(held)
}

pub(super) fn campaign_id(text: &str) -> Result<CampaignId> {
    text.parse().map_err(|_| Error::NotFound("campaign"))
}

pub(super) fn reply(db: &mut Db, campaign: Campaign) -> Result<Reply> {
    let version = campaign.version;
    let object = CampaignObject::of_all(db, vec![campaign])?.pop().ok_or(Error::NotFound("campaign"))?;
    Reply::object(&object, version)
}

/// A page of campaigns.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct CampaignList {
    data: Vec<CampaignObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
