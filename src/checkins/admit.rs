//! Somebody stands at the door.

use super::ask::{Asked, ask};
use super::judge::{Holder, Judgment, Moment, judge};
use super::numbers::list_status;
use super::room::Room;
use super::scan::{check_time, device, effective_time};
use super::{AnswerError, CheckIn, CheckInResult, CheckInSource, Direction, Reason, Scan, Shown, Status, Story};
use crate::access::Caller;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{Held, Question};
use crate::registrations::{Answers, Registration};
use crate::store::{CheckInId, CheckInListId, Db, sure_from_here};
use crate::text_enum;

/// Somebody at the door.
#[derive(Debug, Clone)]
pub struct Admission {
    /// What was scanned or typed.
    pub scan: Scan,
    /// Which way they go, if the scanner says so.
    pub direction: Option<Direction>,
    /// The scanner's own name for it: the same one is the same scan.
    pub nonce: Option<String>,
    /// When it happened, if not now.
    pub occurred_at: Option<Timestamp>,
    /// What staff asked, by the keys of the questions.
    pub answers: Option<Answers>,
}

text_enum! {
    /// What the door says.
    pub enum VerdictResult {
        /// Let them through.
        Accepted = "accepted",
        /// They were let through where nobody could ask us; something speaks against it.
        AcceptedConflict = "accepted_conflict",
        /// Turn them away.
        Denied = "denied",
        /// Ask them something, and send the check-in again with the answers: nothing was written down.
        NeedsInput = "needs_input",
    }
}

/// What the door says.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// What.
    pub result: VerdictResult,
    /// Why not, or what to mind.
    pub reason: Option<Reason>,
    /// Which way they go.
    pub direction: Direction,
    /// The row that was written, now or when the same scan came before; none if something has to be asked first.
    pub check_in: Option<CheckIn>,
    /// Whose ticket it is, if it is one for this event.
    pub registration: Option<Registration>,
    /// What the list shows of them; nothing in the verdicts about a batch.
    pub shown: Shown,
    /// What has to be asked.
    pub questions: Vec<Question>,
    /// Which of the answers that a device handed in afterwards were not kept.
    pub answer_errors: Vec<AnswerError>,
    /// Whether the same scan came before, or the same device has just read the same ticket.
    pub repeat: bool,
    /// When this person first came in.
    pub first_entry_at: Option<Timestamp>,
    /// The numbers of the list afterwards.
    pub status: Status,
}

/// Lets somebody in or out at an event that is held, or says why not; writes it down either way.
///
/// # Errors
/// `Invalid` for a time when nobody can have been let in, and for answers that are none. A ticket that is no good is not an
/// error but a verdict.
pub fn admit(
    db: &mut Db,
    by: &Caller,
    held: &Held,
    list: CheckInListId,
    admission: &Admission,
    now: Timestamp,
) -> Result<Verdict> {
    check_time(&held.event, admission.occurred_at, now)?;
    let room = Room::of(db, held.event.id, list)?;
    let device = device(by);
    if let Some(nonce) = &admission.nonce
        && let Some(before) = CheckIn::find_by_nonce(db, list, &device, nonce)?
    {
        return answer_again(db, &room, held, before, now);
    }
    let door = Door { held, device, admission, now };
    match admission.scan.find(db, held.event.id)? {
        Ok(registration) => door.judge(db, by, room, registration),
        Err(reason) => door.turn_a_stranger_away(db, room, reason),
    }
}

struct Door<'a> {
    held: &'a Held,
    device: String,
    admission: &'a Admission,
    now: Timestamp,
}

