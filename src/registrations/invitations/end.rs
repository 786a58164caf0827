//! Time is over for an invitation, or for the seat that is kept for it.

use diesel::prelude::*;

use super::revoke::close;
use super::{Invitation, InvitationState};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Held;
use crate::registrations::waitlist;
use crate::store::schema::guest_invitations;
use crate::store::{Db, EventId};

/// How many are ended in one transaction.
const BATCH: i64 = 500;

/// The events at which time is over for an invitation, or for a seat that is kept for one; at most a hundred.
pub fn due_invitations(db: &mut Db, now: Timestamp) -> Result<Vec<EventId>> {
    let unanswered = guest_invitations::table
        .filter(guest_invitations::state.eq(InvitationState::Invited))
        .filter(guest_invitations::expires_at.le(now))
        .select(guest_invitations::event_id)
        .distinct()
        .limit(100);
    let mut events: Vec<EventId> = unanswered.load(db)?;
    let kept = guest_invitations::table
        .filter(guest_invitations::keeps_seat.eq(true))
        .filter(guest_invitations::seat_until.le(now))
        .select(guest_invitations::event_id)
        .distinct()
        .limit(100);
    events.extend(kept.load::<EventId>(db)?);
    events.sort_unstable();
    events.dedup();
    Ok(events)
}

/// Ends the invitations to one event that nobody answered in time, and gives the seats whose time is over to those who
/// wait. Whoever comes first does it: it is read again under the event's lock. Returns how many that were.
pub fn end_invitations(db: &mut Db, event: EventId, now: Timestamp) -> Result<usize> {
    let held = Held::by_id(db, event)?;
    let over = guest_invitations::state.eq(InvitationState::Invited).and(guest_invitations::expires_at.le(now));
    let kept = guest_invitations::keeps_seat.eq(true).and(guest_invitations::seat_until.le(now));
    let due: Vec<Invitation> = Invitation::query()
        .filter(guest_invitations::event_id.eq(event))
        .filter(over.nullable().or(kept.nullable()))
        .order(guest_invitations::id)
        .limit(BATCH)
        .load(db)?;
    let (ended, mut free) = (due.len(), false);
    for mut invitation in due {
        if invitation.state_at(now) == InvitationState::Expired {
            free |= close(db, &Actor::SYSTEM, &held, &mut invitation, InvitationState::Expired, now)?;
        } else {
            free |= invitation.let_seat_go(db, &held)?;
            invitation.save(db, now)?;
            let (scope, id) = (held.event.scope(), invitation.id.uuid());
            audit::record(db, &Actor::SYSTEM, scope, "invitation.seat_released", id, now)?;
        }
    }
    if free {
        waitlist::move_up(db, &Actor::SYSTEM, event, now)?;
    }
    Ok(ended)
}
