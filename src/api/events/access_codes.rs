//! Access codes over HTTP.

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{Caller, Deed, may};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, id, text};
use crate::api::reply::Reply;
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{
    AccessCode, AccessCodeDraft, Capacity, Event, Held, add_access_code, remove_access_code, revise_access_code,
};
use crate::registrations::move_up;
use crate::store::{AccessCodeId, Db};
use crate::values::{EmailAddress, Fault, Line};

/// A code with which one registers.
#[derive(Serialize, ToSchema)]
#[schema(as = AccessCode)]
pub(crate) struct AccessCodeObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    code: String,
    note: Option<String>,
    /// None: any number.
    max_uses: Option<i64>,
    /// How many live registrations came with it, but for those whose address is not verified yet.
    used: i64,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    opens_at: Option<Timestamp>,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    closes_at: Option<Timestamp>,
    #[schema(value_type = Option<uuid::Uuid>)]
    ticket_type: Option<String>,
    /// Only for addresses of these domains, if there are any here.
    email_domains: Vec<String>,
    /// How many seats are kept for it.
    reserved: i64,
    /// How many of them nobody has taken yet.
    reserved_left: i64,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    release_at: Option<Timestamp>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
    version: i64,
}

impl From<AccessCode> for AccessCodeObject {
    fn from(code: AccessCode) -> Self {
        Self {
            reserved_left: code.left(),
            id: code.id.to_string(),
            code: code.code,
            note: code.note,
            max_uses: code.max_uses,
            used: code.used,
            opens_at: code.opens_at,
            closes_at: code.closes_at,
            ticket_type: code.ticket_type_id.map(|id| id.to_string()),
            email_domains: code.email_domains.0,
            reserved: code.reserved,
            release_at: code.release_at,
            created_at: code.created_at,
            updated_at: code.updated_at,
            version: code.version,
        }
    }
}

/// What a request says of an access code.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct AccessCodeFields {
    /// 1 to 50 characters, unique in the event whatever their case; made up if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    code: Field<String>,
    /// At most 500 characters, for organizers.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    note: Field<String>,
    /// 1 to 100,000; null: any number.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    max_uses: Field<i64>,
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    opens_at: Field<String>,
    /// After `opens_at`.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    closes_at: Field<String>,
    /// The one ticket type that it is for; it opens one that is hidden.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    ticket_type: Field<String>,
    /// Only for addresses of these domains, at most 50.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    email_domains: Field<Vec<String>>,
    /// How many seats are kept for it: at most as many as are free.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    reserved: Field<i64>,
    /// When the seats that nobody has taken by then go back to everybody.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    release_at: Field<String>,
}

/// The access codes of an event, in the order in which they were added.
#[utoipa::path(get, path = "/api/v1/events/{event}/access-codes", tag = "Access codes", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(AccessCodeList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn access_codes(call: Call, event: Path<String>) -> Answer {
    let mut query = call.query();
    let (updated_since, paging) = (query.word("updated_since"), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &event)?;
        wrong?;
        Reply::page(&AccessCode::of_event(db, event.id, updated_since, &paging)?.map(AccessCodeObject::from))
    })
    .await
}

/// Read an access code.
#[utoipa::path(get, path = "/api/v1/events/{event}/access-codes/{code}", tag = "Access codes", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("code" = uuid::Uuid, Path)),
    responses((status = 200, body = AccessCodeObject), (status = 304),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn access_code(call: Call, path: Path<(String, String)>) -> Answer {
    let (event, code) = path.into_inner();
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &event)?;
        reply(AccessCode::find(db, event.id, code_id(&code)?)?)
    })
    .await
}

/// Add an access code.
#[utoipa::path(post, path = "/api/v1/events/{event}/access-codes", tag = "Access codes",
    request_body = AccessCodeFields, security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = AccessCodeObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn add_code(call: Call, event: Path<String>, body: Body<AccessCodeFields>) -> Answer {
    let key = call.api.key_of_event(&event).await;
    let draft = read(body.json, body.issues, None);
    call.write(key, &body.bytes, move |db, caller, now| {
        let held = held_for(db, caller, &event)?;
        let code = add_access_code(db, &caller.actor(), &held, draft?, now)?;
        let address = format!("/api/v1/events/{}/access-codes/{}", held.event.id, code.id);
        Ok(reply(code)?.created(&address))
    })
    .await
}

/// Change an access code. What is not given stays; null empties what can be empty. Seats that are not kept any more go to
/// those who wait.
#[utoipa::path(patch, path = "/api/v1/events/{event}/access-codes/{code}", tag = "Access codes",
    request_body = AccessCodeFields, security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("code" = uuid::Uuid, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = AccessCodeObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revise_code(call: Call, path: Path<(String, String)>, body: Body<AccessCodeFields>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let (event, code) = path.into_inner();
    let key = call.api.key_of_event(&event).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let held = held_for(db, caller, &event)?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        let draft = |before: &AccessCode| read(body.json, body.issues, Some(before));
        let code = revise_access_code(db, &caller.actor(), &held, code_id(&code)?, draft, expected, now)?;
        move_up(db, &Actor::SYSTEM, held.event.id, now)?;
        reply(code)
    })
    .await
}

