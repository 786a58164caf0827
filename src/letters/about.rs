//! What every letter about a registration tells.

use askama::Template;

use super::calendar::mailto;
use super::when::{moment, when};
use crate::error::{Error, Result};
use crate::events::{Event, EventStatus, Session, TicketType};
use crate::keys::Keys;
use crate::registrations::{Registration, RegistrationStatus};

/// The facts, each in one line: what people typed cannot add lines of its own to a letter.
pub(super) struct About {
    /// With whom the letter begins; none where the name looks like a link or an address.
    pub name: Option<String>,
    /// The event's name.
    pub title: String,
    /// Day, hours and zone.
    pub when: String,
    /// The place, and where to follow it from afar; may be empty.
    pub place: String,
    /// The kind of admission, if the event has any.
    pub ticket_type: Option<String>,
    /// Each session that they have, with its time and room.
    pub sessions: Vec<String>,
    /// The registration's code.
    pub code: String,
    /// Where the attendee reads and cancels.
    pub manage_link: String,
    /// Whom to ask.
    pub contact: Option<Contact>,
    /// Where the registration stands now.
    pub status: RegistrationStatus,
    /// Whether the event has been cancelled.
    pub event_cancelled: bool,
}

/// An address to ask at.
pub(super) struct Contact {
    pub address: String,
    pub link: String,
}

impl Contact {
    pub(super) fn new(address: &str) -> Self {
        Self { address: one_line(address), link: mailto(address) }
    }
}

/// A letter's words, in their two forms.
pub(super) struct Words {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl About {
    pub(super) fn new(event: &Event, registration: &Registration, keys: &Keys, public_url: &str) -> Self {
        let base = public_url;
        let token = registration.manage_token().text(keys);
        let place = [Some(event.location.0.one_line()), event.location.0.online_url.clone()];
        Self {
            name: greeted(&registration.name()),
            title: one_line(&event.title),
            when: when(event.starts_at, event.ends_at, event.tz()),
            place: one_line(
                &place.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
            ),
            ticket_type: None,
            sessions: Vec::new(),
            code: registration.code.clone(),
            // Behind the `#`, the token stays in the browser: no server and no proxy gets to log it.
            manage_link: format!("{base}/manage/{}#{}", registration.id, token.reveal()),
            contact: event.contact_email.as_deref().map(Contact::new),
            status: registration.status,
            event_cancelled: event.status == EventStatus::Cancelled,
        }
    }

    /// The same with what was chosen at the event.
    pub(super) fn with_parts(self, event: &Event, kind: Option<&TicketType>, chosen: &[Session]) -> Self {
        let session = |session: &Session| {
            let room = session.room.as_ref().map(|room| format!(", {}", one_line(room))).unwrap_or_default();
            format!("{}, {}{room}", one_line(&session.title), moment(session.starts_at, event.tz()))
        };
        Self {
            ticket_type: kind.map(|kind| one_line(&kind.name)),
            sessions: chosen.iter().map(session).collect(),
            ..self
        }
    }

    /// Whether the registration holds a place: only then there is a ticket to show.
    pub(super) fn has_place(&self) -> bool {
        self.status == RegistrationStatus::Confirmed
    }

    /// What has become of the registration since the message was posted, in words.
    pub(super) fn stands(&self) -> &'static str {
        match self.status {
            RegistrationStatus::Confirmed => "confirmed",
            RegistrationStatus::Waitlisted => "put on the waiting list",
            RegistrationStatus::Cancelled => "cancelled",
            RegistrationStatus::PendingVerification => "received",
            RegistrationStatus::PendingApproval => "put before the organizers",
            RegistrationStatus::Offered => "given a place that is held for you",
            RegistrationStatus::Rejected => "declined by the organizers",
            RegistrationStatus::Expired => "closed, as its time was over",
        }
    }

    /// Fills a pair of templates.
    pub(super) fn words(&self, subject: &str, text: &impl Template, html: &impl Template) -> Result<Words> {
        Ok(Words {
            subject: format!("{subject}: {}", self.title),
            text: text.render().map_err(Error::internal)?,
            html: html.render().map_err(Error::internal)?,
        })
    }
}

/// A name as a letter begins with it; none where it looks like a link or an address.
pub(super) fn greeted(name: &str) -> Option<String> {
    Some(one_line(name)).filter(|name| !looks_like_a_link(name))
}

/// Line breaks and other control characters become spaces; so do the two separators that Unicode counts as breaks.
pub(super) fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().map(|c| if breaks(c) { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// Anybody can have a letter sent to anybody: a "name" that mail programs turn into a link would make it an
/// advertisement in our name.
fn looks_like_a_link(name: &str) -> bool {
    let like_a_domain = |word: &str| {
        word.split_once('.').is_some_and(|(host, rest)| {
            !host.is_empty() && rest.split('.').next_back().is_some_and(|end| end.chars().count() >= 2)
        })
    };
    name.contains(['/', '@', ':']) || name.split_whitespace().any(like_a_domain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letters::fixture::{event, keys, public_url, registration};
    use crate::letters::{cancelled, confirmed, promoted, waitlisted};

    #[test]
    fn whatever_people_call_themselves_or_their_event_stays_text() {
        let mut event = event();
        event.title = "</title><script>alert('1')</script>\r\nBcc: all@x.example".to_owned();
        event.location.0.name = Some("<img src=\"https://spy.example/1\">\nWhen: never".to_owned());
        event.contact_email = Some("\"><b>@museum.example".to_owned());
        let mut registration = registration();
        registration.first_name = "<b>Jos\"'\r\n\r\nYou have won".to_owned();
        let about = About::new(&event, &registration, &keys(), public_url());
        for words in [
            confirmed::words(&about),
            promoted::words(&about),
            waitlisted::words(&about, Some(1)),
            cancelled::words(&about),
        ] {
            let Words { subject, text, html } = words.unwrap();
            assert!(!subject.contains(['\r', '\n']), "{subject}");
            for tag in ["<script", "<b>", "<img src=\"https", "</title><"] {
                assert!(!html.contains(tag), "{tag} in {html}");
            }
            assert!(html.contains("&#60;b&#62;Jos&#34;&#39;"), "{html}");
            for line in ["You have won", "Bcc:", "When: never"] {
                assert!(text.lines().all(|written| !written.starts_with(line)), "{line} in {text}");
            }
            assert!(text.starts_with("Hello <b>Jos\"'    You have won Weber,\n"), "{text}");
        }
    }

    #[test]
    fn names_of_people_are_not_links() {
        for name in ["Camille Weber", "J.R.R. Tolkien", "Jos jr.", "O'Neill-D'Amico", "St. John", "李 小龙"] {
            assert!(!looks_like_a_link(name), "{name}");
        }
    }

    #[test]
    fn addresses_in_the_place_of_a_name_are_links() {
        for name in ["https://evil.example", "win at evil.example now", "a@b.example", "www.evil.example/x"] {
            assert!(looks_like_a_link(name), "{name}");
        }
    }

    #[test]
    fn a_fact_is_one_line() {
        assert_eq!(one_line("Camille\r\n\r\nYou have won\u{2028}!"), "Camille    You have won !");
    }
}
