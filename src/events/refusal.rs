//! What events refuse.

use crate::clock::Timestamp;
use crate::error::Refusal;

/// Why something cannot be done to an event, or not now.
#[derive(Debug, thiserror::Error)]
pub enum EventRefusal {
    /// Slugs are unique.
    #[error("there is an event with the slug {slug} already; choose another")]
    SlugTaken {
        /// The slug.
        slug: String,
    },
    /// Slugs are unique.
    #[error("there is a series with the slug {slug} already; choose another")]
    SeriesSlugTaken {
        /// The slug.
        slug: String,
    },
    /// Editions are counted once.
    #[error("the series has an edition {edition} already")]
    EditionTaken {
        /// Its number.
        edition: i64,
    },
    /// Events are editions of it.
    #[error("the series has events: it cannot be removed")]
    SeriesInUse,
    /// Only a draft can be published.
    #[error("only a draft can be published: this event is {status}")]
    NotADraft {
        /// What it is instead.
        status: &'static str,
    },
    /// A cancelled event stays cancelled.
    #[error("this event has been cancelled")]
    EventCancelled,
    /// Only a published event can be cancelled or archived.
    #[error("this event is not published: delete the draft instead")]
    NotPublished,
    /// What is put away stays as it is.
    #[error("this event has been archived")]
    EventArchived,
    /// Only what has taken place is put away.
    #[error("this event ends at {ends_at}: it can be archived from then on")]
    EventNotOver {
        /// When it ends.
        ends_at: Timestamp,
    },
    /// An event that somebody has seen is not deleted.
    #[error("only a draft without registrations can be deleted: cancel the event instead")]
    NotDeletable,
    /// There are more people than that.
    #[error("{taken} seats are taken: the capacity cannot be lowered to {capacity}")]
    CapacityBelowTaken {
        /// How many seats are taken.
        taken: i64,
        /// What was wanted.
        capacity: i64,
    },
    /// Too early.
    #[error("registration is not open yet{}", opens_at.map(|at| format!(": it opens at {at}")).unwrap_or_default())]
    RegistrationNotOpen {
        /// When it opens, if that is known.
        opens_at: Option<Timestamp>,
    },
    /// Too late.
    #[error("registration is closed")]
    RegistrationClosed,
    /// Somebody has it.
    #[error("somebody has chosen this: it cannot be removed")]
    PartInUse,
    /// Seats that are not free cannot be kept.
    #[error("{available} seats are free: {wanted} cannot be kept for this code")]
    NotEnoughSeats {
        /// How many are free.
        available: i64,
        /// How many were to be kept.
        wanted: i64,
    },
    /// Codes are unique within an event.
    #[error("this event has this code already; choose another")]
    CodeTaken,
    /// Somebody came with it.
    #[error("somebody has registered with this code: end it with closes_at instead")]
    CodeInUse,
    /// What was answered is what it was.
    #[error("somebody has answered this question: its kind stays")]
    QuestionAnswered,
    /// Another question needs it.
    #[error("the question {other} is asked by what was answered to this one: change that one first")]
    QuestionInCondition {
        /// The key of the other one.
        other: String,
    },
    /// Nobody is asked for it any more.
    #[error("nobody is asked for this consent any more")]
    ConsentRetired,
    /// There is an end to everything.
    #[error("an event has at most {most} of these")]
    TooManyParts {
        /// How many.
        most: usize,
    },
    /// An organization has one part in an event.
    #[error("this organization is a host of the event already")]
    AlreadyHost,
    /// An invitation is answered once.
    #[error("this organization has no invitation to answer: it has {state}")]
    NotInvited {
        /// What it has said.
        state: &'static str,
    },
    /// An event always has its owner.
    #[error("the organization that owns the event is its host as long as there is the event")]
    OwnerStays,
}

impl Refusal for EventRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::SlugTaken { .. } | Self::SeriesSlugTaken { .. } => "slug_taken",
            Self::EditionTaken { .. } => "edition_taken",
            Self::SeriesInUse => "series_in_use",
            Self::NotADraft { .. } => "not_a_draft",
            Self::EventCancelled => "event_cancelled",
            Self::NotPublished => "not_published",
            Self::EventArchived => "event_archived",
            Self::EventNotOver { .. } => "event_not_over",
            Self::NotDeletable => "not_deletable",
            Self::CapacityBelowTaken { .. } => "capacity_below_taken",
            Self::RegistrationNotOpen { .. } => "registration_not_open",
            Self::RegistrationClosed => "registration_closed",
            Self::PartInUse => "part_in_use",
            Self::NotEnoughSeats { .. } => "not_enough_seats",
            Self::CodeTaken => "code_taken",
            Self::CodeInUse => "code_in_use",
            Self::QuestionAnswered => "question_answered",
            Self::QuestionInCondition { .. } => "question_in_condition",
            Self::ConsentRetired => "consent_retired",
            Self::TooManyParts { .. } => "too_many_parts",
            Self::AlreadyHost => "already_host",
            Self::NotInvited { .. } => "not_invited",
            Self::OwnerStays => "owner_stays",
        }
    }
}

/// The codes, each with what it means.
pub const CODES: &[(&str, &str)] = &[
    ("not_a_draft", "Only a draft can be published."),
    ("edition_taken", "Another event of the series has this number. Choose another, or none: then it is the next one."),
    ("series_in_use", "The series has events: it cannot be removed. Take them out of it first."),
    ("event_cancelled", "The event has been cancelled, and stays cancelled."),
    ("part_in_use", "Somebody has chosen this session or ticket type: it cannot be removed."),
    ("not_enough_seats", "Fewer seats are free than are to be kept for the code; the detail says how many."),
    ("code_taken", "The event has this access code already. Choose another."),
    ("code_in_use", "Somebody has registered with this access code: it cannot be removed. End it with `closes_at`."),
    ("question_answered", "Somebody has answered this question: what kind of question it is stays."),
    ("question_in_condition", "Another question is asked by what was answered to this one: it cannot be removed."),
    (
        "consent_retired",
        "Nobody is asked for this consent any more: it has no new editions, and is not given any more.",
    ),
    ("too_many_parts", "The event has as many sessions, ticket types, questions or consents as it may have."),
    ("not_published", "Only a published event can be cancelled or archived. A draft is deleted."),
    ("event_archived", "The event is over and has been archived. It stays as it is."),
    ("event_not_over", "Only an event that has ended can be archived; the detail says when it ends."),
    ("not_deletable", "Only a draft without registrations can be deleted. Cancel the event instead."),
    ("capacity_below_taken", "More seats are taken than the capacity that was asked for. Cancel registrations first."),
    ("registration_not_open", "Registration has not opened yet; the detail says when it does."),
    ("registration_closed", "Registration has closed, or the event has ended."),
    ("already_host", "The organization is a host of the event already, or was asked and has not answered yet."),
    ("not_invited", "The organization has answered its invitation to host before. It leaves by removing itself."),
    ("owner_stays", "The organization that owns an event is its host, and neither changes nor leaves."),
];
