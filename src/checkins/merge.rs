//! What happened while nobody could ask us is written down, all of it, and judged afterwards.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::admit::answer_again;
use super::answered::Reader;
use super::judge::{Holder, standing};
use super::numbers::list_status;
use super::room::Room;
use super::scan::{device, earliest};
use super::{
    CheckIn, CheckInResult, CheckInSource, Direction, Reason, Scan, Shown, Status, Story, Tally, Verdict, VerdictResult,
};
use crate::access::Caller;
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Held;
use crate::registrations::{self, Answers, Given, Registration};
use crate::store::{CheckInId, CheckInListId, Db, RegistrationId};
use crate::values::Fault;

/// Something that a device, or somebody with a list on paper, has decided already.
#[derive(Debug, Clone)]
pub struct Fact {
    /// What was scanned or typed.
    pub scan: Scan,
    /// Which way they went.
    pub direction: Direction,
    /// The scanner's own name for it: the same one is the same fact.
    pub nonce: String,
    /// When it happened, by our clock.
    pub at: Timestamp,
    /// Why the device turned them away, if it did.
    pub refused: Option<Reason>,
    /// What staff asked, by the keys of the questions, or why that cannot be read.
    pub answers: Option<Result<Answers, Fault>>,
}

/// How far a device's clock is from ours: what to add to its times.
///
/// Less than five seconds is as likely the way between us as the clock, and is left alone; more is rounded to a second, so
/// that two batches of one device are not moved against each other.
pub fn skew(sent_at: Option<Timestamp>, now: Timestamp) -> TimeDelta {
    let seconds = sent_at.map_or(0, |sent_at| (now.micros() - sent_at.micros() + 500_000).div_euclid(1_000_000));
    if seconds.abs() < 5 { TimeDelta::zero() } else { TimeDelta::seconds(seconds) }
}

/// Writes facts down at a list of an event that is held, and judges them as if each had been heard of when it happened.
/// Nothing is dropped: whoever was let in was let in, and is a conflict if something speaks against it. Returns a verdict
/// for each fact, in their order; one that we knew already has its verdict again.
pub fn merge(
    db: &mut Db,
    by: &Caller,
    held: &Held,
    list: CheckInListId,
    (source, facts): (CheckInSource, &[Fact]),
    now: Timestamp,
) -> Result<Vec<Verdict>> {
    let room = Room::of(db, held.event.id, list)?;
    let device = device(by);
    let nonces: Vec<&str> = facts.iter().map(|fact| fact.nonce.as_str()).collect();
    let known = CheckIn::by_nonces(db, list, &device, &nonces)?;
    let mut merge = Merge {
        by: by.actor(),
        held,
        room,
        device,
        source,
        now,
        reader: Reader::of(db, held.event.id, facts)?,
        rows: HashMap::new(),
        changes: Vec::new(),
        denied: 0,
    };
    // In the order in which they happened; of two with one nonce, the first one in the request is the fact.
    let mut order: Vec<usize> = (0..facts.len()).filter(|place| !known.contains_key(&facts[*place].nonce)).collect();
    let mut seen = std::collections::HashSet::new();
    order.retain(|place| seen.insert(facts[*place].nonce.as_str()));
    order.sort_by_key(|place| (facts[*place].at, *place));
    let found = Scan::find_all(db, held.event.id, facts.iter().map(|fact| &fact.scan))?;
    let mut people: Vec<(Registration, Vec<usize>)> = Vec::new();
    let mut place_of: HashMap<RegistrationId, usize> = HashMap::new();
    for place in order {
        match found.of(&facts[place].scan) {
            Err(reason) => merge.stranger(db, &facts[place], reason)?,
            Ok(registration) => {
                let next = people.len();
                let at = *place_of.entry(registration.id).or_insert(next);
                if at == next {
                    people.push((registration, Vec::new()));
                }
                people[at].1.push(place);
            }
        }
    }
    merge.people(db, facts, &people)?;
    merge.answer(db, facts, &known)
}

struct Merge<'a> {
    by: Actor,
    held: &'a Held,
    room: Room,
    device: String,
    source: CheckInSource,
    now: Timestamp,
    reader: Reader,
    /// What was written now, by nonce, with whose it is.
    rows: HashMap<String, Written>,
    changes: Vec<Tally>,
    denied: i64,
}

struct Written {
    row: CheckIn,
    registration: Option<Registration>,
    repeats: Option<CheckIn>,
    first_entry_at: Option<Timestamp>,
}

