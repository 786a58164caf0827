//! Calendar files as somebody else's parser reads them.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use ical::IcalParser;
use ical::parser::ical::component::{IcalCalendar, IcalTimeZone};
use ical::property::Property;

use super::calendar::{Method, for_event, for_events, for_registration};
use super::fixture::{event, public_url, registration};
use crate::clock::Timestamp;
use crate::events::{Event, Session};
use crate::registrations::Registration;
use crate::store::SessionId;

fn parsed(file: &str) -> IcalCalendar {
    let mut calendars = IcalParser::new(file.as_bytes());
    let calendar = calendars.next().unwrap().unwrap();
    assert!(calendars.next().is_none());
    calendar
}

fn property<'a>(properties: &'a [Property], name: &str) -> &'a Property {
    properties.iter().find(|property| property.name == name).unwrap_or_else(|| panic!("no {name}"))
}

fn value<'a>(properties: &'a [Property], name: &str) -> &'a str {
    property(properties, name).value.as_deref().unwrap_or_default()
}

fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").unwrap()
}

fn offset(text: &str) -> TimeDelta {
    let digits = |from: usize| text.get(from..from + 2).map_or(0, |two| two.parse().unwrap());
    let seconds = digits(1) * 3600 + digits(3) * 60 + digits(5);
    TimeDelta::seconds(if text.starts_with('-') { -seconds } else { seconds })
}

/// When that is, after the rules of RFC 5545 §3.6.5: of the observances, that with the last onset before it counts; what
/// the clocks show twice is the first time.
fn instant(time: &Property, zones: &[IcalTimeZone]) -> DateTime<Utc> {
    let text = time.value.as_deref().unwrap();
    if let Some(utc) = text.strip_suffix('Z') {
        return local(utc).and_utc();
    }
    let (_, named) = time.params.as_ref().unwrap().iter().find(|(name, _)| name == "TZID").unwrap();
    let zone = zones.iter().find(|zone| value(&zone.properties, "TZID") == named[0]).unwrap();
    let mut observances: Vec<(DateTime<Utc>, TimeDelta)> = zone
        .transitions
        .iter()
        .map(|one| {
            let onset = local(value(&one.properties, "DTSTART")) - offset(value(&one.properties, "TZOFFSETFROM"));
            (onset.and_utc(), offset(value(&one.properties, "TZOFFSETTO")))
        })
        .collect();
    observances.sort();
    let ends = observances.iter().skip(1).map(|(onset, _)| *onset).chain([DateTime::<Utc>::MAX_UTC]);
    let fitting = observances.iter().zip(ends).filter_map(|((onset, offset), end)| {
        let at = (local(text) - *offset).and_utc();
        (*onset <= at && at < end).then_some(at)
    });
    fitting.min().unwrap_or_else(|| panic!("{text} is on no clock of {}", named[0]))
}

fn times(file: &str) -> (DateTime<Utc>, DateTime<Utc>) {
    let calendar = parsed(file);
    let entry = &calendar.events[0].properties;
    let (start, end) = (property(entry, "DTSTART"), property(entry, "DTEND"));
    (instant(start, &calendar.timezones), instant(end, &calendar.timezones))
}

fn at(zone: Tz, starts_at: DateTime<Utc>, hours: i64) -> Event {
    let ends_at: Timestamp = (starts_at + TimeDelta::hours(hours)).into();
    Event { starts_at: starts_at.into(), ends_at, timezone: zone.name().to_owned(), ..event() }
}

#[test]
fn in_every_zone_the_file_says_when_it_is() {
    let start: DateTime<Utc> = "2026-01-15T07:30:00Z".parse().unwrap();
    for zone in TZ_VARIANTS {
        for month in 0..12 {
            let starts_at = start + TimeDelta::days(30 * month);
            let file = for_event(&at(zone, starts_at, 30), public_url());
            assert_eq!(times(&file), (starts_at, starts_at + TimeDelta::hours(30)), "{file}");
        }
    }
}

