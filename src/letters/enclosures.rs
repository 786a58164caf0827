//! What comes with a letter: the ticket, and the event for a calendar.

use super::{calendar, qr};
use crate::error::Result;
use crate::events::{Event, Session};
use crate::keys::Keys;
use crate::mail::Attachment;
use crate::registrations::{Registration, Ticket};

/// The ticket and the calendar file of a registration; nothing if it has no ticket (any more).
pub(super) fn of(
    event: &Event,
    registration: &Registration,
    chosen: &[Session],
    (keys, public_url): (&Keys, &str),
) -> Result<Vec<Attachment>> {
    let Ok(ticket) = Ticket::of(registration) else { return Ok(Vec::new()) };
    Ok(vec![
        Attachment {
            name: "ticket.png".to_owned(),
            media_type: "image/png",
            content: qr::png(&ticket.text(keys))?,
            inline_as: Some("ticket"),
        },
        Attachment {
            name: "event.ics".to_owned(),
            media_type: calendar::MEDIA_TYPE,
            content: calendar::for_registration(event, registration, chosen, public_url).into_bytes(),
            inline_as: None,
        },
    ])
}
