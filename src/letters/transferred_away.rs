//! Somebody else has your place. Says nothing of who it is, and has no link: it is theirs.

use super::about::{Contact, language_of, one_line, place};
use super::layout::{Body, Fact};
use super::wording::{Wording, spoken};
use super::words::phrases;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::mail::{Letter, Message};
use crate::organizations::Organization;
use crate::store::Db;
use crate::values::Language;

/// The letter to whoever had the place before.
pub(super) fn letter(db: &mut Db, message: &Message) -> Result<Letter> {
    let event = Event::find(db, message.event_id.ok_or(Error::NotFound("event"))?)?;
    let organization = Organization::find(db, event.organization_id)?;
    let (language, wording) = spoken(db, &event, &organization, message.kind, language_of(&event, &organization))?;
    written(&event, organization, language, wording.as_ref())
}

/// The letter in a language, with the organizers' own words if they have some.
pub(super) fn written(
    event: &Event,
    organization: Organization,
    language: Language,
    wording: Option<&Wording>,
) -> Result<Letter> {
    let words = phrases(language);
    let (title, when) = (one_line(&event.title), words.when(event.starts_at, event.ends_at, event.tz()));
    let value = |name: &str| match name {
        "event" => Some(title.clone()),
        "when" => Some(when.clone()),
        "where" => Some(place(&event.location.0)),
        "organization" => Some(one_line(&organization.name)),
        _ => None,
    };
    let own = wording.and_then(|wording| wording.filled(&value));
    let says = Some(words.transferred_away.says.to_owned()).filter(|_| own.is_none());
    let body = Body {
        subject: words.labeled(words.transferred_away.subject, &title),
        says: says.into_iter().collect(),
        facts: vec![Fact::new(words.labels.event, title.clone()), Fact::new(words.labels.when, when.clone())],
        contact: event.contact_email.as_deref().map(Contact::new),
        ..Body::default()
    };
    let words = body.in_own_words(own).words(words)?;
    Ok(Letter {
        reply_to: organization.reply_to(event.contact_email.as_deref()),
        from_name: organization.mail_sender_name,
        to_name: String::new(),
        subject: words.subject,
        text: words.text,
        html: words.html,
        attachments: Vec::new(),
        unsubscribe: None,
    })
}
