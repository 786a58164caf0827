//! The words of all letters, a file a language. A language that lacks one does not compile.

mod de;
mod en;
mod fr;
mod lb;

use chrono::{DateTime, Datelike, Timelike};
use chrono_tz::Tz;

use crate::clock::Timestamp;
use crate::organizations::Role;
use crate::registrations::RegistrationStatus;
use crate::values::Language;

/// Everything that letters say in one language.
pub(super) struct Phrases {
    /// Which language; letters say so to whoever reads them aloud.
    pub language: Language,
    /// How a letter begins, before the name.
    pub hello: &'static str,
    /// What stands between a label and what it labels.
    pub colon: &'static str,
    pub labels: Labels,
    pub clock: Clock,

    /// Where to show the ticket, with what is said of a place.
    pub ticket: &'static str,
    /// What the picture of the ticket is.
    pub picture: &'static str,
    /// The link in a letter belongs to its reader.
    pub yours_alone: &'static str,
    /// Whom to ask: before the address, and after it.
    pub questions: (&'static str, &'static str),
    /// The event has been cancelled, in a letter about something else.
    pub called_off: &'static str,
    /// What has become of a registration since a letter about it was posted.
    pub stands: fn(RegistrationStatus) -> &'static str,
    /// So many lines more than there is room for.
    pub more: fn(usize) -> String,
    /// Before the link, where there is nothing to do.
    pub look: &'static str,

    pub confirmed: Notice<&'static str>,
    pub approved: Notice<&'static str>,
    pub transferred: Notice<&'static str>,
    pub promoted: Notice<&'static str>,
    pub changed: Notice<&'static str>,
    pub pending: Notice<&'static str>,
    pub offer_expired: Notice<&'static str>,
    pub cancelled: Notice<&'static str>,
    pub event_cancelled: Notice<&'static str>,
    pub reminder: Notice<&'static str>,
    /// With whether the time and whether the place is another.
    pub event_changed: Notice<fn(bool, bool) -> &'static str>,
    /// With whether the time and whether the room of a session is another.
    pub session_changed: Notice<fn(bool, bool) -> &'static str>,
    /// With the name of who was there.
    pub thank_you: Notice<fn(&str) -> String>,
    /// With the place on the list, from 1.
    pub waitlisted: Notice<fn(i64) -> String>,
    /// With the time until when.
    pub verify: Notice<fn(Option<&str>) -> String>,
    /// With the time until when.
    pub offered: Notice<fn(Option<&str>) -> String>,
    /// With the organizers' own words.
    pub rejected: Notice<fn(Option<&str>) -> String>,
    /// Has no link: it is somebody else's.
    pub transferred_away: Notice<&'static str>,

    /// Before the link with which reminders end.
    pub no_more: &'static str,
    pub unsubscribe: Unsubscribe,
    pub campaign: Campaign,
    pub invitation: Invitation,
    pub member_invitation: MemberInvitation,
    pub password_reset: PasswordReset,
}

/// A letter about a registration.
pub(super) struct Notice<Says> {
    /// What it is about; the event's name follows.
    pub subject: &'static str,
    /// What there is to say.
    pub says: Says,
    /// Before the link.
    pub link: &'static str,
}

/// What stands before the facts.
pub(super) struct Labels {
    pub event: &'static str,
    pub when: &'static str,
    pub when_before: &'static str,
    pub place_before: &'static str,
    pub place: &'static str,
    pub ticket: &'static str,
    pub session: &'static str,
    pub session_before: &'static str,
    pub session_now: &'static str,
    pub code: &'static str,
}

