//! Letters that organizers write to a part of the attendees: once to each, however often the program dies meanwhile.
//!
//! A [`Campaign`] is written, looked at (its `preview`) and sent ([`send`]); from then on [`fan_out`] posts a message to some
//! hundred registrations at a time, and the outbox does the rest.

mod audience;
mod campaign;
mod fan_out;
mod progress;
mod refusal;
mod send;
mod write;

pub use audience::Audience;
pub use campaign::{Campaign, CampaignState};
pub use fan_out::{due_campaigns, fan_out};
pub use progress::Progress;
pub use refusal::{CODES, CampaignRefusal};
pub use send::{cancel_campaign, send};
pub use write::{CampaignDraft, delete_campaign, draft_campaign, revise_campaign};
