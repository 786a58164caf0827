//! `POST /api/v1/check-in-lists/{list}/check-ins`

use actix_web::web::Path;
use serde::Deserialize;
use utoipa::ToSchema;

use super::lists::hold_for;
use super::object::VerdictObject;
use crate::access::{Caller, Deed};
use crate::api::body::{Field, Scanned};
use crate::api::call::{Answer, Call};
use crate::api::issues::{At, Issues, text};
use crate::api::reply::Reply;
use crate::api::sharing::hidden;
use crate::checkins::{Admission, Direction, Scan, admit};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::keys::Keys;
use crate::registrations::Answers;
use crate::store::Db;
use crate::values::{Fault, Line};

/// How long what a scanner saw may be: other systems' QR codes hold up to about 3,000 characters.
const MAX_SCAN: usize = 4096;

/// Somebody at the door: exactly one of `ticket`, `code` and `registration_id`.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct NewCheckIn {
    /// What a scanner saw: any text.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    ticket: Field<String>,
    /// What somebody typed: a code, where case, spaces and hyphens do not matter, or an `external_ref`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    code: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    registration_id: Field<String>,
    /// If not given: `entry`; at a list that toggles, the other way than the last one.
    #[serde(default)]
    #[schema(value_type = Option<Direction>)]
    direction: Field<String>,
    /// The scanner's own name for this scan: sent again, it has the same verdict and no second effect.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    nonce: Field<String>,
    /// When it happened, if not now.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    occurred_at: Field<String>,
    /// What staff asked, by the keys of the event's questions.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    answers: Field<Answers>,
}

/// Check somebody in or out. Answered 200 with a verdict, also when it is `denied`. `needs_input` names questions: nothing
/// was written down; send the check-in again with `answers`.
#[utoipa::path(post, path = "/api/v1/check-in-lists/{list}/check-ins", tag = "Check-ins", request_body = NewCheckIn,
    security(("bearer" = []), ("device" = [])),
    params(("list" = uuid::Uuid, Path), ("Idempotency-Key" = Option<String>, Header),
        ("Accept-Language" = Option<String>, Header, description = "The language of `text`: en, fr, de or lb")),
    responses((status = 200, body = VerdictObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn check_in(call: Call, list: Path<String>, body: Scanned<NewCheckIn>) -> Answer {
    // Signatures are checked here, on a thread of many, before the queue.
    let admission = read(body.json, body.issues, &call.api.keys);
    let (key, language) = (call.api.key_of_list(&list).await, call.language());
    let work = move |db: &mut Db, caller: &Caller, now: Timestamp| {
        let (held, list) = hold_for(db, caller, Deed::CheckIn, key.into(), &list)?;
        let mut verdict = admit(db, caller, &held, list, &admission?, now)?;
        if let Some(id) = verdict.registration.as_ref().map(|registration| registration.id)
            && !hidden(db, caller, Deed::CheckIn, &held.event, &[id])?.is_empty()
        {
            // Whoever has a ticket comes in; who they are, they have not shared with this host.
            verdict.registration = None;
        }
        Ok((verdict, now))
    };
    let tell = move |(verdict, now)| Reply::json(&VerdictObject::new(verdict, language, now));
    call.until_sure().write_and_tell(key, &body.bytes, work, tell).await
}

fn read(fields: NewCheckIn, mut issues: Issues, keys: &Keys) -> Result<Admission> {
    let scan = scan(&mut issues, "", (fields.ticket, fields.code, fields.registration_id), keys);
    let direction = issues.optional("/direction", fields.direction, text::<Direction>);
    let nonce = issues.optional("/nonce", fields.nonce, text::<Line<100>>).map(String::from);
    let occurred_at = issues.optional("/occurred_at", fields.occurred_at, text::<Timestamp>);
    let answers = issues.optional("/answers", fields.answers, Ok);
    issues.finish_with(scan, "", "send one of ticket, code and registration_id").map(|scan| Admission {
        scan,
        direction,
        nonce,
        occurred_at,
        answers,
    })
}

/// Exactly one of what was scanned, typed and chosen, below `pointer`.
pub(super) fn scan(
    issues: &mut Issues,
    pointer: &str,
    (ticket, code, chosen): (Field<String>, Field<String>, Field<String>),
    keys: &Keys,
) -> Option<Scan> {
    let bounded = |text: String| {
        if text.len() > MAX_SCAN { Err(Fault::new("too_long", "this has at most 4096 bytes")) } else { Ok(text) }
    };
    let at = |name| At(pointer, name);
    let given =
        [&ticket, &code, &chosen].into_iter().filter(|field| !matches!(field, Field::Missing | Field::Null)).count();
    let ticket = issues.optional(at("ticket"), ticket, bounded).map(|text| Scan::of_ticket(keys, &text));
    let code = issues.optional(at("code"), code, bounded).map(|text| Scan::of_code(&text));
    let chosen = issues.optional(at("registration_id"), chosen, |id| {
        id.parse().map(Scan::Registration).map_err(|_| Fault::new("invalid_id", "this is an id"))
    });
    match given {
        0 => issues.add(pointer, Fault::new("required", "send one of ticket, code and registration_id")),
        1 => {}
        _ => issues.add(pointer, Fault::new("ambiguous", "send one of ticket, code and registration_id")),
    }
    ticket.or(code).or(chosen)
}
