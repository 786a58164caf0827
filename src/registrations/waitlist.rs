//! The waiting list: by priority, then first come, first served, by itself.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use diesel::prelude::*;

use super::transition::{Hand, Transition, change, needs_seat, wanted};
use super::{Registration, RegistrationStatus};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{AccessCode, Event, EventStatus, Held, Quota, TicketType, Waitlist};
use crate::store::schema::{access_codes, guest_invitations, registrations};
use crate::store::{AccessCodeId, Db, EventId, QuotaId, RegistrationId, SessionId};

/// How many ranks each priority has. A rank is a number that rises with time, less so many of these as the priority says.
const BAND: i64 = 1 << 40;

/// The rank behind everybody who waits without priority. The event is locked, so nobody else gets the same, and nobody
/// gets it who comes back from another priority.
pub(super) fn next_rank(db: &mut Db, event: EventId) -> Result<i64> {
    let ranks = registrations::table
        .filter(registrations::event_id.eq(event))
        .filter(registrations::waitlist_rank.is_not_null())
        .select(registrations::waitlist_rank.assume_not_null());
    let last: Option<i64> = ranks.order(registrations::waitlist_rank.desc()).first(db).optional()?;
    let with_priority: Vec<i64> = ranks.filter(registrations::waitlist_rank.lt(0)).load(db)?;
    let numbers = with_priority.into_iter().chain(last).map(|rank| rank.rem_euclid(BAND));
    Ok(numbers.max().unwrap_or(0) + 1)
}

/// The priority of who has this rank.
pub(super) fn priority_of(rank: i64) -> i64 {
    -rank.div_euclid(BAND)
}

/// The rank of the same person with another priority.
pub(super) fn at_priority(rank: i64, priority: i64) -> i64 {
    rank.rem_euclid(BAND) - priority * BAND
}

/// The place of a registration among those who wait, from 1; none if it does not wait.
pub fn position(db: &mut Db, registration: &Registration) -> Result<Option<i64>> {
    let Some(rank) = registration.waitlist_rank else { return Ok(None) };
    let ahead: i64 = registrations::table
        .filter(registrations::event_id.eq(registration.event_id))
        .filter(registrations::waitlist_rank.le(rank))
        .count()
        .get_result(db)?;
    Ok(Some(ahead))
}

/// The place of everybody who waits for an event, from 1.
pub fn positions(db: &mut Db, event: EventId) -> Result<HashMap<RegistrationId, i64>> {
    let line: Vec<RegistrationId> = registrations::table
        .filter(registrations::event_id.eq(event))
        .filter(registrations::waitlist_rank.is_not_null())
        .order(registrations::waitlist_rank)
        .select(registrations::id)
        .load(db)?;
    Ok(line.into_iter().zip(1..).collect())
}

/// How many wait for each of these events.
pub fn waiting(db: &mut Db, events: &[EventId]) -> Result<Vec<(EventId, i64)>> {
    Ok(registrations::table
        .filter(registrations::event_id.eq_any(events))
        .filter(registrations::waitlist_rank.is_not_null())
        .group_by(registrations::event_id)
        .select((registrations::event_id, diesel::dsl::count_star()))
        .load(db)?)
}

/// How many of those who wait are looked at in one go.
const LOOK: i64 = 500;

/// Whether those who wait for an event still move up: until it begins.
pub(super) fn moves(event: &Event, now: Timestamp) -> bool {
    event.status == EventStatus::Published && now < event.starts_at
}

/// Gives free seats to those who wait, in their order, until there is no seat or nobody left; tells each by letter. Who
/// wants a part of the event that is full is passed by those behind who want another. The members of a group who wait move
/// together or not at all; smaller ones pass a group for which there are too few seats. Nobody moves up once the event has
/// begun. Whoever waits keeps their turn when the list takes nobody new any more. Returns how many moved.
pub fn move_up(db: &mut Db, by: &Actor, event: EventId, now: Timestamp) -> Result<usize> {
    let held = Held::by_id(db, event)?;
    if !moves(&held.event, now) {
        return Ok(0);
    }
    let types = if held.parts.is_empty() { Vec::new() } else { TicketType::of_event(db, event)? };
    let mut free = Free::of(db, &held)?;
    let (mut moved, mut behind, mut groups) = (0, i64::MIN, HashSet::new());
    while !free.nothing() {
        let waiting: Vec<Registration> = Registration::query()
            .filter(registrations::event_id.eq(event))
            .filter(registrations::waitlist_rank.gt(behind))
            .order(registrations::waitlist_rank)
            .limit(LOOK)
            .load(db)?;
        let Some(last) = waiting.last() else { break };
        behind = last.waitlist_rank.unwrap_or(i64::MAX);
        for party in parties(db, &held, waiting, &mut groups)? {
            if free.nothing() {
                break;
            }
            let to = |waits: &Waiting| goal(&held.event, &types, waits);
            let seats: Vec<&Waiting> = party.iter().filter(|waits| needs_seat(&held.event, to(waits).1)).collect();
            if free.take(&seats) {
                moved += party.len();
                for waits in party {
                    let way = to(&waits);
                    let_in(db, by, &held, waits.registration, way, now)?;
                }
            }
        }
    }
    Ok(moved)
}

