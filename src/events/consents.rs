//! Texts to which people consent, edition by edition: an old one stays, for those who consented to it.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{EventRefusal, Held, catalog};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result, expect_version};
use crate::store::schema::consent_texts;
use crate::store::{ConsentTextId, Db, EventId, Json, OrganizationId, on_each_database, unless_taken};
use crate::text_enum;
use crate::values::{Key, Words, untranslated};

text_enum! {
    /// What a consent is for.
    pub enum ConsentPurpose {
        /// A host gets to know who comes.
        ShareWithHost = "share_with_host",
        /// Pictures are taken and shown.
        Photos = "photos",
        /// Letters about other things.
        Newsletter = "newsletter",
        /// Something else, which the text tells.
        Other = "other",
    }
}

/// An edition of a text to which people consent.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = consent_texts, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ConsentText {
    /// Its id.
    pub id: ConsentTextId,
    /// Of which event.
    pub event_id: EventId,
    /// By what requests name it; all its editions have it.
    pub key: String,
    /// From 1.
    pub edition: i64,
    /// What it is for.
    pub purpose: ConsentPurpose,
    /// With which host data is shared, for that purpose.
    pub organization_id: Option<OrganizationId>,
    /// What it says.
    pub text: Json<Words>,
    /// Whether nobody registers without it.
    pub required: bool,
    /// Since when nobody is asked any more.
    pub retired_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// A new text.
#[derive(Debug, Clone)]
pub struct ConsentDraft {
    /// By what requests name it.
    pub key: Key,
    /// What it is for.
    pub purpose: ConsentPurpose,
    /// With which host data is shared, for that purpose.
    pub organization: Option<OrganizationId>,
    /// What it says, in every language of the event.
    pub text: Words,
    /// Whether nobody registers without it.
    pub required: bool,
}

impl ConsentText {
    /// All editions of all texts of an event, by key and edition.
    pub fn of_event(db: &mut Db, event: EventId) -> Result<Vec<Self>> {
        let order = (consent_texts::key, consent_texts::edition);
        Ok(on_each_database!(db, |c| { Self::query().filter(consent_texts::event_id.eq(event)).order(order).load(c) })?)
    }

    /// The last edition of each text of an event that people are asked for.
    pub fn asked(db: &mut Db, event: EventId) -> Result<Vec<Self>> {
        let mut last = Self::last_editions(Self::of_event(db, event)?);
        last.retain(|text| text.retired_at.is_none());
        Ok(last)
    }

    /// The last edition of each text, of all editions in their order.
    pub fn last_editions(all: Vec<Self>) -> Vec<Self> {
        let mut last: Vec<Self> = Vec::new();
        for text in all {
            last.pop_if(|before| before.key == text.key);
            last.push(text);
        }
        last
    }

    /// The last edition of a text.
    pub fn last(db: &mut Db, event: EventId, key: &str) -> Result<Self> {
        let all = Self::of_event(db, event)?;
        all.into_iter().rfind(|text| text.key == key).ok_or(Error::NotFound("consent"))
    }

    /// The keys of the texts by which people share their data with a host, retired ones among them; none if nobody was
    /// ever asked.
    pub fn sharing_with(db: &mut Db, event: EventId, organization: OrganizationId) -> Result<Option<Vec<String>>> {
        let keys: Vec<String> = consent_texts::table
            .filter(consent_texts::event_id.eq(event))
            .filter(consent_texts::organization_id.eq(organization))
            .filter(consent_texts::purpose.eq(ConsentPurpose::ShareWithHost))
            .filter(consent_texts::edition.eq(1))
            .order(consent_texts::key)
            .select(consent_texts::key)
            .load(db)?;
        Ok(Some(keys).filter(|keys| !keys.is_empty()))
    }

    fn told(&self) -> Value {
        json!({
            "key": self.key,
            "edition": self.edition,
            "purpose": self.purpose,
            "organization_id": self.organization_id,
            "text": self.text.0,
            "required": self.required,
            "retired_at": self.retired_at,
        })
    }
}

/// How many texts an event may have.
const MOST: usize = 20;

