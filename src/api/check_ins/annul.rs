//! `POST /api/v1/check-ins/{id}/annul`

use actix_web::web::Path;
use serde::Deserialize;
use utoipa::ToSchema;

use super::object::CheckInObject;
use crate::access::{Caller, Deed, may, may_undo};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::text;
use crate::api::reply::Reply;
use crate::api::sharing::sees;
use crate::checkins::{self, CheckIn};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::store::{CheckInId, Db};
use crate::values::Line;

/// Why a check-in is taken back.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct Annulment {
    /// 1 to 500 characters.
    #[serde(default)]
    #[schema(value_type = String)]
    reason: Field<String>,
}

/// Take an accepted check-in back. Whoever made it may within 15 minutes, editors and owners at any time. Answers with
/// the row that does so: rows are never changed.
#[utoipa::path(post, path = "/api/v1/check-ins/{id}/annul", tag = "Check-ins", request_body = Annulment,
    security(("bearer" = []), ("device" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = CheckInObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn annul(call: Call, id: Path<String>, body: Body<Annulment>) -> Answer {
    let mut issues = body.issues;
    let reason = issues.required("/reason", body.json.reason, text::<Line<500>>);
    let reason = issues.finish_with(reason, "/reason", "this is required");
    let key = match id.parse::<CheckInId>() {
        Ok(id) => call.api.key_of(move |db| Ok(CheckIn::find(db, id)?.event_id)).await,
        Err(_) => uuid::Uuid::nil(),
    };
    call.write(key, &body.bytes, move |db, caller, now| {
        let check_in = find_own(db, caller, &id, now)?;
        let annulment = checkins::annul(db, caller, check_in.id, reason?, now)?;
        Reply::json(&CheckInObject::new(annulment, None))
    })
    .await
}

/// The check-in with this id, if the caller may take it back.
fn find_own(db: &mut Db, caller: &Caller, id: &str, now: Timestamp) -> Result<CheckIn> {
    let speaking = |error: Error| error.speaking_of("check-in");
    let (check_in, event) = find(db, caller, id)?;
    let made = (check_in.device.as_str(), check_in.recorded_at);
    may_undo(db, caller, &event, check_in.list_id, made, now).map_err(speaking)?;
    if let Some(id) = check_in.registration_id {
        sees(db, caller, Deed::CheckIn, &event, id).map_err(speaking)?;
    }
    Ok(check_in)
}

/// The check-in with this id, if the caller may do `deed` there.
pub(super) fn find_check_in_for(db: &mut Db, caller: &Caller, deed: Deed, id: &str) -> Result<CheckIn> {
    let (check_in, event) = find(db, caller, id)?;
    may(db, caller, deed, &event).map_err(|error| error.speaking_of("check-in"))?;
    if let Some(id) = check_in.registration_id {
        sees(db, caller, deed, &event, id).map_err(|error| error.speaking_of("check-in"))?;
    }
    Ok(check_in)
}

fn find(db: &mut Db, caller: &Caller, id: &str) -> Result<(CheckIn, Event)> {
    caller.must_be_known()?;
    let check_in = CheckIn::find(db, id.parse().map_err(|_| Error::NotFound("check-in"))?)?;
    let event = Event::find(db, check_in.event_id)?;
    Ok((check_in, event))
}
