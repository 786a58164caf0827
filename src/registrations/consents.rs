//! Consents that people gave, and withdrew.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{Registration, RegistrationRefusal, transition};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result};
use crate::events::{ConsentText, EventRefusal};
use crate::store::schema::{consent_texts, consents};
use crate::store::{ConsentId, ConsentTextId, Db, EventId, RegistrationId, on_each_database};
use crate::values::{Language, Words};

/// That somebody consented to an edition of a text.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = consents, treat_none_as_default_value = false)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// At which event.
    pub event_id: EventId,
    /// Who.
    pub registration_id: RegistrationId,
    /// To what, exactly.
    pub consent_text_id: ConsentTextId,
    /// The key of the text, whatever its edition.
    pub key: String,
    /// In which language they read it.
    pub language: Language,
    /// When.
    pub given_at: Timestamp,
    /// When they took it back.
    pub withdrawn_at: Option<Timestamp>,
}

/// A consent, and to which edition it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenConsent {
    /// The consent.
    pub consent: Consent,
    /// The edition of the text.
    pub edition: i64,
}

impl Consent {
    /// What each of these registrations said last to each text, by key.
    pub fn of_all(
        db: &mut Db,
        registrations: &[RegistrationId],
    ) -> Result<HashMap<RegistrationId, BTreeMap<String, GivenConsent>>> {
        let rows: Vec<(Self, i64)> = consents::table
            .inner_join(consent_texts::table.on(consent_texts::id.eq(consents::consent_text_id)))
            .filter(consents::registration_id.eq_any(registrations))
            .order(consents::id)
            .select((Self::as_select(), consent_texts::edition))
            .load(db)?;
        let mut last: HashMap<RegistrationId, BTreeMap<String, GivenConsent>> = HashMap::new();
        for (consent, edition) in rows {
            let of_one = last.entry(consent.registration_id).or_default();
            of_one.insert(consent.key.clone(), GivenConsent { consent, edition });
        }
        Ok(last)
    }

    /// Which of these registrations of an event consent to one of the texts with these keys now.
    pub fn given_by(
        db: &mut Db,
        event: EventId,
        registrations: &[RegistrationId],
        keys: &[String],
    ) -> Result<HashSet<RegistrationId>> {
        let given = consents::table
            .filter(consents::event_id.eq(event))
            .filter(consents::registration_id.eq_any(registrations))
            .filter(consents::key.eq_any(keys))
            .filter(consents::withdrawn_at.is_null());
        let given: Vec<RegistrationId> = given.select(consents::registration_id).load(db)?;
        Ok(given.into_iter().collect())
    }

    fn live(db: &mut Db, registration: RegistrationId, key: &str) -> Result<Option<Self>> {
        let live = Self::query()
            .filter(consents::registration_id.eq(registration))
            .filter(consents::key.eq(key))
            .filter(consents::withdrawn_at.is_null());
        Ok(live.first(db).optional()?)
    }

    fn withdraw(&self, db: &mut Db, now: Timestamp) -> Result<()> {
        let row = consents::table.filter(consents::id.eq(self.id));
        diesel::update(row).set(consents::withdrawn_at.eq(now)).execute(db)?;
        Ok(())
    }
}

/// The texts to which somebody consents who names these keys. What they do not name, they do not consent to; leniently, also
/// where nobody registers without it.
///
/// # Errors
/// Everything that is wrong: `unknown_consent`, `consent_required`.
pub(super) fn check(
    texts: &[ConsentText],
    given: &[String],
    leniently: bool,
) -> Result<Vec<ConsentText>, Vec<FieldIssue>> {
    let mut issues = Vec::new();
    let mut issue = |pointer, code, detail| issues.push(FieldIssue { pointer, code, detail });
    for (index, key) in given.iter().enumerate() {
        if !texts.iter().any(|text| text.key == *key) {
            let detail = "nobody is asked for such a consent here".to_owned();
            issue(format!("/consents/{index}"), "unknown_consent", detail);
        }
    }
    for text in texts.iter().filter(|text| text.required && !leniently && !given.contains(&text.key)) {
        issue("/consents".to_owned(), "consent_required", format!("nobody registers without the consent {}", text.key));
    }
    let given = texts.iter().filter(|text| given.contains(&text.key)).cloned().collect();
    if issues.is_empty() { Ok(given) } else { Err(issues) }
}

