//! What registrations refuse.

use crate::error::Refusal;

/// Why somebody cannot register, or a registration cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationRefusal {
    /// Every seat is taken, and nobody can wait.
    #[error("every seat is taken")]
    SoldOut,
    /// One does not register here.
    #[error("registration for this event is elsewhere{}", url.as_ref().map(|url| format!(": {url}")).unwrap_or_default())]
    Elsewhere {
        /// Where, if anywhere.
        url: Option<String>,
    },
    /// An address registers once.
    #[error("this e-mail address is registered for this event already; its confirmation is on its way again")]
    AlreadyRegistered,
    /// There is no way from here to there.
    #[error("this cannot be done to a registration that is {status}")]
    NotNow {
        /// What it is.
        status: &'static str,
    },
    /// It was cancelled before.
    #[error("this registration has been cancelled already")]
    AlreadyCancelled,
    /// The event has begun or is over.
    #[error("the event has ended: its registrations stay as they are")]
    EventEnded,
    /// Nobody registers without it.
    #[error("nobody registers for this event without this consent: cancel the registration instead")]
    ConsentRequired,
    /// An offer or a link was good for a while.
    #[error("the time for this is over")]
    TooLate,
    /// There is no ticket for who waits or has cancelled.
    #[error("only a confirmed registration has a ticket: this one is {status}")]
    NoTicket {
        /// What it is instead.
        status: &'static str,
    },
}

impl Refusal for RegistrationRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::SoldOut => "sold_out",
            Self::Elsewhere { .. } => "registration_elsewhere",
            Self::AlreadyRegistered => "already_registered",
            Self::NotNow { .. } => "not_now",
            Self::AlreadyCancelled => "already_cancelled",
            Self::EventEnded => "event_ended",
            Self::ConsentRequired => "consent_required",
            Self::TooLate => "too_late",
            Self::NoTicket { .. } => "no_ticket",
        }
    }
}

/// The codes, each with what it means.
pub const CODES: &[(&str, &str)] = &[
    ("sold_out", "Every seat of the event is taken, and it has no waiting list."),
    (
        "already_registered",
        "The e-mail address is registered for the event already. Its latest letter is sent again to that address, \
         at most once in ten minutes.",
    ),
    ("registration_elsewhere", "One registers for this event elsewhere, or not at all."),
    ("not_now", "The registration is in a status from which this cannot be done."),
    ("already_cancelled", "The registration has been cancelled before."),
    ("event_ended", "The event has ended: its registrations stay as they are."),
    ("consent_required", "Nobody registers for the event without this consent. Whoever withdraws it cancels instead."),
    ("too_late", "The offer has ended, or the address was not verified in time."),
    ("no_ticket", "Only a confirmed registration has a ticket."),
];
