//! A registration.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::Value;

use crate::access::{ManageToken, UnsubscribeToken};
use crate::clock::Timestamp;
use crate::error::{Error, Result, expect_version};
use crate::events::{Event, EventStatus, Held, Session};
use crate::store::schema::{registration_sessions, registrations};
use crate::store::{
    AccessCodeId, Db, EventId, Json, OrganizationId, RegistrationId, SessionId, TicketTypeId, on_each_database,
};
use crate::text_enum;
use crate::values::{Code, Country, EmailAddress, Language, Line, Name, search_key};

text_enum! {
    /// Where a registration stands.
    pub enum RegistrationStatus {
        /// Its address is not verified yet.
        PendingVerification = "pending_verification",
        /// Somebody has to look at it.
        PendingApproval = "pending_approval",
        /// It has a place.
        Confirmed = "confirmed",
        /// It waits for a seat.
        Waitlisted = "waitlisted",
        /// A seat is held for it, for a while.
        Offered = "offered",
        /// It was given up.
        Cancelled = "cancelled",
        /// Somebody looked at it and said no.
        Rejected = "rejected",
        /// Nobody verified it, or took its seat, in time.
        Expired = "expired",
    }
}

impl RegistrationStatus {
    /// Whether it claims its address: nobody else registers with it meanwhile.
    pub fn is_live(self) -> bool {
        !matches!(self, Self::Cancelled | Self::Rejected | Self::Expired)
    }

    /// Whether it is told what many are told: whoever has not shown that it is their address gets the one letter that
    /// asks for it, and no more.
    pub fn is_in_touch(self) -> bool {
        self.is_live() && self != Self::PendingVerification
    }

    /// Whether it uses the code up with which it came: whoever has not verified their address does not yet, or a code
    /// that is used up would tell which addresses are known.
    pub fn uses_code(self) -> bool {
        self.is_live() && self != Self::PendingVerification
    }
}

text_enum! {
    /// By which door a registration came in.
    pub enum Source {
        /// The event's page.
        Web = "web",
        /// A program.
        Api = "api",
        /// A spreadsheet.
        Import = "import",
        /// The entrance.
        Door = "door",
    }
}

/// The person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// First or only name.
    pub first_name: Name<100>,
    /// Last name.
    pub last_name: Option<Name<100>>,
    /// Where letters go.
    pub email: EmailAddress,
    /// Where they come from.
    pub organization: Option<Name<200>>,
    /// What they do there.
    pub job_title: Option<Line<200>>,
    /// As they wrote it.
    pub phone: Option<Line<50>>,
    /// Two letters.
    pub country: Option<Country>,
}

/// One attendee's place, or wish for one, at one event.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = registrations, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Registration {
    /// Its id.
    pub id: RegistrationId,
    /// For what.
    pub event_id: EventId,
    /// The short code, unique within the event.
    pub code: String,
    /// Where it stands.
    pub status: RegistrationStatus,
    /// The attendee's first or only name.
    pub first_name: String,
    /// The attendee's last name.
    pub last_name: Option<String>,
    /// Where letters go.
    pub email: String,
    /// What two spellings of the address have in common, for as long as the registration claims it: none once it is
    /// cancelled.
    pub email_key: Option<String>,
    /// Where the attendee comes from.
    pub organization: Option<String>,
    /// What the attendee does there.
    pub job_title: Option<String>,
    /// The attendee's telephone number, as they wrote it.
    pub phone: Option<String>,
    /// The attendee's country: two letters.
    pub country: Option<String>,
    /// The attendee's language.
    pub locale: Language,
    /// Its name in another system.
    pub external_ref: Option<String>,
    /// By which door it came in.
    pub source: Source,
    /// Its place among those who wait; rising, with gaps.
    pub waitlist_rank: Option<i64>,
    /// Raised to revoke the tickets and links that were given out.
    pub ticket_epoch: i64,
    /// By what `q` finds it.
    pub search_key: String,
    /// When it came in.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
    /// The host through which the attendee came.
    pub via_organization_id: Option<OrganizationId>,
    /// Whether it holds a seat of each quota under which it stands.
    pub seated: bool,
    /// What kind of admission it is.
    pub ticket_type_id: Option<TicketTypeId>,
    /// The registration that leads its group: for the lead, its own.
    pub group_id: Option<RegistrationId>,
    /// What was answered, by the keys of the questions.
    pub answers: Option<Json<Answers>>,
    /// When an offer, or the wait for verification, ends.
    pub expires_at: Option<Timestamp>,
    /// What the organizer wrote down about it.
    pub note: Option<String>,
    /// The organizer's words for it.
    pub tags: Option<Json<Vec<String>>>,
    /// The code with which it came in.
    pub access_code_id: Option<AccessCodeId>,
    /// Why it was rejected, or moved out of order.
    pub reason: Option<String>,
    /// What was answered in words, as a search finds it; follows `answers`.
    pub answers_key: Option<Json<Answers>>,
}

