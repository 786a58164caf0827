//! A password chosen anew, by a link in a mail.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::visit::Visit;
use crate::access::{self, Account, KnownDevice, Password, PasswordReset, ResetToken};
use crate::api::body::{Body, Field};
use crate::api::call::Answer;
use crate::api::cookies;
use crate::api::issues::text;
use crate::api::reply::Reply;
use crate::error::{Error, Result};
use crate::values::{EmailAddress, Fault};

/// Whose password.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct NewReset {
    #[serde(default)]
    #[schema(value_type = String)]
    email: Field<String>,
}

/// What is said to everybody.
#[derive(Serialize, ToSchema)]
pub(crate) struct ResetAsked {
    message: &'static str,
}

/// Ask for a link to choose a new password. The answer is the same whether the address has an account or not; it gets
/// at most three letters an hour.
#[utoipa::path(post, path = "/api/v1/password-resets", tag = "Sign-in", request_body = NewReset, security(()),
    responses((status = 202, body = ResetAsked), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn ask_for_reset(visit: Visit, body: Body<NewReset>) -> Answer {
    let mut issues = body.issues;
    let email = issues.required("/email", body.json.email, text::<EmailAddress>);
    let email = issues.finish_with(email, "/email", "this is required")?;
    let (by, now) = (visit.actor(), visit.api.clock.now());
    // Nobody waits for this: how long the answer takes must not tell whether there is such an account.
    visit.api.store.write_unawaited(uuid::Uuid::nil(), move |db| access::ask_for_reset(db, &by, &email.key(), now))?;
    let message = "If this address has an account, a letter with a link is on its way.";
    Ok(Reply { status: 202, ..Reply::json(&ResetAsked { message })? })
}

/// A link, and the password to be.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct NewPasswordByLink {
    /// What stands behind the # of the link.
    #[serde(default)]
    #[schema(value_type = String)]
    token: Field<String>,
    /// 12 to 200 characters; not one that is easy to guess.
    #[serde(default)]
    #[schema(value_type = String)]
    password: Field<String>,
}

/// Choose a new password with the link of a letter. All sessions of the account end.
#[utoipa::path(post, path = "/api/v1/password-resets/complete", tag = "Sign-in", request_body = NewPasswordByLink,
    security(()),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn complete_reset(visit: Visit, body: Body<NewPasswordByLink>) -> Answer {
    let (api, by, mut issues) = (visit.api.clone(), visit.actor(), body.issues);
    let keys = api.clone();
    let token = issues.required("/token", body.json.token, |token| {
        ResetToken::read(&keys.keys, &token).ok_or_else(|| Fault::new("invalid_link", "this is not the text of a link"))
    });
    let password = issues.required("/password", body.json.password, Ok::<String, Fault>);
    let (token, password) = issues.finish_with(token.zip(password), "/token", "this is required")?;
    let reset = token.reset;
    let clock = api.clock.clone();
    let account = api.store.read(move |db| {
        let reset = PasswordReset::find(db, reset)?;
        reset.check(clock.now())?;
        Account::find(db, reset.account_id)
    });
    let account = account.await?;
    let hash = api.hasher.hash(chosen(&password, &account)?).await?;
    let clock = api.clock.clone();
    api.store.write(uuid::Uuid::nil(), move |db| access::complete_reset(db, &by, reset, hash, clock.now())).await?;
    // Whoever has the mailbox is the owner: from here on, strangers who try passwords do not slow this device down.
    Ok(Reply::done()
        .with("Set-Cookie", &cookies::clear_session())
        .with("Set-Cookie", &cookies::set_device(&KnownDevice::new(account.id), &api.keys)))
}

/// A password that this person may choose.
pub(super) fn chosen(password: &str, account: &Account) -> Result<Password> {
    let email: EmailAddress = account.email.parse().map_err(Error::internal)?;
    Password::new(password, &email, &account.name)
        .map_err(|fault| Error::invalid("/password", fault.code, fault.detail))
}