/// Somebody who waits, and for which sessions.
pub(super) struct Waiting {
    pub registration: Registration,
    pub sessions: Vec<SessionId>,
    /// Whether the organizers have invited them by name: then nobody has to look at them.
    pub invited: bool,
}

/// Who waits, in parties that move together; of a group, all who wait, at the place of their first.
fn parties(
    db: &mut Db,
    held: &Held,
    waiting: Vec<Registration>,
    groups: &mut HashSet<RegistrationId>,
) -> Result<Vec<Vec<Waiting>>> {
    let mut parties = Vec::new();
    for next in waiting {
        match next.group_id {
            None => parties.push(vec![next]),
            Some(group) if groups.insert(group) => parties.push(waiting_in_group(db, group)?),
            Some(_) => {}
        }
    }
    let ids: Vec<RegistrationId> = parties.iter().flatten().map(|registration| registration.id).collect();
    let mut sessions = chosen(db, held, &ids)?;
    let invited = invited(db, held, &ids)?;
    let mut waits = |registration: Registration| Waiting {
        sessions: sessions.remove(&registration.id).unwrap_or_default(),
        invited: invited.contains(&registration.id),
        registration,
    };
    Ok(parties.into_iter().map(|party| party.into_iter().map(&mut waits).collect()).collect())
}

/// The party in which a registration waits: by itself, or with the others of its group who wait.
pub(super) fn party_of(db: &mut Db, held: &Held, registration: Registration) -> Result<Vec<Waiting>> {
    let mut parties = parties(db, held, vec![registration], &mut HashSet::new())?;
    Ok(parties.pop().unwrap_or_default())
}

fn waiting_in_group(db: &mut Db, group: RegistrationId) -> Result<Vec<Registration>> {
    Ok(Registration::query()
        .filter(registrations::group_id.eq(group))
        .filter(registrations::waitlist_rank.is_not_null())
        .order(registrations::waitlist_rank)
        .load(db)?)
}

fn chosen(
    db: &mut Db,
    held: &Held,
    registrations: &[RegistrationId],
) -> Result<HashMap<RegistrationId, Vec<SessionId>>> {
    if held.parts.is_empty() { Ok(HashMap::new()) } else { Registration::sessions_of_all(db, registrations) }
}

/// Which of these came by a personal invitation, where that makes a difference.
fn invited(db: &mut Db, held: &Held, registrations: &[RegistrationId]) -> Result<HashSet<RegistrationId>> {
    if registrations.is_empty() || (held.parts.is_empty() && !held.event.approval) {
        return Ok(HashSet::new());
    }
    let accepted = guest_invitations::table
        .filter(guest_invitations::event_id.eq(held.event.id))
        .filter(guest_invitations::registration_id.eq_any(registrations))
        .select(guest_invitations::registration_id.assume_not_null());
    Ok(accepted.load(db)?.into_iter().collect())
}

/// What becomes of somebody who moves up: who has to be approved first has not been yet.
pub(super) fn goal(event: &Event, types: &[TicketType], waits: &Waiting) -> (Transition, RegistrationStatus) {
    let kind = types.iter().find(|kind| Some(kind.id) == waits.registration.ticket_type_id);
    let wanted = if waits.invited { RegistrationStatus::Confirmed } else { wanted(event, kind) };
    match (wanted, event.waitlist) {
        (RegistrationStatus::Confirmed, Waitlist::Offer) => (Transition::Offer, RegistrationStatus::Offered),
        (wanted, _) => (Transition::Promote, wanted),
    }
}

