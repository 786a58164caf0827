//! How an event stands, and what holds of that at any time.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use diesel::prelude::*;
use turnout::clock::Timestamp;
use turnout::events::{AccessCode, Event, Held, Quota, TicketType};
use turnout::mail::MessageKind;
use turnout::registrations::RegistrationStatus::{
    self, Cancelled, Confirmed, Expired, Offered, PendingApproval, PendingVerification, Rejected, Waitlisted,
};
use turnout::registrations::{Filter, Registration};
use turnout::store::schema::{access_codes, audit, messages, registration_sessions};
use turnout::store::{EventId, QuotaId, RegistrationId, SessionId, Store};

use super::walk_invited::Invited;
use super::walk_trail::explained;

/// An event, its people, and everything that was written about them.
pub(super) struct Standing {
    event: Event,
    held: Held,
    types: Vec<TicketType>,
    codes: Vec<AccessCode>,
    people: Vec<Registration>,
    sessions: HashMap<RegistrationId, Vec<SessionId>>,
    letters: HashMap<RegistrationId, Vec<MessageKind>>,
    trail: HashMap<RegistrationId, Vec<String>>,
    invited: Invited,
}

impl Standing {
    /// How an event stands now.
    pub(super) fn of(store: &Store, event: EventId) -> Self {
        let read = store.read_here(|db| {
            let found = Event::find(db, event)?;
            let chosen: Vec<(RegistrationId, SessionId)> = registration_sessions::table
                .filter(registration_sessions::event_id.eq(event))
                .select((registration_sessions::registration_id, registration_sessions::session_id))
                .load(db)?;
            let letters: Vec<(RegistrationId, MessageKind)> = messages::table
                .filter(messages::event_id.eq(event))
                .filter(messages::registration_id.is_not_null())
                .order(messages::id)
                .select((messages::registration_id.assume_not_null(), messages::kind))
                .load(db)?;
            let trail: Vec<(RegistrationId, String)> = audit::table
                .filter(audit::event_id.eq(event))
                .filter(audit::deed.like("registration.%"))
                .order(audit::id)
                .select((audit::subject_id.assume_not_null(), audit::deed))
                .load(db)?;
            let trail = trail.into_iter().map(|(id, deed)| (id, deed["registration.".len()..].to_owned())).collect();
            Ok(Self {
                held: Held::seen(db, found.clone())?,
                types: TicketType::of_event(db, event)?,
                codes: AccessCode::query().filter(access_codes::event_id.eq(event)).load(db)?,
                people: Filter::default().after(db, event, None, 10_000)?,
                sessions: grouped(chosen),
                letters: grouped(letters),
                trail: grouped(trail),
                invited: Invited::of(db, event)?,
                event: found,
            })
        });
        read.unwrap()
    }

    /// How many came.
    pub(super) fn people(&self) -> usize {
        self.people.len()
    }

    /// What holds at any time; which changes of a status have come about.
    pub(super) fn check(&self, now: Timestamp, in_order: bool) -> Result<BTreeSet<String>, String> {
        self.seats_add_up()?;
        self.codes_add_up()?;
        self.addresses_are_claimed_once()?;
        for one in &self.people {
            self.agrees_with_its_status(one)?;
        }
        if now < self.event.starts_at {
            self.nobody_waits_in_vain()?;
        }
        self.invited.check(now, &self.people, in_order)?;
        let mut seen = BTreeSet::new();
        for one in &self.people {
            seen.extend(self.is_written_down(one, in_order)?);
        }
        Ok(seen)
    }

    fn quotas(&self) -> impl Iterator<Item = &Quota> {
        std::iter::once(&self.held.seats).chain(&self.held.parts)
    }

    fn seats_add_up(&self) -> Result<(), String> {
        for quota in self.quotas() {
            let most = quota.capacity.map(|capacity| capacity + quota.allowed);
            holds(most.is_none_or(|most| quota.taken <= most), || format!("over its capacity: {quota:?}"))?;
            let seated = self.people.iter().filter(|one| one.seated && self.stands_under(one).contains(&quota.id));
            let (seated, kept) = (count(seated), self.kept_in(quota));
            holds((quota.taken, quota.held) == (seated, kept), || {
                format!("{seated} seated, {kept} kept for codes and invitations: {quota:?}")
            })?;
        }
        Ok(())
    }

    fn kept_in(&self, quota: &Quota) -> i64 {
        let keeps = self.codes.iter().filter(|code| code.quotas(&self.held).any(|one| one.id == quota.id));
        keeps.map(|code| (code.reserved - code.seated).max(0)).sum::<i64>() + self.invited.kept_in(&self.held, quota)
    }

    fn codes_add_up(&self) -> Result<(), String> {
        for code in &self.codes {
            let came = || self.people.iter().filter(|one| one.access_code_id == Some(code.id));
            let used =
                count(came().filter(|one| !matches!(one.status, PendingVerification | Cancelled | Rejected | Expired)));
            let seated = count(came().filter(|one| one.seated));
            holds((code.used, code.seated) == (used, seated), || format!("{used} came, {seated} seated: {code:?}"))?;
        }
        Ok(())
    }

    /// By how many more than there are: seats taken or kept of each quota, and uses of each code.
    fn excess(&self) -> (HashMap<QuotaId, i64>, HashMap<turnout::store::AccessCodeId, i64>) {
        let over = |quota: &Quota| {
            let excess = quota.capacity.map_or(0, |capacity| (quota.taken + quota.held - capacity).max(0));
            (quota.id, excess)
        };
        let uses = |code: &AccessCode| (code.id, code.max_uses.map_or(0, |most| (code.used - most).max(0)));
        (self.quotas().map(over).collect(), self.codes.iter().map(uses).collect())
    }

