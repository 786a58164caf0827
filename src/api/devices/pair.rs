//! `POST /api/v1/devices/pair`

use actix_web::HttpRequest;
use serde::Deserialize;
use utoipa::ToSchema;

use super::object::{OwnDevice, PairedDevice};
use crate::access::{self, Device};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::text;
use crate::api::rate_limit::client;
use crate::api::reply::Reply;
use crate::values::Code;

/// What an organizer was shown, typed into a device.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct PairingCode {
    /// Case, spaces and hyphens do not matter.
    #[serde(default)]
    #[schema(value_type = String)]
    code: Field<String>,
}

/// Become a device: exchange the code that an organizer was shown for a token. The token is shown this once; a lost
/// answer means a new pairing. A code works once.
#[utoipa::path(post, path = "/api/v1/devices/pair", tag = "Devices", request_body = PairingCode, security(()),
    responses((status = 201, body = PairedDevice), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn pair(call: Call, request: HttpRequest, body: Body<PairingCode>) -> Answer {
    let allowance = call.api.pairing_rate.count(&client(&request, &call.api.trusted_proxies))?;
    let mut issues = body.issues;
    let code = issues.required("/code", body.json.code, text::<Code>);
    let code = issues.finish_with(code, "/code", "this is required")?;
    let (api, wanted) = (call.api.clone(), code.clone());
    let find = move |db: &mut crate::store::Db| Device::find_by_code(db, &api.keys, &wanted);
    let found = call.api.store.read(find).await?;
    let key = found.map_or(uuid::Uuid::nil(), |device| device.event_id.uuid());
    let api = call.api.clone();
    let context = call.context.clone();
    let answer = call.write_unkept(key, move |db, caller, now| {
        let (device, token) = access::pair(db, &api.keys, &caller.actor(), &code, now)?;
        let device = OwnDevice::of(db, device)?;
        Ok(Reply::json(&PairedDevice { token: token.reveal().to_owned(), device })?.created("/api/v1/me"))
    });
    // Refusals count as well: whoever is refused learns what is left.
    Ok(allowance.tell(answer.await.unwrap_or_else(|problem| Reply::problem(&problem, &context))))
}
