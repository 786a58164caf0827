//! What registrations refuse.

use crate::error::Refusal;

/// Why somebody cannot register, or a registration cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationRefusal {
    /// Every seat is taken, and nobody can wait.
    #[error("every seat is taken")]
    SoldOut,
    /// Every seat of a part of the event is taken.
    #[error("every seat of {part} is taken")]
    PartSoldOut {
        /// The name of the ticket type or of the session, or of the event.
        part: String,
    },
    /// One does not register here.
    #[error("registration for this event is elsewhere{}", url.as_ref().map(|url| format!(": {url}")).unwrap_or_default())]
    Elsewhere {
        /// Where, if anywhere.
        url: Option<String>,
    },
    /// An address registers once.
    #[error("this e-mail address is registered for this event already; its confirmation is on its way again")]
    AlreadyRegistered,
    /// Somebody else has this address.
    #[error("this e-mail address is registered for this event already")]
    AddressTaken,
    /// Attendees change their registrations until then.
    #[error("attendees cannot change their registrations any more: please ask the organizers")]
    EditClosed,
    /// It is too late.
    #[error("the event has begun")]
    EventBegun,
    /// They are still at it.
    #[error("the event is going on: cancel the registration first, or come back when the event is over")]
    EventGoingOn,
    /// Whoever was let in is the one who came.
    #[error("somebody was checked in with this registration: it stays theirs")]
    CheckedIn,
    /// Others hang on it.
    #[error("this registration leads a group: it cannot be given to somebody else")]
    LeadsGroup,
    /// Whom the organizers want to see first is not put in by others.
    #[error("the organizers look at each registration: please ask them to transfer it")]
    AskOrganizers,
    /// Nobody is behind it any more.
    #[error("this registration has been erased")]
    Erased,
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
    /// As many as may came with the code.
    #[error("the code was used as often as it can be")]
    CodeUsedUp,
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
            Self::SoldOut | Self::PartSoldOut { .. } => "sold_out",
            Self::Elsewhere { .. } => "registration_elsewhere",
            Self::AlreadyRegistered | Self::AddressTaken => "already_registered",
            Self::EditClosed => "edit_closed",
            Self::EventBegun => "event_begun",
            Self::EventGoingOn => "event_going_on",
            Self::CheckedIn => "checked_in",
            Self::LeadsGroup => "leads_group",
            Self::AskOrganizers => "ask_organizers",
            Self::Erased => "erased",
            Self::NotNow { .. } => "not_now",
            Self::AlreadyCancelled => "already_cancelled",
            Self::EventEnded => "event_ended",
            Self::CodeUsedUp => "code_used_up",
            Self::ConsentRequired => "consent_required",
            Self::TooLate => "too_late",
            Self::NoTicket { .. } => "no_ticket",
        }
    }
}

/// The codes, each with what it means.
pub const CODES: &[(&str, &str)] = &[
    (
        "sold_out",
        "Every seat of the event, or of the ticket type or session that was asked for, is taken, and nobody can wait.",
    ),
    (
        "already_registered",
        "The e-mail address is registered for the event already. Its latest letter is sent again to that address, \
         at most once in ten minutes.",
    ),
    ("edit_closed", "The time in which attendees change their registrations is over. Organizers still can."),
    ("event_begun", "The event has begun: a registration goes to somebody else before that only."),
    (
        "event_going_on",
        "The event is going on: the registration is erased once it is cancelled, or when the event is over.",
    ),
    ("checked_in", "Somebody was checked in with the registration: it is not given to somebody else."),
    ("leads_group", "The registration leads a group: it is not given to somebody else."),
    ("ask_organizers", "The organizers look at each registration: they alone give one to somebody else."),
    ("erased", "Everything personal was taken out of the registration: nothing can be done with it any more."),
    ("registration_elsewhere", "One registers for this event elsewhere, or not at all."),
    ("not_now", "The registration is in a status from which this cannot be done."),
    ("already_cancelled", "The registration has been cancelled before."),
    ("event_ended", "The event has ended: its registrations stay as they are."),
    (
        "code_used_up",
        "The access code with which the registration came was used as often as it can be. Organizers can force it.",
    ),
    ("consent_required", "Nobody registers for the event without this consent. Whoever withdraws it cancels instead."),
    ("too_late", "The offer has ended, or the address was not verified in time."),
    ("no_ticket", "Only a confirmed registration has a ticket."),
];
