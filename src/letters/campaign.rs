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

/// How many octets a subject has at most, and a text in each of its forms, to whomever it goes: with both of them a letter
/// stays below 100 KB.
const LONGEST_SUBJECT: usize = 4 * 1024;
const LARGEST: usize = 28 * 1024;

/// What is wrong with what a campaign says: placeholders that there are not, links that lead elsewhere, too much of it.
pub fn campaign_faults(body: &str) -> Vec<Fault> {
    let mut faults = markup::faults(body, PLACEHOLDERS);
    // The sign of which HTML makes the most octets, and one of those that have the most as they are.
    let forms = [markup::as_html(body, &longest("\"")), markup::as_text(body, &longest("🎉"))];
    if faults.is_empty() && forms.iter().any(|form| form.len() > LARGEST) {
        faults.push(Fault::new("too_long", "this becomes too long a letter, with what stands for its placeholders"));
    }
    faults
}

/// What is wrong with what a campaign says that it is about.
pub fn campaign_subject_faults(subject: &str) -> Vec<Fault> {
    let mut faults = markup::faults_of_line(subject, PLACEHOLDERS);
    if faults.is_empty() && markup::filled(subject, &longest("🎉")).len() > LONGEST_SUBJECT {
        faults.push(Fault::new("too_long", "this becomes too long a subject, with what stands for its placeholders"));
    }
    faults
}

/// The longest that can stand for a placeholder, if all of it is this sign.
fn longest(sign: &str) -> impl Fn(&str) -> Option<String> {
    move |name| {
        Some(sign.repeat(match name {
            "first_name" | "last_name" => 100,
            "name" => 201,
            "event" | markup::LINK => 200,
            _ => 8,
        }))
    }
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
        reply_to: organization.reply_to(event.contact_email.as_deref()),
        from_name: organization.mail_sender_name,
        html: html.render().map_err(Error::internal)?,
        text: format!("{text}\n\n--\n{}\n{manage}\n{link}\n{no_more}\n{unsubscribe}\n", wrapped(&why)),
        subject,
        attachments: Vec::new(),
        unsubscribe: Some(unsubscribe),
    })
}
