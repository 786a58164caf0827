//! `POST /api/v1/check-ins/{id}/annul`

use actix_web::web::Path;
use serde::Deserialize;
use utoipa::ToSchema;

use super::object::CheckInObject;
use crate::access::{Caller, Deed, may};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::text;
use crate::api::reply::Reply;
use crate::api::sharing::sees;
use crate::checkins::{self, CheckIn};
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

/// Take an accepted check-in back. Answers with the row that does so: rows are never changed.
#[utoipa::path(post, path = "/api/v1/check-ins/{id}/annul", tag = "Check-ins", request_body = Annulment,
    security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
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
        let check_in = find_for(db, caller, Deed::AnnulCheckIn, &id)?;
        let annulment = checkins::annul(db, caller, check_in.id, reason?, now)?;
        Reply::json(&CheckInObject::new(annulment, None))
    })
    .await
}

/// The check-in with this id, if the caller may do `deed` there.
pub(super) fn find_for(db: &mut Db, caller: &Caller, deed: Deed, id: &str) -> Result<CheckIn> {
    caller.must_be_known()?;
    let check_in = CheckIn::find(db, id.parse().map_err(|_| Error::NotFound("check-in"))?)?;
    let event = Event::find(db, check_in.event_id)?;
    may(db, caller, deed, &event).map_err(|error| error.speaking_of("check-in"))?;
    if let Some(id) = check_in.registration_id {
        sees(db, caller, deed, &event, id).map_err(|error| error.speaking_of("check-in"))?;
    }
    Ok(check_in)
}
