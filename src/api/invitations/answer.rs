//! `POST /api/v1/invitations/accept` and `…/decline`: what whoever has the link says.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::question::link;
use crate::access::InvitationToken;
use crate::api::body::{Body, Field, Nested};
use crate::api::call::Answer;
use crate::api::issues::{Issues, at_most, id, ids, text};
use crate::api::reply::Reply;
use crate::api::sign_in::Visit;
use crate::api::state::Api;
use crate::error::{Error, Result};
use crate::registrations::{
    Answers, Invitation, InvitationState, RegistrationStatus, Yes, accept_invitation, decline_invitation,
};
use crate::values::{Country, Language, Line, Name, Prose};

/// Yes, and what belongs to it.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct Acceptance {
    /// What stands behind the # of the link.
    #[serde(default)]
    #[schema(value_type = String)]
    token: Field<String>,
    /// As invited, where nothing is given.
    #[serde(default)]
    #[schema(value_type = Option<InvitedPerson>)]
    attendee: Nested<InvitedPerson>,
    /// Their language; that of the letter, if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    locale: Field<String>,
    /// With which kind of admission; needed if the event has any and the invitation names none.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    ticket_type: Field<String>,
    /// To which sessions, beyond those that come with the ticket type; as invited, if not given.
    #[serde(default)]
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    sessions: Field<Vec<String>>,
    /// What is answered, by the keys of the event's questions.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    answers: Field<Answers>,
    /// The keys of the texts to which they consent. What is not named is not consented to.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    consents: Field<Vec<String>>,
}

/// What somebody who was invited says of themselves. The address is that of the letter.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct InvitedPerson {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    first_name: Field<String>,
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    last_name: Field<String>,
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    organization: Field<String>,
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    job_title: Field<String>,
    /// 1 to 50 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    phone: Field<String>,
    /// Two letters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    country: Field<String>,
}

/// No.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct Refusal {
    /// What stands behind the # of the link.
    #[serde(default)]
    #[schema(value_type = String)]
    token: Field<String>,
    /// A word to the organizers; at most 1,000 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    word: Field<String>,
}

/// What has become of an invitation. The ticket and the link leave by mail.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationAnswered {
    state: InvitationState,
    /// Where the registration stands, of who accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<RegistrationStatus>,
}

/// Accept an invitation with the link of its letter: a registration, with a letter of its own. `confirmed` if there is a
/// seat, `waitlisted` if there is none and the event has a waiting list, 409 `sold_out` otherwise. Whoever has declined
/// may think better of it as long as the invitation can be answered.
#[utoipa::path(post, path = "/api/v1/invitations/accept", tag = "Invitations", request_body = Acceptance, security(()),
    responses((status = 200, body = InvitationAnswered), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn accept_by_link(visit: Visit, body: Body<Acceptance>) -> Answer {
    let (by, api) = (visit.actor(), visit.api);
    let (token, yes) = yes(&api, body.json, body.issues)?;
    let key = key_of(&api, token).await?;
    let clock = api.clock.clone();
    let accepted = api.store.write(key, move |db| {
        let (invitation, registration) = accept_invitation(db, &by, token.invitation, yes, clock.now())?;
        Reply::json(&InvitationAnswered { state: invitation.state, status: Some(registration.status) })
    });
    Ok(accepted.await?)
}

/// Decline an invitation with the link of its letter, with a word to the organizers or without.
#[utoipa::path(post, path = "/api/v1/invitations/decline", tag = "Invitations", request_body = Refusal, security(()),
    responses((status = 200, body = InvitationAnswered), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn decline_by_link(visit: Visit, body: Body<Refusal>) -> Answer {
    let (by, api, mut issues) = (visit.actor(), visit.api, body.issues);
    let token = issues.required("/token", body.json.token, |token| link(&api, &token));
    let word = issues.optional("/word", body.json.word, text::<Prose<1000>>).filter(|word| !word.is_empty());
    let token = issues.finish_with(token, "/token", "this is required")?;
    let key = key_of(&api, token).await?;
    let clock = api.clock.clone();
    let declined = api.store.write(key, move |db| {
        let invitation = decline_invitation(db, &by, token.invitation, word, clock.now())?;
        Reply::json(&InvitationAnswered { state: invitation.state, status: None })
    });
    Ok(declined.await?)
}

/// The queue of the event to which somebody is invited.
async fn key_of(api: &Api, token: InvitationToken) -> Result<uuid::Uuid, Error> {
    let event = api.store.read(move |db| Ok(Invitation::find(db, token.invitation)?.event_id));
    Ok(event.await?.uuid())
}

fn yes(api: &Api, said: Acceptance, mut issues: Issues) -> Result<(InvitationToken, Yes)> {
    let token = issues.required("/token", said.token, |token| link(api, &token));
    let person = said.attendee.take("/attendee", &mut issues).unwrap_or_default();
    let yes = Yes {
        first_name: issues.optional("/attendee/first_name", person.first_name, text::<Name<100>>),
        last_name: issues.optional("/attendee/last_name", person.last_name, text::<Name<100>>),
        organization: issues.optional("/attendee/organization", person.organization, text::<Name<200>>),
        job_title: issues.optional("/attendee/job_title", person.job_title, text::<Line<200>>),
        phone: issues.optional("/attendee/phone", person.phone, text::<Line<50>>),
        country: issues.optional("/attendee/country", person.country, text::<Country>),
        locale: issues.optional("/locale", said.locale, |tag| Language::from_tag(&tag)),
        ticket_type: issues.optional("/ticket_type", said.ticket_type, id),
        sessions: issues.optional("/sessions", said.sessions, ids::<_, 50>),
        answers: issues.optional("/answers", said.answers, Ok).unwrap_or_default(),
        consents: issues.optional("/consents", said.consents, at_most::<_, 50>).unwrap_or_default(),
    };
    let token = issues.finish_with(token, "/token", "this is required")?;
    Ok((token, yes))
}
