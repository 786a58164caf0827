//! A message in the outbox.

use diesel::prelude::*;

use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::store::schema::{events, messages};
use crate::store::{Db, EventId, Id, MessageId, OrganizationId, Page, Paging, RegistrationId};
use crate::text_enum;

text_enum! {
    /// What a message tells.
    pub enum MessageKind {
        /// Please show that this is your address.
        Verify = "verify",
        /// Somebody will look at your registration.
        Pending = "pending",
        /// Somebody has looked at it: you have a place.
        Approved = "approved",
        /// Somebody has looked at it: you have no place.
        Rejected = "rejected",
        /// A seat is held for you, for a while.
        Offered = "offered",
        /// You did not take it in time.
        OfferExpired = "offer_expired",
        /// Your registration is another than before.
        Changed = "changed",
        /// You have the place of somebody else.
        Transferred = "transferred",
        /// Somebody else has your place.
        TransferredAway = "transferred_away",
        /// You have a place.
        Confirmed = "confirmed",
        /// You wait for a place.
        Waitlisted = "waitlisted",
        /// You waited, and have a place now.
        Promoted = "promoted",
        /// You have no place any more.
        Cancelled = "cancelled",
        /// The event is at another time or place.
        EventChanged = "event_changed",
        /// A session that you have chosen is at another time or in another room.
        SessionChanged = "session_changed",
        /// The event does not take place.
        EventCancelled = "event_cancelled",
        /// The event is near.
        Reminder = "reminder",
        /// You were there.
        ThankYou = "thank_you",
        /// Here you choose a new password.
        PasswordReset = "password_reset",
        /// You are invited to an event.
        Invitation = "invitation",
        /// What the organizers write to many.
        Campaign = "campaign",
        /// You are invited to become a member.
        MemberInvitation = "member_invitation",
    }
}

text_enum! {
    /// Where a message is on its way.
    pub enum MessageState {
        /// Not tried yet.
        Queued = "queued",
        /// Being handed over right now.
        Sending = "sending",
        /// The mail server has taken it.
        Sent = "sent",
        /// It did not go through, and will be tried again.
        Retrying = "retrying",
        /// It was refused for good, or tried often enough.
        Failed = "failed",
        /// It is not for its recipient any more, and stays unsent.
        Withdrawn = "withdrawn",
        /// Handed over, and the answer was lost: it may have arrived, so it is not repeated by itself.
        Unknown = "unknown",
    }
}

/// Whatever a message is about that is no registration: its kind tells.
#[derive(Debug)]
pub enum About {}

/// A message in the outbox.
#[derive(Debug, Clone, HasQuery, Insertable)]
#[diesel(table_name = messages, treat_none_as_default_value = false)]
pub struct Message {
    /// Its id; its `Message-ID` header is made from it.
    pub id: MessageId,
    /// The event that it is about, if it is about one.
    pub event_id: Option<EventId>,
    /// The registration that it is about.
    pub registration_id: Option<RegistrationId>,
    /// The invitation, the invite, the password reset, the announcement or the campaign that it is about.
    pub about_id: Option<Id<About>>,
    /// What it tells.
    pub kind: MessageKind,
    /// Whom it goes to.
    pub recipient: String,
    /// Where it is on its way.
    pub state: MessageState,
    /// How often it was tried.
    pub attempts: i64,
    /// When to try (again); none: nothing more to do.
    pub due_at: Option<Timestamp>,
    /// Who is at work on it.
    pub lease: Option<MessageId>,
    /// What the mail server said last, or what was wrong.
    pub reply: Option<String>,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
    /// When it was posted.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

/// What a message is about: an event, a registration, something else; each if there is one.
pub type Concerns = (Option<EventId>, Option<RegistrationId>, Option<Id<About>>);

impl Message {
    /// A new message, due at once.
    pub fn new(
        kind: MessageKind,
        (event_id, registration_id, about_id): Concerns,
        recipient: &str,
        now: Timestamp,
    ) -> Self {
        Self {
            id: MessageId::new(),
            event_id,
            registration_id,
            about_id,
            kind,
            recipient: recipient.to_owned(),
            state: MessageState::Queued,
            attempts: 0,
            due_at: Some(now),
            lease: None,
            reply: None,
            sent_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// The key under which what is done to it queues up: its event's.
    pub fn queue(&self) -> uuid::Uuid {
        self.event_id.map_or(uuid::Uuid::nil(), EventId::uuid)
    }

    /// The message with this id.
    pub fn find(db: &mut Db, id: MessageId) -> Result<Self> {
        Self::query().filter(messages::id.eq(id)).first(db).optional()?.ok_or(Error::NotFound("message"))
    }

    /// The messages about a registration that went to an address, in the order in which they were posted.
    pub fn of_registration(db: &mut Db, registration: RegistrationId, recipient: &str) -> Result<Vec<Self>> {
        Ok(Self::query()
            .filter(messages::registration_id.eq(registration))
            .filter(messages::recipient.eq(recipient))
            .order(messages::id)
            .load(db)?)
    }

    /// The newest messages of the installation, the newest first.
    pub fn newest(db: &mut Db, state: Option<MessageState>, limit: i64) -> Result<Vec<Self>> {
        let mut query = Self::query().into_boxed();
        if let Some(state) = state {
            query = query.filter(messages::state.eq(state));
        }
        Ok(query.order(messages::id.desc()).limit(limit).load(db)?)
    }

    /// A page of messages, in the order in which they were posted.
    pub fn page(db: &mut Db, of: Of, filter: &MessageFilter, paging: &Paging) -> Result<Page<Self>> {
        let list = format!("messages {of:?} {filter:?}");
        let mut query = Self::query().into_boxed();
        query = match of {
            Of::Event(event) => query.filter(messages::event_id.eq(event)),
            Of::Organization(organization) => {
                let own = events::table.filter(events::organization_id.eq(organization));
                query.filter(messages::event_id.eq_any(own.select(events::id.nullable())))
            }
        };
        if let Some(state) = filter.state {
            query = query.filter(messages::state.eq(state));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(messages::kind.eq(kind));
        }
        if let Some(registration) = filter.registration {
            query = query.filter(messages::registration_id.eq(registration));
        }
        if let Some(since) = filter.updated_since {
            query = query.filter(messages::updated_at.ge(since));
        }
        if let Some(after) = paging.after::<uuid::Uuid>(&list)? {
            query = query.filter(messages::id.gt(MessageId::from(after)));
        }
        let rows = query.order(messages::id).limit(paging.rows()).load(db)?;
        paging.page(&list, rows, |message| message.id.uuid())
    }
}

/// Whose messages are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Those about an event.
    Event(EventId),
    /// Those about the events that an organization owns.
    Organization(OrganizationId),
}

/// Which of them are wanted. What is not given does not narrow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MessageFilter {
    /// In this state.
    pub state: Option<MessageState>,
    /// Of this kind.
    pub kind: Option<MessageKind>,
    /// About this registration.
    pub registration: Option<RegistrationId>,
    /// Changed at or after this.
    pub updated_since: Option<Timestamp>,
}
