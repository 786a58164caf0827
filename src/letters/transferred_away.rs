//! Somebody else has your place. Says nothing of who it is, and has no link: it is theirs.

use askama::Template;

use super::about::{Contact, one_line};
use super::when::when;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::mail::{Letter, Message};
use crate::organizations::Organization;
use crate::store::Db;

#[derive(Template)]
#[template(path = "transferred_away.txt")]
struct Text<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "transferred_away.html")]
struct Html<'a> {
    facts: &'a Facts,
}

struct Facts {
    title: String,
    when: String,
    contact: Option<Contact>,
}

/// The letter to whoever had the place before.
pub(super) fn letter(db: &mut Db, message: &Message) -> Result<Letter> {
    let event = Event::find(db, message.event_id.ok_or(Error::NotFound("event"))?)?;
    let organization = Organization::find(db, event.organization_id)?;
    let facts = Facts {
        title: one_line(&event.title),
        when: when(event.starts_at, event.ends_at, event.tz()),
        contact: event.contact_email.as_deref().map(Contact::new),
    };
    Ok(Letter {
        from_name: organization.mail_sender_name,
        to_name: String::new(),
        reply_to: event.contact_email.or(organization.mail_reply_to),
        subject: format!("Your place has a new owner: {}", facts.title),
        text: Text { facts: &facts }.render().map_err(Error::internal)?,
        html: Html { facts: &facts }.render().map_err(Error::internal)?,
        attachments: Vec::new(),
    })
}