impl Merge<'_> {
    fn row(&self, fact: &Fact, registration: Option<RegistrationId>) -> CheckIn {
        CheckIn {
            id: CheckInId::new(),
            list_id: self.room.list().id,
            event_id: self.held.event.id,
            registration_id: registration,
            direction: fact.direction,
            result: if fact.refused.is_some() { CheckInResult::Denied } else { CheckInResult::Accepted },
            reason: fact.refused,
            visit: None,
            device: self.device.clone(),
            nonce: Some(fact.nonce.clone()),
            annuls_id: None,
            annul_reason: None,
            occurred_at: fact.at.max(earliest(&self.held.event)).min(self.now),
            recorded_at: self.now,
            source: self.source,
            standing: None,
            answer_errors: None,
        }
    }

    /// A fact about nobody whom we know at this event.
    fn stranger(&mut self, db: &mut Db, fact: &Fact, reason: Reason) -> Result<()> {
        let mut row = CheckIn { result: CheckInResult::Denied, reason: Some(reason), ..self.row(fact, None) };
        self.reader.read(fact, None, &mut row);
        row.write(db)?;
        self.denied += 1;
        let written = Written { row, registration: None, repeats: None, first_entry_at: None };
        self.rows.insert(fact.nonce.clone(), written);
        Ok(())
    }

    fn people(&mut self, db: &mut Db, facts: &[Fact], people: &[(Registration, Vec<usize>)]) -> Result<()> {
        self.changes = vec![Tally::default(); self.room.lists.len()];
        let ids: Vec<RegistrationId> = people.iter().map(|(registration, _)| registration.id).collect();
        let mut histories = CheckIn::of_people(db, self.held.event.id, &ids)?;
        let by_session = !self.room.list().sessions.0.is_empty();
        let mut sessions = if by_session { Registration::sessions_of_all(db, &ids)? } else { HashMap::new() };
        for (registration, places) in people {
            let holder =
                Holder { sessions: sessions.remove(&registration.id).unwrap_or_default(), ..Holder::of(registration) };
            let history = histories.remove(&registration.id).unwrap_or_default();
            let theirs: Vec<&Fact> = places.iter().map(|place| &facts[*place]).collect();
            let given = self.person(db, registration, (&holder, history), &theirs)?;
            if !given.is_empty() {
                registrations::answer(db, &self.by, &self.held.event, registration.clone(), &given, self.now)?;
            }
        }
        Ok(())
    }

    fn person(
        &mut self,
        db: &mut Db,
        registration: &Registration,
        (holder, mut rows): (&Holder, Vec<CheckIn>),
        facts: &[&Fact],
    ) -> Result<Vec<Given>> {
        let before = self.room.ending(&rows);
        let (known, mut given) = (rows.len(), Vec::new());
        for fact in facts {
            let mut row = self.row(fact, Some(registration.id));
            if fact.refused.is_none() {
                let holder = Holder { revoked: fact.scan.is_revoked(registration), ..holder.clone() };
                let list = self.room.list();
                row.standing = standing(self.held.event.status, list, &holder, row.direction, row.occurred_at);
                row.visit = row.passes_in().then(|| CheckIn::next_visit(&rows, row.list_id));
            } else {
                self.denied += 1;
            }
            given.extend(self.reader.read(fact, Some(registration), &mut row));
            rows.push(row);
        }
        let (after, told) = {
            let story = Story::of(&self.room.lists, &rows);
            let first = story.at(self.room.list().id).and_then(|here| here.presence().first_entry_at);
            (story.ending(), (story.repeats.clone(), first))
        };
        let (repeats, first_entry_at) = told;
        for row in &mut rows[known..] {
            if let Some(conflict) = after.conflicts.iter().find(|conflict| conflict.check_in == row.id) {
                row.result = CheckInResult::AcceptedConflict;
                row.reason = Some(conflict.reason);
            }
        }
        for row in &rows[known..] {
            row.write(db)?;
            let repeats = repeats.iter().find(|(second, _)| *second == row.id).map(|(_, first)| *first);
            let repeats = repeats.and_then(|first| rows.iter().find(|row| row.id == first).cloned());
            let written =
                Written { row: row.clone(), registration: Some(registration.clone()), repeats, first_entry_at };
            self.rows.insert(row.nonce.clone().unwrap_or_default(), written);
        }
        for (change, (after, before)) in self.changes.iter_mut().zip(after.tallies.iter().zip(&before.tallies)) {
            *change = *change + (*after - *before);
        }
        let person = (self.held.event.id, registration.id);
        super::room::keep_conflicts(db, person, &before.conflicts, &after.conflicts)?;
        Ok(given)
    }

    /// The numbers are written down, and each fact has its verdict.
    fn answer(mut self, db: &mut Db, facts: &[Fact], known: &HashMap<String, CheckIn>) -> Result<Vec<Verdict>> {
        let changes = std::mem::take(&mut self.changes);
        self.room.add(db, &changes, self.denied)?;
        let status = list_status(db, self.room.list(), self.held, self.now)?;
        let mut answered = std::collections::HashSet::new();
        let mut verdicts = Vec::with_capacity(facts.len());
        for fact in facts {
            verdicts.push(match (known.get(&fact.nonce), self.rows.get(&fact.nonce)) {
                (Some(before), _) => answer_again(db, &self.room, self.held, before.clone(), self.now)?,
                (None, Some(written)) => written.verdict(status, !answered.insert(fact.nonce.as_str())),
                (None, None) => return Err(crate::error::Error::internal(anyhow::anyhow!("a fact was dropped"))),
            });
        }
        Ok(verdicts)
    }
}

impl Written {
    fn verdict(&self, status: Status, again: bool) -> Verdict {
        let result: VerdictResult = self.row.verdict();
        Verdict {
            result,
            reason: self.row.reason,
            direction: self.row.direction,
            repeat: again || self.repeats.is_some(),
            check_in: Some(self.repeats.clone().unwrap_or_else(|| self.row.clone())),
            registration: self.registration.clone(),
            shown: Shown::default(),
            questions: Vec::new(),
            answer_errors: self.row.answer_errors.clone().unwrap_or_default().0,
            first_entry_at: self.first_entry_at,
            status,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_the_way_between_us_is_no_skew() {
        let now = Timestamp::from_micros(1_000_000_000);
        let seconds = |ago: f64| {
            #[allow(clippy::cast_possible_truncation, reason = "a few seconds")]
            let sent = now.plus(TimeDelta::microseconds((-ago * 1e6) as i64));
            skew(Some(sent), now).num_seconds()
        };
        assert_eq!([0.0, 4.4, -4.4, 4.6, 119.7, -3600.2].map(seconds), [0, 0, 0, 5, 120, -3600]);
        assert_eq!(skew(None, now), TimeDelta::zero());
    }
}
