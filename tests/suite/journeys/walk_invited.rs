//! What has become of the invitations to an event, and what holds of them at any time.

use std::collections::HashMap;

use diesel::prelude::*;
use turnout::clock::Timestamp;
use turnout::error::Result as Found;
use turnout::events::{Held, Quota};
use turnout::mail::MessageKind;
use turnout::registrations::InvitationState::{self, Accepted, Declined, Expired, Revoked};
use turnout::registrations::{Invitation, Registration};
use turnout::store::schema::{audit, guest_invitations, messages};
use turnout::store::{Db, EventId, GuestInvitationId, RegistrationId};

use super::walk_standing::{count, grouped, holds};

/// Everybody who was invited, and everything that was written about that.
pub(super) struct Invited {
    invitations: Vec<Invitation>,
    letters: HashMap<GuestInvitationId, Vec<MessageKind>>,
    trail: HashMap<GuestInvitationId, Vec<String>>,
}

impl Invited {
    /// Those of an event.
    pub(super) fn of(db: &mut Db, event: EventId) -> Found<Self> {
        let letters: Vec<(turnout::store::Id<()>, MessageKind)> = messages::table
            .filter(messages::event_id.eq(event))
            .filter(messages::kind.eq(MessageKind::Invitation))
            .select((messages::about_id.assume_not_null(), messages::kind))
            .load(db)?;
        let letters = letters.into_iter().map(|(id, kind)| (id.uuid().into(), kind)).collect();
        let trail: Vec<(GuestInvitationId, String)> = audit::table
            .filter(audit::event_id.eq(event))
            .filter(audit::deed.like("invitation.%"))
            .order(audit::id)
            .select((audit::subject_id.assume_not_null(), audit::deed))
            .load(db)?;
        let trail = trail.into_iter().map(|(id, deed)| (id, deed["invitation.".len()..].to_owned())).collect();
        let invitations = Invitation::query().filter(guest_invitations::event_id.eq(event)).load(db)?;
        Ok(Self { invitations, letters: grouped(letters), trail: grouped(trail) })
    }

    /// Whether somebody came by an invitation.
    pub(super) fn brought(&self, registration: RegistrationId) -> bool {
        self.invitations.iter().any(|one| one.registration_id == Some(registration))
    }

    /// How many seats of a quota are kept for those who have not answered.
    pub(super) fn kept_in(&self, held: &Held, quota: &Quota) -> i64 {
        let under =
            |one: &&Invitation| held.quotas_of(one.ticket_type_id, &one.sessions.0).any(|under| under.id == quota.id);
        count(self.invitations.iter().filter(|one| one.keeps_seat).filter(under))
    }

    /// What holds at any time.
    pub(super) fn check(&self, now: Timestamp, people: &[Registration], in_order: bool) -> Result<(), String> {
        for one in &self.invitations {
            let told = || format!("{one:?} with {:?} and {:?}", self.trail.get(&one.id), self.letters.get(&one.id));
            let open = one.state == InvitationState::Invited;
            holds(open || !one.keeps_seat, || format!("a seat is kept for who has answered: {}", told()))?;
            holds(one.seat_until.is_none_or(|until| until <= one.expires_at), || format!("kept too long: {}", told()))?;
            let same = |other: &&Invitation| {
                other.state == InvitationState::Invited && other.email_key == one.email_key && other.id != one.id
            };
            holds(!open || !self.invitations.iter().any(|other| same(&other)), || format!("asked twice: {}", told()))?;
            let theirs = one.registration_id.is_some_and(|id| people.iter().any(|person| person.id == id));
            holds(theirs == (one.state == Accepted), || format!("a yes is a registration: {}", told()))?;
            holds(one.created_at <= now && one.answered_at.is_none_or(|at| at <= now), || format!("when: {}", told()))?;
            self.is_written_down(one, in_order).map_err(|fault| format!("{fault}: {}", told()))?;
        }
        Ok(())
    }

    /// Each change has its row, and each letter too; a yes is the last word.
    fn is_written_down(&self, one: &Invitation, in_order: bool) -> Result<(), String> {
        let rows = self.trail.get(&one.id).map(Vec::as_slice).unwrap_or_default();
        let number = |deed: &str| count(rows.iter().filter(|row| *row == deed));
        let letters = count(self.letters.get(&one.id).into_iter().flatten());
        holds(letters == number("sent") + number("resent"), || "a letter for each time they were asked".to_owned())?;
        holds(number("sent") == 1 && number("accepted") <= 1, || "asked and answered once".to_owned())?;
        // To be erased is told of the person whose registration it is.
        let erased = i64::from(one.email.ends_with("@erased.invalid"));
        holds(count(rows.iter()) + erased == one.version, || "a row for each change".to_owned())?;
        if !in_order {
            // Two processes make ids by their own clocks.
            return Ok(());
        }
        let mut state = None;
        for row in rows {
            state = match (row.as_str(), state) {
                ("sent", None) | ("resent", Some(InvitationState::Invited | Expired)) => Some(InvitationState::Invited),
                ("seat_released", Some(InvitationState::Invited)) => state,
                ("accepted", Some(InvitationState::Invited | Declined)) => Some(Accepted),
                ("declined", Some(InvitationState::Invited)) => Some(Declined),
                ("revoked", Some(InvitationState::Invited)) => Some(Revoked),
                ("expired", Some(InvitationState::Invited)) => Some(Expired),
                (deed, state) => return Err(format!("{deed} where it was {state:?}")),
            };
        }
        holds(state == Some(one.state), || format!("it would be {state:?}"))
    }
}