    /// Nothing was let in beyond what there is since `before`: for deeds without force.
    pub(super) fn exceeds_no_more_than(&self, before: &Self, revised_code: bool) -> Result<(), String> {
        let ((seats, uses), (seats_before, uses_before)) = (self.excess(), before.excess());
        for (quota, excess) in seats {
            holds(excess <= seats_before[&quota], || {
                format!("more were let in than there are seats: {:?}", self.held)
            })?;
        }
        for (code, excess) in uses {
            holds(revised_code || excess <= uses_before[&code], || format!("a code was overused: {:?}", self.codes))?;
        }
        Ok(())
    }

    fn addresses_are_claimed_once(&self) -> Result<(), String> {
        let live: Vec<&Registration> = self.people.iter().filter(|one| is_live(one.status)).collect();
        let addresses: BTreeSet<String> = live.iter().map(|one| one.email.to_lowercase()).collect();
        holds(addresses.len() == live.len(), || format!("an address has two live registrations: {live:?}"))
    }

    fn agrees_with_its_status(&self, one: &Registration) -> Result<(), String> {
        holds(one.waitlist_rank.is_some() == (one.status == Waitlisted), || format!("its place: {one:?}"))?;
        let ends = matches!(one.status, Offered | PendingVerification);
        holds(one.expires_at.is_some() == ends, || format!("its end: {one:?}"))?;
        holds(one.seated == self.needs_seat(one.status), || format!("its seat: {one:?}"))?;
        // Who is erased once the event is over keeps their status for the numbers, and gives up their address.
        let claims = is_live(one.status) && !(one.is_erased() && self.event.ends_at <= one.updated_at);
        holds(one.email_key.is_some() == claims, || format!("its address: {one:?}"))
    }

    fn stands_under(&self, one: &Registration) -> Vec<QuotaId> {
        let sessions = self.sessions.get(&one.id).map(Vec::as_slice).unwrap_or_default();
        self.held.quotas_of(one.ticket_type_id, sessions).map(|quota| quota.id).collect()
    }

    fn needs_seat(&self, status: RegistrationStatus) -> bool {
        match status {
            Confirmed | Offered => true,
            PendingApproval => self.event.pending_holds_seat,
            _ => false,
        }
    }

    fn nobody_waits_in_vain(&self) -> Result<(), String> {
        let mut parties: HashMap<RegistrationId, Vec<&Registration>> = HashMap::new();
        for one in self.people.iter().filter(|one| one.status == Waitlisted) {
            parties.entry(one.group_id.unwrap_or(one.id)).or_default().push(one);
        }
        for party in parties.values() {
            let needed = self.needed_by(party);
            let short = self.quotas().any(|quota| {
                let needed = needed.get(&quota.id).copied().unwrap_or(0);
                quota.capacity.is_some_and(|capacity| capacity - quota.taken - quota.held < needed)
            });
            holds(short, || format!("there are seats for {party:?} in {:?} with {:?}", self.held, self.codes))?;
        }
        Ok(())
    }

    /// How many seats a party needs beyond those that are kept for its code.
    fn needed_by(&self, party: &[&Registration]) -> HashMap<QuotaId, i64> {
        let goes_to = |one: &Registration| {
            let kind = self.types.iter().find(|kind| Some(kind.id) == one.ticket_type_id);
            let approval = self.event.approval || kind.is_some_and(|kind| kind.approval);
            if approval && !self.invited.brought(one.id) { PendingApproval } else { Confirmed }
        };
        let seated: Vec<_> = party.iter().filter(|one| self.needs_seat(goes_to(one))).collect();
        let mut needed: HashMap<QuotaId, i64> = HashMap::new();
        for quota in seated.iter().flat_map(|one| self.stands_under(one)) {
            *needed.entry(quota).or_default() += 1;
        }
        let code = seated.first().and_then(|one| one.access_code_id);
        if let Some(code) = self.codes.iter().find(|known| Some(known.id) == code) {
            let kept = (code.reserved - code.seated).max(0).min(count(seated.iter()));
            for quota in code.quotas(&self.held) {
                needed.entry(quota.id).and_modify(|seats| *seats -= kept);
            }
        }
        needed
    }

    /// Each change of somebody has its row and its letter, and no letter was written that tells nothing.
    fn is_written_down(&self, one: &Registration, in_order: bool) -> Result<Vec<String>, String> {
        let rows = self.trail.get(&one.id).cloned().unwrap_or_default();
        let letters = self.letters.get(&one.id).cloned().unwrap_or_default();
        let saved = rows.iter().filter(|deed| !matches!(deed.as_str(), "asked_again" | "letter_resent"));
        holds(count(saved) == one.version, || format!("a row for each change: {rows:?} of {one:?}"))?;
        let mut way = explained(None, &rows, &letters, one.status, 1);
        if way.is_none() && !in_order {
            // Two processes make ids by their own clocks: what they wrote in the same millisecond may change places.
            way = explained(None, &rows, &letters, one.status, 2);
        }
        way.ok_or_else(|| format!("{rows:?} with {letters:?} do not lead to {one:?}"))
    }
}

fn is_live(status: RegistrationStatus) -> bool {
    !matches!(status, Cancelled | Rejected | Expired)
}

pub(super) fn grouped<K: Eq + Hash, T>(rows: Vec<(K, T)>) -> HashMap<K, Vec<T>> {
    let mut grouped: HashMap<K, Vec<T>> = HashMap::new();
    for (id, row) in rows {
        grouped.entry(id).or_default().push(row);
    }
    grouped
}

pub(super) fn count<T>(rows: impl Iterator<Item = T>) -> i64 {
    i64::try_from(rows.count()).unwrap()
}

pub(super) fn holds(it: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if it { Ok(()) } else { Err(otherwise()) }
}
