//! Sessions: signing in and out.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::visit::Visit;
use crate::access::{
    Account, Attempt, Entry, KnownDevice, Proof, SignIn, fail_sign_in, may_as_member, sign_in, sign_out,
};
use crate::api::body::{Body, Field, OptionalBody};
use crate::api::call::{Answer, Call};
use crate::api::cookies;
use crate::api::issues::{Issues, text};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::state::Tries;
use crate::clock::Timestamp;
use crate::error::{Error, Result, if_found};
use crate::store::SignInId;
use crate::values::{EmailAddress, Fault, Secret};

/// What somebody shows to sign in.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct NewSession {
    #[serde(default)]
    #[schema(value_type = String)]
    email: Field<String>,
    #[serde(default)]
    #[schema(value_type = String)]
    password: Field<String>,
    /// Six digits, where the account has a second factor.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    one_time_code: Field<String>,
    /// In its place, one of the codes that were written down.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    recovery_code: Field<String>,
}

/// A time that somebody signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = SignIn)]
pub(crate) struct SessionObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    /// To the minute.
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    last_seen_at: Timestamp,
    /// At the latest; after twelve hours without a request, it ends before.
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    expires_at: Timestamp,
    /// Whether a second factor was shown.
    second_factor: bool,
    /// From where; the end of the address is not kept.
    network: Option<String>,
    user_agent: String,
    /// Whether it is the one that asks.
    current: bool,
}

impl SessionObject {
    fn new(sign_in: SignIn, current: SignInId) -> Self {
        Self {
            current: sign_in.id == current,
            id: sign_in.id.to_string(),
            created_at: sign_in.created_at,
            last_seen_at: sign_in.last_seen_at,
            expires_at: sign_in.expires_at,
            second_factor: sign_in.second_factor,
            network: sign_in.network,
            user_agent: sign_in.user_agent,
        }
    }
}

struct Wish {
    email: EmailAddress,
    password: Secret,
    proof: Option<Proof>,
}

fn read(new: NewSession, mut issues: Issues) -> Result<Wish> {
    let email = issues.required("/email", new.email, text::<EmailAddress>);
    let password = issues.required("/password", new.password, |text| Ok(Secret::new(text)));
    let proof = read_proof(new.one_time_code, new.recovery_code, &mut issues);
    let (email, password) = issues.finish_with(email.zip(password), "/email", "this is required")?;
    Ok(Wish { email, password, proof })
}

/// The second factor, if there is one.
pub(super) fn read_proof(
    one_time_code: Field<String>,
    recovery_code: Field<String>,
    issues: &mut Issues,
) -> Option<Proof> {
    let one_time_code = issues.optional("/one_time_code", one_time_code, |text| Ok(Secret::new(text)));
    let recovery_code = issues.optional("/recovery_code", recovery_code, |text| Ok(Secret::new(text)));
    if one_time_code.is_some() && recovery_code.is_some() {
        issues.add("/recovery_code", Fault::new("one_of_two", "send a one-time code or a recovery code, not both"));
    }
    one_time_code.map(Proof::OneTimeCode).or(recovery_code.map(Proof::RecoveryCode))
}

fn sign_in_failed() -> Problem {
    let detail = "the address, the password or the code is not right";
    Problem::new(StatusCode::UNAUTHORIZED, "sign_in_failed", detail)
}

fn code_required() -> Problem {
    let detail = "send the one-time code of your app, or a recovery code, as well";
    Problem::new(StatusCode::UNAUTHORIZED, "one_time_code_required", detail)
}

/// Sign in. The session comes as a cookie; one that was there before ends. Nothing of this is kept for an
/// `Idempotency-Key`.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "Sign-in", request_body = NewSession, security(()),
    responses((status = 201, body = SessionObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn create(visit: Visit, body: Body<NewSession>) -> Answer {
    let wish = read(body.json, body.issues)?;
    let (api, by, email_key) = (visit.api.clone(), visit.actor(), wish.email.key());
    let key = email_key.clone();
    let account = api.store.read(move |db| if_found(Account::find_by_email(db, &key))).await?;
    let device = visit.device.filter(|device| account.as_ref().is_some_and(|account| account.id == device.account));
    match device {
        Some(device) => api.sign_in_rate.device.count(&device)?,
        None => api.sign_in_rate.account.count(&email_key)?,
    };
    let known = account.and_then(|account| Some((account.id, account.password_hash()?.clone())));
    let recognized = api.hasher.recognizes(wish.password, known.as_ref().map(|(_, hash)| hash.clone())).await?;
    let Some((account, recognized_by)) = known.filter(|_| recognized) else {
        // Nobody waits for this: how long the answer takes must not tell whether there is such an account.
        let now = api.clock.now();
        api.store.write_unawaited(uuid::Uuid::nil(), move |db| fail_sign_in(db, &by, &email_key, now))?;
        return Err(sign_in_failed());
    };
    if wish.proof.is_some() {
        api.sign_in_rate.codes.count(&(account, device.map_or(Tries::Anywhere, Tries::On)))?;
    }
    let (user_agent, before) = (visit.user_agent, visit.session);
    let attempt = Attempt { account, recognized_by, proof: wish.proof, user_agent, before };
    let told = api.clone();
    let entry = api.store.write(uuid::Uuid::nil(), {
        let api = api.clone();
        move |db| sign_in(db, &api.keys, &by, &attempt, api.clock.now())
    });
    match entry.await? {
        Entry::Refused => Err(sign_in_failed()),
        Entry::CodeRequired => Err(code_required()),
        Entry::Open(session, token) => {
            let (id, device) = (session.id, device.unwrap_or_else(|| KnownDevice::new(account)));
            Ok(Reply::json(&SessionObject::new(session, id))?
                .created(&format!("/api/v1/sessions/{id}"))
                .with("Set-Cookie", &cookies::set_session(&token))
                .with("Set-Cookie", &cookies::set_device(&device, &told.keys)))
        }
    }
}

/// My sessions that have not ended, oldest first.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "Sign-in", security(("session" = [])),
    params(
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(SessionList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn list(call: Call) -> Answer {
    let mut query = call.query();
    let paging = query.paging();
    let (wrong, api) = (query.finish(), call.api.clone());
    call.read(move |db, caller, now| {
        let member = may_as_member(caller)?;
        wrong?;
        let page = SignIn::of_account(db, &api.uses, member.account, &paging, now)?;
        Reply::page(&page.map(|sign_in| SessionObject::new(sign_in, member.sign_in)))
    })
    .await
}

/// Sign out: end one of my sessions, or, as `current`, the one that asks.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", tag = "Sign-in", security(("session" = [])),
    params(("id" = String, Path, description = "Id, or `current`")),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn end(call: Call, id: Path<String>, body: OptionalBody) -> Answer {
    call.write(uuid::Uuid::nil(), &body.0, move |db, caller, now| {
        let member = may_as_member(caller)?;
        let session = match id.as_str() {
            "current" => member.sign_in,
            id => id.parse().map_err(|_| Error::NotFound("session"))?,
        };
        sign_out(db, &caller.actor(), member.account, session, now)?;
        let done = Reply::done();
        Ok(if session == member.sign_in { done.with("Set-Cookie", &cookies::clear_session()) } else { done })
    })
    .await
}

/// A page of sessions.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct SessionList {
    data: Vec<SessionObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