/// An answer in words, as a search finds it.
pub(super) fn text_key(answer: &str) -> String {
    search_key(&answer.replace(['"', '\\'], " "))
}

/// What was answered, by the keys of the questions.
pub type Answers = serde_json::Map<String, Value>;

impl Registration {
    /// The registration with this id.
    pub fn find(db: &mut Db, id: RegistrationId) -> Result<Self> {
        let found = on_each_database!(db, |c| Self::query().filter(registrations::id.eq(id)).first(c));
        found.optional()?.ok_or(Error::NotFound("registration"))
    }

    /// Takes hold of a registration's event, and reads the registration under its lock.
    ///
    /// # Errors
    /// `VersionMismatch` unless it is at `expected`, if that is given.
    pub(super) fn hold(db: &mut Db, id: RegistrationId, expected: Option<i64>) -> Result<(Held, Self)> {
        let event = Self::find(db, id)?.event_id;
        let held = Held::by_id(db, event)?;
        // Read again under the lock: somebody may have been quicker.
        let found = Self::find(db, id)?;
        expect_version(expected, found.version)?;
        Ok((held, found))
    }

    /// The registration of an event with this code.
    pub fn find_by_code(db: &mut Db, event: EventId, code: &Code) -> Result<Option<Self>> {
        let of_event = registrations::event_id.eq(event);
        let found = on_each_database!(db, |c| {
            Self::query().filter(of_event).filter(registrations::code.eq(code.as_str())).first(c)
        });
        Ok(found.optional()?)
    }

    /// The registration of an event that claims this address.
    pub(super) fn find_by_email(db: &mut Db, event: EventId, email_key: &str) -> Result<Option<Self>> {
        Self::id_by_email(db, event, email_key)?.map(|id| Self::find(db, id)).transpose()
    }

    /// Whether a registration for an event claims this address.
    pub fn is_known(db: &mut Db, event: EventId, email_key: &str) -> Result<bool> {
        Self::id_by_email(db, event, email_key).map(|found| found.is_some())
    }

    fn id_by_email(db: &mut Db, event: EventId, email_key: &str) -> Result<Option<RegistrationId>> {
        let claiming = registrations::table.filter(registrations::event_id.eq(event));
        let claiming = claiming.filter(registrations::email_key.eq(email_key)).select(registrations::id);
        Ok(on_each_database!(db, |c| claiming.first(c)).optional()?)
    }

    /// All of a group, cancelled or not: who registered them and came first, first.
    pub fn of_group(db: &mut Db, group: RegistrationId) -> Result<Vec<Self>> {
        Ok(Self::query().filter(registrations::group_id.eq(group)).order(registrations::id).load(db)?)
    }

    /// Whether it leads a group.
    pub fn leads(&self) -> bool {
        self.group_id == Some(self.id)
    }

    /// The sessions that were chosen, in the order of their ids.
    pub fn sessions(db: &mut Db, registration: RegistrationId) -> Result<Vec<SessionId>> {
        let chosen = registration_sessions::table
            .filter(registration_sessions::registration_id.eq(registration))
            .order(registration_sessions::session_id)
            .select(registration_sessions::session_id);
        Ok(on_each_database!(db, |c| chosen.load(c))?)
    }

