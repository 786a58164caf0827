//! What comes with a letter: the ticket, and the event for a calendar.

use super::calendar::{self, Method};
use super::qr;
use crate::error::Result;
use crate::events::{CalendarMethod, Event, Session};
use crate::keys::Keys;
use crate::mail::Attachment;
use crate::registrations::{Registration, Ticket};

/// The ticket and the calendar file of a registration; nothing if it has no ticket (any more).
pub(super) fn of(
    event: &Event,
    registration: &Registration,
    chosen: &[Session],
    method: CalendarMethod,
    (keys, public_url): (&Keys, &str),
) -> Result<Vec<Attachment>> {
    let Ok(ticket) = Ticket::of(registration) else { return Ok(Vec::new()) };
    let method = match method {
        CalendarMethod::Publish => Method::Publish,
        CalendarMethod::Request => Method::Request,
    };
    let ticket = Attachment {
        name: "ticket.png".to_owned(),
        media_type: "image/png",
        content: qr::png(&ticket.text(keys))?,
        inline_as: Some("ticket"),
    };
    Ok(vec![ticket, calendar_file(calendar::for_registration(event, registration, chosen, method, public_url))])
}

/// A calendar file that takes out what another has entered.
pub(super) fn to_take_out(
    event: &Event,
    registration: &Registration,
    chosen: &[Session],
    public_url: &str,
) -> Attachment {
    calendar_file(calendar::for_registration(event, registration, chosen, Method::Cancel, public_url))
}

fn calendar_file((method, text): (Method, String)) -> Attachment {
    let media_type = method.media_type();
    Attachment { name: "event.ics".to_owned(), media_type, content: text.into_bytes(), inline_as: None }
}
