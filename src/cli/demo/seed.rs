//! Makes the small world, through the same deeds as everybody else: what is past, with the clock of its time.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::super::member;
use super::asked::{ask, say};
use super::people::{fault, wish};
use super::world::{DIGITAL_DAY, FORUM, HOSTS, Happening, OWNER, PERSON, happenings};
use crate::access::{Account, Caller, Grant, begin_reset, issue_token};
use crate::audit::{Actor, Who};
use crate::checkins::{Admission, CheckInList, Direction, Scan, admit, open_list};
use crate::clock::Timestamp;
use crate::error::{Error, Result, if_found};
use crate::events::{self, Capacity, Draft, Event, Held, Location};
use crate::organizations::{Organization, Role, found};
use crate::registrations::{Hand, Placed, Registration, RegistrationStatus, Wish, cancel, place};
use crate::store::{Db, OrganizationId, PasswordResetId};
use crate::values::{EmailAddress, Line, Secret};

const BY: Actor = Actor::COMMAND_LINE;

/// Whether this folder has no small world yet.
pub(super) fn is_missing(db: &mut Db) -> Result<bool> {
    match Organization::find_by_slug(db, OWNER.1) {
        Ok(_) => Ok(false),
        Err(Error::NotFound(_)) => Ok(true),
        Err(other) => Err(other),
    }
}

/// Makes it, as seen from `now`; returns a token of an owner at the organization that owns the events.
pub(super) fn plant(db: &mut Db, now: Timestamp) -> Result<Secret> {
    let long_ago = now.plus(TimeDelta::days(-400));
    let slug = OWNER.1.parse().map_err(fault)?;
    let owner = found(db, &BY, OWNER.0.parse().map_err(fault)?, Some(slug), long_ago)?;
    let mut hosts = HashMap::new();
    for name in HOSTS {
        hosts.insert(name, found(db, &BY, name.parse().map_err(fault)?, None, long_ago)?.id);
    }
    for happening in happenings(now) {
        let (event, list) = announce(db, &happening, owner.id, &hosts)?;
        let people = invite(db, &happening, &event, &hosts, now)?;
        if happening.slug == FORUM {
            open_doors(db, &event, &list, &people)?;
        }
    }
    let name: Line<100> = "demo".parse().map_err(fault)?;
    Ok(issue_token(db, &BY, owner.id, Grant::whole(name, Role::Owner), now)?.1)
}

/// What the password of the owner's person is chosen with, unless they have chosen one.
pub(super) fn invite_owner(db: &mut Db, now: Timestamp) -> Result<Option<PasswordResetId>> {
    let email: EmailAddress = PERSON.0.parse().map_err(fault)?;
    match if_found(Account::find_by_email(db, &email.key()))? {
        Some(account) if account.password_hash().is_some() => Ok(None),
        Some(account) => Ok(Some(begin_reset(db, &BY, account.id, member::GOOD_FOR, now)?.id)),
        None => {
            let name = PERSON.1.parse().map_err(fault)?;
            let owner = Organization::find_by_slug(db, OWNER.1)?.id;
            member::add(db, owner, email, Some(name), Role::Owner, now)
        }
    }
}

fn announce(
    db: &mut Db,
    happening: &Happening,
    owner: OrganizationId,
    hosts: &HashMap<&str, OrganizationId>,
) -> Result<(Event, CheckInList)> {
    let published_at = published_at(happening);
    let drafted_at = published_at.plus(TimeDelta::days(-4));
    let (name, address) = happening.place;
    let draft = Draft {
        title: happening.title.parse().map_err(fault)?,
        slug: Some(happening.slug.parse().map_err(fault)?),
        summary: Some(happening.summary.parse().map_err(fault)?),
        description: Some(happening.description.parse().map_err(fault)?),
        visibility: None,
        starts_at: happening.starts_at,
        ends_at: happening.ends_at,
        timezone: None,
        location: Location {
            name: Some(name.to_owned()),
            address: Some(address.to_owned()),
            city: Some("Luxembourg".to_owned()),
            country: Some("LU".to_owned()),
            online_url: None,
        },
        languages: happening.languages.to_vec(),
        contact_email: Some("events@ict-cluster.example".parse().map_err(fault)?),
        capacity: Some(Capacity::try_from(happening.capacity).map_err(fault)?),
        registration_opens_at: None,
        registration_closes_at: None,
        waitlist: Some(happening.waitlist),
        rules: crate::events::RegistrationRules::default(),
        tags: happening.tags.iter().map(|tag| tag.parse().map_err(fault)).collect::<Result<_>>()?,
    };
    let event = events::draft(db, &BY, owner, draft, drafted_at)?;
    let list = open_list(db, &BY, &event, "Entrance", drafted_at)?;
    for (host, role, data_access) in happening.hosts {
        let host = *hosts.get(host).ok_or(Error::NotFound("organization"))?;
        events::add_host(db, &BY, &event, host, (*role, *data_access), drafted_at)?;
    }
    if happening.slug == DIGITAL_DAY {
        let held = Held::by_id(db, event.id)?;
        ask(db, &BY, &held, drafted_at)?;
    }
    Ok((events::publish(db, &BY, event.id, None, published_at)?, list))
}

