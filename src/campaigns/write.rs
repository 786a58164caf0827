//! A campaign is written, changed and thrown away.

use diesel::prelude::*;
use serde_json::Value;

use super::{Audience, Campaign, CampaignRefusal, CampaignState};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result};
use crate::events::{ConsentText, Held};
use crate::store::schema::campaigns;
use crate::store::{CampaignId, Db, Json};
use crate::values::Words;

/// How many campaigns an event may have.
const MOST: i64 = 500;

/// What is written of a campaign.
#[derive(Debug, Clone)]
pub struct CampaignDraft {
    /// What it is about, in a line, by language.
    pub subject: Words,
    /// What it says, in Markdown, in the same languages.
    pub body: Words,
    /// Whom it is for.
    pub audience: Audience,
    /// Only to who consents to the text with this key.
    pub consent: Option<String>,
}

/// Begins a campaign to attendees of an event that is held.
///
/// # Errors
/// `Invalid`; `too_many_campaigns`.
pub fn draft_campaign(db: &mut Db, by: &Actor, held: &Held, draft: CampaignDraft, now: Timestamp) -> Result<Campaign> {
    check(db, held, &draft)?;
    let count: i64 = campaigns::table.filter(campaigns::event_id.eq(held.event.id)).count().get_result(db)?;
    if count >= MOST {
        return Err(CampaignRefusal::TooMany { most: MOST }.into());
    }
    let campaign = Campaign {
        id: CampaignId::new(),
        event_id: held.event.id,
        subject: Json(draft.subject),
        body: Json(draft.body),
        audience: Json(draft.audience),
        consent: draft.consent,
        state: CampaignState::Draft,
        send_at: None,
        reached: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    diesel::insert_into(campaigns::table).values(&campaign).execute(db)?;
    let changes = Changes::between(&Value::Null, &campaign.told());
    audit::record_changes(db, by, held.event.scope(), "campaign.drafted", campaign.id.uuid(), changes, now)?;
    Ok(campaign)
}

/// Changes a draft; `draft` tells what it says from what it said before. What stays as it is makes no new version.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `campaign_not_a_draft`; `Invalid`.
pub fn revise_campaign(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    id: CampaignId,
    draft: impl FnOnce(&Campaign) -> Result<CampaignDraft>,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Campaign> {
    let before = Campaign::hold(db, held, id, expected)?;
    must_be_draft(&before)?;
    let draft = draft(&before)?;
    check(db, held, &draft)?;
    let after = Campaign {
        subject: Json(draft.subject),
        body: Json(draft.body),
        audience: Json(draft.audience),
        consent: draft.consent,
        ..before.clone()
    };
    if after == before {
        return Ok(before);
    }
    let after = after.save(db, now)?;
    let changes = Changes::between(&before.told(), &after.told());
    audit::record_changes(db, by, held.event.scope(), "campaign.revised", id.uuid(), changes, now)?;
    Ok(after)
}

/// Throws a draft away.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `campaign_not_a_draft`.
pub fn delete_campaign(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    id: CampaignId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    let campaign = Campaign::hold(db, held, id, expected)?;
    must_be_draft(&campaign)?;
    diesel::delete(campaigns::table.find(id)).execute(db)?;
    audit::record(db, by, held.event.scope(), "campaign.deleted", id.uuid(), now)
}

pub(super) fn must_be_draft(campaign: &Campaign) -> Result<(), CampaignRefusal> {
    match campaign.state {
        CampaignState::Draft => Ok(()),
        state => Err(CampaignRefusal::NotADraft { state: state.as_str() }),
    }
}

fn check(db: &mut Db, held: &Held, draft: &CampaignDraft) -> Result<()> {
    let mut issues = Vec::new();
    let mut issue = |pointer: &str, code, detail: &str| {
        issues.push(FieldIssue { pointer: pointer.to_owned(), code, detail: detail.to_owned() });
    };
    if draft.body.is_empty() {
        issue("/body", "required", "this is required in a language at least");
    }
    if draft.subject.keys().ne(draft.body.keys()) {
        issue("/subject", "missing_language", "this is in the same languages as the body");
    }
    if let Some(key) = &draft.consent
        && !ConsentText::asked(db, held.event.id)?.iter().any(|text| text.key == *key)
    {
        issue("/consent", "unknown_consent", "nobody is asked for such a consent here");
    }
    if issues.is_empty() { Ok(()) } else { Err(Error::Invalid(issues)) }
}
