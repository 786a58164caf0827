//! You are invited to an event.

use askama::Template;

use super::about::{Contact, greeted, one_line};
use super::when::{moment, when};
use crate::access::InvitationToken;
use crate::error::{Error, Result};
use crate::events::{Event, EventStatus, Session, TicketType};
use crate::keys::Keys;
use crate::mail::{Letter, Message};
use crate::organizations::Organization;
use crate::registrations::{Invitation, InvitationState};
use crate::store::Db;

/// What the letter tells, each in one line.
struct Facts {
    name: Option<String>,
    organization: String,
    title: String,
    when: String,
    place: String,
    ticket_type: Option<String>,
    sessions: Vec<String>,
    /// None if it cannot be answered any more.
    link: Option<String>,
    until: String,
    /// Until when a seat is kept, if one is.
    seat_until: Option<String>,
    event_cancelled: bool,
    contact: Option<Contact>,
}

#[derive(Template)]
#[template(path = "invitation.txt")]
struct Text<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "invitation.html")]
struct Html<'a> {
    facts: &'a Facts,
}

pub(super) fn letter(db: &mut Db, (keys, public_url): (&Keys, &str), message: &Message) -> Result<Letter> {
    let id = message.about_id.ok_or(Error::NotFound("invitation"))?.uuid();
    let invitation = Invitation::find(db, id.into())?;
    if invitation.email != message.recipient {
        return Err(Error::NotFound("invitation"));
    }
    let event = Event::find(db, invitation.event_id)?;
    let organization = Organization::find(db, event.organization_id)?;
    let ticket_type = invitation.ticket_type_id.map(|id| TicketType::find(db, event.id, id)).transpose()?;
    let sessions = Session::of_event(db, event.id)?.into_iter();
    let sessions = sessions.filter(|session| invitation.sessions.0.contains(&session.id));
    let zone = event.tz();
    let place = [Some(event.location.0.one_line()), event.location.0.online_url.clone()];
    let place: Vec<String> = place.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let cancelled = event.status == EventStatus::Cancelled;
    let open = invitation.state == InvitationState::Invited && !cancelled;
    let facts = Facts {
        name: greeted(&invitation.name()),
        organization: one_line(&organization.name),
        title: one_line(&event.title),
        when: when(event.starts_at, event.ends_at, zone),
        place: one_line(&place.join(", ")),
        ticket_type: ticket_type.map(|kind| one_line(&kind.name)),
        sessions: sessions
            .map(|session| format!("{}, {}", one_line(&session.title), moment(session.starts_at, zone)))
            .collect(),
        link: open.then(|| InvitationToken { invitation: invitation.id }.link(keys, public_url)),
        until: moment(invitation.expires_at, zone),
        seat_until: invitation.seat_until.filter(|_| invitation.keeps_seat).map(|until| moment(until, zone)),
        event_cancelled: cancelled,
        contact: event.contact_email.as_deref().map(Contact::new),
    };
    Ok(Letter {
        to_name: invitation.name(),
        from_name: organization.mail_sender_name,
        reply_to: event.contact_email.or(organization.mail_reply_to),
        subject: format!("Invitation: {}", facts.title),
        text: Text { facts: &facts }.render().map_err(Error::internal)?,
        html: Html { facts: &facts }.render().map_err(Error::internal)?,
        attachments: Vec::new(),
    })
}
