//! What every letter about a registration tells.

use super::calendar::mailto;
use super::layout::{Body, Fact, Link};
use super::words::{Phrases, phrases};
use crate::events::{Event, EventStatus, Location, Session, TicketType, Told, ToldSession};
use crate::keys::Keys;
use crate::organizations::Organization;
use crate::registrations::{Registration, RegistrationStatus};
use crate::values::Language;

/// How many octets of sessions a letter tells.
const ROOM: usize = 6_000;

/// The facts, each in one line: what people typed cannot add lines of its own to a letter.
pub(super) struct About {
    /// The words of the language in which it is told.
    pub words: &'static Phrases,
    /// With whom the letter begins; none where the name looks like a link or an address.
    pub name: Option<String>,
    /// The event's name.
    pub title: String,
    /// Day, hours and zone.
    pub when: String,
    /// The same before it changed, where a letter tells of that.
    pub when_before: Option<String>,
    /// The place before it changed, where a letter tells of that.
    pub place_before: Option<String>,
    /// A session before it changed and as it is now, where a letter tells of that.
    pub session_change: Option<(String, String)>,
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

impl About {
    /// The facts, in a language.
    pub(super) fn new(
        event: &Event,
        registration: &Registration,
        language: Language,
        keys: &Keys,
        public_url: &str,
    ) -> Self {
        let words = phrases(language);
        Self {
            words,
            name: greeted(&registration.name()),
            title: one_line(&event.title),
            when: words.when(event.starts_at, event.ends_at, event.tz()),
            place: place(&event.location.0),
            when_before: None,
            place_before: None,
            session_change: None,
            ticket_type: None,
            sessions: Vec::new(),
            code: registration.code.clone(),
            manage_link: manage_link(registration, keys, public_url),
            contact: event.contact_email.as_deref().map(Contact::new),
            status: registration.status,
            event_cancelled: event.status == EventStatus::Cancelled,
        }
    }

    /// The same with what was chosen at the event.
    pub(super) fn with_parts(self, event: &Event, kind: Option<&TicketType>, chosen: &[Session]) -> Self {
        let session = |session: &Session| {
            let room = session.room.as_ref().map(|room| format!(", {}", one_line(room))).unwrap_or_default();
            format!("{}, {}{room}", one_line(&session.title), self.words.moment(session.starts_at, event.tz()))
        };
        Self {
            ticket_type: kind.map(|kind| one_line(&kind.name)),
            sessions: shortened(self.words, chosen.iter().map(session)),
            ..self
        }
    }

    /// The same, with how things stood before.
    pub(super) fn with_change(self, previously: &Told) -> Self {
        let zone = previously.timezone.parse().unwrap_or(chrono_tz::UTC);
        let when = self.words.when(previously.starts_at, previously.ends_at, zone);
        let place = place(&previously.location);
        Self {
            when_before: Some(when).filter(|when| *when != self.when),
            place_before: Some(place).filter(|place| *place != self.place),
            ..self
        }
    }

    /// The same, with how a session stood before and how it stands now.
    pub(super) fn with_session_change(self, event: &Event, before: &ToldSession, now: &ToldSession) -> Self {
        let line = |told: &ToldSession| {
            let room = told.room.as_ref().map(|room| format!(", {}", one_line(room))).unwrap_or_default();
            format!("{}, {}{room}", one_line(&told.title), self.words.when(told.starts_at, told.ends_at, event.tz()))
        };
        Self { session_change: Some((line(before), line(now))), ..self }
    }

    /// Whether the registration holds a place: only then there is a ticket to show.
    pub(super) fn has_place(&self) -> bool {
        self.status == RegistrationStatus::Confirmed
    }

