//! One scan, and what became of it.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{AnswerError, VerdictResult};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::store::schema::check_ins;
use crate::store::{
    CheckInId, CheckInListId, Db, EventId, Json, Page, Paging, RegistrationId, insertion, on_each_database,
};
use crate::text_enum;

text_enum! {
    /// Which way somebody goes.
    pub enum Direction {
        /// In.
        Entry = "entry",
        /// Out.
        Exit = "exit",
    }
}

text_enum! {
    /// What a row says.
    pub enum CheckInResult {
        /// Let through.
        Accepted = "accepted",
        /// Let through, and it contradicts something that we know.
        AcceptedConflict = "accepted_conflict",
        /// Turned away.
        Denied = "denied",
        /// Another row is taken back.
        Annulment = "annulment",
    }
}

text_enum! {
    /// How we heard of a scan.
    pub enum CheckInSource {
        /// When it happened: our verdict decided.
        Online = "online",
        /// Afterwards, from a device that had decided by itself.
        Offline = "offline",
        /// Afterwards, from a list on paper.
        Paper = "paper",
    }
}

text_enum! {
    /// Why somebody was turned away, or what to look at although they were let through.
    pub enum Reason {
        /// This is no ticket, code or registration of ours.
        Invalid = "invalid",
        /// The ticket was replaced by a newer one.
        Revoked = "revoked",
        /// The registration was cancelled.
        Cancelled = "cancelled",
        /// Somebody has to look at the registration first.
        PendingApproval = "pending_approval",
        /// Its address is not verified.
        PendingVerification = "pending_verification",
        /// The registration waits for a seat.
        Waitlisted = "waitlisted",
        /// The list is for others: for another ticket type or session.
        NotOnList = "not_on_list",
        /// The registration is for another event.
        WrongEvent = "wrong_event",
        /// The list is not open yet.
        NotYetValid = "not_yet_valid",
        /// The list is not open any more.
        Expired = "expired",
        /// The person is inside already.
        AlreadyCheckedIn = "already_checked_in",
        /// The person is not inside.
        NotCheckedIn = "not_checked_in",
        /// Nobody is checked in here: the event is not published, or was cancelled, or the list does not count exits.
        ListClosed = "list_closed",
        /// The room is full.
        RoomFull = "room_full",
        /// Something has to be asked first.
        QuestionsRequired = "questions_required",
        /// Several registrations go by what was typed.
        Ambiguous = "ambiguous",
    }
}

/// A row of a list's log.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = check_ins)]
pub struct CheckIn {
    /// Its id.
    pub id: CheckInId,
    /// At which list.
    pub list_id: CheckInListId,
    /// At which event.
    pub event_id: EventId,
    /// Whose; none if nobody was recognized.
    pub registration_id: Option<RegistrationId>,
    /// Which way.
    pub direction: Direction,
    /// What became of it.
    pub result: CheckInResult,
    /// Why not, if denied.
    pub reason: Option<Reason>,
    /// Numbers the accepted entries of a person at a list, from 1, annulled ones included.
    pub visit: Option<i64>,
    /// Who scanned.
    pub device: String,
    /// The scanner's own name for it: the same one is the same scan.
    pub nonce: Option<String>,
    /// The row that this one takes back.
    pub annuls_id: Option<CheckInId>,
    /// Why it is taken back.
    pub annul_reason: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When we heard of it.
    pub recorded_at: Timestamp,
    /// How we heard of it.
    pub source: CheckInSource,
    /// What spoke against the registration when we heard of a fact that had happened already.
    pub standing: Option<Reason>,
    /// What was wrong with the answers that came with it: those were not kept.
    pub answer_errors: Option<Json<Vec<AnswerError>>>,
}

insertion!(Write: CheckIn in check_ins {
    id, list_id, event_id, registration_id, direction, result, reason, visit, device, nonce, annuls_id, annul_reason,
    occurred_at, recorded_at, source, standing, answer_errors,
});

impl CheckIn {
    /// Writes it down.
    pub(super) fn write(&self, db: &mut Db) -> Result<()> {
        on_each_database!(db, |c| Write(self).execute(c))?;
        Ok(())
    }

    /// Whether it let somebody through.
    pub fn passes(&self) -> bool {
        matches!(self.result, CheckInResult::Accepted | CheckInResult::AcceptedConflict)
    }

    /// Whether it let somebody in.
    pub(super) fn passes_in(&self) -> bool {
        self.passes() && self.direction == Direction::Entry
    }