/// Remove an access code with which nobody has registered. Seats that were kept for it go to those who wait.
#[utoipa::path(delete, path = "/api/v1/events/{event}/access-codes/{code}", tag = "Access codes", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("code" = uuid::Uuid, Path),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn remove_code(call: Call, path: Path<(String, String)>) -> Answer {
    let expected = call.expected_version()?;
    let (event, code) = path.into_inner();
    let key = call.api.key_of_event(&event).await;
    call.write(key, &[], move |db, caller, now| {
        let held = held_for(db, caller, &event)?;
        remove_access_code(db, &caller.actor(), &held, code_id(&code)?, expected, now)?;
        move_up(db, &Actor::SYSTEM, held.event.id, now)?;
        Ok(Reply::done())
    })
    .await
}

fn held_for(db: &mut Db, caller: &Caller, event: &str) -> Result<Held> {
    let held = Held::by_name(db, event)?;
    may(db, caller, Deed::WriteEvent, &held.event)?;
    Ok(held)
}

fn code_id(text: &str) -> Result<AccessCodeId> {
    text.parse().map_err(|_| Error::NotFound("access code"))
}

fn reply(code: AccessCode) -> Result<Reply> {
    let version = code.version;
    Reply::object(&AccessCodeObject::from(code), version)
}

/// What the fields say; where they say nothing, what was before.
fn read(fields: AccessCodeFields, mut issues: Issues, before: Option<&AccessCode>) -> Result<AccessCodeDraft> {
    let code = if before.is_some() {
        issues.change("/code", fields.code, text::<Line<50>>)
    } else {
        issues.optional("/code", fields.code, text::<Line<50>>)
    };
    let note = issues.clearable("/note", fields.note, text::<Line<500>>);
    let max_uses = issues.clearable("/max_uses", fields.max_uses, max_uses);
    let opens_at = issues.clearable("/opens_at", fields.opens_at, text::<Timestamp>);
    let closes_at = issues.clearable("/closes_at", fields.closes_at, text::<Timestamp>);
    let ticket_type = issues.clearable("/ticket_type", fields.ticket_type, id);
    let email_domains = issues.clearable("/email_domains", fields.email_domains, domains);
    let reserved = issues.clearable("/reserved", fields.reserved, Capacity::try_from);
    let release_at = issues.clearable("/release_at", fields.release_at, text::<Timestamp>);
    issues.finish()?;
    let reserved = reserved.unwrap_or(before.map(|code| Capacity::try_from(code.reserved)).transpose().unwrap_or(None));
    Ok(AccessCodeDraft {
        code,
        note: note.unwrap_or_else(|| before.and_then(|code| code.note.as_ref()?.parse().ok())),
        max_uses: max_uses.unwrap_or_else(|| before.and_then(|code| code.max_uses)),
        opens_at: opens_at.unwrap_or_else(|| before.and_then(|code| code.opens_at)),
        closes_at: closes_at.unwrap_or_else(|| before.and_then(|code| code.closes_at)),
        ticket_type: ticket_type.unwrap_or_else(|| before.and_then(|code| code.ticket_type_id)),
        email_domains: email_domains
            .unwrap_or_else(|| before.map(|code| code.email_domains.0.clone()))
            .unwrap_or_default(),
        reserved: reserved.unwrap_or(Capacity::NONE),
        release_at: release_at.unwrap_or_else(|| before.and_then(|code| code.release_at)),
    })
}

fn max_uses(uses: i64) -> Result<i64, Fault> {
    let fine = (1..=100_000).contains(&uses);
    if fine { Ok(uses) } else { Err(Fault::new("out_of_range", "a code is used 1 to 100000 times, or null for any")) }
}

/// Domains of addresses, in lower case.
fn domains(words: Vec<String>) -> Result<Vec<String>, Fault> {
    if words.len() > 50 {
        return Err(Fault::new("too_many", "there can be at most 50 of these"));
    }
    let domain = |word: String| {
        let word = word.trim().trim_start_matches('@').to_lowercase();
        let fine = !word.contains('@') && format!("a@{word}").parse::<EmailAddress>().is_ok();
        if fine { Ok(word) } else { Err(Fault::new("invalid_domain", "this is a domain, such as museum.example")) }
    };
    words.into_iter().map(domain).collect()
}

/// A page of access codes.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct AccessCodeList {
    data: Vec<AccessCodeObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
