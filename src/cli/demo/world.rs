//! The events of a small world: who hosts them, when they are, what they promise.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, TimeZone as _, Weekday};
use chrono_tz::{Europe::Luxembourg, Tz};

use crate::clock::Timestamp;
use crate::events::{DataAccess, HostRole, Waitlist};
use crate::values::Language;

/// Who owns the events, and whose token the demo shows.
pub(super) const OWNER: (&str, &str) = ("Luxembourg ICT Cluster", "luxembourg-ict-cluster");

/// Who answers for that organization: address and name.
pub(super) const PERSON: (&str, &str) = ("alex.owner@ict-cluster.example", "Alex Owner");

const CREATIVE: &str = "Luxembourg Creative Industries Cluster";
const HEALTH: &str = "HealthTech Cluster";
const MOBILITY: &str = "Automobility Cluster";
const MATERIALS: &str = "Materials & Manufacturing Cluster";
const FOUNDRY: &str = "Museum of the Old Foundry";
const IMAGES: &str = "House of Moving Images";

/// The other organizations.
pub(super) const HOSTS: [&str; 6] = [CREATIVE, HEALTH, MOBILITY, MATERIALS, FOUNDRY, IMAGES];

/// The slug of the event that is still to come and has seats.
pub(super) const DIGITAL_DAY: &str = "digital-day";
/// The slug of the event that is over.
pub(super) const FORUM: &str = "hpc-and-5g-forum";

/// An event of the small world, and who comes.
pub(super) struct Happening {
    pub slug: &'static str,
    pub title: &'static str,
    pub summary: &'static str,
    pub description: &'static str,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// Name, street and number.
    pub place: (&'static str, &'static str),
    pub languages: &'static [Language],
    pub capacity: i64,
    pub waitlist: Waitlist,
    pub tags: &'static [&'static str],
    pub hosts: &'static [(&'static str, HostRole, DataAccess)],
    /// How many days before it starts it was published.
    pub published_before: i64,
    /// Which of the invented people come: the first, and how many.
    pub people: (usize, usize),
    /// How many of them change their mind.
    pub cancellations: usize,
}

/// All events, as seen from `now`.
pub(super) fn happenings(now: Timestamp) -> Vec<Happening> {
    let forum = workday(now.plus(TimeDelta::days(-30)), Weekday::Wed);
    let digital = workday(now.plus(TimeDelta::days(33)), Weekday::Thu);
    let security = workday(now.plus(TimeDelta::days(54)), Weekday::Tue);
    let june = next_june(now);
    vec![
        Happening {
            slug: FORUM,
            title: "HPC and 5G Forum",
            summary: "What a supercomputer and a faster network are good for, in a company that has neither.",
            description: "Two large installations are being built. This afternoon is about **using** them.\n\n\
                - Renting an hour on a supercomputer: what it costs, who helps, what to prepare\n\
                - Three pilot networks in factories, and what went wrong in the first week\n\
                - Meet the researchers: bring a problem, leave with a name",
            starts_at: at(forum, 13, 30),
            ends_at: at(forum, 18, 0),
            place: ("Luxembourg ICT Cluster, Auditorium", "7, Rue des Câbles"),
            languages: &[Language::English],
            capacity: 120,
            waitlist: Waitlist::Auto,
            tags: &["5g", "hpc", "ict"],
            hosts: &[(MOBILITY, HostRole::Partner, DataAccess::None)],
            published_before: 40,
            people: (0, 90),
            cancellations: 3,
        },
        Happening {
            slug: DIGITAL_DAY,
            title: "Digital Day",
            summary: "A day between code and craft, in two museums that face each other.",
            description: "Makers of software and makers of images rarely share a room. Today they share two museums.\n\n\
                **Morning**, Old Foundry: talks on data, design and who owns what a machine has drawn.\n\n\
                **Afternoon**, House of Moving Images: eight workshops, from motion capture to printing in metal.\n\n\
                The day ends with a tour that starts where the exhibitions end.",
            starts_at: at(digital, 9, 0),
            ends_at: at(digital, 18, 30),
            place: ("Museum of the Old Foundry and House of Moving Images", "3, Rue des Fondeurs"),
            languages: &[Language::English, Language::French],
            capacity: 350,
            waitlist: Waitlist::Auto,
            tags: &["creative-industries", "design", "ict"],
            hosts: &[
                (CREATIVE, HostRole::CoHost, DataAccess::Full),
                (FOUNDRY, HostRole::Venue, DataAccess::None),
                (IMAGES, HostRole::Venue, DataAccess::None),
            ],
            published_before: 75,
            people: (40, 244),
            cancellations: 4,
        },
        Happening {
            slug: "cybersecurity-day",
            title: "Cybersecurity Day",
            summary: "Security as something one sells, not only pays for: hospitals, cars and factories compare notes.",
            description: "Every speaker brings one incident, told by whoever was on call.\n\n\
                1. A hospital without its network for nine hours\n\
                2. A car that answered to a stranger\n\
                3. A furnace, a default password, and a long weekend\n\n\
                Presented for the first time: a map of who does what in security here, start-ups included.",
            starts_at: at(security, 9, 0),
            ends_at: at(security, 17, 0),
            place: ("Alzette Conference Hall", "21, Quai du Moulin"),
            languages: &[Language::English, Language::German],
            capacity: 100,
            waitlist: Waitlist::Auto,
            tags: &["cybersecurity", "healthtech", "ict"],
            hosts: &[
                (HEALTH, HostRole::CoHost, DataAccess::Full),
                (MOBILITY, HostRole::CoHost, DataAccess::Aggregate),
                (MATERIALS, HostRole::CoHost, DataAccess::Full),
            ],
            published_before: 90,
            people: (170, 113),
            cancellations: 1,
        },
        Happening {
            slug: "smart-manufacturing-week",
            title: "Smart Manufacturing Week, 5th edition",
            summary: "Three days in factories and on stage: making more from less energy and less material.",
            description: "**8 June** Factory visits in the south, by bus\n\n\
                **9 June** Conference: sustainable processes, measured and not just promised\n\n\
                **10 June** Workshops: machine learning on data that your machines write already",
            starts_at: at(june, 9, 0),
            ends_at: at(june + TimeDelta::days(2), 17, 0),
            place: ("Hall of the Blast Furnaces", "1, Avenue de la Coulée"),
            languages: &[Language::English, Language::French, Language::German],
            capacity: 400,
            waitlist: Waitlist::Off,
            tags: &["ict", "industry-4-0", "manufacturing"],
            hosts: &[(MATERIALS, HostRole::CoHost, DataAccess::Full)],
            // Long enough before that it is published by now, however far away June is.
            published_before: 395,
            people: (260, 60),
            cancellations: 1,
        },
    ]
}