/// Adds a text to an event that is held.
///
/// # Errors
/// `Invalid`, `key_taken` among it; `too_many_parts`.
pub fn add_consent(db: &mut Db, by: &Actor, held: &Held, draft: ConsentDraft, now: Timestamp) -> Result<ConsentText> {
    let all = ConsentText::of_event(db, held.event.id)?;
    let mut issues = Vec::new();
    let mut issue = |pointer: &str, code, detail: &str| {
        issues.push(FieldIssue { pointer: pointer.to_owned(), code, detail: detail.to_owned() });
    };
    if all.iter().any(|text| text.key == draft.key.as_str()) {
        issue("/key", "key_taken", "the event has, or had, another consent with this key");
    }
    if (draft.purpose == ConsentPurpose::ShareWithHost) != draft.organization.is_some() {
        issue(
            "/organization",
            "organization_mismatch",
            "share_with_host names a host of the event, and nothing else does",
        );
    }
    if let Some(fault) = untranslated(&draft.text, &held.event.languages.0) {
        issue("/text", fault.code, &fault.detail);
    }
    if !issues.is_empty() {
        return Err(Error::Invalid(issues));
    }
    if ConsentText::last_editions(all).iter().filter(|text| text.retired_at.is_none()).count() >= MOST {
        return Err(EventRefusal::TooManyParts { most: MOST }.into());
    }
    let text = ConsentText {
        id: ConsentTextId::new(),
        event_id: held.event.id,
        key: draft.key.into(),
        edition: 1,
        purpose: draft.purpose,
        organization_id: draft.organization,
        text: Json(draft.text),
        required: draft.required,
        retired_at: None,
        created_at: now,
    };
    insert(db, held, &text)?;
    let changes = Changes::between(&Value::Null, &text.told());
    audit::record_changes(db, by, held.event.scope(), "consent_text.added", text.id.uuid(), changes, now)?;
    Ok(text)
}

/// Makes a new edition of a text; who consented to an old one has consented to that one. What stays as it is makes none.
///
/// # Errors
/// `VersionMismatch` unless the last edition is `expected`; `Invalid`; `consent_retired`.
pub fn revise_consent(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    before: ConsentText,
    (text, required): (Option<Words>, Option<bool>),
    expected: Option<i64>,
    now: Timestamp,
) -> Result<ConsentText> {
    expect_version(expected, before.edition)?;
    if before.retired_at.is_some() {
        return Err(EventRefusal::ConsentRetired.into());
    }
    let mut next = before.clone();
    next.text = Json(text.unwrap_or(next.text.0));
    next.required = required.unwrap_or(next.required);
    if next == before {
        return Ok(before);
    }
    if let Some(fault) = untranslated(&next.text.0, &held.event.languages.0) {
        return Err(Error::invalid("/text", fault.code, fault.detail));
    }
    next.id = ConsentTextId::new();
    next.edition += 1;
    next.created_at = now;
    insert(db, held, &next)?;
    let changes = Changes::between(&before.told(), &next.told());
    audit::record_changes(db, by, held.event.scope(), "consent_text.revised", next.id.uuid(), changes, now)?;
    Ok(next)
}

/// Asks nobody for this consent any more. Who has given it has.
///
/// # Errors
/// `VersionMismatch` unless the last edition is `expected`.
pub fn retire_consent(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    before: &ConsentText,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    expect_version(expected, before.edition)?;
    if before.retired_at.is_some() {
        return Ok(());
    }
    let retired = ConsentText { retired_at: Some(now), ..before.clone() };
    diesel::update(consent_texts::table.filter(consent_texts::id.eq(retired.id))).set(&retired).execute(db)?;
    catalog::changed(db, held.event.id)?;
    let changes = Changes::between(&before.told(), &retired.told());
    audit::record_changes(db, by, held.event.scope(), "consent_text.retired", retired.id.uuid(), changes, now)
}

fn insert(db: &mut Db, held: &Held, text: &ConsentText) -> Result<()> {
    unless_taken(db, |db| diesel::insert_into(consent_texts::table).values(text).execute(db))?.ok_or(Error::Busy)?;
    catalog::changed(db, held.event.id)
}
