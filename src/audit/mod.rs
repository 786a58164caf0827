//! Who did what, when: a row in the transaction of the deed.

use diesel::{Insertable, RunQueryDsl};

use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::audit;
use crate::store::{ApiTokenId, AuditId, Db, EventId, OrganizationId, RegistrationId, on_each_database};

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Somebody whom we do not know.
    Anonymous,
    /// The person behind a registration, by the link in the mail.
    Attendee(RegistrationId),
    /// A program with an organization's API token.
    Token(ApiTokenId),
    /// The operator, by the command line.
    CommandLine,
    /// Turnout itself, when time comes.
    System,
}

impl Actor {
    fn kind(&self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Attendee(_) => "attendee",
            Self::Token(_) => "token",
            Self::CommandLine => "command_line",
            Self::System => "system",
        }
    }

    fn id(&self) -> Option<uuid::Uuid> {
        match self {
            Self::Attendee(registration) => Some(registration.uuid()),
            Self::Token(token) => Some(token.uuid()),
            Self::Anonymous | Self::CommandLine | Self::System => None,
        }
    }
}

/// Whose trail a deed belongs to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    /// The organization that owns what the deed is about.
    pub organization: Option<OrganizationId>,
    /// The event that the deed is about.
    pub event: Option<EventId>,
}

#[derive(Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
struct Row {
    id: AuditId,
    organization_id: Option<OrganizationId>,
    event_id: Option<EventId>,
    actor: &'static str,
    actor_id: Option<crate::store::Id<Someone>>,
    deed: &'static str,
    subject_id: Option<crate::store::Id<Someone>>,
    at: Timestamp,
}

/// Whoever or whatever an id in the trail names: the deed tells.
enum Someone {}

/// Writes down that `by` did `deed` (a stable word such as `registration.placed`) to `subject`.
pub fn record(
    db: &mut Db,
    by: &Actor,
    scope: Scope,
    deed: &'static str,
    subject: uuid::Uuid,
    now: Timestamp,
) -> Result<()> {
    let row = Row {
        id: AuditId::new(),
        organization_id: scope.organization,
        event_id: scope.event,
        actor: by.kind(),
        actor_id: by.id().map(Into::into),
        deed,
        subject_id: Some(subject.into()),
        at: now,
    };
    on_each_database!(db, |c| diesel::insert_into(audit::table).values(&row).execute(c))?;
    Ok(())
}
