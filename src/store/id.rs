//! Typed ids: an event's id is not a registration's.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use uuid::Uuid;

/// A UUID version 7 (RFC 9562 §5.7) that names one `T`.
#[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = super::sql_types::Uuid)]
pub struct Id<T: 'static>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// A new one. Within a process, later ones sort behind earlier ones.
    #[allow(clippy::new_without_default, reason = "a new id is random: it is no default")]
    #[allow(clippy::disallowed_methods, reason = "the one place that makes ids")]
    pub fn new() -> Self {
        Self(Uuid::now_v7(), PhantomData)
    }

    /// The UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<T> From<Uuid> for Id<T> {
    fn from(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<T> FromStr for Id<T> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(|uuid| Self(uuid, PhantomData))
    }
}

impl<T> serde::Serialize for Id<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, T> serde::Deserialize<'de> for Id<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(|uuid| Self(uuid, PhantomData))
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $alias:ident = $marker:ident;)*) => {
        /// What ids can name.
        #[allow(unreachable_pub, reason = "public through the aliases")]
        pub mod named {
            $($(#[$doc])* #[derive(Debug)] pub enum $marker {})*
        }
        $($(#[$doc])* pub type $alias = Id<named::$marker>;)*
    };
}

ids! {
    /// An organization.
    OrganizationId = Organization;
    /// An API token of an organization.
    ApiTokenId = ApiToken;
    /// An event.
    EventId = Event;
    /// A quota of an event.
    QuotaId = Quota;
    /// A stamp of what an event offers and asks.
    CatalogId = Catalog;
    /// A registration for an event.
    RegistrationId = Registration;
    /// A list at which people are checked in.
    CheckInListId = CheckInList;
    /// One scan.
    CheckInId = CheckIn;
    /// A device at the door.
    DeviceId = Device;
    /// A message in the outbox.
    MessageId = Message;
    /// A person who signs in.
    AccountId = Account;
    /// One time that a person signed in.
    SignInId = SignIn;
    /// A person's part in an organization.
    MemberId = Member;
    /// An invitation to become a member.
    InviteId = Invite;
    /// A password about to be chosen anew.
    PasswordResetId = PasswordReset;
    /// A series of events.
    SeriesId = Series;
    /// A part of an event.
    SessionId = Session;
    /// A kind of admission.
    TicketTypeId = TicketType;
    /// A question to attendees.
    QuestionId = Question;
    /// A version of a text to which people consent.
    ConsentTextId = ConsentText;
    /// A consent that somebody gave.
    ConsentId = Consent;
    /// A code that opens what is not public.
    AccessCodeId = AccessCode;
    /// A personal invitation to an event.
    GuestInvitationId = GuestInvitation;
    /// Of an announcement.
    AnnouncementId = Announcement;
    /// A choice of columns.
    ColumnSetId = ColumnSet;
    /// A spreadsheet that is read in.
    ImportId = Import;
    /// A letter to a part of the attendees.
    CampaignId = Campaign;
    /// A row of the audit trail.
    AuditId = Audit;
}
