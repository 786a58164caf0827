//! One call of the API: who calls, with which conditions, answered from one transaction.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, HeaderMap, IF_MATCH, IF_NONE_MATCH};
use actix_web::{FromRequest, HttpRequest, web};

use super::cookies;
use super::idempotency::{self, Key};
use super::problem::Problem;
use super::query::Query;
use super::rate_limit::client;
use super::reply::{Reply, version_in_etag};
use super::state::Api;
use crate::access::{Caller, Credentials, authenticate, look_in_vain};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::store::Db;
use crate::telemetry::RequestContext;
use crate::values::Language;

/// What a handler returns.
pub(super) type Answer = Result<Reply, Problem>;

/// One call.
pub(super) struct Call {
    /// What every request needs.
    pub api: Arc<Api>,
    /// Its number in the log.
    pub context: RequestContext,
    shown: Credentials,
    if_match: Option<String>,
    if_none_match: Option<String>,
    idempotency_key: Option<String>,
    accept_language: Option<String>,
    method: String,
    path: String,
    query: String,
    until_sure: bool,
}

impl FromRequest for Call {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Call {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let api = request
            .app_data::<web::Data<Api>>()
            .ok_or_else(|| Problem::from(Error::internal(anyhow::anyhow!("the API is not assembled"))))?;
        let headers = request.headers();
        let bearer = bearer(headers)?;
        // A browser sends a cookie along with whatever any page makes it send; a token is sent on purpose.
        let session = if bearer.is_none() { cookies::session(request) } else { None };
        if session.is_some() && !matches!(*request.method(), Method::GET | Method::HEAD) {
            cookies::check_same_origin(request, api)?;
        }
        Ok(Self {
            api: api.clone().into_inner(),
            context: RequestContext::current(),
            shown: Credentials { bearer, session, from: Some(client(request, &api.trusted_proxies).into()) },
            if_match: text(headers, IF_MATCH.as_str()),
            if_none_match: text(headers, IF_NONE_MATCH.as_str()),
            idempotency_key: idempotency::key_in(headers)?,
            accept_language: text(headers, ACCEPT_LANGUAGE.as_str()),
            method: request.method().to_string(),
            path: request.path().to_owned(),
            query: request.query_string().to_owned(),
            until_sure: false,
        })
    }

    /// What the caller shows.
    pub(super) fn shown(&self) -> &Credentials {
        &self.shown
    }

    /// Whether the headers of the answer are asked for, and no more.
    pub(super) fn headers_only(&self) -> bool {
        self.context.headers_only
    }

    /// The query parameters.
    pub(super) fn query(&self) -> Query {
        Query::of(&self.query)
    }

    /// The language in which the caller reads: the one of ours that they like best, or English (RFC 9110 §12.5.4).
    pub(super) fn language(&self) -> Language {
        let wanted = self.accept_language.as_deref().unwrap_or_default().split(',').filter_map(|one| {
            let (tag, weight) = one.split_once(';').unwrap_or((one, "q=1"));
            let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
            Language::from_tag(tag).ok().filter(|_| weight > 0.0).map(|language| (language, weight))
        });
        // Of several that they like as much, the first.
        let best = wanted.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or(Language::English, |(language, _)| language)
    }

