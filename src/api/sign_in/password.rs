//! My password.

use serde::Deserialize;
use utoipa::ToSchema;

use super::resets::chosen;
use crate::access::{self, Account, SignedIn, may_as_member, sign_out_everywhere};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::Issues;
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::error::Error;
use crate::values::{Fault, Secret};

/// The password that is, and the one to be.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct NewPassword {
    #[serde(default)]
    #[schema(value_type = String)]
    current_password: Field<String>,
    /// 12 to 200 characters; not one that is easy to guess.
    #[serde(default)]
    #[schema(value_type = String)]
    password: Field<String>,
}

/// Choose another password. All my other sessions end.
#[utoipa::path(post, path = "/api/v1/me/password", tag = "Sign-in", request_body = NewPassword,
    security(("session" = [])),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn choose_password(call: Call, body: Body<NewPassword>) -> Answer {
    let (_, account) = me_and_account(&call).await?;
    let mut issues = body.issues;
    let password = issues.required("/password", body.json.password, Ok::<String, Fault>);
    check_current(&call, &account, body.json.current_password, issues).await?;
    let hash = call.api.hasher.hash(chosen(&password.unwrap_or_default(), &account)?).await?;
    call.write_unkept(uuid::Uuid::nil(), move |db, caller, now| {
        let member = may_as_member(caller)?;
        access::choose_password(db, &caller.actor(), member.account, hash, now)?;
        sign_out_everywhere(db, member.account, Some(member.sign_in), now)?;
        Ok(Reply::done())
    })
    .await
}

/// The person who calls, and their account.
pub(super) async fn me_and_account(call: &Call) -> Result<(SignedIn, Account), Problem> {
    call.look(|db, caller, _| {
        let member = may_as_member(caller)?.clone();
        let account = Account::find(db, member.account)?;
        Ok((member, account))
    })
    .await
}

/// Makes sure that it is the owner who sits before an open session, and that nothing else is wrong with the request.
/// Their tries are counted like those of somebody who signs in, and apart from them.
pub(super) async fn check_current(
    call: &Call,
    account: &Account,
    current: Field<String>,
    mut issues: Issues,
) -> Result<(), Problem> {
    let current = issues.required("/current_password", current, |text| Ok(Secret::new(text)));
    let current = issues.finish_with(current, "/current_password", "this is required")?;
    call.api.sign_in_rate.account.count(&account.id.to_string())?;
    if call.api.hasher.recognizes(current, account.password_hash().cloned()).await? {
        return Ok(());
    }
    Err(Error::invalid("/current_password", "wrong_password", "this is not your password").into())
}
