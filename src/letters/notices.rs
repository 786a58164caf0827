//! How things stand where there is no ticket: one paragraph, and the link.

use askama::Template;

use super::about::{About, Words};
use crate::error::Result;
use crate::registrations::RegistrationStatus;

#[derive(Template)]
#[template(path = "notice.txt")]
struct Text<'a> {
    about: &'a About,
    message: &'a str,
    manage: &'a str,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Html<'a> {
    about: &'a About,
    message: &'a str,
    manage: &'a str,
}

/// What a notice says, as long as the registration stands as it did when the notice was posted.
struct Notice {
    subject: &'static str,
    when: RegistrationStatus,
    message: String,
    manage: &'static str,
}

impl Notice {
    fn words(self, about: &About) -> Result<Words> {
        let overtaken = format!("Since this letter was written, your registration has been {}.", about.stands());
        let (message, manage) = if about.status == self.when {
            (self.message.as_str(), self.manage)
        } else {
            (overtaken.as_str(), "See your registration:")
        };
        about.words(self.subject, &Text { about, message, manage }, &Html { about, message, manage })
    }
}

/// Please show that this is your address, until a time on the clocks of the event.
pub(super) fn verify(about: &About, until: Option<String>) -> Result<Words> {
    let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
    let message = format!(
        "Somebody, we hope it was you, wants to register with this address. You can confirm it{until}: before you do, \
         nothing is held for you. If it was not you, do nothing."
    );
    Notice {
        subject: "Please confirm",
        when: RegistrationStatus::PendingVerification,
        message,
        manage: "Confirm your registration:",
    }
    .words(about)
}

/// Somebody will look at your registration.
pub(super) fn pending(about: &About) -> Result<Words> {
    let message = "Your registration has arrived. The organizers look at each one: as soon as they have decided, we write \
                   to you again. This letter is not a ticket.";
    Notice {
        subject: "Received",
        when: RegistrationStatus::PendingApproval,
        message: message.to_owned(),
        manage: "See or cancel your registration:",
    }
    .words(about)
}

/// Somebody has looked at it and said no; `reason` in their own words.
pub(super) fn rejected(about: &About, reason: Option<&str>) -> Result<Words> {
    let message = match reason {
        Some(reason) => {
            format!("We are sorry: the organizers could not accept your registration. They write: {reason}")
        }
        None => "We are sorry: the organizers could not accept your registration.".to_owned(),
    };
    Notice { subject: "Not accepted", when: RegistrationStatus::Rejected, message, manage: "See your registration:" }
        .words(about)
}

/// A seat is held for you, until a time on the clocks of the event.
pub(super) fn offered(about: &About, until: Option<String>) -> Result<Words> {
    let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
    let message = format!(
        "A place has become free, and it is held for you{until}. Accept it with the link below, or decline it, so that \
         somebody else gets it. If you do nothing, it goes to the next on the list."
    );
    Notice { subject: "A place for you", when: RegistrationStatus::Offered, message, manage: "Accept or decline:" }
        .words(about)
}

/// What your registration says is not what it said before.
pub(super) fn changed(about: &About) -> Result<Words> {
    let message = "Your registration has been changed. See below what it says now.";
    Notice { subject: "Changed", when: about.status, message: message.to_owned(), manage: "See your registration:" }
        .words(about)
}

/// You did not take it in time.
pub(super) fn offer_expired(about: &About) -> Result<Words> {
    let message = "A place was held for you and not taken in time: it has gone to the next on the list.";
    Notice {
        subject: "The offer has ended",
        when: RegistrationStatus::Expired,
        message: message.to_owned(),
        manage: "See your registration:",
    }
    .words(about)
}