    /// Looks something up, before an answer.
    pub(super) async fn look<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db, &Caller, Timestamp) -> Result<T> + Send + 'static,
    {
        let (api, shown) = (self.api.clone(), self.shown.clone());
        let found = self.api.store.read(move |db| {
            let now = api.clock.now();
            let caller = api.recognize(db, &shown, now)?;
            work(db, &caller, now)
        });
        Ok(found.await?)
    }

    /// Answers from one transaction, and keeps neither the reply nor the request: they hold secrets.
    pub(super) async fn write_unkept<F>(self, key: uuid::Uuid, work: F) -> Answer
    where
        F: FnOnce(&mut Db, &Caller, Timestamp) -> Result<Reply> + Send + 'static,
    {
        Self { idempotency_key: None, ..self }.write(key, &[], work).await
    }

    /// Answers from one snapshot.
    pub(super) async fn read<F>(self, work: F) -> Answer
    where
        F: FnOnce(&mut Db, &Caller, Timestamp) -> Result<Reply> + Send + 'static,
    {
        let (api, shown) = (self.api.clone(), self.shown);
        let reply = self.api.store.read(move |db| {
            let now = api.clock.now();
            let caller = api.recognize(db, &shown, now)?;
            let answered = work(db, &caller, now);
            Ok((api.watched(db, answered, &caller, now)?, caller.lapsed))
        });
        let (reply, lapsed) = reply.await?;
        Ok(without_lapsed(reply.unless_matches(self.if_none_match.as_deref()), lapsed))
    }

    /// The same for a deed that may say where it is sure (see `store::sure_from_here`): nothing that comes after it in the
    /// same call says no.
    pub(super) fn until_sure(self) -> Self {
        Self { until_sure: true, ..self }
    }

    /// Answers from one transaction in the queue of `key`, once it is durable. With an `Idempotency-Key`, the reply is
    /// kept in the same transaction, and given again when the same request comes again.
    pub(super) async fn write<F>(self, key: uuid::Uuid, body: &[u8], work: F) -> Answer
    where
        F: FnOnce(&mut Db, &Caller, Timestamp) -> Result<Reply> + Send + 'static,
    {
        self.write_and_tell(key, body, work, Ok).await
    }

    /// The same in two steps: `work` in the transaction, and `tell`, which puts into words what came of it, where
    /// nobody waits for it unless the reply has to be kept.
    pub(super) async fn write_and_tell<T, F, G>(self, key: uuid::Uuid, body: &[u8], work: F, tell: G) -> Answer
    where
        T: Send + 'static,
        F: FnOnce(&mut Db, &Caller, Timestamp) -> Result<T> + Send + 'static,
        G: FnOnce(T) -> Result<Reply> + Send + 'static,
    {
        let (api, shown, context) = (self.api.clone(), self.shown, self.context);
        let remembered = self
            .idempotency_key
            .map(|idempotency_key| Key::new(&idempotency_key, (&self.method, &self.path, &self.query), body, key));
        let store = self.api.store.clone();
        let Some(remembered) = remembered else {
            let job = move |db: &mut Db| {
                let now = api.clock.now();
                let caller = api.recognize(db, &shown, now)?;
                let done = work(db, &caller, now);
                Ok((api.watched(db, done, &caller, now)?, caller.lapsed))
            };
            let (done, lapsed) =
                if self.until_sure { store.write_until_sure(key, job).await? } else { store.write(key, job).await? };
            return Ok(without_lapsed(tell(done)?, lapsed));
        };
        let answered = store.write(key, move |db| {
            let now = api.clock.now();
            let caller = api.recognize(db, &shown, now)?;
            let work = |db: &mut Db| work(db, &caller, now).and_then(tell);
            let answer = idempotency::once(db, &remembered, &caller, &context, now, work);
            let answer = api.watched(db, answer, &caller, now);
            Ok((answer?, caller.lapsed))
        });
        let (answer, lapsed) = answered.await?;
        Ok(without_lapsed(answer?, lapsed))
    }

    /// The version in `If-Match`, if there is one; `*` means any. Of several (RFC 9110 §13.1.1) it is the latest: versions
    /// only grow, so that no other that we have given out can be the one of now.
    pub(super) fn expected_version(&self) -> Result<Option<i64>, Problem> {
        match self.if_match.as_deref().map(str::trim) {
            None | Some("*") => Ok(None),
            Some(etags) => {
                let latest = etags.split(',').filter_map(|etag| version_in_etag(etag.trim())).max();
                latest.map(Some).ok_or_else(|| {
                    Problem::from(Error::VersionMismatch { current: 0 }).with_detail(
                        "If-Match is not an ETag of this server; one with W/ before it matches nothing here",
                    )
                })
            }
        }
    }

    /// What the caller has already, as `If-None-Match` says.
    pub(super) fn if_none_match(&self) -> Option<&str> {
        self.if_none_match.as_deref()
    }

    /// Whether `If-Match` is there at all.
    pub(super) fn names_version(&self) -> bool {
        self.if_match.is_some()
    }
}

impl Api {
    /// Recognizes a caller and remembers that they were here.
    pub fn recognize(&self, db: &mut Db, shown: &Credentials, now: Timestamp) -> Result<Caller> {
        authenticate(db, &self.keys, &self.uses, shown, now)
    }

    /// Remembers what a caller was not allowed, and takes as long for what is not there. Whose session has ended is told
    /// that, and not that there is nothing.
    pub(super) fn watched<T>(&self, db: &mut Db, outcome: Result<T>, caller: &Caller, now: Timestamp) -> Result<T> {
        let error = match outcome {
            Ok(done) => return Ok(done),
            Err(Error::NotFound(what)) => {
                look_in_vain(db, caller, what)?;
                Error::NotFound(what)
            }
            Err(Error::Denied { shown, denial }) => {
                self.denials.note(caller.actor(), denial, now);
                *shown
            }
            Err(other) => other,
        };
        Err(if caller.lapsed && matches!(error, Error::NotFound(_)) { Error::Unauthenticated } else { error })
    }
}

/// The same; takes the cookie of a session away that has ended.
fn without_lapsed(reply: Reply, lapsed: bool) -> Reply {
    if lapsed { reply.with("Set-Cookie", &cookies::clear_session()) } else { reply }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned)
}

fn bearer(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let token = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    token.map(Some).ok_or_else(|| Error::Unauthenticated.into())
}
