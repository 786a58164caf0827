//! `POST /api/v1/check-in-lists/{list}/walk-ins`

use actix_web::web::Path;

use super::lists::hold_for;
use super::object::VerdictObject;
use crate::access::{Caller, Deed, registers_by_hand};
use crate::api::body::Body;
use crate::api::call::{Answer, Call};
use crate::api::registrations::{GuestFields, hand};
use crate::api::reply::Reply;
use crate::checkins;
use crate::clock::Timestamp;
use crate::error::{Error, both};
use crate::registrations::{ByHand, Source, Wish};
use crate::store::Db;

/// Register somebody who comes without, and let them in: both or neither. Within the capacity, also when registration has
/// closed; owners and editors may go over it. They get their letter as everybody does.
#[utoipa::path(post, path = "/api/v1/check-in-lists/{list}/walk-ins", tag = "Check-ins", request_body = GuestFields,
    security(("bearer" = []), ("device" = [])),
    params(
        ("list" = uuid::Uuid, Path),
        ("force" = Option<bool>, Query, description = "Owners and editors: over the capacity"),
        ("silent" = Option<bool>, Query, description = "Owners and editors: without a letter"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 201, body = VerdictObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn walk_in(call: Call, list: Path<String>, body: Body<GuestFields>) -> Answer {
    let mut query = call.query();
    let hand = hand(&mut query);
    let mut issues = body.issues;
    let wish = body.json.read("", None, &mut issues);
    let wish = issues.finish_with(wish, "/attendee", "this is required");
    let wish = both(wish, query.finish()).map(|(wish, ())| wish);
    let (key, language) = (call.api.key_of_list(&list).await, call.language());
    let work = move |db: &mut Db, caller: &Caller, now: Timestamp| {
        let (held, list) = hold_for(db, caller, Deed::WalkIn, key.into(), &list)?;
        let by_hand = registers_by_hand(db, caller, &held.event)?;
        if (hand.force || hand.silent) && !by_hand {
            return Err(Error::Forbidden);
        }
        let by_hand = by_hand.then(|| ByHand { hand, ..ByHand::default() });
        let wish = Wish { source: Source::Door, vouched: true, by_hand, ..wish? };
        Ok((checkins::walk_in(db, caller, &held, list, wish, now)?, now))
    };
    let tell = move |(verdict, now): (checkins::Verdict, Timestamp)| {
        let registration = verdict.registration.as_ref().map(|registration| registration.id);
        let address = registration.map(|id| format!("/api/v1/registrations/{id}")).unwrap_or_default();
        Ok(Reply::json(&VerdictObject::new(verdict, language, now))?.created(&address))
    };
    call.write_and_tell(key, &body.bytes, work, tell).await
}
