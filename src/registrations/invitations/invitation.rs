//! A personal invitation to an event.

use diesel::prelude::*;

use crate::clock::Timestamp;
use crate::error::{Error, Result, expect_version};
use crate::events::Held;
use crate::store::schema::{consents, guest_invitations};
use crate::store::{
    Db, EventId, GuestInvitationId, Json, MultiBackend, Page, Paging, RegistrationId, SessionId, TicketTypeId,
};
use crate::text_enum;
use crate::values::{Language, contains_pattern};

text_enum! {
    /// What has become of an invitation.
    pub enum InvitationState {
        /// It can be answered.
        Invited = "invited",
        /// They come.
        Accepted = "accepted",
        /// They do not come.
        Declined = "declined",
        /// It was taken back.
        Revoked = "revoked",
        /// Nobody answered in time.
        Expired = "expired",
    }
}

/// A personal invitation to an event. What is in its link is derived, not stored.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = guest_invitations, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Invitation {
    /// Its id, which its link carries.
    pub id: GuestInvitationId,
    /// To what.
    pub event_id: EventId,
    /// Where the letter goes.
    pub email: String,
    /// What all spellings of the address have in common.
    pub email_key: String,
    /// First or only name.
    pub first_name: String,
    /// Last name.
    pub last_name: Option<String>,
    /// Where they come from.
    pub organization: Option<String>,
    /// The language of the letter.
    pub language: Language,
    /// With which kind of admission, hidden or not; none: they choose among those that are public.
    pub ticket_type_id: Option<TicketTypeId>,
    /// To which sessions, those that come with the ticket type included.
    pub sessions: Json<Vec<SessionId>>,
    /// What has become of it.
    pub state: InvitationState,
    /// What came with a no.
    pub word: Option<String>,
    /// Their registration, once they have accepted.
    pub registration_id: Option<RegistrationId>,
    /// Whether a seat of each quota under which it stands is held for it.
    pub keeps_seat: bool,
    /// Until when that is; none: as long as it can be answered.
    pub seat_until: Option<Timestamp>,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// When it was.
    pub answered_at: Option<Timestamp>,
    /// By what `q` finds it.
    pub search_key: String,
    /// When it was sent first.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

impl Invitation {
    /// The invitation with this id.
    pub fn find(db: &mut Db, id: GuestInvitationId) -> Result<Self> {
        let found = Self::query().filter(guest_invitations::id.eq(id)).first(db);
        found.optional()?.ok_or(Error::NotFound("invitation"))
    }

    /// The invitation with this id to this event.
    pub fn find_to(db: &mut Db, event: EventId, id: GuestInvitationId) -> Result<Self> {
        let found = Self::find(db, id)?;
        if found.event_id == event { Ok(found) } else { Err(Error::NotFound("invitation")) }
    }

    /// Takes hold of an invitation's event, and reads the invitation under its lock.
    ///
    /// # Errors
    /// `VersionMismatch` unless it is at `expected`, if that is given.
    pub(super) fn hold(db: &mut Db, id: GuestInvitationId, expected: Option<i64>) -> Result<(Held, Self)> {
        let event = Self::find(db, id)?.event_id;
        let held = Held::by_id(db, event)?;
        let found = Self::find(db, id)?;
        expect_version(expected, found.version)?;
        Ok((held, found))
    }

    /// The open invitation of this address to this event.
    pub(super) fn open_of(db: &mut Db, event: EventId, email_key: &str) -> Result<Option<Self>> {
        let open = Self::query()
            .filter(guest_invitations::event_id.eq(event))
            .filter(guest_invitations::email_key.eq(email_key))
            .filter(guest_invitations::state.eq(InvitationState::Invited));
        Ok(open.first(db).optional()?)
    }

    /// The invitations that somebody accepted with this registration.
    pub fn of_registration(db: &mut Db, registration: RegistrationId) -> Result<Vec<Self>> {
        let accepted = Self::query().filter(guest_invitations::registration_id.eq(registration));
        Ok(accepted.order(guest_invitations::id).load(db)?)
    }

    /// How many invitations to an event there are, by what has become of them so far.
    pub fn counts(db: &mut Db, event: EventId) -> Result<Vec<(InvitationState, i64)>> {
        Ok(guest_invitations::table
            .filter(guest_invitations::event_id.eq(event))
            .group_by(guest_invitations::state)
            .select((guest_invitations::state, diesel::dsl::count_star()))
            .load(db)?)
    }

