//! Time as a value: whole microseconds of UTC, and a clock that tests own.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Datelike, SecondsFormat, TimeDelta, Utc};

use crate::values::Fault;

/// An instant: whole microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The same instant for chrono.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The same instant on a clock of `zone`.
    pub fn local(self, zone: chrono_tz::Tz) -> DateTime<chrono_tz::Tz> {
        self.utc().with_timezone(&zone)
    }

    /// This instant and `span` later (earlier when negative).
    #[must_use]
    pub fn plus(self, span: TimeDelta) -> Self {
        Self(self.0.saturating_add(span.num_microseconds().unwrap_or(i64::MAX)))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(instant: DateTime<Utc>) -> Self {
        Self(instant.timestamp_micros())
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, `2026-06-08T07:00:00Z`, with as many digits of a second as are needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.utc().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl std::str::FromStr for Timestamp {
    type Err = Fault;

    /// Reads RFC 3339 with `Z` or an offset; finer than a microsecond is cut. A time without a zone is no instant.
    fn from_str(text: &str) -> Result<Self, Fault> {
        match DateTime::parse_from_rfc3339(text) {
            Ok(instant) if (1970..=9999).contains(&instant.naive_utc().year()) => Ok(instant.to_utc().into()),
            _ => Err(Fault::new(
                "invalid_time",
                "a time is RFC 3339 with an offset, such as 2026-06-08T09:00:00+02:00, in the years 1970 to 9999",
            )),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Where the time comes from. Only doors ask it; deeds are told.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until somebody moves it.
    pub fn standing_at(now: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(now.0))))
    }

    /// The time now, in whole microseconds.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            #[allow(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
            Source::System => Utc::now().into(),
            Source::Manual(micros) => Timestamp(micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a standing clock by `span`; the machine's clock is not ours to move.
    pub fn advance(&self, span: TimeDelta) {
        if let Source::Manual(micros) = &self.0 {
            micros.fetch_add(span.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        }
    }
}
