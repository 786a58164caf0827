//! My second factor.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::password::{check_current, me_and_account};
use super::sessions::read_proof;
use crate::access::{self, Proof, SignedIn, may_as_member};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::state::Tries;
use crate::values::{Fault, Secret};

/// The password, to make sure that it is me.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct SecondFactorWish {
    #[serde(default)]
    #[schema(value_type = String)]
    current_password: Field<String>,
}

/// What an app is told to make one-time codes.
#[derive(Serialize, ToSchema)]
pub(crate) struct SecondFactorObject {
    /// In base32, to be typed.
    secret: String,
    /// The same as an address, for a QR code.
    otpauth_url: String,
}

/// Begin to set up a second factor (TOTP, RFC 6238). It counts once a code has confirmed it.
#[utoipa::path(post, path = "/api/v1/me/second-factor", tag = "Sign-in", request_body = SecondFactorWish,
    security(("session" = [])),
    responses((status = 200, body = SecondFactorObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn begin_second_factor(call: Call, body: Body<SecondFactorWish>) -> Answer {
    let (_, account) = me_and_account(&call).await?;
    check_current(&call, &account, body.json.current_password, body.issues).await?;
    let api = call.api.clone();
    call.write_unkept(uuid::Uuid::nil(), move |db, caller, now| {
        let member = may_as_member(caller)?;
        let made = access::begin_second_factor(db, &api.keys, &caller.actor(), member.account, now)?;
        Reply::json(&SecondFactorObject {
            secret: made.secret.reveal().to_owned(),
            otpauth_url: made.otpauth_url.reveal().to_owned(),
        })
    })
    .await
}

/// The first code of an app.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct FirstCode {
    #[serde(default)]
    #[schema(value_type = String)]
    one_time_code: Field<String>,
}

/// Codes for the day when the phone is gone.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    /// Each is good once. They are shown this once.
    recovery_codes: Vec<String>,
}

/// Turn the second factor on with its first code. This session counts as one with a second factor from now on.
#[utoipa::path(post, path = "/api/v1/me/second-factor/confirm", tag = "Sign-in", request_body = FirstCode,
    security(("session" = [])),
    responses((status = 200, body = RecoveryCodes), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn confirm_second_factor(call: Call, body: Body<FirstCode>) -> Answer {
    let (api, mut issues) = (call.api.clone(), body.issues);
    let code = issues.required("/one_time_code", body.json.one_time_code, |text| Ok(Secret::new(text)));
    let code = issues.finish_with(code, "/one_time_code", "this is required");
    count_try(&call, &me_and_account(&call).await?.0)?;
    call.write_unkept(uuid::Uuid::nil(), move |db, caller, now| {
        let member = may_as_member(caller)?;
        let who = (member.account, member.sign_in);
        let codes = access::confirm_second_factor(db, &api.keys, &caller.actor(), who, &code?, now)?;
        let recovery_codes = codes.iter().map(|code| code.reveal().to_owned()).collect();
        Reply::json(&RecoveryCodes { recovery_codes })
    })
    .await
}

/// The password and a code, to make sure that it is me.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct SecondFactorRemoval {
    #[serde(default)]
    #[schema(value_type = String)]
    current_password: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    one_time_code: Field<String>,
    /// In its place, one of the codes that were written down.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    recovery_code: Field<String>,
}

/// Turn the second factor off.
#[utoipa::path(post, path = "/api/v1/me/second-factor/remove", tag = "Sign-in", request_body = SecondFactorRemoval,
    security(("session" = [])),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn remove_second_factor(call: Call, body: Body<SecondFactorRemoval>) -> Answer {
    let (member, account) = me_and_account(&call).await?;
    let (removal, mut issues) = (body.json, body.issues);
    let proof = read_proof(removal.one_time_code, removal.recovery_code, &mut issues);
    if proof.is_none() {
        issues.add("/one_time_code", Fault::new("required", "send a one-time code, or a recovery code"));
    }
    check_current(&call, &account, removal.current_password, issues).await?;
    count_try(&call, &member)?;
    let api = call.api.clone();
    call.write_unkept(uuid::Uuid::nil(), move |db, caller, now| {
        let member = may_as_member(caller)?;
        let shown = proof.as_ref().map(|proof| match proof {
            Proof::OneTimeCode(_) => (proof, "/one_time_code"),
            Proof::RecoveryCode(_) => (proof, "/recovery_code"),
        });
        if let Some(shown) = shown {
            access::remove_second_factor(db, &api.keys, &caller.actor(), member.account, shown, now)?;
        }
        Ok(Reply::done())
    })
    .await
}

/// Counts that somebody tries a code in an open session.
fn count_try(call: &Call, member: &SignedIn) -> Result<(), Problem> {
    call.api.sign_in_rate.codes.count(&(member.account, Tries::In(member.sign_in))).map(drop)
}