/// Writes down that somebody consents to these texts.
pub(super) fn insert(db: &mut Db, by: &Registration, texts: &[ConsentText], now: Timestamp) -> Result<()> {
    insert_all(db, &rows(by, texts, now))
}

/// That somebody consents to texts, to be written down.
pub(super) fn rows(by: &Registration, texts: &[ConsentText], now: Timestamp) -> Vec<Consent> {
    let consent = |text: &ConsentText| Consent {
        id: ConsentId::new(),
        event_id: by.event_id,
        registration_id: by.id,
        consent_text_id: text.id,
        key: text.key.clone(),
        language: language_of(&text.text.0, by.locale),
        given_at: now,
        withdrawn_at: None,
    };
    texts.iter().map(consent).collect()
}

/// How many rows of at most eight columns one statement takes: it has 32,766 values at most (SQLite; PostgreSQL has twice as
/// many).
pub(super) const MOST_ROWS: usize = 4_000;

/// Writes down some consents.
pub(super) fn insert_all(db: &mut Db, consents: &[Consent]) -> Result<()> {
    for some in consents.chunks(MOST_ROWS) {
        on_each_database!(db, |c| diesel::insert_into(consents::table).values(some).execute(c))?;
    }
    Ok(())
}

/// In which language somebody read a text: in theirs, if there is one.
fn language_of(text: &Words, theirs: Language) -> Language {
    let other = || text.keys().next().copied().unwrap_or(theirs);
    if text.contains_key(&theirs) { theirs } else { other() }
}

/// Gives a consent, to the last edition of its text. What is given already stays given.
///
/// # Errors
/// `NotFound` unless there is such a text; `consent_retired`; `VersionMismatch` unless the registration is at `expected`.
pub fn give_consent(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    key: &str,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Registration> {
    let (held, registration) = Registration::hold(db, registration, expected)?;
    let text = ConsentText::last(db, held.event.id, key)?;
    if text.retired_at.is_some() {
        return Err(EventRefusal::ConsentRetired.into());
    }
    let before = Consent::live(db, registration.id, key)?;
    if before.as_ref().is_some_and(|before| before.consent_text_id == text.id) {
        return Ok(registration);
    }
    if let Some(before) = before {
        before.withdraw(db, now)?;
    }
    insert(db, &registration, std::slice::from_ref(&text), now)?;
    let registration = transition::save(db, registration, now)?;
    let language = language_of(&text.text.0, registration.locale);
    let given = json!({ "consent": key, "edition": text.edition, "language": language });
    let changes = Changes::between(&Value::Null, &given);
    audit::record_changes(db, by, held.event.scope(), "consent.given", registration.id.uuid(), changes, now)?;
    Ok(registration)
}

/// Withdraws a consent. What is not given stays so.
///
/// # Errors
/// `NotFound` unless there is such a text; `consent_required` if the registration cannot be without it;
/// `VersionMismatch` unless the registration is at `expected`.
pub fn withdraw_consent(
    db: &mut Db,
    by: &Actor,
    registration: RegistrationId,
    key: &str,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Registration> {
    let (held, registration) = Registration::hold(db, registration, expected)?;
    let text = ConsentText::last(db, held.event.id, key)?;
    let Some(before) = Consent::live(db, registration.id, key)? else { return Ok(registration) };
    if text.required && text.retired_at.is_none() && registration.status.is_live() {
        return Err(Error::from(RegistrationRefusal::ConsentRequired));
    }
    before.withdraw(db, now)?;
    let registration = transition::save(db, registration, now)?;
    let given = json!({ "consent": key, "language": before.language });
    let changes = Changes::between(&given, &Value::Null);
    audit::record_changes(db, by, held.event.scope(), "consent.withdrawn", registration.id.uuid(), changes, now)?;
    Ok(registration)
}