/// How a language writes days and times.
pub(super) struct Clock {
    /// From Monday.
    pub weekdays: [&'static str; 7],
    pub months: [&'static str; 12],
    /// The day of the month, as it stands before the month.
    pub day: fn(u32) -> String,
    /// Hours and minutes; without a word like "o'clock" that stands once behind two of them.
    pub time: fn(u32, u32) -> String,
    /// A day with its time.
    pub moment: fn(&str, &str) -> String,
    /// A day from a time to a time.
    pub hours: fn(&str, &str, &str) -> String,
    /// From a day with its time to a day with its time.
    pub days: fn((&str, &str), (&str, &str)) -> String,
    /// The clocks of a town.
    pub zone: fn(&str) -> String,
    /// Towns that are called otherwise than in the names of zones.
    pub towns: &'static [(&'static str, &'static str)],
}

/// The page on which somebody says that they want no more reminders.
pub(super) struct Unsubscribe {
    pub title: &'static str,
    pub asks: &'static str,
    pub yes: &'static str,
    pub done: &'static str,
}

/// What stands below what organizers write to many.
pub(super) struct Campaign {
    /// Why they get it: they registered for the event with this name.
    pub why: fn(&str) -> String,
    /// Before the link to their registration.
    pub link: &'static str,
    /// Before the link with which such letters end.
    pub no_more: &'static str,
}

/// A letter that invites to an event.
pub(super) struct Invitation {
    pub subject: &'static str,
    /// Who invites to what.
    pub says: fn(&str, &str) -> String,
    /// Before the link, with the time until when.
    pub link: fn(&str) -> String,
    /// A seat is kept until then.
    pub seat: fn(&str) -> String,
    pub closed: &'static str,
}

/// A letter that invites to become a member.
pub(super) struct MemberInvitation {
    pub subject: &'static str,
    /// Who invites, to which event if to one, and what for.
    pub says: fn(&str, Option<&str>, &str) -> String,
    pub does: fn(Role) -> &'static str,
    pub link: &'static str,
    /// The link works once, until then.
    pub once: fn(&str) -> String,
    pub closed: &'static str,
    pub ignore: &'static str,
}

/// A letter with which a password is chosen anew.
pub(super) struct PasswordReset {
    /// With where it is.
    pub subject: fn(&str) -> String,
    pub says: fn(&str) -> String,
    pub ignore: &'static str,
}

/// What letters say in a language.
pub(super) fn phrases(language: Language) -> &'static Phrases {
    match language {
        Language::English => &en::WORDS,
        Language::French => &fr::WORDS,
        Language::German => &de::WORDS,
        Language::Luxembourgish => &lb::WORDS,
    }
}

impl Phrases {
    /// When something takes place, on the clocks of `zone`: one day with its hours, or two days.
    pub fn when(&self, starts_at: Timestamp, ends_at: Timestamp, zone: Tz) -> String {
        let clock = &self.clock;
        let (start, end) = (starts_at.local(zone), ends_at.local(zone));
        let text = if start.date_naive() == end.date_naive() {
            (clock.hours)(&clock.long_day(&start), &clock.time_of(&start), &clock.time_of(&end))
        } else {
            let (first, last) = (clock.short_day(&start), clock.short_day(&end));
            (clock.days)((&first, &clock.time_of(&start)), (&last, &clock.time_of(&end)))
        };
        format!("{text} ({})", clock.zone_of(zone))
    }

    /// A moment on the clocks of `zone`, with its weekday.
    pub fn moment(&self, at: Timestamp, zone: Tz) -> String {
        let (clock, at) = (&self.clock, at.local(zone));
        format!("{} ({})", (clock.moment)(&clock.long_day(&at), &clock.time_of(&at)), clock.zone_of(zone))
    }

    /// How a letter begins.
    pub fn greeting(&self, name: Option<&str>) -> String {
        match name {
            Some(name) => format!("{} {name},", self.hello),
            None => format!("{},", self.hello),
        }
    }

    /// A label and what it labels.
    pub fn labeled(&self, label: &str, text: &str) -> String {
        format!("{label}{}{text}", self.colon)
    }
}

impl Clock {
    fn time_of(&self, at: &DateTime<Tz>) -> String {
        (self.time)(at.hour(), at.minute())
    }

    fn short_day(&self, at: &DateTime<Tz>) -> String {
        format!("{} {} {}", (self.day)(at.day()), self.months[at.month0() as usize], at.year())
    }

    fn long_day(&self, at: &DateTime<Tz>) -> String {
        let weekday = self.weekdays[at.weekday().num_days_from_monday() as usize];
        // Where the day has a point behind it, the weekday has a comma.
        let comma = if (self.day)(2).ends_with('.') { "," } else { "" };
        format!("{weekday}{comma} {}", self.short_day(at))
    }