fn let_in(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    mut next: Registration,
    way: (Transition, RegistrationStatus),
    now: Timestamp,
) -> Result<()> {
    if way.0 == Transition::Offer {
        let until = now.plus(TimeDelta::hours(held.event.offer_hours));
        next.expires_at = Some(until.min(held.event.starts_at));
    }
    change(db, by, held, next, way, Hand::default(), now).map(drop)
}

/// How many seats of each quota a party needs, beyond those that are kept for the code with which all of it came.
pub(super) fn needed<'a>(held: &'a Held, party: &[&Waiting], code: Option<&AccessCode>) -> Vec<(&'a Quota, i64)> {
    let mut needed: Vec<(&Quota, i64)> = Vec::new();
    for waits in party {
        for quota in held.quotas_of(waits.registration.ticket_type_id, &waits.sessions) {
            match needed.iter_mut().find(|(known, _)| known.id == quota.id) {
                Some((_, seats)) => *seats += 1,
                None => needed.push((quota, 1)),
            }
        }
    }
    if let Some(code) = code {
        let kept = code.left().min(i64::try_from(party.len()).unwrap_or(i64::MAX));
        let kept_in: Vec<QuotaId> = code.quotas(held).map(|quota| quota.id).collect();
        needed.iter_mut().filter(|(quota, _)| kept_in.contains(&quota.id)).for_each(|(_, seats)| *seats -= kept);
    }
    needed
}

/// The seats that are free, as they are given out.
struct Free<'a> {
    held: &'a Held,
    /// Of each quota that has a limit; fewer than none where more were let in.
    left: HashMap<QuotaId, i64>,
    /// The codes for which seats are kept and with which somebody waits.
    codes: HashMap<AccessCodeId, AccessCode>,
}

impl<'a> Free<'a> {
    fn of(db: &mut Db, held: &'a Held) -> Result<Self> {
        let quotas = std::iter::once(&held.seats).chain(&held.parts);
        let left = quotas.filter_map(|quota| Some((quota.id, quota.capacity? - quota.taken - quota.held))).collect();
        let codes = if held.seats.held > 0 { codes_of_waiting(db, held.event.id)? } else { HashMap::new() };
        Ok(Self { held, left, codes })
    }

    /// Whether there is nothing to give out: no seat at the event, for whoever needs one.
    fn nothing(&self) -> bool {
        let full = self.left.get(&self.held.seats.id).is_some_and(|left| *left <= 0);
        let kept = self.codes.values().any(|code| code.left() > 0);
        full && !kept && needs_seat(&self.held.event, RegistrationStatus::PendingApproval)
    }

    /// Takes a seat for each of these, or for none: first those that are kept for the code with which they came, which
    /// is the same for all of a party.
    fn take(&mut self, party: &[&Waiting]) -> bool {
        let code = party.first().and_then(|waits| waits.registration.access_code_id);
        let mut code = code.and_then(|code| self.codes.get_mut(&code));
        let needed = needed(self.held, party, code.as_deref());
        let enough = needed.iter().all(|(quota, seats)| self.left.get(&quota.id).is_none_or(|left| left >= seats));
        if enough {
            for (quota, seats) in &needed {
                self.left.entry(quota.id).and_modify(|left| *left -= seats);
            }
            if let Some(code) = &mut code {
                code.seated += i64::try_from(party.len()).unwrap_or(i64::MAX);
            }
        }
        enough
    }
}

fn codes_of_waiting(db: &mut Db, event: EventId) -> Result<HashMap<AccessCodeId, AccessCode>> {
    let waiting = registrations::table
        .filter(registrations::event_id.eq(event))
        .filter(registrations::waitlist_rank.is_not_null())
        .filter(registrations::access_code_id.is_not_null());
    let ids: Vec<AccessCodeId> = waiting.select(registrations::access_code_id.assume_not_null()).distinct().load(db)?;
    let codes = AccessCode::query().filter(access_codes::id.eq_any(ids)).filter(access_codes::reserved.gt(0));
    Ok(codes.load(db)?.into_iter().map(|code| (code.id, code)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_priority_comes_first_and_time_decides_among_equals() {
        let (first, second) = (1, 2);
        for priority in 0..=100 {
            let (a, b) = (at_priority(first, priority), at_priority(second, priority));
            assert!(a < b && b < at_priority(first, priority - 1), "{priority}");
            assert_eq!((priority_of(a), priority_of(b)), (priority, priority));
            assert_eq!((at_priority(a, 0), at_priority(b, 7)), (first, at_priority(second, 7)));
        }
    }
}