    /// How many seats of an event are kept for invitations.
    pub fn seats_kept(db: &mut Db, event: EventId) -> Result<i64> {
        Ok(guest_invitations::table
            .filter(guest_invitations::event_id.eq(event))
            .filter(guest_invitations::keeps_seat.eq(true))
            .count()
            .get_result(db)?)
    }

    /// What has become of it, whether somebody has written that down yet or not.
    pub fn state_at(&self, now: Timestamp) -> InvitationState {
        match self.state {
            InvitationState::Invited if now >= self.expires_at => InvitationState::Expired,
            state => state,
        }
    }

    /// Whether whoever accepted it consents to one of the texts with these keys.
    pub fn is_shared(&self, db: &mut Db, keys: &[String]) -> Result<bool> {
        let Some(registration) = self.registration_id else { return Ok(false) };
        let given = consents::table
            .filter(consents::registration_id.eq(registration))
            .filter(consents::key.eq_any(keys))
            .filter(consents::withdrawn_at.is_null());
        Ok(diesel::select(diesel::dsl::exists(given)).get_result(db)?)
    }

    /// First and last name.
    pub fn name(&self) -> String {
        match &self.last_name {
            Some(last_name) => format!("{} {last_name}", self.first_name),
            None => self.first_name.clone(),
        }
    }

    /// Writes it down, as its next version.
    pub(super) fn save(&mut self, db: &mut Db, now: Timestamp) -> Result<()> {
        self.updated_at = now;
        self.version += 1;
        let before = guest_invitations::table
            .filter(guest_invitations::id.eq(self.id))
            .filter(guest_invitations::version.eq(self.version - 1));
        if diesel::update(before).set(&*self).execute(db)? == 1 { Ok(()) } else { Err(Error::Busy) }
    }
}

/// Which invitations to an event are wanted. What is not given does not narrow.
#[derive(Debug, Clone, Default)]
pub struct InvitationFilter {
    /// In one of these.
    pub states: Vec<InvitationState>,
    /// Words in the name, the address or the organization, as a search key.
    pub q: Option<String>,
    /// Changed at or after this.
    pub updated_since: Option<Timestamp>,
    /// Of those alone who came and consent to one of the texts with these keys.
    pub consented: Option<Vec<String>>,
}

impl InvitationFilter {
    /// A page of the invitations to an event, in the order in which they were sent first.
    pub fn page(&self, db: &mut Db, event: EventId, paging: &Paging, now: Timestamp) -> Result<Page<Invitation>> {
        let list = format!("invitations {event} {self:?}");
        let mut query = self.query(event, now);
        if let Some(after) = paging.after::<uuid::Uuid>(&list)? {
            query = query.filter(guest_invitations::id.gt(GuestInvitationId::from(after)));
        }
        let rows = query.order(guest_invitations::id).limit(paging.rows()).load(db)?;
        paging.page(&list, rows, |invitation| invitation.id.uuid())
    }

    fn query(&self, event: EventId, now: Timestamp) -> Boxed<'_> {
        let mut query = Invitation::query().filter(guest_invitations::event_id.eq(event)).into_boxed();
        if !self.states.is_empty() {
            // What is over and not written down yet has expired.
            let over = guest_invitations::state.eq(InvitationState::Invited).and(guest_invitations::expires_at.le(now));
            let written = guest_invitations::state.eq_any(&self.states);
            query = match (
                self.states.contains(&InvitationState::Invited),
                self.states.contains(&InvitationState::Expired),
            ) {
                (false, true) => query.filter(written.or(over)),
                (true, false) => query.filter(written.and(diesel::dsl::not(over))),
                _ => query.filter(written),
            };
        }
        if let Some(q) = &self.q {
            for word in q.split(' ').filter(|word| !word.is_empty()) {
                query = query.filter(guest_invitations::search_key.like(contains_pattern(word)).escape('\\'));
            }
        }
        if let Some(since) = self.updated_since {
            query = query.filter(guest_invitations::updated_at.ge(since));
        }
        if let Some(keys) = &self.consented {
            let given = consents::table
                .filter(consents::registration_id.nullable().eq(guest_invitations::registration_id))
                .filter(consents::key.eq_any(keys.clone()))
                .filter(consents::withdrawn_at.is_null());
            query = query.filter(diesel::dsl::exists(given));
        }
        query
    }
}

type Boxed<'a> = guest_invitations::BoxedQuery<
    'a,
    MultiBackend,
    diesel::dsl::SqlTypeOf<diesel::dsl::AsSelect<Invitation, MultiBackend>>,
>;