fn published_at(happening: &Happening) -> Timestamp {
    happening.starts_at.plus(TimeDelta::days(-happening.published_before))
}

/// Registers people, one after the other between the announcement and now (or the day before, if that is over); some
/// change their mind at the end. One in three comes through one of the hosts.
fn invite(
    db: &mut Db,
    happening: &Happening,
    event: &Event,
    hosts: &HashMap<&str, OrganizationId>,
    now: Timestamp,
) -> Result<Vec<Registration>> {
    let (first, count) = happening.people;
    let from = published_at(happening).plus(TimeDelta::hours(2));
    let until = now.min(happening.starts_at).plus(TimeDelta::hours(-20));
    let step = (until.micros() - from.micros()) / i64::try_from(count.max(1)).unwrap_or(i64::MAX);
    let mut when = from;
    let held = Held::by_id(db, event.id)?;
    let through: Vec<OrganizationId> = happening.hosts.iter().filter_map(|host| hosts.get(host.0).copied()).collect();
    let mut people = Vec::with_capacity(count);
    for number in first..first + count {
        // Nobody registers on the stroke of a clock: off by up to 41 minutes.
        let at = when.plus(TimeDelta::microseconds(i64::try_from(number * 7_919 % 2_500).unwrap_or(0) * 987_123));
        let via = if number % 3 == 1 { through.get(number / 3 % through.len().max(1)).copied() } else { None };
        let wish = Wish { via, ..wish(number)? };
        let wish = if happening.slug == DIGITAL_DAY { say(wish, number) } else { wish };
        if let Placed::New(registration) = place(db, &Actor::ANONYMOUS, &held, wish, at.min(until))? {
            people.push(registration);
        }
        when = Timestamp::from_micros(when.micros() + step);
    }
    for index in (0..happening.cancellations).map(|turn| 11 + 17 * turn) {
        if let Some(registration) = people.get_mut(index) {
            *registration = cancel(
                db,
                &Actor { who: Who::Attendee(registration.id), from: None },
                registration.id,
                None,
                Hand::default(),
                until,
            )?;
        }
    }
    Ok(people)
}

/// Four in five come. Some go out and come back, some leave early, some are turned away.
fn open_doors(db: &mut Db, event: &Event, list: &CheckInList, people: &[Registration]) -> Result<()> {
    let minutes = |minutes: usize| TimeDelta::minutes(i64::try_from(minutes).unwrap_or(0));
    let seconds = |number: usize| TimeDelta::seconds(i64::try_from(number * 23 % 60).unwrap_or(0));
    let doors = event.starts_at.plus(TimeDelta::minutes(-40));
    let mut scans: Vec<(Timestamp, Scan, Direction)> = Vec::new();
    for (number, person) in people.iter().enumerate().filter(|(number, _)| number % 5 != 3) {
        let (by_id, arrived) =
            (Scan::Registration(person.id), doors.plus(minutes(number * 37 % 70)).plus(seconds(number)));
        if person.status != RegistrationStatus::Confirmed && number % 2 == 0 {
            continue;
        }
        scans.push((arrived, by_id.clone(), Direction::Entry));
        if number % 9 == 4 {
            let left = event.starts_at.plus(minutes(90 + number % 13)).plus(seconds(number * 3));
            scans.push((left, by_id.clone(), Direction::Exit));
            if number % 2 == 0 {
                scans.push((left.plus(minutes(14)), by_id.clone(), Direction::Entry));
            }
        }
        if number % 29 == 7 {
            // Shown twice, at two scanners.
            scans.push((arrived.plus(TimeDelta::seconds(8)), by_id, Direction::Entry));
        }
    }
    scans.push((event.starts_at.plus(minutes(5)), Scan::of_code("2222 2222"), Direction::Entry));
    scans.push((event.starts_at.plus(minutes(21)), Scan::Unknown, Direction::Entry));
    scans.sort_by_key(|(at, ..)| *at);
    let held = Held::by_id(db, event.id)?;
    for (at, scan, direction) in scans {
        let direction = Some(direction);
        let admission = Admission { scan, direction, nonce: None, occurred_at: None, answers: None };
        admit(db, &Caller::COMMAND_LINE, &held, list.id, &admission, at)?;
    }
    Ok(())
}
