//! A campaign is sent, or called off.

use diesel::prelude::*;

use super::write::must_be_draft;
use super::{Audience, Campaign, CampaignRefusal, CampaignState};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Held;
use crate::mail::outbox;
use crate::store::schema::campaign_recipients;
use crate::store::{CampaignId, Db, Json, MessageId};

/// Has a draft sent: at once, or at a time. To nobody whom the host that sends it may not see: who consents to one of
/// `sharing`, if that is given.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `campaign_not_a_draft`.
pub fn send(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    id: CampaignId,
    (send_at, sharing): (Option<Timestamp>, Option<Vec<String>>),
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Campaign> {
    let before = Campaign::hold(db, held, id, expected)?;
    must_be_draft(&before)?;
    let after = Campaign {
        state: CampaignState::Scheduled,
        send_at: Some(send_at.unwrap_or(now)),
        audience: Json(Audience { consented: sharing, ..before.audience.0.clone() }),
        ..before.clone()
    };
    let after = after.save(db, now)?;
    let changes = Changes::between(&before.told(), &after.told());
    audit::record_changes(db, by, held.event.scope(), "campaign.sent", id.uuid(), changes, now)?;
    Ok(after)
}

/// Calls a campaign off: nobody else gets it, and what waits to be sent is kept back.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `campaign_not_under_way`.
pub fn cancel_campaign(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    id: CampaignId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Campaign> {
    let before = Campaign::hold(db, held, id, expected)?;
    let posted: Vec<MessageId> = campaign_recipients::table
        .filter(campaign_recipients::campaign_id.eq(id))
        .select(campaign_recipients::message_id)
        .load(db)?;
    let kept_back = match before.state {
        // All of one that was sent are posted, and some may still wait: for a slow server, or as many as may leave a minute.
        CampaignState::Scheduled | CampaignState::Sending | CampaignState::Sent => outbox::keep_back(db, &posted, now)?,
        CampaignState::Draft | CampaignState::Cancelled => 0,
    };
    let under_way = matches!(before.state, CampaignState::Scheduled | CampaignState::Sending);
    if !under_way && kept_back == 0 {
        return Err(CampaignRefusal::NotUnderWay { state: before.state.as_str() }.into());
    }
    let after = Campaign { state: CampaignState::Cancelled, ..before.clone() }.save(db, now)?;
    let changes = Changes::between(&before.told(), &after.told());
    audit::record_changes(db, by, held.event.scope(), "campaign.cancelled", id.uuid(), changes, now)?;
    Ok(after)
}
