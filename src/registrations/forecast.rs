//! What would become of wishes, one after the other, if they were placed now: nothing is written, nothing is held.

use std::collections::HashMap;

use super::party::Party;
use super::transition::{needs_seat, wanted};
use super::{RegistrationRefusal, RegistrationStatus, Wish};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{EventStatus, Held, RegistrationMode, Waitlist};
use crate::store::{Db, QuotaId};

/// Places wishes in thought.
pub struct Forecast<'a> {
    seen: &'a Held,
    /// How many seats are left of each quota that has an end.
    left: HashMap<QuotaId, i64>,
    force: bool,
    now: Timestamp,
}

impl<'a> Forecast<'a> {
    /// For an event as it is now; by `force`, over the capacity and outside the time of registration.
    ///
    /// # Errors
    /// As placing has them for whomever: `registration_elsewhere`, `registration_closed`, `event_cancelled`, ….
    pub fn of(seen: &'a Held, force: bool, now: Timestamp) -> Result<Self> {
        let event = &seen.event;
        if event.registration_mode != RegistrationMode::BuiltIn {
            return Err(RegistrationRefusal::Elsewhere { url: event.external_url.clone() }.into());
        }
        if !(force && event.status == EventStatus::Published) {
            event.open_for_registration(now)?;
        }
        let quotas = std::iter::once(&seen.seats).chain(&seen.parts);
        let left = quotas.filter_map(|quota| Some((quota.id, quota.available()?))).collect();
        Ok(Self { seen, left, force, now })
    }

    /// The status to which a wish of an organizer would come; its seats count as taken from now on. Whether the address is
    /// known is not looked at.
    ///
    /// # Errors
    /// `sold_out`, `registration_closed` for its ticket type; `Invalid`, with everything that is wrong.
    pub fn place(&mut self, db: &mut Db, wish: &Wish) -> Result<RegistrationStatus> {
        let party = Party::of(wish.clone());
        let (members, _) = party.check(db, self.seen, None, self.now)?;
        let Some(choice) = members.first().map(|member| &member.choice) else {
            return Ok(RegistrationStatus::Confirmed);
        };
        if let Some(kind) = choice.ticket_type.as_ref().filter(|_| !self.force) {
            kind.open_for_registration(self.now)?;
        }
        let status = wanted(&self.seen.event, choice.ticket_type.as_ref());
        if !needs_seat(&self.seen.event, status) {
            return Ok(status);
        }
        let quotas: Vec<QuotaId> = choice.quotas(self.seen).map(|quota| quota.id).collect();
        let is_full = |quota: &QuotaId| self.left.get(quota).is_some_and(|left| *left <= 0);
        if !self.force && quotas.iter().any(is_full) {
            return match self.seen.event.waitlist {
                Waitlist::Off => Err(RegistrationRefusal::SoldOut.into()),
                Waitlist::Auto | Waitlist::Offer => Ok(RegistrationStatus::Waitlisted),
            };
        }
        for quota in quotas {
            self.left.entry(quota).and_modify(|left| *left -= 1);
        }
        Ok(status)
    }
}
