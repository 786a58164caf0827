//! The link of `List-Unsubscribe` (RFC 8058): following it asks, posting to it does.

use actix_web::web::{Bytes, Path};

use crate::access::UnsubscribeToken;
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::api::state::Api;
use crate::error::{Error, Result};
use crate::letters;
use crate::registrations::{decline_letters, find_to_decline};

/// What the pages may do: send their one form to where they come from.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

/// The page behind the link in a reminder: it asks whether its reader wants no more of them, and changes nothing.
#[utoipa::path(get, path = "/api/v1/unsubscribe/{token}", tag = "Letters", security(()),
    params(("token" = String, Path, description = "What the link in the letter ends with")),
    responses((status = 200, content_type = "text/html", body = String),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn unsubscribe_page(call: Call, token: Path<String>) -> Answer {
    let token = read(&call.api, &token);
    call.read(move |db, _, _| {
        let registration = find_to_decline(db, token?)?;
        Ok(page(letters::unsubscribe_page(registration.locale, false)?))
    })
    .await
}

/// Send this registration no reminders any more: what mail programs do with one click (RFC 8058 §3.1). Any body will do.
#[utoipa::path(post, path = "/api/v1/unsubscribe/{token}", tag = "Letters", security(()),
    params(("token" = String, Path, description = "What the link in the letter ends with")),
    responses((status = 200, content_type = "text/html", body = String),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn unsubscribe(call: Call, token: Path<String>, body: Bytes) -> Answer {
    let token = read(&call.api, &token);
    let key = match &token {
        Ok(token) => call.api.key_of_registration(&token.registration.to_string()).await,
        Err(_) => uuid::Uuid::nil(),
    };
    call.write(key, &body, move |db, caller, now| {
        let registration = decline_letters(db, &caller.actor(), token?, now)?;
        Ok(page(letters::unsubscribe_page(registration.locale, true)?))
    })
    .await
}

fn read(api: &Api, token: &str) -> Result<UnsubscribeToken> {
    UnsubscribeToken::read(&api.keys, token).ok_or(Error::NotFound("link"))
}

fn page(text: String) -> Reply {
    Reply::of_type("text/html; charset=utf-8", text).with("Content-Security-Policy", POLICY)
}