#[test]
fn over_nights_in_which_the_clocks_change_the_file_says_when_it_is() {
    for (zone, changes) in [
        (Tz::Europe__Luxembourg, ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"]),
        (Tz::America__New_York, ["2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"]),
        (Tz::Australia__Lord_Howe, ["2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"]),
        (Tz::Europe__Dublin, ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"]),
        (Tz::Africa__Casablanca, ["2026-02-15T02:00:00Z", "2026-03-22T02:00:00Z"]),
        (Tz::America__St_Johns, ["2026-03-08T05:30:00Z", "2026-11-01T04:30:00Z"]),
    ] {
        for change in changes {
            let change: DateTime<Utc> = change.parse().unwrap();
            for minutes in -150..150 {
                let starts_at = change + TimeDelta::minutes(minutes);
                let file = for_event(&at(zone, starts_at, 1), public_url());
                assert_eq!(times(&file), (starts_at, starts_at + TimeDelta::hours(1)), "{file}");
            }
        }
    }
}

#[test]
fn who_is_asked_to_come_is_named_and_who_publishes_names_nobody() {
    let (event, registration) =
        (event(), Registration { last_name: Some("\"W; X,\" 🎉".to_owned()), ..registration() });
    for (method, name, attendees) in
        [(Method::Publish, "PUBLISH", 0), (Method::Request, "REQUEST", 1), (Method::Cancel, "CANCEL", 1)]
    {
        let (method, file) = for_registration(&event, &registration, &[], method, public_url());
        let calendar = parsed(&file);
        assert_eq!(value(&calendar.properties, "METHOD"), name);
        assert!(method.media_type().ends_with(&format!("method={name}")));
        let entry = &calendar.events[0].properties;
        assert_eq!(value(entry, "ORGANIZER"), "mailto:hello@museum.example");
        let asked: Vec<_> = entry.iter().filter(|property| property.name == "ATTENDEE").collect();
        assert_eq!(asked.len(), attendees, "{file}");
        for attendee in asked {
            assert_eq!(attendee.value.as_deref(), Some("mailto:camille@museum.example"));
            let names = attendee.params.as_ref().unwrap().iter().find(|(name, _)| name == "CN").unwrap();
            assert_eq!(names.1, ["Camille 'W; X,' 🎉"]);
        }
    }
}

#[test]
fn each_session_is_an_entry_as_long_as_there_is_room_for_all() {
    let event = Event { title: "🎉".repeat(200), ..event() };
    let session = |title: &str| Session {
        id: SessionId::new(),
        event_id: event.id,
        title: title.to_owned(),
        description: String::new(),
        room: Some("Hall 1".to_owned()),
        starts_at: event.starts_at,
        ends_at: event.ends_at,
        overlap_allowed: false,
        position: 0,
        created_at: event.created_at,
        updated_at: event.updated_at,
        version: 1,
    };
    for (sessions, entries) in [(3, 4), (200, 1)] {
        let chosen: Vec<Session> = (0..sessions).map(|_| session(&"🎉".repeat(200))).collect();
        let (_, file) = for_registration(&event, &registration(), &chosen, Method::Publish, public_url());
        assert_eq!(parsed(&file).events.len(), entries);
        assert!(file.len() <= 24 * 1024, "{}", file.len());
    }
}

#[test]
fn an_event_without_a_contact_asks_nobody() {
    let event = Event { contact_email: None, ..event() };
    let (method, file) = for_registration(&event, &registration(), &[], Method::Request, public_url());
    assert_eq!((method, value(&parsed(&file).properties, "METHOD")), (Method::Publish, "PUBLISH"));
}

#[test]
fn several_zones_are_each_explained_once() {
    let start: DateTime<Utc> = "2026-06-08T07:00:00Z".parse().unwrap();
    let events = [Tz::Europe__Paris, Tz::UTC, Tz::Asia__Tokyo, Tz::Europe__Paris].map(|zone| at(zone, start, 1));
    let calendar = parsed(&for_events(&events, public_url()));
    let zones: Vec<_> = calendar.timezones.iter().map(|zone| value(&zone.properties, "TZID")).collect();
    assert_eq!(zones, ["Asia/Tokyo", "Europe/Paris"]);
    for entry in &calendar.events {
        assert_eq!(instant(property(&entry.properties, "DTSTART"), &calendar.timezones), start);
    }
}
