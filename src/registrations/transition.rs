//! The states of a registration: from where to where, what the audit trail says of it, and which letter tells.
//!
//! Every change of a status goes through [`change`]: one deed, one row, one audit row, one message at most.

use diesel::prelude::*;
use diesel::upsert::excluded;
use serde_json::json;

use super::group::Heirs;
use super::{Registration, RegistrationRefusal, RegistrationStatus, reserve};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{Event, EventRefusal, EventStatus, Held, TicketType};
use crate::mail::{Message, MessageKind, outbox};
use crate::store::schema::registrations;
use crate::store::{Db, on_each_database};

use MessageKind as Letter;
use RegistrationStatus::{
    Cancelled, Confirmed, Expired, Offered, PendingApproval, PendingVerification, Rejected, Waitlisted,
};

/// Why a registration comes to another status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// It comes in.
    Place,
    /// Whoever has the mail has followed the link.
    Verify,
    /// Somebody has looked at it and said yes.
    Approve,
    /// Somebody has looked at it and said no.
    Reject,
    /// A seat is free, or an organizer wants it so.
    Promote,
    /// A seat is free and held for a while.
    Offer,
    /// The offered seat is taken.
    AcceptOffer,
    /// The offered seat is not wanted.
    DeclineOffer,
    /// Time is over.
    Expire,
    /// It is given up.
    Cancel,
    /// It was given up, and is wanted again.
    Restore,
}

use Transition::{AcceptOffer, Approve, Cancel, DeclineOffer, Expire, Offer, Place, Promote, Reject, Restore, Verify};

/// A way from a status to another; from nothing for what comes in.
struct Way(Transition, Option<RegistrationStatus>, RegistrationStatus, &'static str, Option<MessageKind>);

/// All ways that there are.
#[rustfmt::skip]
const WAYS: &[Way] = &[
    Way(Place,        None,                      PendingVerification, "registration.placed",         Some(Letter::Verify)),
    Way(Place,        None,                      PendingApproval,     "registration.placed",         Some(Letter::Pending)),
    Way(Place,        None,                      Confirmed,           "registration.placed",         Some(Letter::Confirmed)),
    Way(Place,        None,                      Waitlisted,          "registration.placed",         Some(Letter::Waitlisted)),
    Way(Verify,       Some(PendingVerification), PendingApproval,     "registration.verified",       Some(Letter::Pending)),
    Way(Verify,       Some(PendingVerification), Confirmed,           "registration.verified",       Some(Letter::Confirmed)),
    Way(Verify,       Some(PendingVerification), Waitlisted,          "registration.verified",       Some(Letter::Waitlisted)),
    Way(Approve,      Some(PendingApproval),     Confirmed,           "registration.approved",       Some(Letter::Approved)),
    Way(Reject,       Some(PendingApproval),     Rejected,            "registration.rejected",       Some(Letter::Rejected)),
    Way(Promote,      Some(Waitlisted),          PendingApproval,     "registration.promoted",       Some(Letter::Pending)),
    Way(Promote,      Some(Waitlisted),          Confirmed,           "registration.promoted",       Some(Letter::Promoted)),
    Way(Promote,      Some(Offered),             Confirmed,           "registration.promoted",       Some(Letter::Promoted)),
    Way(Offer,        Some(Waitlisted),          Offered,             "registration.offered",        Some(Letter::Offered)),
    Way(AcceptOffer,  Some(Offered),             Confirmed,           "registration.offer_accepted", Some(Letter::Confirmed)),
    Way(DeclineOffer, Some(Offered),             Cancelled,           "registration.offer_declined", Some(Letter::Cancelled)),
    Way(Expire,       Some(Offered),             Expired,             "registration.offer_expired",  Some(Letter::OfferExpired)),
    Way(Expire,       Some(PendingVerification), Expired,             "registration.expired",        None),
    Way(Cancel,       Some(PendingVerification), Cancelled,           "registration.cancelled",      None),
    Way(Cancel,       Some(PendingApproval),     Cancelled,           "registration.cancelled",      Some(Letter::Cancelled)),
    Way(Cancel,       Some(Confirmed),           Cancelled,           "registration.cancelled",      Some(Letter::Cancelled)),
    Way(Cancel,       Some(Waitlisted),          Cancelled,           "registration.cancelled",      Some(Letter::Cancelled)),
    Way(Cancel,       Some(Offered),             Cancelled,           "registration.cancelled",      Some(Letter::Cancelled)),
    Way(Restore,      Some(Cancelled),           Confirmed,           "registration.restored",       Some(Letter::Confirmed)),
    Way(Restore,      Some(Rejected),            Confirmed,           "registration.restored",       Some(Letter::Confirmed)),
    Way(Restore,      Some(Expired),             Confirmed,           "registration.restored",       Some(Letter::Confirmed)),
];

fn way(
    transition: Transition,
    from: Option<RegistrationStatus>,
    to: RegistrationStatus,
) -> Result<&'static Way, RegistrationRefusal> {
    WAYS.iter()
        .find(|way| way.0 == transition && way.1 == from && way.2 == to)
        .ok_or(RegistrationRefusal::NotNow { status: from.map_or("not there", RegistrationStatus::as_str) })
}

