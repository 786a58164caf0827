//! `POST /api/v1/invitations/read`: what somebody is invited to, for whoever has the link.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::InvitationToken;
use crate::api::body::{Body, Field};
use crate::api::call::Answer;
use crate::api::events::{ConsentTextObject, QuestionObject, consent_objects};
use crate::api::reply::Reply;
use crate::api::sign_in::Visit;
use crate::api::state::Api;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{AskedAt, ConsentText, Event, EventStatus, Question, Session, TicketType, TicketVisibility};
use crate::organizations::Organization;
use crate::registrations::{Invitation, InvitationState, Registration};
use crate::store::Db;
use crate::values::{Fault, Language};

/// A link.
#[derive(Deserialize, ToSchema)]
pub(crate) struct InvitationLink {
    /// What stands behind the # of the link.
    #[serde(default)]
    #[schema(value_type = String)]
    token: Field<String>,
}

/// What somebody is invited to, and what they are asked.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationRead {
    state: InvitationState,
    first_name: String,
    last_name: Option<String>,
    email: String,
    organization: Option<String>,
    language: Language,
    /// Until when they can answer.
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    answer_by: Timestamp,
    /// Until when a seat is kept for them; null: none is.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    seat_kept_until: Option<Timestamp>,
    /// Whether they have registered by themselves meanwhile: then nothing is asked.
    registered: bool,
    event: InvitingEvent,
    /// The kind of admission, if the invitation names one.
    #[schema(value_type = Option<uuid::Uuid>)]
    ticket_type: Option<String>,
    /// What they can choose, or the one that the invitation names; empty where there is nothing to choose.
    ticket_types: Vec<OfferedTicketType>,
    /// The sessions that the invitation names.
    #[schema(value_type = Vec<uuid::Uuid>)]
    sessions: Vec<String>,
    /// All sessions of the event.
    session_choices: Vec<OfferedSession>,
    questions: Vec<QuestionObject>,
    consents: Vec<ConsentTextObject>,
}

/// The event, and who invites.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitingEvent {
    title: String,
    summary: String,
    status: EventStatus,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    starts_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    ends_at: Timestamp,
    timezone: String,
    /// In one line.
    place: String,
    /// The name of the organization that owns it.
    organization: String,
    contact_email: Option<String>,
}

/// A kind of admission.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferedTicketType {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    name: String,
    description: String,
    /// The sessions that come with it.
    #[schema(value_type = Vec<uuid::Uuid>)]
    sessions: Vec<String>,
}

/// A part of the event.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferedSession {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    title: String,
    room: Option<String>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    starts_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    ends_at: Timestamp,
}

/// Read what an invitation is for, and what whoever accepts it is asked, with the link of its letter. Changes nothing.
#[utoipa::path(post, path = "/api/v1/invitations/read", tag = "Invitations", request_body = InvitationLink, security(()),
    responses((status = 200, body = InvitationRead), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn read_invitation(visit: Visit, body: Body<InvitationLink>) -> Answer {
    let (api, mut issues) = (visit.api, body.issues);
    let token = issues.required("/token", body.json.token, |token| link(&api, &token));
    let token = issues.finish_with(token, "/token", "this is required")?;
    let now = api.clock.now();
    let read = api.store.read(move |db| {
        let invitation = Invitation::find(db, token.invitation)?;
        Reply::json(&InvitationRead::of(db, invitation, now)?)
    });
    Ok(read.await?)
}

/// The token of a link.
pub(super) fn link(api: &Api, token: &str) -> Result<InvitationToken, Fault> {
    InvitationToken::read(&api.keys, token).ok_or_else(|| Fault::new("invalid_link", "this is not the text of a link"))
}

impl InvitationRead {
    fn of(db: &mut Db, invitation: Invitation, now: Timestamp) -> Result<Self> {
        let event = Event::find(db, invitation.event_id)?;
        let organization = Organization::find(db, event.organization_id)?;
        let offered = |kind: &TicketType| match invitation.ticket_type_id {
            Some(named) => kind.id == named,
            None => kind.visibility == TicketVisibility::Public,
        };
        let types: Vec<TicketType> = TicketType::of_event(db, event.id)?.into_iter().filter(offered).collect();
        let asked = |question: &Question| {
            let of_them = question.ticket_types.as_ref().is_none_or(|ids| types.iter().any(|t| ids.0.contains(&t.id)));
            question.retired_at.is_none() && question.asked_at == AskedAt::Registration && of_them
        };
        let questions = Question::of_event(db, event.id)?.into_iter().filter(asked).map(Into::into).collect();
        let texts = ConsentText::asked(db, event.id)?;
        Ok(Self {
            state: invitation.state_at(now),
            registered: Registration::is_known(db, event.id, &invitation.email_key)?,
            questions,
            consents: consent_objects(db, texts)?,
            session_choices: Session::of_event(db, event.id)?.into_iter().map(Into::into).collect(),
            ticket_types: types.into_iter().map(Into::into).collect(),
            ticket_type: invitation.ticket_type_id.map(|id| id.to_string()),
            sessions: invitation.sessions.0.iter().map(ToString::to_string).collect(),
            seat_kept_until: invitation.seat_until.filter(|_| invitation.keeps_seat),
            answer_by: invitation.expires_at,
            language: invitation.language,
            first_name: invitation.first_name,
            last_name: invitation.last_name,
            email: invitation.email,
            organization: invitation.organization,
            event: InvitingEvent {
                place: event.location.0.one_line(),
                title: event.title,
                summary: event.summary,
                status: event.status,
                starts_at: event.starts_at,
                ends_at: event.ends_at,
                timezone: event.timezone,
                organization: organization.name,
                contact_email: event.contact_email,
            },
        })
    }
}

impl From<TicketType> for OfferedTicketType {
    fn from(kind: TicketType) -> Self {
        Self {
            id: kind.id.to_string(),
            name: kind.name,
            description: kind.description,
            sessions: kind.sessions.0.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<Session> for OfferedSession {
    fn from(session: Session) -> Self {
        Self {
            id: session.id.to_string(),
            title: session.title,
            room: session.room,
            starts_at: session.starts_at,
            ends_at: session.ends_at,
        }
    }
}
