//! The clocks of a zone in a calendar file (RFC 5545 §3.6.5).

use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset, MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{OffsetComponents, OffsetName, Tz};
use icalendar::Property;

use crate::clock::Timestamp;

/// How far before the first time that matters its clocks are looked for.
const BEFORE: TimeDelta = TimeDelta::days(400);

/// Whether times are written as the clocks of this zone show them: whoever has no zone has no clocks to speak of.
fn has_clocks(zone: Tz) -> bool {
    !matches!(zone, Tz::UTC | Tz::Etc__UTC | Tz::Etc__UCT | Tz::Etc__Zulu | Tz::Etc__Universal | Tz::UCT | Tz::Zulu)
}

/// A time on the clocks of a zone; in UTC if they show it twice and this is the second time, which they cannot tell apart
/// (§3.3.5).
pub(super) fn time(name: &str, at: Timestamp, zone: Tz) -> Property {
    let local = at.local(zone).naive_local();
    let later = match zone.from_local_datetime(&local) {
        MappedLocalTime::Ambiguous(first, _) => first.to_utc() != at.utc(),
        MappedLocalTime::Single(_) | MappedLocalTime::None => false,
    };
    if later || !has_clocks(zone) {
        return Property::new(name, at.utc().format("%Y%m%dT%H%M%SZ").to_string());
    }
    Property::new(name, stamp(local)).add_parameter("TZID", zone.name()).done()
}

/// The `VTIMEZONE` of a zone, good from `first` to `last`: an observance for each time that its clocks changed, without a
/// rule that could be understood otherwise. Empty where there are no clocks.
pub(super) fn observances(zone: Tz, first: Timestamp, last: Timestamp) -> String {
    if !has_clocks(zone) {
        return String::new();
    }
    let mut text = format!("BEGIN:VTIMEZONE\r\nTZID:{}\r\n", zone.name());
    let mut changes = changes(zone, first.utc() - BEFORE, last.utc() + TimeDelta::days(1));
    // Those before the last one before the first time that matters do not matter.
    let ahead = changes.iter().take_while(|change| **change <= first.utc()).count();
    changes.drain(..ahead.saturating_sub(1));
    if ahead == 0 {
        let offset = offset_at(zone, first.utc() - BEFORE);
        let long_ago = Utc.timestamp_nanos(0).naive_utc();
        observance(&mut text, zone, first.utc() - BEFORE, (offset, long_ago));
    }
    for change in changes {
        let before = offset_at(zone, change - TimeDelta::seconds(1));
        observance(&mut text, zone, change, (before, change.naive_utc() + before));
    }
    text + "END:VTIMEZONE\r\n"
}

/// Which clocks are shown from `at` on; `onset` on the clocks before.
fn observance(text: &mut String, zone: Tz, at: DateTime<Utc>, (before, onset): (FixedOffset, NaiveDateTime)) {
    let offset = zone.offset_from_utc_datetime(&at.naive_utc());
    let kind = if offset.dst_offset().is_zero() { "STANDARD" } else { "DAYLIGHT" };
    let _ = write!(
        text,
        "BEGIN:{kind}\r\nDTSTART:{}\r\nTZOFFSETFROM:{}\r\nTZOFFSETTO:{}\r\n",
        stamp(onset),
        written(before),
        written(offset.fix())
    );
    if let Some(name) = offset.abbreviation() {
        let _ = write!(text, "TZNAME:{name}\r\n");
    }
    let _ = write!(text, "END:{kind}\r\n");
}

/// When the clocks of a zone change in this time, in order.
fn changes(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let clocks = |at: DateTime<Utc>| {
        let offset = zone.offset_from_utc_datetime(&at.naive_utc());
        (offset.fix(), offset.dst_offset())
    };
    let mut found = Vec::new();
    let mut day = from;
    while day < to {
        let (mut low, mut high) = (day.timestamp(), (day + TimeDelta::days(1)).timestamp());
        let at = |second: i64| DateTime::from_timestamp(second, 0).unwrap_or(day);
        let before = clocks(at(low));
        if before != clocks(at(high)) {
            while high - low > 1 {
                let middle = low.midpoint(high);
                if clocks(at(middle)) == before { low = middle } else { high = middle }
            }
            found.push(at(high));
        }
        day += TimeDelta::days(1);
    }
    found
}

fn offset_at(zone: Tz, at: DateTime<Utc>) -> FixedOffset {
    zone.offset_from_utc_datetime(&at.naive_utc()).fix()
}

/// An offset from UTC (§3.3.14).
fn written(offset: FixedOffset) -> String {
    let seconds = offset.local_minus_utc();
    let (sign, seconds) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let rest = if rest == 0 { String::new() } else { format!("{rest:02}") };
    format!("{sign}{hours:02}{minutes:02}{rest}")
}

fn stamp(local: NaiveDateTime) -> String {
    local.format("%Y%m%dT%H%M%S").to_string()
}
