//! An invitation to an event, as organizers see it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::registrations::{Invitation, InvitationState};
use crate::values::Language;

/// A personal invitation to an event.
#[derive(Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(crate) struct InvitationObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    #[schema(value_type = uuid::Uuid)]
    event_id: String,
    first_name: String,
    last_name: Option<String>,
    email: String,
    organization: Option<String>,
    /// The language of the letter.
    language: Language,
    /// The kind of admission, if it names one.
    #[schema(value_type = Option<uuid::Uuid>)]
    ticket_type: Option<String>,
    /// The sessions that it names, those that come with the ticket type included.
    #[schema(value_type = Vec<uuid::Uuid>)]
    sessions: Vec<String>,
    state: InvitationState,
    /// What came with a no.
    word: Option<String>,
    /// The registration of whoever accepted it.
    #[schema(value_type = Option<uuid::Uuid>)]
    registration_id: Option<String>,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    answered_at: Option<Timestamp>,
    /// Until when it can be answered.
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    answer_by: Timestamp,
    /// Until when a seat is kept for it; null: none is.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    seat_kept_until: Option<Timestamp>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
    version: i64,
}

impl InvitationObject {
    /// An invitation at a moment.
    pub(super) fn of(invitation: Invitation, now: Timestamp) -> Self {
        Self {
            state: invitation.state_at(now),
            id: invitation.id.to_string(),
            event_id: invitation.event_id.to_string(),
            first_name: invitation.first_name,
            last_name: invitation.last_name,
            email: invitation.email,
            organization: invitation.organization,
            language: invitation.language,
            ticket_type: invitation.ticket_type_id.map(|id| id.to_string()),
            sessions: invitation.sessions.0.iter().map(ToString::to_string).collect(),
            word: invitation.word,
            registration_id: invitation.registration_id.map(|id| id.to_string()),
            answered_at: invitation.answered_at,
            answer_by: invitation.expires_at,
            seat_kept_until: invitation.seat_until.filter(|_| invitation.keeps_seat),
            created_at: invitation.created_at,
            updated_at: invitation.updated_at,
            version: invitation.version,
        }
    }
}
