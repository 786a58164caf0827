//! A roster, as it goes over the wire: `docs/ROSTER.md` describes it.

use data_encoding::BASE64URL_NOPAD;
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::list_object::ListObject;
use crate::api::events::QuestionObject;
use crate::checkins::{CheckInList, Reason, Recognized, Roster, RosterEdition, RosterEntry};
use crate::clock::Timestamp;
use crate::events::Event;
use crate::keys::Keys;

/// What a roster says. A client that does not know the format does not read on.
#[derive(Serialize)]
pub(super) struct RosterObject {
    format: &'static str,
    edition: String,
    whole: bool,
    cursor: String,
    issued_at: Timestamp,
    expires_at: Timestamp,
    event: RosterEvent,
    list: ListObject,
    salt: String,
    /// With which tickets are verified.
    ticket_key: String,
    ticket_types: Vec<RosterTicketType>,
    questions: Vec<QuestionObject>,
    people: Vec<Person>,
    withdrawn: Vec<(String, String, Reason)>,
}

#[derive(Serialize)]
struct RosterEvent {
    id: String,
    slug: String,
    title: String,
    status: crate::events::EventStatus,
    timezone: String,
    starts_at: Timestamp,
    ends_at: Timestamp,
}

#[derive(Serialize)]
struct RosterTicketType {
    id: String,
    name: String,
}

impl RosterObject {
    /// A roster at a moment.
    pub(super) fn new(
        keys: &Keys,
        (event, list): (&Event, CheckInList),
        (roster, edition): (Roster, &RosterEdition),
        now: Timestamp,
    ) -> Self {
        let withdrawn = |(by, reason): (Recognized, Reason)| (text(&by.ticket), text(&by.code), reason);
        let kind = |kind: crate::events::TicketType| RosterTicketType { id: kind.id.to_string(), name: kind.name };
        Self {
            format: "turnout-roster-1",
            edition: edition.name(),
            whole: roster.whole,
            cursor: roster.cursor,
            issued_at: now,
            expires_at: Roster::expires_at(event),
            event: RosterEvent {
                id: event.id.to_string(),
                slug: event.slug.clone(),
                title: event.title.clone(),
                status: event.status,
                timezone: event.timezone.clone(),
                starts_at: event.starts_at,
                ends_at: event.ends_at,
            },
            list: list.into(),
            salt: text(&roster.salt),
            ticket_key: text(&keys.public_ticket().bytes),
            ticket_types: roster.ticket_types.into_iter().map(kind).collect(),
            questions: roster.questions.into_iter().map(Into::into).collect(),
            people: roster.people.into_iter().map(Person).collect(),
            withdrawn: roster.withdrawn.into_iter().map(withdrawn).collect(),
        }
    }
}

/// Somebody, as a list of at most six: by ticket, by code, epoch, name, kind of admission, note. The last two are left out
/// where there is nothing.
struct Person(RosterEntry);

impl Serialize for Person {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let RosterEntry { by, epoch, name, ticket_type, note } = &self.0;
        let mut person = serializer.serialize_seq(None)?;
        person.serialize_element(&text(&by.ticket))?;
        person.serialize_element(&text(&by.code))?;
        person.serialize_element(epoch)?;
        person.serialize_element(name)?;
        if ticket_type.is_some() || note.is_some() {
            person.serialize_element(ticket_type)?;
        }
        if note.is_some() {
            person.serialize_element(note)?;
        }
        person.end()
    }
}

fn text(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}