    /// The number of the next entry of a person with these rows at a list.
    pub(super) fn next_visit(rows: &[Self], list: CheckInListId) -> i64 {
        let visits = rows.iter().filter(|row| row.list_id == list && row.visit.is_some()).count();
        i64::try_from(visits).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// What was answered.
    pub(super) fn verdict(&self) -> VerdictResult {
        match self.result {
            CheckInResult::Accepted => VerdictResult::Accepted,
            CheckInResult::AcceptedConflict => VerdictResult::AcceptedConflict,
            CheckInResult::Denied | CheckInResult::Annulment => VerdictResult::Denied,
        }
    }

    /// Everything that happened to these people at an event.
    pub(super) fn of_people(
        db: &mut Db,
        event: EventId,
        people: &[RegistrationId],
    ) -> Result<HashMap<RegistrationId, Vec<Self>>> {
        let of_people = check_ins::event_id.eq(event).and(check_ins::registration_id.eq_any(people));
        let mut rows: HashMap<RegistrationId, Vec<Self>> = HashMap::new();
        for row in Self::query().filter(of_people).load::<Self>(db)? {
            if let Some(registration) = row.registration_id {
                rows.entry(registration).or_default().push(row);
            }
        }
        Ok(rows)
    }

    /// The rows that this scanner has sent before under these nonces.
    pub(super) fn by_nonces(
        db: &mut Db,
        list: CheckInListId,
        device: &str,
        nonces: &[&str],
    ) -> Result<HashMap<String, Self>> {
        let theirs = check_ins::list_id.eq(list).and(check_ins::device.eq(device));
        let rows: Vec<Self> = Self::query().filter(theirs).filter(check_ins::nonce.eq_any(nonces)).load(db)?;
        Ok(rows.into_iter().filter_map(|row| Some((row.nonce.clone()?, row))).collect())
    }

    /// The row with this id.
    pub fn find(db: &mut Db, id: CheckInId) -> Result<Self> {
        Self::query().filter(check_ins::id.eq(id)).first(db).optional()?.ok_or(Error::NotFound("check-in"))
    }

    /// The rows of a list, in the order in which we heard of them; also one person's alone.
    pub fn log(
        db: &mut Db,
        list: CheckInListId,
        registration: Option<RegistrationId>,
        recorded_since: Option<Timestamp>,
        paging: &Paging,
    ) -> Result<Page<Self>> {
        let name = format!("check-ins {list} {registration:?} {recorded_since:?}");
        let mut query = Self::query().filter(check_ins::list_id.eq(list)).into_boxed();
        if let Some(registration) = registration {
            query = query.filter(check_ins::registration_id.eq(registration));
        }
        if let Some(since) = recorded_since {
            query = query.filter(check_ins::recorded_at.ge(since));
        }
        if let Some(after) = paging.after::<uuid::Uuid>(&name)? {
            query = query.filter(check_ins::id.gt(CheckInId::from(after)));
        }
        let rows = query.order(check_ins::id).limit(paging.rows()).load(db)?;
        paging.page(&name, rows, |row| row.id.uuid())
    }

    /// Everything that happened to one person at an event, in the order in which we heard of it.
    pub fn of_registration(db: &mut Db, event: EventId, registration: RegistrationId) -> Result<Vec<Self>> {
        let of_person = check_ins::event_id.eq(event).and(check_ins::registration_id.eq(registration));
        Ok(Self::query().filter(of_person).order(check_ins::id).load(db)?)
    }

    /// Everything that happened to one person at one list.
    pub(super) fn history(
        db: &mut Db,
        event: EventId,
        registration: RegistrationId,
        list: CheckInListId,
    ) -> Result<Vec<Self>> {
        let theirs = check_ins::event_id.eq(event).and(check_ins::registration_id.eq(registration));
        let here = check_ins::list_id.eq(list);
        Ok(on_each_database!(db, |c| Self::query().filter(theirs).filter(here).load(c))?)
    }

    /// The row that this scanner has sent before under this nonce.
    pub(super) fn find_by_nonce(db: &mut Db, list: CheckInListId, device: &str, nonce: &str) -> Result<Option<Self>> {
        let theirs = check_ins::list_id.eq(list).and(check_ins::device.eq(device));
        let same = check_ins::nonce.eq(nonce);
        Ok(on_each_database!(db, |c| Self::query().filter(theirs).filter(same).first(c)).optional()?)
    }
}
