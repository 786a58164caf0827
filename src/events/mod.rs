//! What people register for.

mod access_codes;
mod announcement;
mod answer_hosting;
mod archive;
mod ask;
mod cancel;
mod catalog;
mod consents;
mod delete;
mod draft;
mod duplicate;
mod event;
mod hosting;
mod hosts;
mod invite_host;
mod letter_settings;
mod publish;
mod questions;
mod quotas;
mod refusal;
mod release_reserved;
mod remove_host;
mod revise;
mod revise_host;
mod rules;
mod search;
mod series;
mod sessions;
mod tags;
mod ticket_types;
mod window;
mod write_access_codes;

pub use access_codes::{AccessCode, AccessCodeDraft};
pub use announcement::{
    Announcement, Told, ToldSession, begin_announcements, due_announcements, unfinished_announcements,
};
pub use answer_hosting::{HostingAnswer, answer_hosting};
pub use archive::archive;
pub use ask::{QuestionDraft, add_question, remove_question, revise_question};
pub use cancel::cancel;
pub use catalog::Catalog;
pub use consents::{ConsentDraft, ConsentPurpose, ConsentText, add_consent, retire_consent, revise_consent};
pub use delete::delete;
pub use draft::{Draft, Times, draft, draft_edition};
pub use duplicate::{Copy, duplicate, moved_to_copy};
pub use event::{Event, EventStatus, Location, RegistrationMode, Visibility, Waitlist};
pub use hosting::Hosting;
pub use hosts::{DataAccess, Host, HostRole, HostState, add_host};
pub use invite_host::invite_host;
pub use letter_settings::{CalendarMethod, LetterSettings, Reminder, SettingsDraft, revise_letter_settings};
pub use publish::publish;
pub use questions::{AskedAt, Choice, Condition, Question, QuestionKind};
pub use quotas::{Capacity, Held, Part, Quota};
pub use refusal::{CODES, EventRefusal};
pub use release_reserved::{due_releases, release_reserved};
pub use remove_host::remove_host;
pub use revise::{Revision, revise};
pub use revise_host::{HostRevision, revise_host};
pub use rules::{OfferHours, RegistrationRules, check_mode};
pub use search::{Search, Viewer};
pub use series::{Edition, EditionNumber, Series, SeriesRevision, add_series, remove_series, revise_series};
pub use sessions::{Session, SessionDraft, SessionHand, add_session, remove_session, revise_session};
pub use tags::tags_of;
pub use ticket_types::{
    TicketType, TicketTypeDraft, TicketVisibility, add_ticket_type, remove_ticket_type, revise_ticket_type,
};
pub use window::RegistrationState;
pub use write_access_codes::{add_access_code, remove_access_code, revise_access_code};
