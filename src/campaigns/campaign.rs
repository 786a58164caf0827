//! A letter to a part of the attendees.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::Audience;
use crate::clock::Timestamp;
use crate::error::{Error, Result, expect_version};
use crate::events::Held;
use crate::store::schema::campaigns;
use crate::store::{CampaignId, Db, EventId, Json, Page, Paging, RegistrationId};
use crate::text_enum;
use crate::values::{Language, Words};

text_enum! {
    /// Where a campaign stands.
    pub enum CampaignState {
        /// It is being written.
        Draft = "draft",
        /// It is sent at its time.
        Scheduled = "scheduled",
        /// Messages are being posted.
        Sending = "sending",
        /// All messages are posted.
        Sent = "sent",
        /// It was called off: nobody else gets it.
        Cancelled = "cancelled",
    }
}

/// A letter to a part of the attendees.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = campaigns, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// To attendees of which event.
    pub event_id: EventId,
    /// What it is about, in a line, by language.
    pub subject: Json<Words>,
    /// What it says, in Markdown, by language.
    pub body: Json<Words>,
    /// Whom it is for.
    pub audience: Json<Audience>,
    /// Only to who consents to the text with this key.
    pub consent: Option<String>,
    /// Where it stands.
    pub state: CampaignState,
    /// When it is sent, or was.
    pub send_at: Option<Timestamp>,
    /// The last registration to which a message was posted, or that was left out.
    pub reached: Option<RegistrationId>,
    /// When it was begun to be written.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

impl Campaign {
    /// A campaign of an event.
    pub fn find(db: &mut Db, event: EventId, id: CampaignId) -> Result<Self> {
        let found = Self::query().filter(campaigns::event_id.eq(event)).filter(campaigns::id.eq(id)).first(db);
        found.optional()?.ok_or(Error::NotFound("campaign"))
    }

    /// The campaign with this id.
    pub fn find_by_id(db: &mut Db, id: CampaignId) -> Result<Self> {
        Self::query().filter(campaigns::id.eq(id)).first(db).optional()?.ok_or(Error::NotFound("campaign"))
    }

    /// The campaigns of an event, in the order in which they were begun; of those, the ones that changed
    /// since a moment.
    pub fn of_event(
        db: &mut Db,
        event: EventId,
        updated_since: Option<Timestamp>,
        paging: &Paging,
    ) -> Result<Page<Self>> {
        let list = format!("campaigns {event} {updated_since:?}");
        let mut query = Self::query().filter(campaigns::event_id.eq(event)).into_boxed();
        if let Some(since) = updated_since {
            query = query.filter(campaigns::updated_at.ge(since));
        }
        if let Some(after) = paging.after::<uuid::Uuid>(&list)? {
            query = query.filter(campaigns::id.gt(CampaignId::from(after)));
        }
        let rows = query.order(campaigns::id).limit(paging.rows()).load(db)?;
        paging.page(&list, rows, |campaign| campaign.id.uuid())
    }

    /// The campaign of an event that is held, if it is at `expected`.
    pub(super) fn hold(db: &mut Db, held: &Held, id: CampaignId, expected: Option<i64>) -> Result<Self> {
        let campaign = Self::find(db, held.event.id, id)?;
        expect_version(expected, campaign.version)?;
        Ok(campaign)
    }

    /// Writes a change down.
    pub(super) fn save(self, db: &mut Db, now: Timestamp) -> Result<Self> {
        let after = Self { updated_at: now, version: self.version + 1, ..self };
        diesel::update(campaigns::table.find(after.id)).set(&after).execute(db)?;
        Ok(after)
    }

    /// The language in which somebody gets it: theirs, or else the first of the event's, or whichever there is.
    pub fn language_for(&self, theirs: Language, of_event: &[Language]) -> Language {
        let written = |language: &&Language| self.body.0.contains_key(language);
        let of_event = || of_event.iter().find(written).copied();
        Some(theirs)
            .filter(|theirs| written(&theirs))
            .or_else(of_event)
            .unwrap_or_else(|| self.body.0.keys().next().copied().unwrap_or(theirs))
    }

    /// As the trail tells it.
    pub(super) fn told(&self) -> Value {
        json!({
            "subject": self.subject.0,
            "body": self.body.0,
            "consent": self.consent,
            "state": self.state,
            "send_at": self.send_at,
        })
    }
}
