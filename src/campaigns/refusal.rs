//! What campaigns refuse.

use crate::error::Refusal;

/// Why something cannot be done with a campaign.
#[derive(Debug, thiserror::Error)]
pub enum CampaignRefusal {
    /// It is not being written any more.
    #[error("only a draft can be changed, deleted and sent: this campaign is {state}")]
    NotADraft {
        /// Where it stands.
        state: &'static str,
    },
    /// It is not on its way.
    #[error("only a campaign that is scheduled or being sent can be cancelled: this one is {state}")]
    NotUnderWay {
        /// Where it stands.
        state: &'static str,
    },
    /// The event has as many as it can have.
    #[error("an event has at most {most} campaigns")]
    TooMany {
        /// How many.
        most: i64,
    },
}

impl Refusal for CampaignRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotADraft { .. } => "campaign_not_a_draft",
            Self::NotUnderWay { .. } => "campaign_not_under_way",
            Self::TooMany { .. } => "too_many_campaigns",
        }
    }
}

/// The codes, each with what it means.
pub const CODES: &[(&str, &str)] = &[
    (
        "campaign_not_a_draft",
        "The campaign was sent, or is about to be: only a draft can be changed, deleted and sent.",
    ),
    ("campaign_not_under_way", "Only a campaign that is scheduled or being sent can be cancelled."),
    ("too_many_campaigns", "The event has as many campaigns as it can have."),
];
