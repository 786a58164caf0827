//! The messages of a campaign, some hundred in each write: whoever dies in between goes on where they were.

use std::collections::HashSet;

use diesel::prelude::*;

use super::audience::Batch;
use super::{Campaign, CampaignState};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Held;
use crate::mail::{MessageKind, outbox};
use crate::store::schema::{campaign_recipients, campaigns};
use crate::store::{CampaignId, Db, EventId, RegistrationId};

/// How many registrations are looked at in one write.
const BATCH: i64 = 250;

/// The campaigns of which messages are to be posted now, and their events.
pub fn due_campaigns(db: &mut Db, now: Timestamp) -> Result<Vec<(CampaignId, EventId)>> {
    Ok(campaigns::table
        .filter(campaigns::state.eq_any([CampaignState::Scheduled, CampaignState::Sending]))
        .filter(campaigns::send_at.le(now))
        .order(campaigns::send_at)
        .select((campaigns::id, campaigns::event_id))
        .limit(100)
        .load(db)?)
}

/// Posts the next messages of a campaign. True if there are more.
///
/// What was posted and how far it went are written together; and the database takes each recipient once.
pub fn fan_out(db: &mut Db, event: EventId, id: CampaignId, now: Timestamp) -> Result<bool> {
    let held = Held::by_id(db, event)?;
    let campaign = Campaign::find(db, held.event.id, id)?;
    if !matches!(campaign.state, CampaignState::Scheduled | CampaignState::Sending) {
        return Ok(false);
    }
    let Batch { recipients, reached, more } = campaign.batch(db, campaign.reached, BATCH)?;
    let ids: Vec<RegistrationId> = recipients.iter().map(|row| row.id).collect();
    let had: HashSet<RegistrationId> = campaign_recipients::table
        .filter(campaign_recipients::campaign_id.eq(id))
        .filter(campaign_recipients::registration_id.eq_any(&ids))
        .select(campaign_recipients::registration_id)
        .load(db)?
        .into_iter()
        .collect();
    for row in recipients.iter().filter(|row| !had.contains(&row.id)) {
        let what = (MessageKind::Campaign, id.uuid());
        let message = outbox::post_announced(db, what, event, row.id, &row.email, now)?;
        let recipient = (
            campaign_recipients::campaign_id.eq(id),
            campaign_recipients::registration_id.eq(row.id),
            campaign_recipients::message_id.eq(message),
        );
        diesel::insert_into(campaign_recipients::table).values(recipient).execute(db)?;
    }
    let state = if more { CampaignState::Sending } else { CampaignState::Sent };
    Campaign { state, reached: reached.or(campaign.reached), ..campaign }.save(db, now)?;
    Ok(more)
}
