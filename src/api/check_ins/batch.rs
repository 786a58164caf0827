//! `POST /api/v1/check-in-lists/{list}/check-ins/batch`

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::check_in::scan;
use super::lists::hold_for;
use super::object::VerdictObject;
use crate::access::{Caller, Deed};
use crate::api::body::{Field, Scanned};
use crate::api::call::{Answer, Call};
use crate::api::issues::{At, Issues, text};
use crate::api::many::Many;
use crate::api::reply::Reply;
use crate::api::sharing::hidden;
use crate::checkins::{CheckInSource, Direction, Fact, Reason, merge, skew};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::registrations::Answers;
use crate::store::Db;
use crate::values::Line;

/// How many bytes a batch may have: a thousand tickets, and room.
const MAX_BATCH: usize = 1024 * 1024;
/// How many facts it may have.
const MAX_FACTS: usize = 1000;

/// What a device did while it could not ask.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct Batch {
    /// What the device's clock says while it sends this: its times are corrected by how far that is from ours, if it is
    /// five seconds or more.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    sent_at: Field<String>,
    /// 1 to 1,000, in any order.
    #[serde(default)]
    #[schema(value_type = Vec<BatchFact>)]
    check_ins: Many<BatchFact>,
}

/// Somebody whom a device let in or out, or turned away: exactly one of `ticket`, `code` and `registration_id`.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct BatchFact {
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    ticket: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    code: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    registration_id: Field<String>,
    /// `entry` if not given, at every list: the device has decided.
    #[serde(default)]
    #[schema(value_type = Option<Direction>)]
    direction: Field<String>,
    /// The device's own name for it: sent again, it has the same verdict and no second effect.
    #[serde(default)]
    #[schema(value_type = String)]
    nonce: Field<String>,
    /// When it happened, by the device's clock.
    #[serde(default)]
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    occurred_at: Field<String>,
    /// Why the device turned them away; not given if it let them through.
    #[serde(default)]
    #[schema(value_type = Option<Reason>)]
    refused: Field<String>,
    /// What staff asked, by the keys of the event's questions. An answer that is not good is not kept, and the verdict
    /// says so; the check-in is kept all the same. Of several answers to one question the last one given counts, by
    /// `occurred_at`, whenever we hear of it.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    answers: Field<Answers>,
}

/// What became of a batch.
#[derive(Serialize, ToSchema)]
pub(crate) struct BatchVerdicts {
    /// What was added to the device's times.
    skew_seconds: i64,
    /// One for each fact, in their order.
    verdicts: Vec<VerdictObject>,
}

/// Hand in what a device did while it could not ask: up to 1,000 facts, all or none. Nothing is dropped: whoever was let
/// in is in, and `accepted_conflict` says what speaks against it. In which order and in which batches facts come makes no
/// difference to who is inside, to the numbers and to the conflicts.
#[utoipa::path(post, path = "/api/v1/check-in-lists/{list}/check-ins/batch", tag = "Check-ins", request_body = Batch,
    security(("bearer" = [])),
    params(("list" = uuid::Uuid, Path), ("Idempotency-Key" = Option<String>, Header),
        ("Accept-Language" = Option<String>, Header, description = "The language of `text`: en, fr, de or lb")),
    responses((status = 200, body = BatchVerdicts), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn batch(call: Call, list: Path<String>, body: Scanned<Batch, MAX_BATCH>) -> Answer {
    let api = call.api.clone();
    // A thousand signatures take a while: where blocking is fine.
    let facts = tokio::task::spawn_blocking(move || read(body.json, body.issues, &api.keys));
    let facts = facts.await.map_err(Error::internal)?;
    let (key, language) = (call.api.key_of_list(&list).await, call.language());
    let work = move |db: &mut Db, caller: &Caller, now: Timestamp| {
        let (held, list) = hold_for(db, caller, Deed::CheckIn, key.into(), &list)?;
        let (sent_at, mut facts) = facts?;
        let skew = skew(sent_at, now);
        for fact in &mut facts {
            fact.at = fact.at.plus(skew);
        }
        let mut verdicts = merge(db, caller, &held, list, (CheckInSource::Offline, &facts), now)?;
        let people: Vec<_> = verdicts.iter().filter_map(|verdict| Some(verdict.registration.as_ref()?.id)).collect();
        let hidden = hidden(db, caller, Deed::CheckIn, &held.event, &people)?;
        for verdict in &mut verdicts {
            // Whoever has a ticket comes in; who they are, they have not shared with this host.
            verdict.registration.take_if(|registration| hidden.contains(&registration.id));
        }
        Ok((verdicts, skew, now))
    };
    let tell = move |(verdicts, skew, now): (Vec<_>, chrono::TimeDelta, Timestamp)| {
        let verdicts = verdicts.into_iter().map(|verdict| VerdictObject::new(verdict, language, now)).collect();
        Reply::json(&BatchVerdicts { skew_seconds: skew.num_seconds(), verdicts })
    };
    call.write_and_tell(key, &body.bytes, work, tell).await
}

fn read(batch: Batch, mut issues: Issues, keys: &Keys) -> Result<(Option<Timestamp>, Vec<Fact>)> {
    let sent_at = issues.optional("/sent_at", batch.sent_at, text::<Timestamp>);
    let nothing = match &batch.check_ins {
        Many::Missing => true,
        Many::Given(facts) => facts.is_empty(),
        Many::Wrong => false,
    };
    let facts = batch.check_ins.take("/check_ins", MAX_FACTS, &mut issues);
    if nothing {
        issues.add("/check_ins", crate::values::Fault::new("required", "there is nothing in this batch"));
    }
    let read = |(place, fact): (usize, BatchFact)| {
        let pointer = format!("/check_ins/{place}");
        let at = |name| At(&pointer, name);
        let scan = scan(&mut issues, &pointer, (fact.ticket, fact.code, fact.registration_id), keys);
        let direction = issues.optional(at("direction"), fact.direction, text::<Direction>);
        let nonce = issues.required(at("nonce"), fact.nonce, text::<Line<100>>);
        let occurred_at = issues.required(at("occurred_at"), fact.occurred_at, text::<Timestamp>);
        let refused = issues.optional(at("refused"), fact.refused, text::<Reason>);
        Some(Fact {
            scan: scan?,
            direction: direction.unwrap_or(Direction::Entry),
            nonce: nonce?.into(),
            at: occurred_at?,
            refused,
            answers: match fact.answers {
                Field::Missing | Field::Null => None,
                Field::Given(answers) => Some(Ok(answers)),
                Field::Wrong(fault) => Some(Err(fault)),
            },
        })
    };
    let facts: Vec<Fact> = facts.into_iter().enumerate().filter_map(read).collect();
    issues.finish()?;
    Ok((sent_at, facts))
}
