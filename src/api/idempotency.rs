//! `Idempotency-Key`: the same request twice has one effect and one reply.

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;

use super::problem::Problem;
use super::reply::Reply;
use crate::access::Caller;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::keys::fingerprint;
use crate::store::{Db, Json, KeptReply, lock_queue, undone, undone_on_failure};
use crate::telemetry::RequestContext;

/// What makes a request the same request.
pub(super) struct Key {
    request: String,
    body_hash: String,
    queue: uuid::Uuid,
}

impl Key {
    /// The key that a caller chose, for this method, path, query and body; the request stands in `queue`.
    pub(super) fn new(key: &str, (method, path, query): (&str, &str, &str), body: &[u8], queue: uuid::Uuid) -> Self {
        // With another query it is another request, as with another body.
        let body_hash = fingerprint(&[query.as_bytes(), b"\n", body].concat());
        Self { request: format!("{method} {path} {key}"), body_hash, queue }
    }

    /// Where the reply is kept: callers do not see each other's.
    fn id(&self, caller: &Caller) -> String {
        fingerprint(format!("{} {}", caller.key(), self.request).as_bytes())
    }
}

/// The key in a request's headers.
pub(super) fn key_in(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("Idempotency-Key") else { return Ok(None) };
    match value.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(Problem::malformed("Idempotency-Key has 1 to 255 visible ASCII characters")),
    }
}

/// Does `work` if this request has not come before, and keeps its reply; gives the kept reply otherwise, to who may still
/// ask for it.
///
/// Replies that say no are kept as well; those that may go through later, or depend on who calls or on the version that
/// they have read, are not. A request that comes while the first is still at work waits behind it in the queue of its
/// event, at whatever instance.
pub(super) fn once(
    db: &mut Db,
    key: &Key,
    caller: &Caller,
    context: &RequestContext,
    now: Timestamp,
    work: impl FnOnce(&mut Db) -> Result<Reply>,
) -> Result<Result<Reply, Problem>> {
    let id = key.id(caller);
    // The same request at another instance waits here, and finds the reply when it goes on.
    lock_queue(db, key.queue)?;
    if let Some(kept) = KeptReply::find(db, &id)?.filter(|kept| kept.is_current(now)) {
        if kept.body_hash == key.body_hash {
            rehearse(db, work)?;
        }
        return again(kept, key, context);
    }
    let reply = match undone_on_failure(db, work) {
        Ok(reply) => reply,
        Err(refused) if refused.may_pass() => return Err(refused),
        Err(refused) => Reply::problem(&Problem::from(refused), context),
    };
    KeptReply {
        id,
        body_hash: key.body_hash.clone(),
        status: i64::from(reply.status),
        headers: Json(reply.headers.clone()),
        body: reply.kept.clone().unwrap_or_else(|| reply.body.clone()),
        created_at: now,
        queue: Some(key.queue.into()),
    }
    .keep(db)?;
    Ok(Ok(reply))
}

/// Goes through a request once more and undoes it: what it was answered is not for who may not ask for it any more.
///
/// # Errors
/// Those of who may not. What else it comes to now does not count.
fn rehearse(db: &mut Db, work: impl FnOnce(&mut Db) -> Result<Reply>) -> Result<()> {
    match undone(db, work)? {
        Err(error @ (Error::Unauthenticated | Error::Forbidden | Error::Denied { .. })) => Err(error),
        _ => Ok(()),
    }
}

fn again(kept: KeptReply, key: &Key, context: &RequestContext) -> Result<Result<Reply, Problem>> {
    if kept.body_hash != key.body_hash {
        let detail = "this Idempotency-Key came before with another body or query";
        return Ok(Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail)));
    }
    if kept.is_forgotten() {
        return Ok(Err(Problem::from(Error::NotFound("registration"))));
    }
    let status = u16::try_from(kept.status).map_err(Error::internal)?;
    let mut reply = Reply { status, headers: kept.headers.0, body: kept.body, kept: None };
    if status >= 400 {
        reply.body = Problem::told_again(&reply.body, context);
    }
    Ok(Ok(reply.with("Idempotent-Replayed", "true")))
}
