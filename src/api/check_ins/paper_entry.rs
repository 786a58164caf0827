//! `POST /api/v1/check-in-lists/{list}/paper`

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lists::hold_for;
use super::object::VerdictObject;
use crate::access::{Caller, Deed};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, text};
use crate::api::reply::Reply;
use crate::audit;
use crate::checkins::{CheckInSource, Direction, Fact, Scan, Verdict, check_time, merge};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::Db;
use crate::values::{Fault, Language};

/// How many codes are taken at a time.
const MAX_CODES: usize = 1000;

/// What was ticked on a list on paper.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct PaperEntries {
    /// 1 to 1,000 codes, as somebody types them: case, spaces and hyphens do not matter.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    codes: Field<Vec<String>>,
    /// `entry` if not given.
    #[serde(default)]
    #[schema(value_type = Option<Direction>)]
    direction: Field<String>,
    /// When they went through, as far as that is known: now, if not given.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    occurred_at: Field<String>,
}

/// What became of a list on paper.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaperVerdicts {
    /// One for each code, in their order.
    verdicts: Vec<PaperVerdict>,
}

/// What became of a code.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaperVerdict {
    /// As it was sent.
    code: String,
    #[serde(flatten)]
    verdict: VerdictObject,
}

/// What somebody has ticked.
struct Ticked {
    codes: Vec<String>,
    direction: Direction,
    at: Option<Timestamp>,
}

/// Hand in what was ticked on paper: up to 1,000 codes, all or none. Whoever was let in is in, and `accepted_conflict` says
/// what speaks against it. The same code, way and time handed in again is the same check-in.
#[utoipa::path(post, path = "/api/v1/check-in-lists/{list}/paper", tag = "Check-ins", request_body = PaperEntries,
    security(("bearer" = []), ("device" = [])),
    params(("list" = uuid::Uuid, Path), ("Idempotency-Key" = Option<String>, Header),
        ("Accept-Language" = Option<String>, Header, description = "The language of `text`: en, fr, de or lb")),
    responses((status = 200, body = PaperVerdicts), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn paper_entries(call: Call, list: Path<String>, body: Body<PaperEntries>) -> Answer {
    let ticked = read(body.json, body.issues);
    let (key, language) = (call.api.key_of_list(&list).await, call.language());
    let work = move |db: &mut Db, caller: &Caller, now: Timestamp| {
        let (held, list) = hold_for(db, caller, Deed::CheckIn, key.into(), &list)?;
        let ticked = ticked?;
        check_time(&held.event, ticked.at, now)?;
        let facts: Vec<Fact> = ticked.codes.iter().map(|code| ticked.fact(code, now)).collect();
        let verdicts = merge(db, caller, &held, list, (CheckInSource::Paper, &facts), now)?;
        audit::record(db, &caller.actor(), held.event.scope(), "paper_list.handed_in", list.uuid(), now)?;
        Ok((ticked.codes, verdicts, now))
    };
    let tell =
        move |(codes, verdicts, now): (Vec<String>, Vec<Verdict>, Timestamp)| tell(codes, verdicts, language, now);
    call.write_and_tell(key, &body.bytes, work, tell).await
}

fn tell(codes: Vec<String>, verdicts: Vec<Verdict>, language: Language, now: Timestamp) -> Result<Reply> {
    let verdict = |(code, verdict)| PaperVerdict { code, verdict: VerdictObject::new(verdict, language, now) };
    Reply::json(&PaperVerdicts { verdicts: codes.into_iter().zip(verdicts).map(verdict).collect() })
}

fn read(entries: PaperEntries, mut issues: Issues) -> Result<Ticked> {
    let codes = issues.required("/codes", entries.codes, |codes| match codes.len() {
        0 => Err(Fault::new("required", "there is nothing on this list")),
        1..=MAX_CODES => Ok(codes),
        _ => Err(Fault::new("too_many", format!("there can be at most {MAX_CODES} of these"))),
    });
    for (place, code) in codes.iter().flatten().enumerate() {
        if code.chars().count() > 50 {
            issues.add(format!("/codes/{place}"), Fault::new("too_long", "this has at most 50 characters"));
        }
    }
    let direction = issues.optional("/direction", entries.direction, text::<Direction>);
    let at = issues.optional("/occurred_at", entries.occurred_at, text::<Timestamp>);
    let codes = issues.finish_with(codes, "/codes", "this is required")?;
    Ok(Ticked { codes, direction: direction.unwrap_or(Direction::Entry), at })
}

impl Ticked {
    /// Its nonce says what it is: sent again, it is the same.
    fn fact(&self, code: &str, now: Timestamp) -> Fact {
        let typed: String = code.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
        let at = self.at.map(|at| at.to_string()).unwrap_or_default();
        Fact {
            scan: Scan::of_code(code),
            direction: self.direction,
            nonce: format!("paper {typed} {} {at}", self.direction),
            at: self.at.unwrap_or(now).min(now),
            refused: None,
            answers: None,
        }
    }
}
