//! What door staff are shown of somebody.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::CheckInList;
use super::settings::{PersonField, ShownField};
use crate::error::{Result, if_found};
use crate::events::{Session, TicketType};
use crate::registrations::Registration;
use crate::store::Db;

/// What a list shows of somebody beside their name: never an address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The kind of admission.
    pub ticket_type: Option<String>,
    /// What the organizers wrote down.
    pub note: Option<String>,
    /// Everything else, by the words of the list's settings.
    pub fields: BTreeMap<String, Value>,
}

impl Shown {
    /// What a list shows of a registration: a query for its ticket type, if it has one, and one for sessions, if they are
    /// shown.
    pub fn of(db: &mut Db, list: &CheckInList, registration: &Registration) -> Result<Self> {
        let mut shown = Self::default();
        for field in list.shown_fields() {
            let key = field.to_string();
            let value = match field {
                ShownField::Answer(question) => {
                    let answers = registration.answers.as_ref();
                    answers.and_then(|answers| answers.0.get(question.as_str())).cloned().unwrap_or_default()
                }
                ShownField::Person(PersonField::TicketType) => {
                    if let Some(kind) = registration.ticket_type_id {
                        let kind = if_found(TicketType::find(db, registration.event_id, kind))?;
                        shown.ticket_type = kind.map(|kind| kind.name);
                    }
                    continue;
                }
                ShownField::Person(PersonField::Note) => {
                    shown.note.clone_from(&registration.note);
                    continue;
                }
                ShownField::Person(PersonField::Organization) => json!(registration.organization),
                ShownField::Person(PersonField::JobTitle) => json!(registration.job_title),
                ShownField::Person(PersonField::Country) => json!(registration.country),
                ShownField::Person(PersonField::Locale) => json!(registration.locale),
                ShownField::Person(PersonField::Tags) => {
                    json!(registration.tags.as_ref().map(|tags| tags.0.clone()).unwrap_or_default())
                }
                ShownField::Person(PersonField::Sessions) => {
                    let chosen = Registration::sessions(db, registration.id)?;
                    let all =
                        if chosen.is_empty() { Vec::new() } else { Session::of_event(db, registration.event_id)? };
                    let titles = all.into_iter().filter(|session| chosen.contains(&session.id));
                    json!(titles.map(|session| session.title).collect::<Vec<_>>())
                }
            };
            shown.fields.insert(key, value);
        }
        Ok(shown)
    }
}
