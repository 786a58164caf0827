//! When an event takes place, for people.

use chrono_tz::Tz;

use crate::clock::Timestamp;

/// One day as `Monday 8 June 2026, 09:00 to 17:00 (Europe/Luxembourg)`, several as
/// `8 June 2026, 09:00 to 10 June 2026, 17:00 (Europe/Luxembourg)`; on the clocks of `zone`.
pub(super) fn when(starts_at: Timestamp, ends_at: Timestamp, zone: Tz) -> String {
    let (start, end) = (starts_at.local(zone), ends_at.local(zone));
    if start.date_naive() == end.date_naive() {
        format!("{} to {} ({zone})", start.format("%A %-d %B %Y, %H:%M"), end.format("%H:%M"))
    } else {
        format!("{} to {} ({zone})", start.format("%-d %B %Y, %H:%M"), end.format("%-d %B %Y, %H:%M"))
    }
}

/// An instant as `8 June 2026, 07:00 (UTC)`.
pub(super) fn moment(at: Timestamp) -> String {
    at.utc().format("%-d %B %Y, %H:%M (UTC)").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse::<chrono::DateTime<chrono::Utc>>().unwrap().into()
    }

    #[test]
    fn one_day_is_named_once_with_its_weekday() {
        assert_eq!(
            when(at("2026-06-08T07:00:00Z"), at("2026-06-08T15:00:00Z"), chrono_tz::Europe::Luxembourg),
            "Monday 8 June 2026, 09:00 to 17:00 (Europe/Luxembourg)"
        );
    }

    #[test]
    fn several_days_are_named_both() {
        assert_eq!(
            when(at("2026-06-08T07:00:00Z"), at("2026-06-10T15:00:00Z"), chrono_tz::Europe::Luxembourg),
            "8 June 2026, 09:00 to 10 June 2026, 17:00 (Europe/Luxembourg)"
        );
    }

    #[test]
    fn the_day_is_that_of_the_zone_of_the_event() {
        assert_eq!(
            when(at("2026-06-07T23:30:00Z"), at("2026-06-08T01:00:00Z"), chrono_tz::Europe::Luxembourg),
            "Monday 8 June 2026, 01:30 to 03:00 (Europe/Luxembourg)"
        );
    }
}
