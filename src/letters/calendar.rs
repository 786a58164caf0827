//! Events as calendar files (RFC 5545), to be published, to be entered or to be taken out (RFC 5546 §3.2).
//!
//! Times are those of the event's zone, whose clocks the file explains.
//! The same rows give the same bytes: `DTSTAMP` is the time of the last change, `SEQUENCE` counts the changes.

use chrono_tz::Tz;
use icalendar::{Calendar, Component, EventLike, EventStatus as Status, Property};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::calendar_zone::{observances, time};
use crate::clock::Timestamp;
use crate::events::{Event, EventStatus, Session};
use crate::registrations::{Registration, RegistrationStatus};

/// What a calendar file is for (RFC 5546 §1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Something to know of.
    Publish,
    /// Something to be entered, for who is named in it.
    Request,
    /// Something to be taken out.
    Cancel,
}

impl Method {
    /// How a file for this is announced.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Publish => "text/calendar; charset=utf-8; method=PUBLISH",
            Self::Request => "text/calendar; charset=utf-8; method=REQUEST",
            Self::Cancel => "text/calendar; charset=utf-8; method=CANCEL",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// The longest line, in octets, without its break (RFC 5545 §3.1).
const LINE: usize = 75;

/// How many octets the calendar file of one attendee has at most: it travels in a letter.
const LARGEST: usize = 24 * 1024;

/// One attendee's place at an event, and each session that they have chosen, if there is room for all of them; cancelled if
/// the place or the event is. Says the code, not the secret link: calendars are shared.
///
/// Whoever is to enter it or to take it out learns from whom: `method` is therefore [`Method::Publish`] for an event
/// without a contact. Returns what it is then.
pub fn for_registration(
    event: &Event,
    registration: &Registration,
    chosen: &[Session],
    method: Method,
    public_url: &str,
) -> (Method, String) {
    let method = if event.contact_email.is_some() { method } else { Method::Publish };
    let status = match (event.status, registration.status) {
        (EventStatus::Cancelled, _) => Status::Cancelled,
        (_, RegistrationStatus::Confirmed) => Status::Confirmed,
        (_, status) if status.is_live() => Status::Tentative,
        _ => Status::Cancelled,
    };
    let code = format!("Code: {}", registration.code);
    let told = description(event);
    let told = if told.is_empty() { code.clone() } else { format!("{told}\n\n{code}") };
    let mut entry = entry(event, public_url);
    entry
        .uid(&format!("{}@turnout", registration.id))
        .sequence(sequence(event.version + registration.version - 1))
        .timestamp(event.updated_at.max(registration.updated_at).utc())
        .description(&prose(&told))
        .status(status);
    if method != Method::Publish {
        entry.append_multi_property(attendee(registration));
    }
    let mut entries = vec![entry];
    for session in chosen {
        let mut entry = entries[0].clone();
        let changes = event.version + registration.version + session.version - 2;
        entry
            .uid(&format!("{}.{}@turnout", registration.id, session.id))
            .sequence(sequence(changes))
            .timestamp(event.updated_at.max(registration.updated_at).max(session.updated_at).utc())
            .append_property(time("DTSTART", session.starts_at, event.tz()))
            .append_property(time("DTEND", session.ends_at, event.tz()))
            .description(&prose(&code))
            .summary(&prose(&format!("{}: {}", event.title, session.title)));
        if let Some(room) = &session.room {
            let place = event.location.0.one_line();
            let place = if place.is_empty() { room.clone() } else { format!("{room}, {place}") };
            entry.location(&prose(&place));
        }
        entries.push(entry);
    }
    let times = chosen.iter().flat_map(|session| [session.starts_at, session.ends_at]);
    let times: Vec<Timestamp> = times.chain([event.starts_at, event.ends_at]).collect();
    let first = times.iter().min().copied().unwrap_or(event.starts_at);
    let last = times.iter().max().copied().unwrap_or(event.ends_at);
    let zones = observances(event.tz(), first, last);
    let whole = print(&entries, &zones, method);
    let file = if whole.len() > LARGEST { print(&entries[..1], &zones, method) } else { whole };
    (method, file)
}

/// Who is asked to come. Within quotation marks there can be none (RFC 5545 §3.2).
fn attendee(registration: &Registration) -> Property {
    let name: String = registration.name().chars().filter(|c| !c.is_control()).collect();
    Property::new("ATTENDEE", mailto(&registration.email))
        .add_parameter("CN", &format!("\"{}\"", name.replace('"', "'")))
        .add_parameter("PARTSTAT", "ACCEPTED")
        .add_parameter("ROLE", "REQ-PARTICIPANT")
        .add_parameter("RSVP", "FALSE")
        .done()
}

/// An event.
pub fn for_event(event: &Event, public_url: &str) -> String {
    for_events(std::slice::from_ref(event), public_url)
}

/// Several events in one file.
pub fn for_events(events: &[Event], public_url: &str) -> String {
    let mut zones: Vec<Tz> = events.iter().map(Event::tz).collect();
    zones.sort_by_key(|zone| zone.name());
    zones.dedup();
    let clocks = |zone: Tz| {
        let there = || events.iter().filter(move |event| event.tz() == zone);
        let first = there().map(|event| event.starts_at).min().unwrap_or(Timestamp::from_micros(0));
        let last = there().map(|event| event.ends_at).max().unwrap_or(first);
        observances(zone, first, last)
    };
    let zones: String = zones.into_iter().map(clocks).collect();
    print(&events.iter().map(|event| entry(event, public_url)).collect::<Vec<_>>(), &zones, Method::Publish)
}

fn entry(event: &Event, public_url: &str) -> icalendar::Event {
    let status = match event.status {
        EventStatus::Draft => Status::Tentative,
        EventStatus::Published | EventStatus::Archived => Status::Confirmed,
        EventStatus::Cancelled => Status::Cancelled,
    };
    let mut entry = icalendar::Event::new();
    entry
        .uid(&format!("{}@turnout", event.id))
        .sequence(sequence(event.version))
        .timestamp(event.updated_at.utc())
        .append_property(time("DTSTART", event.starts_at, event.tz()))
        .append_property(time("DTEND", event.ends_at, event.tz()))
        .summary(&prose(&event.title))
        .status(status)
        .url(&format!("{}/api/v1/events/{}", public_url, event.slug));
    let place = &event.location.0;
    let line = place.one_line();
    let place = if line.is_empty() { place.online_url.as_deref().unwrap_or_default() } else { &line };
    if !place.is_empty() {
        entry.location(&prose(place));
    }
    let description = description(event);
    if !description.is_empty() {
        entry.description(&prose(&description));
    }
    if let Some(address) = &event.contact_email {
        entry.add_property("ORGANIZER", mailto(address));
    }
    entry
}

fn description(event: &Event) -> String {
    let parts = [Some(event.summary.as_str()), event.location.0.online_url.as_deref()];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// Versions count from 1, sequences from 0.
fn sequence(version: i64) -> u32 {
    u32::try_from(version - 1).unwrap_or_default()
}

/// An address as a link (RFC 6068): signs that mean something else in a link are written as `%` and two digits.
pub(super) fn mailto(address: &str) -> String {
    const SIGNS: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'&');
    format!("mailto:{}", utf8_percent_encode(address, SIGNS))
}

/// TEXT may contain line feeds and tabs, and no other control characters (RFC 5545 §3.3.11).
fn prose(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.trim().chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn print(entries: &[icalendar::Event], zones: &str, method: Method) -> String {
    let mut calendar = Calendar::empty();
    calendar
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Turnout//Turnout//EN"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .append_property(("METHOD", method.name()));
    calendar.extend(entries.iter().cloned());
    let mut text = calendar.to_string().replace("\r\n ", "");
    // Their own time is none of their business: the crate would give each an id and a time stamp.
    let entries = text.find("BEGIN:VEVENT").unwrap_or(text.len());
    text.insert_str(entries, zones);
    fold(&text)
}

/// Breaks lines of more than 75 octets, never inside a character. (The crate's own lines are up to 76 octets long: it
/// forgets the space before the last part of a broken one.)
fn fold(unfolded: &str) -> String {
    let mut folded = String::with_capacity(unfolded.len() + unfolded.len() / 16);
    for line in unfolded.split_terminator("\r\n") {
        let mut octets = 0;
        for c in line.chars() {
            if octets + c.len_utf8() > LINE {
                folded.push_str("\r\n ");
                octets = 1;
            }
            folded.push(c);
            octets += c.len_utf8();
        }
        folded.push_str("\r\n");
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letters::fixture::{event, public_url, registration};

    fn unfolded(file: &str) -> Vec<String> {
        file.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn an_event_is_a_calendar_file() {
        let mut event = event();
        event.version = 3;
        assert_eq!(
            unfolded(&for_event(&event, public_url())),
            [
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//Turnout//Turnout//EN",
                "CALSCALE:GREGORIAN",
                "METHOD:PUBLISH",
                "BEGIN:VTIMEZONE",
                "TZID:Europe/Luxembourg",
                "BEGIN:DAYLIGHT",
                "DTSTART:20260329T020000",
                "TZOFFSETFROM:+0100",
                "TZOFFSETTO:+0200",
                "TZNAME:CEST",
                "END:DAYLIGHT",
                "END:VTIMEZONE",
                "BEGIN:VEVENT",
                "DESCRIPTION:All houses open.",
                "DTEND;TZID=Europe/Luxembourg:20260608T170000",
                "DTSTAMP:20260501T100000Z",
                "DTSTART;TZID=Europe/Luxembourg:20260608T090000",
                "LOCATION:Musée national\\, Luxembourg\\, LU",
                "ORGANIZER:mailto:hello@museum.example",
                "SEQUENCE:2",
                "STATUS:CONFIRMED",
                "SUMMARY:Night of the Museums",
                &format!("UID:{}@turnout", event.id),
                "URL:https://turnout.example/api/v1/events/night",
                "END:VEVENT",
                "END:VCALENDAR",
            ]
        );
    }

    #[test]
    fn a_registration_has_its_own_id_and_tells_the_code_but_not_the_link() {
        let (event, registration) = (event(), registration());
        let file = for_registration(&event, &registration, &[], Method::Publish, public_url()).1;
        let lines = unfolded(&file);
        assert!(lines.contains(&format!("UID:{}@turnout", registration.id)), "{file}");
        assert!(lines.contains(&"DESCRIPTION:All houses open.\\n\\nCode: ABCD2345".to_owned()), "{file}");
        assert!(!file.contains("manage"), "{file}");
    }

    #[test]
    fn every_change_of_the_event_or_the_registration_raises_the_sequence() {
        let (mut event, mut registration) = (event(), registration());
        let sequence = |event: &Event, registration: &Registration| {
            let lines = unfolded(&for_registration(event, registration, &[], Method::Publish, public_url()).1);
            lines.into_iter().find(|line| line.starts_with("SEQUENCE:")).unwrap()
        };
        assert_eq!(sequence(&event, &registration), "SEQUENCE:0");
        event.version += 1;
        assert_eq!(sequence(&event, &registration), "SEQUENCE:1");
        registration.version += 1;
        assert_eq!(sequence(&event, &registration), "SEQUENCE:2");
    }

    #[test]
    fn what_is_cancelled_says_so_and_who_waits_is_not_confirmed() {
        let status = |event: &Event, registration: &Registration| {
            let lines = unfolded(&for_registration(event, registration, &[], Method::Publish, public_url()).1);
            lines.into_iter().find(|line| line.starts_with("STATUS:")).unwrap()
        };
        let with = |status| Registration { status, ..registration() };
        let cancelled = Event { status: EventStatus::Cancelled, ..event() };
        assert_eq!(status(&event(), &with(RegistrationStatus::Confirmed)), "STATUS:CONFIRMED");
        assert_eq!(status(&event(), &with(RegistrationStatus::Waitlisted)), "STATUS:TENTATIVE");
        assert_eq!(status(&event(), &with(RegistrationStatus::Cancelled)), "STATUS:CANCELLED");
        assert_eq!(status(&cancelled, &with(RegistrationStatus::Confirmed)), "STATUS:CANCELLED");
        assert!(for_event(&cancelled, public_url()).contains("\r\nSTATUS:CANCELLED\r\n"));
    }

    #[test]
    fn commas_semicolons_backslashes_and_line_breaks_are_escaped() {
        let mut event = event();
        event.title = r"Wine, cheese; C:\temp".to_owned();
        event.summary = "One\r\nTwo\rThree\nATTENDEE:mailto:evil@x.example\u{7}".to_owned();
        let lines = unfolded(&for_event(&event, public_url()));
        assert!(lines.contains(&r"SUMMARY:Wine\, cheese\; C:\\temp".to_owned()), "{lines:?}");
        let description = r"DESCRIPTION:One\nTwo\nThree\nATTENDEE:mailto:evil@x.example";
        assert!(lines.contains(&description.to_owned()), "{lines:?}");
    }

    #[test]
    fn no_line_is_longer_than_75_octets_and_none_is_broken_inside_a_character() {
        for length in 0..400 {
            let mut event = event();
            event.summary = format!("{}{}", "x".repeat(length % 7), "ë 老 a".repeat(length / 4));
            let file = for_event(&event, public_url());
            for line in file.split_terminator("\r\n") {
                assert!(line.len() <= LINE, "{} octets: {line}", line.len());
                assert!(!line.contains(['\r', '\n']));
            }
            let whole = format!("DESCRIPTION:{}", event.summary.trim());
            assert!(event.summary.is_empty() || unfolded(&file).contains(&whole), "{length}");
        }
    }

    #[test]
    fn several_events_are_in_one_calendar() {
        let file = for_events(&[event(), event()], public_url());
        assert_eq!(file.matches("BEGIN:VCALENDAR\r\n").count(), 1);
        assert_eq!(file.matches("BEGIN:VEVENT\r\n").count(), 2);
        assert_eq!(file.matches("BEGIN:VTIMEZONE\r\n").count(), 1);
        assert!(for_events(&[], public_url()).ends_with("METHOD:PUBLISH\r\nEND:VCALENDAR\r\n"));
    }
}
