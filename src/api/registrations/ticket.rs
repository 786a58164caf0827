//! The ticket of a registration, as text, as pictures, and its calendar file.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::read::find_for;
use crate::access::Deed;
use crate::api::call::{Answer, Call};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::letters::{calendar, qr};
use crate::registrations::Ticket;

/// A ticket.
#[derive(Serialize, ToSchema)]
#[schema(as = Ticket)]
pub(crate) struct TicketObject {
    /// The text in the QR code.
    ticket: String,
    /// The short code, for people.
    code: String,
}

/// The ticket, as text.
#[utoipa::path(get, path = "/api/v1/registrations/{id}/ticket", tag = "Registrations",
    security(("bearer" = []), ("manage_token" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = TicketObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn ticket(call: Call, id: Path<String>) -> Answer {
    let api = call.api.clone();
    call.read(move |db, caller, _| {
        let (registration, _) = find_for(db, caller, Deed::ReadRegistrations, &id)?;
        let ticket = Ticket::of(&registration)?.text(&api.keys);
        Reply::json(&TicketObject { ticket, code: registration.code })
    })
    .await
}

/// The ticket, as an SVG picture of its QR code.
#[utoipa::path(get, path = "/api/v1/registrations/{id}/ticket.svg", tag = "Registrations",
    security(("bearer" = []), ("manage_token" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, content_type = "image/svg+xml", body = String),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn ticket_svg(call: Call, id: Path<String>) -> Answer {
    let api = call.api.clone();
    call.read(move |db, caller, _| {
        let (registration, _) = find_for(db, caller, Deed::ReadRegistrations, &id)?;
        let ticket = Ticket::of(&registration)?.text(&api.keys);
        Ok(Reply::of_type("image/svg+xml", qr::svg(&ticket)?))
    })
    .await
}

/// The ticket, as a PNG picture of its QR code.
#[utoipa::path(get, path = "/api/v1/registrations/{id}/ticket.png", tag = "Registrations",
    security(("bearer" = []), ("manage_token" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, content_type = "image/png", body = Vec<u8>),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn ticket_png(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let api = call.api.clone();
    let text = call.read(move |db, caller, _| {
        let (registration, _) = find_for(db, caller, Deed::ReadRegistrations, &id)?;
        Ok(Reply::of_type("text/plain", Ticket::of(&registration)?.text(&api.keys)))
    });
    let picture = qr::png(&text.await?.body)?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "image/png")).body(picture))
}

/// The registration, as a calendar file (RFC 5545).
#[utoipa::path(get, path = "/api/v1/registrations/{id}/calendar.ics", tag = "Registrations",
    security(("bearer" = []), ("manage_token" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, content_type = "text/calendar", body = String),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn registration_calendar(call: Call, id: Path<String>) -> Answer {
    let public_url = call.api.public_url.clone();
    call.read(move |db, caller, _| {
        let (registration, event) = find_for(db, caller, Deed::ReadRegistrations, &id)?;
        let chosen = registration.chosen(db)?;
        let (method, file) =
            calendar::for_registration(&event, &registration, &chosen, calendar::Method::Publish, &public_url);
        Ok(Reply::of_type(method.media_type(), file))
    })
    .await
}