    fn zone_of(&self, zone: Tz) -> String {
        let name = zone.name();
        if zone == Tz::UTC || !name.contains('/') || name.starts_with("Etc/") {
            return name.trim_start_matches("Etc/").to_owned();
        }
        let known = self.towns.iter().find(|(of, _)| *of == name).map(|(_, town)| (*town).to_owned());
        (self.zone)(&known.unwrap_or_else(|| name.rsplit('/').next().unwrap_or(name).replace('_', " ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse::<chrono::DateTime<chrono::Utc>>().unwrap().into()
    }

    fn in_all(tell: impl Fn(&Phrases) -> String) -> Vec<String> {
        Language::ALL.iter().map(|language| tell(phrases(*language)).replace('\u{a0}', " ")).collect()
    }

    #[test]
    fn each_language_has_its_own_words() {
        for language in Language::ALL {
            assert_eq!(phrases(*language).language, *language);
        }
    }

    #[test]
    fn one_day_is_named_once_with_its_weekday() {
        let zone = chrono_tz::Europe::Luxembourg;
        assert_eq!(
            in_all(|words| words.when(at("2026-06-08T07:00:00Z"), at("2026-06-08T15:30:00Z"), zone)),
            [
                "Monday 8 June 2026, 09:00 to 17:30 (Luxembourg time)",
                "lundi 8 juin 2026, de 9 h 00 à 17 h 30 (heure de Luxembourg)",
                "Montag, 8. Juni 2026, 9.00 bis 17.30 Uhr (Ortszeit Luxemburg)",
                "Méindeg, 8. Juni 2026, 9:00 bis 17:30 Auer (Auerzäit zu Lëtzebuerg)",
            ]
        );
    }

    #[test]
    fn several_days_are_named_both() {
        let zone = chrono_tz::America::New_York;
        assert_eq!(
            in_all(|words| words.when(at("2026-03-01T14:00:00Z"), at("2026-03-03T22:00:00Z"), zone)),
            [
                "1 March 2026, 09:00 to 3 March 2026, 17:00 (New York time)",
                "du 1er mars 2026 à 9 h 00 au 3 mars 2026 à 17 h 00 (heure de New York)",
                "1. März 2026, 9.00 Uhr, bis 3. März 2026, 17.00 Uhr (Ortszeit New York)",
                "1. Mäerz 2026, 9:00 Auer, bis 3. Mäerz 2026, 17:00 Auer (Auerzäit zu New York)",
            ]
        );
    }

    #[test]
    fn the_day_is_that_of_the_zone_of_the_event() {
        let moment = |words: &Phrases| words.moment(at("2026-06-07T23:30:00Z"), chrono_tz::Europe::Brussels);
        assert_eq!(
            in_all(moment),
            [
                "Monday 8 June 2026, 01:30 (Brussels time)",
                "lundi 8 juin 2026 à 1 h 30 (heure de Bruxelles)",
                "Montag, 8. Juni 2026, 1.30 Uhr (Ortszeit Brüssel)",
                "Méindeg, 8. Juni 2026, 1:30 Auer (Auerzäit zu Bréissel)",
            ]
        );
    }

    #[test]
    fn a_zone_without_a_town_has_its_name() {
        for zone in [chrono_tz::UTC, chrono_tz::Etc::UTC] {
            for text in in_all(|words| words.moment(at("2026-06-07T23:30:00Z"), zone)) {
                assert!(text.ends_with("(UTC)"), "{text}");
            }
        }
        let french = phrases(Language::French).moment(at("2026-06-07T23:30:00Z"), chrono_tz::Europe::Amsterdam);
        assert!(french.ends_with("(heure d’Amsterdam)"), "{french}");
    }

    #[test]
    fn towns_belong_to_zones() {
        for language in Language::ALL {
            for (zone, _) in phrases(*language).clock.towns {
                assert!(zone.parse::<Tz>().is_ok(), "{zone}");
            }
        }
    }
}