    /// The same as they are now, in their order in the event.
    pub fn chosen(&self, db: &mut Db) -> Result<Vec<Session>> {
        let ids = Self::sessions(db, self.id)?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        Ok(Session::of_event(db, self.event_id)?.into_iter().filter(|session| ids.contains(&session.id)).collect())
    }

    /// The sessions that each of these has chosen; who has chosen none is left out.
    pub fn sessions_of_all(
        db: &mut Db,
        registrations: &[RegistrationId],
    ) -> Result<HashMap<RegistrationId, Vec<SessionId>>> {
        let chosen: Vec<(RegistrationId, SessionId)> = registration_sessions::table
            .filter(registration_sessions::registration_id.eq_any(registrations))
            .order(registration_sessions::session_id)
            .select((registration_sessions::registration_id, registration_sessions::session_id))
            .load(db)?;
        let mut of_all: HashMap<_, Vec<_>> = HashMap::new();
        for (registration, session) in chosen {
            of_all.entry(registration).or_default().push(session);
        }
        Ok(of_all)
    }

    /// Until when it can be verified, or its offer be accepted: an offer ends when the event begins, at the latest.
    pub fn ends_at(&self, event: &Event) -> Option<Timestamp> {
        match self.status {
            RegistrationStatus::PendingVerification => self.expires_at,
            RegistrationStatus::Offered => Some(self.expires_at.unwrap_or(event.starts_at).min(event.starts_at)),
            _ => None,
        }
    }

    /// Whether its time is over, although nobody has written that down yet.
    pub(super) fn is_over(&self, event: &Event, now: Timestamp) -> bool {
        matches!(event.status, EventStatus::Published | EventStatus::Archived)
            && self.ends_at(event).is_some_and(|end| now >= end)
    }

    /// First and last name.
    pub fn name(&self) -> String {
        match &self.last_name {
            Some(last_name) => format!("{} {last_name}", self.first_name),
            None => self.first_name.clone(),
        }
    }

    /// The key to this registration for whoever gets its mail.
    pub fn manage_token(&self) -> ManageToken {
        ManageToken { registration: self.id, epoch: self.epoch() }
    }

    /// With which whoever gets its mail wants no more letters that nobody needs.
    pub fn unsubscribe_token(&self) -> UnsubscribeToken {
        UnsubscribeToken { registration: self.id, epoch: self.epoch() }
    }

    /// The epoch of its ticket, as tokens and tickets carry it.
    pub(super) fn epoch(&self) -> u16 {
        u16::try_from(self.ticket_epoch).unwrap_or(u16::MAX)
    }

    /// What two spellings of its address have in common.
    pub(super) fn address_key(&self) -> Result<String> {
        let address: EmailAddress = self.email.parse().map_err(|_| Error::NotFound("registration"))?;
        Ok(address.key())
    }

    /// Whether everything personal was taken out of it.
    pub fn is_erased(&self) -> bool {
        self.email == Self::erased_address(self.id)
    }

    /// What stands in the place of an address that was erased (RFC 2606 §2).
    pub(super) fn erased_address(id: RegistrationId) -> String {
        format!("erased-{id}@erased.invalid")
    }

    /// By what `q` finds it, as it is now.
    pub(super) fn search_key_now(&self) -> String {
        let organization = self.organization.as_deref().unwrap_or_default();
        search_key(&format!("{} {} {organization}", self.name(), self.email))
    }

    /// What was answered in words, as a search finds it. What JSON would write in two ways is left out.
    pub(super) fn answers_key_of(answers: Option<&Json<Answers>>) -> Option<Json<Answers>> {
        let folded = |(key, answer): (&String, &Value)| Some((key.clone(), text_key(answer.as_str()?).into()));
        let key: Answers = answers?.0.iter().filter_map(folded).collect();
        (!key.is_empty()).then_some(Json(key))
    }

    /// By what `q` finds a registration.
    pub(super) fn search_key_of(attendee: &Attendee) -> String {
        let last_name = attendee.last_name.as_deref().unwrap_or_default();
        let organization = attendee.organization.as_deref().unwrap_or_default();
        search_key(&format!("{} {last_name} {} {organization}", &*attendee.first_name, attendee.email))
    }
}
