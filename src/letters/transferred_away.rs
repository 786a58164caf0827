//! Somebody else has your place. Says nothing of who it is, and has no link: it is theirs.

use super::about::{Contact, language_of, one_line};
use super::layout::{Body, Fact};
use super::words::phrases;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::mail::{Letter, Message};
use crate::organizations::Organization;
use crate::store::Db;

/// The letter to whoever had the place before.
pub(super) fn letter(db: &mut Db, message: &Message) -> Result<Letter> {
    let event = Event::find(db, message.event_id.ok_or(Error::NotFound("event"))?)?;
    let organization = Organization::find(db, event.organization_id)?;
    let words = phrases(language_of(&event, &organization));
    let (title, when) = (one_line(&event.title), words.when(event.starts_at, event.ends_at, event.tz()));
    let body = Body {
        subject: words.labeled(words.transferred_away.subject, &title),
        says: vec![words.transferred_away.says.to_owned()],
        facts: vec![Fact::new(words.labels.event, title), Fact::new(words.labels.when, when)],
        contact: event.contact_email.as_deref().map(Contact::new),
        ..Body::default()
    };
    let words = body.words(words)?;
    Ok(Letter {
        from_name: organization.mail_sender_name,
        to_name: String::new(),
        reply_to: event.contact_email.or(organization.mail_reply_to),
        subject: words.subject,
        text: words.text,
        html: words.html,
        attachments: Vec::new(),
        unsubscribe: None,
    })
}
