//! `POST /api/v1/bounces`

use actix_web::HttpRequest;
use actix_web::web::Payload;
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::call::{Answer, Call};
use super::messages::MessageObject;
use super::reply::Reply;
use crate::access::{Caller, Deed, may, may_report_bounces};
use crate::error::{Error, Result};
use crate::events::Event;
use crate::mail::{BounceResult, Message, Report, take_bounce};
use crate::store::Db;

/// What was made of a report.
#[derive(Serialize, ToSchema)]
pub(super) struct BounceObject {
    result: BounceResult,
    message: MessageObject,
}

/// Report that a letter did not arrive: a delivery status notification (RFC 3464), as the mail server returned it. A
/// permanent failure marks the address undeliverable; what is late or has arrived is ignored; the same twice counts once.
#[utoipa::path(post, path = "/api/v1/bounces", tag = "Messages", security(("bearer" = [])),
    request_body(content = String, content_type = "message/rfc822", description = "At most 256 KiB"),
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = BounceObject), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn report(call: Call, request: HttpRequest, payload: Payload) -> Answer {
    // Whoever may not report has nothing read.
    call.look(|_, caller, _| may_report_bounces(caller)).await?;
    let bytes = body::read_of_type(&request, payload, "message/rfc822").await?;
    let report = Report::parse(&bytes)?;
    let asked = report.clone();
    let event = call.look(move |db, caller, _| Ok(find(db, caller, &asked)?.1.id)).await?;
    call.write(event.uuid(), &bytes, move |db, caller, now| {
        let (message, event) = find(db, caller, &report)?;
        let (message, result) = take_bounce(db, &caller.actor(), event.scope(), message.id, &report, now)?;
        Reply::json(&BounceObject { result, message: message.into() })
    })
    .await
}

/// The message that a report is about, of those that the caller may write to.
fn find(db: &mut Db, caller: &Caller, report: &Report) -> Result<(Message, Event)> {
    may_report_bounces(caller)?;
    let mut denied = Error::NotFound("letter of ours that this reports on");
    for message in report.candidates(db)? {
        let Some(event) = message.event_id else { continue };
        let event = Event::find(db, event)?;
        match may(db, caller, Deed::WriteMessages, &event).map_err(Error::shown) {
            Ok(()) => return Ok((message, event)),
            Err(Error::NotFound(_)) => {}
            Err(other) => denied = other,
        }
    }
    Err(denied)
}
