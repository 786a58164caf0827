//! What contradicts at a list, and how it is settled.

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::annul::find_check_in_for;
use super::lists::find_for;
use super::object::{CheckInObject, PersonAtTheDoor};
use crate::access::Deed;
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::text;
use crate::api::reply::Reply;
use crate::api::sharing::shown;
use crate::checkins::{self, CheckIn, Conflict, Decision, Reason};
use crate::clock::Timestamp;
use crate::events::{Event, Held};
use crate::store::CheckInId;
use crate::values::Line;

/// A check-in that let somebody through although something speaks against it.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckInConflict)]
pub(crate) struct ConflictObject {
    /// What speaks against it.
    reason: Reason,
    check_in: CheckInObject,
    registration: PersonAtTheDoor,
    /// Who looked at it and let it stand; null: nobody yet.
    settled: Option<SettlementObject>,
}

/// That somebody looked at a conflict and let it stand.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckInSettlement)]
pub(crate) struct SettlementObject {
    reason: String,
    /// Who.
    settled_by: String,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    settled_at: Timestamp,
}

impl From<Conflict> for ConflictObject {
    fn from(conflict: Conflict) -> Self {
        Self {
            reason: conflict.reason,
            check_in: CheckInObject::new(conflict.check_in, Some(conflict.reason)),
            registration: PersonAtTheDoor::named(conflict.registration),
            settled: conflict.settled.map(|settled| SettlementObject {
                reason: settled.reason,
                settled_by: settled.settled_by,
                settled_at: settled.settled_at,
            }),
        }
    }
}

/// The conflicts of a list, in the order in which they were recorded: check-ins that let somebody through although something
/// speaks against it.
#[utoipa::path(get, path = "/api/v1/check-in-lists/{list}/conflicts", tag = "Check-ins", security(("bearer" = [])),
    params(
        ("list" = uuid::Uuid, Path),
        ("settled" = Option<bool>, Query, description = "Those alone that somebody let stand, or that nobody looked at"),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(ConflictList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn conflicts(call: Call, list: Path<String>) -> Answer {
    let mut query = call.query();
    let (settled, paging) = (query.flag("settled"), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        let list = find_for(db, caller, Deed::ReadCheckIns, &list)?;
        wrong?;
        let page = Conflict::of_list(db, list.id, settled, &paging)?;
        let event = Event::find(db, list.event_id)?;
        let who = (caller, Deed::ReadCheckIns, &event);
        let page = shown(db, who, page, |conflict| Some(conflict.registration.id))?;
        Reply::page(&page.map(ConflictObject::from))
    })
    .await
}

/// How a conflict is settled.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct Settling {
    /// `keep`: it is as it is, and counts. `take_back`: it is annulled, and counts no more.
    #[serde(default)]
    #[schema(value_type = Decision)]
    decision: Field<String>,
    /// 1 to 500 characters.
    #[serde(default)]
    #[schema(value_type = String)]
    reason: Field<String>,
}

/// Settle a conflict. Answers with the check-in; `conflict` is null once nothing speaks against it any more.
#[utoipa::path(post, path = "/api/v1/check-ins/{id}/settle", tag = "Check-ins", request_body = Settling,
    security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = CheckInObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn settle(call: Call, id: Path<String>, body: Body<Settling>) -> Answer {
    let mut issues = body.issues;
    let decision = issues.required("/decision", body.json.decision, text::<Decision>);
    let reason = issues.required("/reason", body.json.reason, text::<Line<500>>);
    let settling = issues.finish_with(decision.zip(reason), "", "a field is missing");
    let key = match id.parse::<CheckInId>() {
        Ok(id) => call.api.key_of(move |db| Ok(CheckIn::find(db, id)?.event_id)).await,
        Err(_) => uuid::Uuid::nil(),
    };
    call.write(key, &body.bytes, move |db, caller, now| {
        let check_in = find_check_in_for(db, caller, Deed::AnnulCheckIn, &id)?;
        let held = Held::by_id(db, check_in.event_id)?;
        checkins::settle(db, caller, &held.event, check_in.id, settling?, now)?;
        let conflict = Conflict::reasons(db, std::slice::from_ref(&check_in))?.remove(&check_in.id);
        Reply::json(&CheckInObject::new(check_in, conflict))
    })
    .await
}

/// A page of conflicts.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct ConflictList {
    data: Vec<ConflictObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
