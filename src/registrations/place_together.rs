//! Many register at once: what each of them needs is looked up and written for all of them in a few statements.

use std::collections::HashMap;

use diesel::prelude::*;

use super::consents::MOST_ROWS;
use super::party::{Member, Party};
use super::place::{Comer, Placing, Wish};
use super::transition::{self, Hand, needs_seat, wanted};
use super::{RegistrationStatus, consents, seats};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{EventStatus, Held, RegistrationMode};
use crate::store::schema::{registration_sessions, registrations};
use crate::store::{Db, QuotaId, RegistrationId, on_each_database};

/// Registers some hundred people for an event that is held, who are vouched for and come alone and without a code: as
/// [`super::place`] would one after the other. False if anything stands in the way of any of them, be it that the last
/// seats are among those that they need: then nothing is done, and who wants to know why places them one by one.
pub fn place_together(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    wishes: &[Wish],
    hand: Hand,
    now: Timestamp,
) -> Result<bool> {
    if !is_open(held, wishes, hand, now) || somebody_is_known(db, held, wishes)? {
        return Ok(false);
    }
    let Some(comers) = checked(db, held, wishes, hand, now)? else { return Ok(false) };
    if !take_seats(db, held, &comers)? {
        return Ok(false);
    }
    let mut placed = Vec::with_capacity(comers.len());
    let (mut sessions, mut given) = (Vec::new(), Vec::new());
    for (wish, Coming { member, status }) in wishes.iter().zip(comers) {
        let comer = Comer {
            id: RegistrationId::new(),
            wish: wish.clone(),
            choice: member.choice,
            answers: member.said.answers,
        };
        let chosen = comer.choice.sessions.clone();
        let row = Placing { event: &held.event, status, waitlist_rank: None, group: None, code: None, now }.row(comer);
        sessions.extend(chosen.into_iter().map(|session| {
            (
                registration_sessions::registration_id.eq(row.id),
                registration_sessions::session_id.eq(session),
                registration_sessions::event_id.eq(row.event_id),
            )
        }));
        given.extend(consents::rows(&row, &member.said.consents, now));
        placed.push(row);
    }
    on_each_database!(db, |c| diesel::insert_into(registrations::table).values(&placed).execute(c))?;
    for some in sessions.chunks(MOST_ROWS) {
        on_each_database!(db, |c| diesel::insert_into(registration_sessions::table).values(some).execute(c))?;
    }
    consents::insert_all(db, &given)?;
    transition::placed_together(db, by, &held.event, &placed, hand, now)?;
    Ok(true)
}

/// Somebody who comes, and to which status.
struct Coming {
    member: Member,
    status: RegistrationStatus,
}

fn is_open(held: &Held, wishes: &[Wish], hand: Hand, now: Timestamp) -> bool {
    let event = &held.event;
    let open = (hand.force && event.status == EventStatus::Published) || event.open_for_registration(now).is_ok();
    event.registration_mode == RegistrationMode::BuiltIn && open && wishes.iter().all(|wish| wish.vouched)
}

fn somebody_is_known(db: &mut Db, held: &Held, wishes: &[Wish]) -> Result<bool> {
    let mut keys: Vec<String> = wishes.iter().map(|wish| wish.attendee.email.key()).collect();
    let known = registrations::table
        .filter(registrations::event_id.eq(held.event.id))
        .filter(registrations::email_key.eq_any(&keys));
    if known.count().get_result::<i64>(db)? > 0 {
        return Ok(true);
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys.len() != wishes.len())
}

/// What each of them has chosen and said; none if any of it is wrong.
fn checked(db: &mut Db, held: &Held, wishes: &[Wish], hand: Hand, now: Timestamp) -> Result<Option<Vec<Coming>>> {
    let mut comers = Vec::with_capacity(wishes.len());
    for wish in wishes {
        let party = Party::of(wish.clone());
        let mut members = match party.check(db, held, None, now) {
            Ok((members, _)) => members,
            Err(Error::Invalid(_)) => return Ok(None),
            Err(other) => return Err(other),
        };
        let Some(member) = members.pop() else { return Ok(None) };
        let kind = member.choice.ticket_type.as_ref();
        if kind.is_some_and(|kind| !hand.force && kind.open_for_registration(now).is_err()) {
            return Ok(None);
        }
        let status = wanted(&held.event, kind);
        comers.push(Coming { member, status });
    }
    Ok(Some(comers))
}

/// Takes the seats that all of them need; none if there are not enough.
fn take_seats(db: &mut Db, held: &Held, comers: &[Coming]) -> Result<bool> {
    let mut needed: HashMap<QuotaId, i64> = HashMap::new();
    for Coming { member, .. } in comers.iter().filter(|one| needs_seat(&held.event, one.status)) {
        for quota in member.choice.quotas(held) {
            *needed.entry(quota.id).or_default() += 1;
        }
    }
    let mut taken = Vec::new();
    for (quota, seats) in needed {
        if !seats::take_free(db, quota, seats)? {
            for (quota, seats) in taken {
                seats::give_free_back(db, quota, seats)?;
            }
            return Ok(false);
        }
        taken.push((quota, seats));
    }
    Ok(true)
}
