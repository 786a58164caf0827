//! The zone in which an event's people live.

use std::fmt;
use std::str::FromStr;

use chrono_tz::{TZ_VARIANTS, Tz};

use super::Fault;

/// A zone of the IANA time zone database, such as `Europe/Luxembourg`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeZone(Tz);

impl TimeZone {
    /// For chrono.
    pub fn tz(self) -> Tz {
        self.0
    }

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

impl FromStr for TimeZone {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        text.parse::<Tz>().map(Self).map_err(|_| {
            let text: String = text.chars().take(64).collect();
            let nearest = TZ_VARIANTS
                .iter()
                .map(|zone| (strsim::damerau_levenshtein(zone.name(), &text), zone.name()))
                .min()
                .filter(|(distance, _)| *distance <= 3);
            let hint = nearest.map_or_else(
                || "a time zone is an IANA name, such as Europe/Luxembourg".to_owned(),
                |(_, name)| format!("there is no such time zone; did you mean {name}?"),
            );
            Fault::new("unknown_timezone", hint)
        })
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_gets_a_suggestion() {
        let fault = "Europe/Luxemburg".parse::<TimeZone>().unwrap_err();
        assert_eq!(
            fault,
            Fault::new("unknown_timezone", "there is no such time zone; did you mean Europe/Luxembourg?")
        );
    }

    #[test]
    fn nonsense_gets_an_example() {
        let fault = "the moon".parse::<TimeZone>().unwrap_err();
        assert_eq!(fault.detail, "a time zone is an IANA name, such as Europe/Luxembourg");
    }
}