/// Whether a registration in this status holds a seat.
pub(super) fn needs_seat(event: &Event, status: RegistrationStatus) -> bool {
    match status {
        Confirmed | Offered => true,
        PendingApproval => event.pending_holds_seat,
        PendingVerification | Waitlisted | Cancelled | Rejected | Expired => false,
    }
}

/// How a change is made by hand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hand {
    /// Over the capacity, if need be.
    pub force: bool,
    /// Without a letter.
    pub silent: bool,
}

/// Leaves the trail and the letter of a registration that has just come in.
pub(super) fn placed(
    db: &mut Db,
    by: &Actor,
    event: &Event,
    placed: &Registration,
    hand: Hand,
    now: Timestamp,
) -> Result<()> {
    let Way(.., deed, letter) = way(Place, None, placed.status)?;
    tell(db, event, placed, *letter, hand, now)?;
    audit::record(db, by, event.scope(), deed, placed.id.uuid(), now)
}

/// The same of many that came in together.
pub(super) fn placed_together(
    db: &mut Db,
    by: &Actor,
    event: &Event,
    placed: &[Registration],
    hand: Hand,
    now: Timestamp,
) -> Result<()> {
    let (mut letters, mut told) = (Vec::new(), Vec::new());
    for one in placed {
        let Way(.., deed, letter) = way(Place, None, one.status)?;
        told.push((*deed, one.id.uuid(), None));
        let letter = letter.filter(|_| !hand.silent);
        letters.extend(letter.map(|kind| Message::new(kind, (Some(event.id), Some(one.id), None), &one.email, now)));
    }
    outbox::post_all(db, &letters)?;
    audit::record_all(db, by, event.scope(), told, now)
}

/// Brings a registration to another status: takes or gives back its seats, leaves the trail, and writes the letter.
///
/// `changed` is the registration as it shall be, but for status, seat, address key, rank and version, which follow. If it
/// led a group and leaves, the group goes to the next of it.
///
/// # Errors
/// `not_now` if there is no such way; `sold_out` if it needs a seat and none is free, `code_used_up` if it needs another
/// use of its code, unless by force; `already_registered` if the address has another live registration meanwhile.
pub(super) fn change(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    mut changed: Registration,
    (transition, to): (Transition, RegistrationStatus),
    hand: Hand,
    now: Timestamp,
) -> Result<Registration> {
    let event = &held.event;
    let Way(.., deed, letter) = way(transition, Some(changed.status), to)?;
    if to.is_live() && !changed.status.is_live() {
        let key = changed.address_key()?;
        if Registration::is_known(db, event.id, &key)? {
            return Err(RegistrationRefusal::AddressTaken.into());
        }
        changed.email_key = Some(key);
    }
    let needs_seat = needs_seat(event, to);
    let mut code = reserve::code_of(db, &changed)?;
    if let Some(code) = &mut code {
        code.used += i64::from(to.uses_code()) - i64::from(changed.status.uses_code());
        if to.uses_code() && !changed.status.uses_code() && code.is_overused() && !hand.force {
            return Err(RegistrationRefusal::CodeUsedUp.into());
        }
    }
    if needs_seat != changed.seated {
        let sessions = if held.parts.is_empty() { Vec::new() } else { Registration::sessions(db, changed.id)? };
        let quotas = held.quotas_of(changed.ticket_type_id, &sessions);
        if !needs_seat {
            reserve::give_back(db, held, quotas, code.as_mut())?;
        } else if !reserve::take(db, held, quotas, code.as_mut(), hand.force)? {
            return Err(RegistrationRefusal::SoldOut.into());
        }
    }
    if let Some(code) = &code {
        code.save_counts(db)?;
    }
    let heirs = if to.is_live() { None } else { Heirs::of(db, &changed)? };
    changed.group_id = heirs.as_ref().map_or(changed.group_id, |heirs| heirs.next);
    let from = std::mem::replace(&mut changed.status, to);
    changed.seated = needs_seat;
    if !to.is_live() {
        changed.email_key = None;
    }
    if to != Waitlisted {
        changed.waitlist_rank = None;
    }
    if !matches!(to, Offered | PendingVerification) {
        changed.expires_at = None;
    }
    let changed = write(db, changed, from, now)?;
    tell(db, event, &changed, *letter, hand, now)?;
    match changed.reason.as_ref().filter(|_| matches!(transition, Reject | Promote)) {
        Some(reason) => {
            let told = Changes::between(&json!({}), &json!({ "reason": reason }));
            audit::record_changes(db, by, event.scope(), deed, changed.id.uuid(), told, now)?;
        }
        None => audit::record(db, by, event.scope(), deed, changed.id.uuid(), now)?,
    }
    if let Some(heirs) = heirs {
        heirs.take_over(db, by, held, now)?;
    }
    Ok(changed)
}

