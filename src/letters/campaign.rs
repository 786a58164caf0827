//! What organizers write to many.

use askama::Template;

use super::about::{manage_link, one_line};
use super::layout::wrapped;
use super::markup;
use super::words::phrases;
use crate::campaigns::Campaign;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::keys::Keys;
use crate::mail::{Letter, Message};
use crate::organizations::Organization;
use crate::registrations::Registration;
use crate::store::Db;
use crate::values::{Fault, Language, Words};

#[derive(Template)]
#[template(path = "campaign.html")]
struct Html<'a> {
    language: Language,
    subject: &'a str,
    body: &'a str,
    why: &'a str,
    manage: &'static str,
    link: &'a str,
    no_more: &'static str,
    unsubscribe: &'a str,
}

/// The placeholders that a campaign knows.
const PLACEHOLDERS: &[&str] = &["first_name", "last_name", "name", "event", "code", markup::LINK];

/// What is wrong with what a campaign says: placeholders that there are not, links that lead elsewhere, too much of it.
pub fn campaign_faults(body: &str) -> Vec<Fault> {
    markup::faults(body, PLACEHOLDERS)
}

/// What is wrong with what a campaign says that it is about.
pub fn campaign_subject_faults(subject: &str) -> Vec<Fault> {
    markup::faults_of_line(subject, PLACEHOLDERS)
}

pub(super) fn letter(db: &mut Db, with: (&Keys, &str), message: &Message) -> Result<Letter> {
    let gone = || Error::NotFound("campaign");
    let campaign = Campaign::find_by_id(db, message.about_id.ok_or_else(gone)?.uuid().into())?;
    let registration = Registration::find(db, message.registration_id.ok_or_else(gone)?)?;
    // It may be another person's by now.
    if registration.email != message.recipient || registration.is_erased() {
        return Err(Error::NotFound("registration"));
    }
    campaign_letter(db, with, &campaign, &registration)
}

/// The letter of a campaign to one of its recipients.
pub fn campaign_letter(
    db: &mut Db,
    (keys, public_url): (&Keys, &str),
    campaign: &Campaign,
    registration: &Registration,
) -> Result<Letter> {
    let event = Event::find(db, campaign.event_id)?;
    let organization = Organization::find(db, event.organization_id)?;
    let language = campaign.language_for(registration.locale, &event.languages.0);
    let written = |words: &Words| words.get(&language).cloned().unwrap_or_default();
    let (subject, body) = (written(&campaign.subject.0), written(&campaign.body.0));
    let title = one_line(&event.title);
    let link = manage_link(registration, keys, public_url);
    let values = |name: &str| {
        Some(match name {
            "first_name" => one_line(&registration.first_name),
            "last_name" => one_line(registration.last_name.as_deref().unwrap_or_default()),
            "name" => one_line(&registration.name()),
            "event" => title.clone(),
            "code" => registration.code.clone(),
            markup::LINK => link.clone(),
            _ => return None,
        })
    };
    let unsubscribe = registration.unsubscribe_token().link(keys, public_url);
    let words = &phrases(language).campaign;
    let (why, manage, no_more) = ((words.why)(&title), words.link, words.no_more);
    let subject = one_line(&markup::filled(&subject, &values));
    let (text, body) = (markup::as_text(&body, &values), markup::as_html(&body, &values));
    let html = Html {
        language,
        subject: &subject,
        body: &body,
        why: &why,
        manage,
        link: &link,
        no_more,
        unsubscribe: &unsubscribe,
    };
    Ok(Letter {
        to_name: registration.name(),
        from_name: organization.mail_sender_name,
        reply_to: event.contact_email.or(organization.mail_reply_to),
        html: html.render().map_err(Error::internal)?,
        text: format!("{text}\n\n--\n{}\n{manage}\n{link}\n{no_more}\n{unsubscribe}\n", wrapped(&why)),
        subject,
        attachments: Vec::new(),
        unsubscribe: Some(unsubscribe),
    })
}
