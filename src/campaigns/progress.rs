//! What became of a campaign.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::error::Result;
use crate::mail::MessageState;
use crate::store::schema::{campaign_recipients, messages};
use crate::store::{CampaignId, Db};

/// How many messages of a campaign are in each state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress(HashMap<MessageState, i64>);

impl Progress {
    /// Of each of these campaigns; of which there are no messages is left out.
    pub fn of_all(db: &mut Db, campaigns: &[CampaignId]) -> Result<HashMap<CampaignId, Self>> {
        let rows: Vec<(CampaignId, MessageState, i64)> = campaign_recipients::table
            .inner_join(messages::table)
            .filter(campaign_recipients::campaign_id.eq_any(campaigns))
            .group_by((campaign_recipients::campaign_id, messages::state))
            .select((campaign_recipients::campaign_id, messages::state, diesel::dsl::count_star()))
            .load(db)?;
        let mut of_all: HashMap<CampaignId, Self> = HashMap::new();
        for (campaign, state, count) in rows {
            of_all.entry(campaign).or_default().0.insert(state, count);
        }
        Ok(of_all)
    }

    /// How many are in this state.
    pub fn of(&self, state: MessageState) -> i64 {
        self.0.get(&state).copied().unwrap_or(0)
    }

    /// How many there are.
    pub fn total(&self) -> i64 {
        self.0.values().sum()
    }
}
