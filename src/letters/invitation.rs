//! You are invited to an event.

use super::about::{Contact, greeted, one_line, place, shortened};
use super::layout::{Body, Fact, Link};
use super::wording::{Wording, spoken};
use super::words::phrases;
use crate::access::InvitationToken;
use crate::error::{Error, Result};
use crate::events::{Event, EventStatus, Session, TicketType};
use crate::keys::Keys;
use crate::mail::{Letter, Message};
use crate::organizations::Organization;
use crate::registrations::{Invitation, InvitationState};
use crate::store::Db;
use crate::values::Language;

pub(super) fn letter(db: &mut Db, (keys, public_url): (&Keys, &str), message: &Message) -> Result<Letter> {
    let id = message.about_id.ok_or(Error::NotFound("invitation"))?.uuid();
    let invitation = Invitation::find(db, id.into())?;
    if invitation.email != message.recipient {
        return Err(Error::NotFound("invitation"));
    }
    let event = Event::find(db, invitation.event_id)?;
    let organization = Organization::find(db, event.organization_id)?;
    let (language, wording) = spoken(db, &event, &organization, message.kind, invitation.language)?;
    written(db, (keys, public_url), &event, &invitation, (language, wording.as_ref()))
}

/// The letter in a language, with the organizers' own words if they have some.
pub(super) fn written(
    db: &mut Db,
    (keys, public_url): (&Keys, &str),
    event: &Event,
    invitation: &Invitation,
    (language, wording): (Language, Option<&Wording>),
) -> Result<Letter> {
    let organization = Organization::find(db, event.organization_id)?;
    let ticket_type = invitation.ticket_type_id.map(|id| TicketType::find(db, event.id, id)).transpose()?;
    let sessions = Session::of_event(db, event.id)?.into_iter();
    let sessions = sessions.filter(|session| invitation.sessions.0.contains(&session.id));
    let zone = event.tz();
    let cancelled = event.status == EventStatus::Cancelled;
    let open = invitation.state == InvitationState::Invited && !cancelled;
    let (words, title) = (phrases(language), one_line(&event.title));
    let (labels, says) = (&words.labels, &words.invitation);
    let (when, until) = (words.when(event.starts_at, event.ends_at, zone), words.moment(invitation.expires_at, zone));
    let value = |name: &str| match name {
        "first_name" => greeted(&invitation.first_name),
        "last_name" => invitation.last_name.as_deref().and_then(greeted),
        "name" => greeted(&invitation.name()),
        "event" => Some(title.clone()),
        "when" => Some(when.clone()),
        "where" => Some(place(&event.location.0)),
        "organization" => Some(one_line(&organization.name)),
        "until" => Some(until.clone()),
        _ => None,
    };
    // What cannot be answered any more is told in our words.
    let own = wording.filter(|_| open).and_then(|wording| wording.filled(&value));
    let mut facts = vec![Fact::new(labels.event, title.clone()), Fact::new(labels.when, when.clone())];
    let place = Some(place(&event.location.0)).filter(|place| !place.is_empty());
    facts.extend(place.map(|place| Fact::new(labels.place, place)));
    facts.extend(ticket_type.map(|kind| Fact::new(labels.ticket, one_line(&kind.name))));
    let session = |session: Session| format!("{}, {}", one_line(&session.title), words.moment(session.starts_at, zone));
    facts.extend(shortened(words, sessions.map(session)).into_iter().map(|text| Fact::new(labels.session, text)));
    let link = open.then(|| Link {
        before: (says.link)(&until),
        url: InvitationToken { invitation: invitation.id }.link(keys, public_url),
        after: words.yours_alone.to_owned(),
    });
    let seat_until = invitation.seat_until.filter(|_| invitation.keeps_seat && open);
    let seat = seat_until.map(|until| (says.seat)(&words.moment(until, zone)));
    let body = Body {
        subject: words.labeled(says.subject, &title),
        name: greeted(&invitation.name()),
        says: if own.is_some() { Vec::new() } else { vec![(says.says)(&one_line(&organization.name), &title)] },
        warning: cancelled.then_some(words.called_off),
        facts,
        link,
        closing: seat.into_iter().chain((!open).then(|| says.closed.to_owned())).collect(),
        contact: event.contact_email.as_deref().map(Contact::new),
        ..Body::default()
    };
    let words = body.in_own_words(own).words(words)?;
    Ok(Letter {
        to_name: invitation.name(),
        reply_to: organization.reply_to(event.contact_email.as_deref()),
        from_name: organization.mail_sender_name,
        subject: words.subject,
        text: words.text,
        html: words.html,
        attachments: Vec::new(),
        unsubscribe: None,
    })
}