fn at(day: NaiveDate, hour: u32, minute: u32) -> Timestamp {
    let local = day.and_hms_opt(hour, minute, 0).unwrap_or_default();
    let instant: Option<DateTime<Tz>> = Luxembourg.from_local_datetime(&local).earliest();
    instant.map_or_else(|| local.and_utc().into(), |instant| instant.to_utc().into())
}

/// The first such day of a week from `instant` on, unless everybody is at home around New Year.
fn workday(instant: Timestamp, wanted: Weekday) -> NaiveDate {
    let day = instant.local(Luxembourg).date_naive();
    let ahead = (7 + wanted.num_days_from_monday() - day.weekday().num_days_from_monday()) % 7;
    let mut day = day + TimeDelta::days(ahead.into());
    while matches!((day.month(), day.day()), (12, 21..) | (1, ..=5)) {
        day += TimeDelta::days(7);
    }
    day
}

/// The next 8 June that has not begun.
fn next_june(now: Timestamp) -> NaiveDate {
    let today = now.local(Luxembourg).date_naive();
    let june = |year| NaiveDate::from_ymd_opt(year, 6, 8).unwrap_or(today);
    Some(june(today.year())).filter(|day| *day > today).unwrap_or_else(|| june(today.year() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_event_is_over_and_three_are_to_come_whenever_one_looks() {
        for now in [
            "2026-06-07T23:30:00Z",
            "2026-06-08T06:00:00Z",
            "2026-12-31T23:59:59Z",
            "2028-02-29T12:00:00Z",
            "2027-01-12T12:00:00Z",
        ] {
            let now: Timestamp = now.parse().unwrap();
            let events = happenings(now);
            let over: Vec<&str> = events.iter().filter(|e| e.ends_at < now).map(|e| e.slug).collect();
            let to_come = events.iter().filter(|e| e.starts_at > now).count();
            assert_eq!((over, to_come), (vec![FORUM], 3), "{now}");
            assert!(events.iter().all(|e| e.starts_at.plus(TimeDelta::days(-e.published_before)) < now), "{now}");
        }
    }

    #[test]
    fn smart_manufacturing_week_is_from_8_to_10_june() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let week = happenings(now).pop().unwrap();
        assert_eq!(
            (week.starts_at.to_string(), week.ends_at.to_string()),
            ("2027-06-08T07:00:00Z".to_owned(), "2027-06-10T15:00:00Z".to_owned())
        );
    }
}
