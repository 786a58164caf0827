//! Times on an event's clocks.

use chrono::{Datelike, Offset, SecondsFormat, TimeDelta, TimeZone, Timelike};
use chrono_tz::Tz;

use crate::clock::Timestamp;

/// Appends RFC 3339 with the offset of `zone`: `2026-06-08T09:00:00+02:00`, and as many digits of a second as are
/// needed, as everywhere.
///
/// By hand: an export writes millions of these, and chrono's own formatting does more work for each.
pub(super) fn push_local_time(text: &mut String, at: Timestamp, zone: Tz) {
    let utc = at.utc().naive_utc();
    // RFC 3339 knows no seconds in offsets; some zones had them a century ago.
    let minutes = zone.offset_from_utc_datetime(&utc).fix().local_minus_utc() / 60;
    let local = utc + TimeDelta::minutes(i64::from(minutes));
    let Some(year) = u32::try_from(local.year()).ok().filter(|year| *year <= 9999) else {
        text.push_str(&at.utc().to_rfc3339_opts(SecondsFormat::AutoSi, true));
        return;
    };
    for (number, digits, behind) in [
        (year, 4, '-'),
        (local.month(), 2, '-'),
        (local.day(), 2, 'T'),
        (local.hour(), 2, ':'),
        (local.minute(), 2, ':'),
    ] {
        push_number(text, number, digits);
        text.push(behind);
    }
    push_number(text, local.second(), 2);
    match local.nanosecond() / 1_000 {
        0 => {}
        micros if micros % 1_000 == 0 => {
            text.push('.');
            push_number(text, micros / 1_000, 3);
        }
        micros => {
            text.push('.');
            push_number(text, micros, 6);
        }
    }
    text.push(if minutes < 0 { '-' } else { '+' });
    push_number(text, minutes.unsigned_abs() / 60, 2);
    text.push(':');
    push_number(text, minutes.unsigned_abs() % 60, 2);
}

/// Appends the day on the clocks of `zone`: `2026-06-08` (ISO 8601).
pub(super) fn push_local_date(text: &mut String, at: Timestamp, zone: Tz) {
    let local = at.local(zone);
    // Years of more than four digits have no such form: no clock of an event shows them.
    push_number(text, u32::try_from(local.year()).unwrap_or_default(), 4);
    text.push('-');
    push_number(text, local.month(), 2);
    text.push('-');
    push_number(text, local.day(), 2);
}

/// Appends the time of day on the clocks of `zone`, in whole seconds: `09:00:00` (ISO 8601).
pub(super) fn push_local_clock(text: &mut String, at: Timestamp, zone: Tz) {
    let local = at.local(zone);
    push_number(text, local.hour(), 2);
    text.push(':');
    push_number(text, local.minute(), 2);
    text.push(':');
    push_number(text, local.second(), 2);
}

/// The last `digits` digits of a number, with zeros before it.
fn push_number(text: &mut String, number: u32, digits: u32) {
    for place in (0..digits).rev() {
        text.push(char::from(b'0' + (number / 10_u32.pow(place) % 10) as u8));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn local_time(micros: i64, zone: Tz) -> String {
        let mut text = String::new();
        push_local_time(&mut text, Timestamp::from_micros(micros), zone);
        text
    }

    #[test]
    fn the_offset_is_that_of_the_day() {
        let zone = chrono_tz::Europe::Luxembourg;
        assert_eq!(local_time(1_780_902_000_000_000, zone), "2026-06-08T09:00:00+02:00");
        assert_eq!(local_time(1_768_460_400_123_000, zone), "2026-01-15T08:00:00.123+01:00");
        assert_eq!(local_time(1_780_902_000_000_001, chrono_tz::UTC), "2026-06-08T07:00:00.000001+00:00");
        assert_eq!(local_time(1_780_902_000_000_000, chrono_tz::America::St_Johns), "2026-06-08T04:30:00-02:30");
    }

    #[test]
    fn people_read_the_day_and_the_time() {
        let read = |push: fn(&mut String, Timestamp, Tz), zone: Tz| {
            let mut text = String::new();
            push(&mut text, Timestamp::from_micros(1_780_873_205_999_999), zone);
            text
        };
        assert_eq!(read(push_local_date, chrono_tz::Europe::Luxembourg), "2026-06-08");
        assert_eq!(read(push_local_clock, chrono_tz::Europe::Luxembourg), "01:00:05");
        assert_eq!(read(push_local_date, chrono_tz::UTC), "2026-06-07");
    }

    proptest! {
        #[test]
        fn it_is_what_chrono_writes(micros in 0_i64..4_000_000_000_000_000, zone in 0..chrono_tz::TZ_VARIANTS.len()) {
            let zone = chrono_tz::TZ_VARIANTS[zone];
            let by_chrono = Timestamp::from_micros(micros).local(zone).to_rfc3339_opts(SecondsFormat::AutoSi, false);
            // A few offsets of before 1972 have seconds, which chrono rounds.
            prop_assume!(Timestamp::from_micros(micros).local(zone).offset().fix().local_minus_utc() % 60 == 0);
            prop_assert_eq!(local_time(micros, zone), by_chrono);
        }

        #[test]
        fn it_is_the_same_instant(
            micros in -60_000_000_000_000_000_i64..250_000_000_000_000_000,
            zone in 0..chrono_tz::TZ_VARIANTS.len(),
        ) {
            let text = local_time(micros, chrono_tz::TZ_VARIANTS[zone]);
            let read = chrono::DateTime::parse_from_rfc3339(&text).unwrap();
            prop_assert_eq!(read.timestamp_micros(), micros, "{}", text);
        }
    }
}