impl Door<'_> {
    fn judge(&self, db: &mut Db, by: &Caller, mut room: Room, registration: Registration) -> Result<Verdict> {
        let rows = room.rows(db, registration.id)?;
        let story = Story::of(&room.lists, &rows);
        let list = room.list();
        let Some(here) = story.at(list.id) else { return Err(Error::NotFound("check-in list")) };
        let asked = ask(db, list, &registration, self.admission.answers.as_ref())?;
        let holder = Holder {
            sessions: if list.sessions.0.is_empty() {
                Vec::new()
            } else {
                Registration::sessions(db, registration.id)?
            },
            revoked: self.admission.scan.is_revoked(&registration),
            answered: asked.missing.is_empty(),
            ..Holder::of(&registration)
        };
        let moment = Moment {
            device: &self.device,
            direction: self.admission.direction,
            at: effective_time(self.admission.occurred_at, story.last_at(), self.now),
            in_room: room.inside(self.now),
        };
        let judgment = judge(self.held.event.status, list, here, &holder, &moment);
        let (direction, result, reason) = match judgment {
            Judgment::Accepted(direction, mind) => (direction, CheckInResult::Accepted, mind),
            Judgment::Repeated(direction, _) => (direction, CheckInResult::Accepted, None),
            Judgment::Denied(direction, reason) => (direction, CheckInResult::Denied, Some(reason)),
            Judgment::NeedsInput(direction) => {
                let first_entry_at = here.presence().first_entry_at;
                return self.needs_input(db, &room, (registration, asked, direction, first_entry_at));
            }
        };
        let mut check_in = self.row(&room, (direction, result, reason), moment.at);
        check_in.registration_id = Some(registration.id);
        check_in.visit = check_in.passes_in().then(|| CheckIn::next_visit(&rows, list.id));
        if asked.is_silent() {
            sure_from_here(db)?;
        }
        check_in.write(db)?;
        let (repeated, first_entry_at) = match judgment {
            Judgment::Repeated(_, first) => {
                (rows.iter().find(|row| row.id == first).cloned(), here.presence().first_entry_at)
            }
            Judgment::Denied(..) => (None, here.presence().first_entry_at),
            _ => (None, here.presence().first_entry_at.or((direction == Direction::Entry).then_some(moment.at))),
        };
        let before = story.ending();
        let after = room.ending(rows.iter().chain(std::iter::once(&check_in)));
        room.keep(db, registration.id, (&before, &after), i64::from(result == CheckInResult::Denied))?;
        let registration = if result == CheckInResult::Accepted {
            asked.keep(db, by, &self.held.event, registration, (moment.at, self.now))?
        } else {
            registration
        };
        Ok(Verdict {
            result: if result == CheckInResult::Accepted { VerdictResult::Accepted } else { VerdictResult::Denied },
            reason,
            direction,
            repeat: repeated.is_some(),
            check_in: Some(repeated.unwrap_or(check_in)),
            shown: Shown::of(db, room.list(), &registration)?,
            registration: Some(registration),
            questions: Vec::new(),
            answer_errors: Vec::new(),
            first_entry_at,
            status: list_status(db, room.list(), self.held, self.now)?,
        })
    }

    fn needs_input(
        &self,
        db: &mut Db,
        room: &Room,
        (registration, asked, direction, first_entry_at): (Registration, Asked, Direction, Option<Timestamp>),
    ) -> Result<Verdict> {
        Ok(Verdict {
            result: VerdictResult::NeedsInput,
            reason: Some(Reason::QuestionsRequired),
            direction,
            repeat: false,
            check_in: None,
            shown: Shown::of(db, room.list(), &registration)?,
            registration: Some(registration),
            questions: asked.missing,
            answer_errors: Vec::new(),
            first_entry_at,
            status: list_status(db, room.list(), self.held, self.now)?,
        })
    }

    fn turn_a_stranger_away(&self, db: &mut Db, mut room: Room, reason: Reason) -> Result<Verdict> {
        let direction = self.admission.direction.unwrap_or(Direction::Entry);
        let at = effective_time(self.admission.occurred_at, None, self.now);
        let check_in = self.row(&room, (direction, CheckInResult::Denied, Some(reason)), at);
        sure_from_here(db)?;
        check_in.write(db)?;
        room.add(db, &[], 1)?;
        Ok(Verdict {
            result: VerdictResult::Denied,
            reason: Some(reason),
            direction,
            repeat: false,
            check_in: Some(check_in),
            registration: None,
            shown: Shown::default(),
            questions: Vec::new(),
            answer_errors: Vec::new(),
            first_entry_at: None,
            status: list_status(db, room.list(), self.held, self.now)?,
        })
    }

    fn row(
        &self,
        room: &Room,
        (direction, result, reason): (Direction, CheckInResult, Option<Reason>),
        at: Timestamp,
    ) -> CheckIn {
        CheckIn {
            id: CheckInId::new(),
            list_id: room.list().id,
            event_id: self.held.event.id,
            registration_id: None,
            direction,
            result,
            reason,
            visit: None,
            device: self.device.clone(),
            nonce: self.admission.nonce.clone(),
            annuls_id: None,
            annul_reason: None,
            occurred_at: at,
            recorded_at: self.now,
            source: CheckInSource::Online,
            standing: None,
            answer_errors: None,
        }
    }
}

/// The verdict about a scan that came before: as it was.
pub(super) fn answer_again(db: &mut Db, room: &Room, held: &Held, before: CheckIn, now: Timestamp) -> Result<Verdict> {
    let registration = before.registration_id.map(|id| Registration::find(db, id)).transpose()?;
    let rows = match &registration {
        Some(registration) => room.rows(db, registration.id)?,
        None => Vec::new(),
    };
    let story = Story::of(&room.lists, &rows);
    let repeated = story.repeats.iter().find(|(second, _)| *second == before.id).map(|(_, first)| *first);
    let (result, reason, direction) = (before.verdict(), before.reason, before.direction);
    let repeated = repeated.and_then(|first| rows.iter().find(|row| row.id == first).cloned());
    let shown = registration.as_ref().map(|one| Shown::of(db, room.list(), one)).transpose()?;
    Ok(Verdict {
        result,
        reason,
        direction,
        repeat: true,
        answer_errors: before.answer_errors.clone().unwrap_or_default().0,
        check_in: Some(repeated.unwrap_or(before)),
        registration,
        shown: shown.unwrap_or_default(),
        questions: Vec::new(),
        first_entry_at: story.at(room.list().id).and_then(|here| here.presence().first_entry_at),
        status: list_status(db, room.list(), held, now)?,
    })
}
