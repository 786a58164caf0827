//! `POST /api/v1/events/{event}/invitations`: a list of people.

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::object::InvitationObject;
use crate::access::{Deed, may};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, id, ids, text};
use crate::api::many::Many;
use crate::api::reply::Reply;
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result};
use crate::events::Held;
use crate::registrations::{Guest, GuestTerms, Invitation, NotInvited, invite_guests};
use crate::values::{EmailAddress, Fault, Language, Name};

/// How many people one list may have.
const MOST: usize = 500;

/// Who is invited, and what holds for all of them.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct GuestList {
    /// At most 500.
    #[serde(default)]
    #[schema(value_type = Vec<GuestOnList>)]
    people: Many<GuestOnList>,
    /// Until when they can answer; until the event begins, if not given.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    answer_by: Field<String>,
    /// Until when a seat is kept for each of them, `answer_by` at the latest; none is, if not given.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    keep_seats_until: Field<String>,
}

/// Somebody to be invited.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct GuestOnList {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = String)]
    first_name: Field<String>,
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    last_name: Field<String>,
    #[serde(default)]
    #[schema(value_type = String)]
    email: Field<String>,
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    organization: Field<String>,
    /// The language of the letter, such as `fr` or `fr-LU`; the event's first, if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    language: Field<String>,
    /// With which kind of admission, hidden or not; they choose among those that are public, if not given.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    ticket_type: Field<String>,
    /// To which sessions, beyond those that come with the ticket type.
    #[serde(default)]
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    sessions: Field<Vec<String>>,
}

/// What became of each, in the order of the list.
#[derive(Serialize, ToSchema)]
pub(crate) struct GuestResults {
    results: Vec<GuestResult>,
}

/// What became of one.
#[derive(Serialize, ToSchema)]
pub(crate) struct GuestResult {
    /// `invited` or `refused`.
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation: Option<InvitationObject>,
    /// Why they were not invited, as a problem would say.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<GuestFault>,
}

/// What is wrong with a field.
#[derive(Serialize, ToSchema)]
pub(crate) struct GuestFault {
    /// A JSON Pointer (RFC 6901) into the body.
    pointer: String,
    code: &'static str,
    detail: String,
}

/// Invite up to 500 people by name, each with a letter and a verdict of their own: who is refused undoes nothing else.
/// Whoever has registered, or has an open invitation, is not invited again. With `keep_seats_until`, a seat of the event,
/// the ticket type and the sessions is kept for each.
#[utoipa::path(post, path = "/api/v1/events/{event}/invitations", tag = "Invitations", request_body = GuestList,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = GuestResults), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn invite_people(call: Call, event: Path<String>, body: Body<GuestList>) -> Answer {
    let (list, key) = (read(body.json, body.issues), call.api.key_of_event(&event).await);
    call.write(key, &body.bytes, move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteRegistrations, &held.event)?;
        let (guests, terms) = list?;
        let verdicts = invite_guests(db, &caller.actor(), &held, guests, terms, now)?;
        let results = verdicts.into_iter().enumerate();
        let results = results.map(|(index, verdict)| GuestResult::new(index, verdict, now)).collect();
        Reply::json(&GuestResults { results })
    })
    .await
}

/// Everybody on the list, or what is wrong with them: that spoils it for nobody else.
type Guests = Vec<Result<Guest, Vec<FieldIssue>>>;

fn read(list: GuestList, mut issues: Issues) -> Result<(Guests, GuestTerms)> {
    let answer_by = issues.optional("/answer_by", list.answer_by, text::<Timestamp>);
    let keep_seats_until = issues.optional("/keep_seats_until", list.keep_seats_until, text::<Timestamp>);
    if matches!(list.people, Many::Missing) {
        issues.add("/people", Fault::new("required", "this is required"));
    }
    let people = list.people.take("/people", MOST, &mut issues);
    let guests = people.into_iter().map(GuestOnList::read).collect();
    issues.finish()?;
    Ok((guests, GuestTerms { answer_by, keep_seats_until }))
}

impl GuestOnList {
    /// Pointers begin at the person.
    fn read(self) -> Result<Guest, Vec<FieldIssue>> {
        let mut issues = Issues::default();
        let first_name = issues.required("/first_name", self.first_name, text::<Name<100>>);
        let last_name = issues.optional("/last_name", self.last_name, text::<Name<100>>);
        let email = issues.required("/email", self.email, text::<EmailAddress>);
        let organization = issues.optional("/organization", self.organization, text::<Name<200>>);
        let language = issues.optional("/language", self.language, |tag| Language::from_tag(&tag));
        let ticket_type = issues.optional("/ticket_type", self.ticket_type, id);
        let sessions = issues.optional("/sessions", self.sessions, ids::<_, 50>).unwrap_or_default();
        match issues.finish_with(first_name.zip(email), "", "this is required") {
            Ok((first_name, email)) => {
                Ok(Guest { first_name, last_name, email, organization, language, ticket_type, sessions })
            }
            Err(Error::Invalid(issues)) => Err(issues),
            Err(_) => Err(Vec::new()),
        }
    }
}

impl GuestResult {
    fn new(index: usize, verdict: Result<Invitation, NotInvited>, now: Timestamp) -> Self {
        let refused = |code, detail, errors| Self {
            result: "refused",
            invitation: None,
            code: Some(code),
            detail: Some(detail),
            errors,
        };
        let fault = |issue: FieldIssue| GuestFault {
            pointer: format!("/people/{index}{}", issue.pointer),
            code: issue.code,
            detail: issue.detail,
        };
        match verdict {
            Ok(invitation) => Self {
                result: "invited",
                invitation: Some(InvitationObject::of(invitation, now)),
                code: None,
                detail: None,
                errors: Vec::new(),
            },
            Err(NotInvited::Wrong(issues)) => {
                let detail = Error::Invalid(issues.clone()).to_string();
                refused("invalid", detail, issues.into_iter().map(fault).collect())
            }
            Err(NotInvited::Refused(Fault { code, detail })) => refused(code, detail, Vec::new()),
        }
    }
}