/// The status to which a wish comes that gets a seat.
pub(super) fn wanted(event: &Event, ticket_type: Option<&TicketType>) -> RegistrationStatus {
    if event.approval || ticket_type.is_some_and(|kind| kind.approval) { PendingApproval } else { Confirmed }
}

/// Whether there is still something to decide about an event's registrations.
///
/// # Errors
/// `event_cancelled`, `event_ended`.
pub(super) fn still_on(event: &Event, now: Timestamp) -> Result<()> {
    if event.status == EventStatus::Cancelled {
        return Err(EventRefusal::EventCancelled.into());
    }
    if now >= event.ends_at {
        return Err(RegistrationRefusal::EventEnded.into());
    }
    Ok(())
}

/// Writes a changed registration down, as its next version. Its status stays: that is for [`change`] alone.
pub(super) fn save(db: &mut Db, changed: Registration, now: Timestamp) -> Result<Registration> {
    let status = changed.status;
    write(db, changed, status, now)
}

fn write(db: &mut Db, mut changed: Registration, from: RegistrationStatus, now: Timestamp) -> Result<Registration> {
    changed.updated_at = now;
    changed.version += 1;
    changed.answers_key = Registration::answers_key_of(changed.answers.as_ref());
    let before = registrations::table
        .filter(registrations::id.eq(changed.id))
        .filter(registrations::version.eq(changed.version - 1))
        .filter(registrations::status.eq(from));
    match on_each_database!(db, |c| diesel::update(before).set(&changed).execute(c))? {
        1 => Ok(changed),
        _ => Err(Error::Busy),
    }
}

/// Writes many changed registrations down, which were read under the lock of their event, each as its next version. Their
/// statuses stay.
pub(super) fn save_together(db: &mut Db, mut changed: Vec<Registration>, now: Timestamp) -> Result<()> {
    use crate::store::schema::registrations::columns as r;
    if changed.is_empty() {
        return Ok(());
    }
    for one in &mut changed {
        one.updated_at = now;
        one.version += 1;
        one.answers_key = Registration::answers_key_of(one.answers.as_ref());
    }
    // All of them are there: none is inserted. It is how rows are changed in one statement, each in its way.
    let edited = (
        (r::first_name.eq(excluded(r::first_name)), r::last_name.eq(excluded(r::last_name))),
        (r::organization.eq(excluded(r::organization)), r::job_title.eq(excluded(r::job_title))),
        (r::phone.eq(excluded(r::phone)), r::country.eq(excluded(r::country)), r::locale.eq(excluded(r::locale))),
        (r::external_ref.eq(excluded(r::external_ref)), r::via_organization_id.eq(excluded(r::via_organization_id))),
        (r::answers.eq(excluded(r::answers)), r::answers_key.eq(excluded(r::answers_key))),
        (r::note.eq(excluded(r::note)), r::tags.eq(excluded(r::tags)), r::search_key.eq(excluded(r::search_key))),
        (r::updated_at.eq(excluded(r::updated_at)), r::version.eq(excluded(r::version))),
    );
    on_each_database!(db, |c| diesel::insert_into(registrations::table)
        .values(&changed)
        .on_conflict(r::id)
        .do_update()
        .set(edited)
        .execute(c))?;
    Ok(())
}

fn tell(
    db: &mut Db,
    event: &Event,
    about: &Registration,
    letter: Option<MessageKind>,
    hand: Hand,
    now: Timestamp,
) -> Result<()> {
    match letter {
        Some(kind) if !hand.silent => outbox::post(db, kind, event.id, about.id, &about.email, now),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_way_stands_twice() {
        for Way(transition, from, to, ..) in WAYS {
            let same = WAYS.iter().filter(|way| way.0 == *transition && way.1 == *from && way.2 == *to);
            assert_eq!(same.count(), 1, "{transition:?} {from:?} {to:?}");
        }
    }

    #[test]
    fn every_status_can_be_reached_and_every_live_one_be_left() {
        for status in RegistrationStatus::ALL {
            assert!(WAYS.iter().any(|way| way.2 == *status), "nothing leads to {status}");
            let cancelled = WAYS.iter().any(|way| way.0 == Cancel && way.1 == Some(*status));
            assert_eq!(cancelled, status.is_live(), "{status}");
        }
    }
}