    /// A letter about the registration that says this, under the event's name.
    pub(super) fn letter(self, subject: &str, says: Vec<String>, link: &str) -> Body {
        let Self { words, title, when, place, ticket_type, sessions, code, .. } = self;
        let labels = &words.labels;
        let mut facts = vec![Fact::new(labels.event, title.clone())];
        facts.extend(self.when_before.map(|when| Fact::new(labels.when_before, when)));
        facts.push(Fact::new(labels.when, when));
        let place_before = self.place_before.filter(|place| !place.is_empty());
        facts.extend(place_before.map(|place| Fact::new(labels.place_before, place)));
        facts.extend(Some(place).filter(|place| !place.is_empty()).map(|place| Fact::new(labels.place, place)));
        if let Some((before, now)) = self.session_change {
            facts.push(Fact::new(labels.session_before, before));
            facts.push(Fact::new(labels.session_now, now));
        }
        facts.extend(ticket_type.map(|kind| Fact::new(labels.ticket, kind)));
        facts.extend(sessions.into_iter().map(|session| Fact::new(labels.session, session)));
        facts.push(Fact { label: labels.code, text: code, strong: true });
        Body {
            subject: words.labeled(subject, &title),
            name: self.name,
            says,
            warning: self.event_cancelled.then_some(words.called_off),
            facts,
            link: Some(Link { before: link.to_owned(), url: self.manage_link, after: words.yours_alone.to_owned() }),
            contact: self.contact,
            ..Body::default()
        }
    }
}

/// As many of these as there is room for in a letter, and how many more there are.
pub(super) fn shortened(words: &Phrases, lines: impl Iterator<Item = String>) -> Vec<String> {
    let (mut shown, mut octets, mut more) = (Vec::new(), 0, 0);
    for line in lines {
        octets += line.len();
        if octets > ROOM { more += 1 } else { shown.push(line) }
    }
    shown.extend(Some(more).filter(|more| *more > 0).map(|more| (words.more)(more)));
    shown
}

/// A place in one line, with where to follow it from afar; may be empty.
pub(super) fn place(location: &Location) -> String {
    let parts = [Some(location.one_line()), location.online_url.clone()];
    one_line(&parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "))
}

/// The language of a letter to somebody who did not say theirs: the event's first, or the organization's.
pub(super) fn language_of(event: &Event, organization: &Organization) -> Language {
    event.languages.0.first().copied().unwrap_or(organization.default_language)
}

/// Where the attendee reads, changes and cancels.
pub(super) fn manage_link(registration: &Registration, keys: &Keys, public_url: &str) -> String {
    // Behind the `#`, the token stays in the browser: no server and no proxy gets to log it.
    format!("{public_url}/manage/{}#{}", registration.id, registration.manage_token().text(keys).reveal())
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
    use crate::letters::layout::Words;

    #[test]
    fn whatever_people_call_themselves_or_their_event_stays_text() {
        let mut event = event();
        event.title = "</title><script>alert('1')</script>\r\nBcc: all@x.example".to_owned();
        event.location.0.name = Some("<img src=\"https://spy.example/1\">\nWhen: never".to_owned());
        event.contact_email = Some("\"><b>@museum.example".to_owned());
        let mut registration = registration();
        registration.first_name = "<b>Jos\"'\r\n\r\nYou have won".to_owned();
        for language in Language::ALL {
            let about = About::new(&event, &registration, *language, &keys(), public_url());
            let words = about.words;
            let letter = about.letter(words.confirmed.subject, vec![words.confirmed.says.to_owned()], words.look);
            let Words { subject, text, html } = letter.words(words).unwrap();
            assert!(!subject.contains(['\r', '\n']), "{subject}");
            for tag in ["<script", "<b>", "<img src=\"https", "</title><"] {
                assert!(!html.contains(tag), "{tag} in {html}");
            }
            assert!(html.contains("&#60;b&#62;Jos&#34;&#39;"), "{html}");
            for line in ["You have won", "Bcc:", "When: never"] {
                assert!(text.lines().all(|written| !written.starts_with(line)), "{line} in {text}");
            }
            let greeting = format!("{} <b>Jos\"'    You have won Weber,\n", words.hello);
            assert!(text.starts_with(&greeting), "{text}");
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
