//! When one can register: a pure rule.

use super::{Event, EventStatus, Quota, RegistrationMode, Waitlist};
use crate::clock::Timestamp;
use crate::text_enum;

text_enum! {
    /// Where the registration for an event stands at a moment.
    pub enum RegistrationState {
        /// Not published, or before the window.
        NotOpen = "not_open",
        /// There are seats.
        Open = "open",
        /// No seat, and nobody waits.
        Full = "full",
        /// No seat, and one can wait.
        Waitlist = "waitlist",
        /// Behind the window, ended, cancelled or archived.
        Closed = "closed",
    }
}

/// The window begins when the event is published, or at its own time if that is later, and ends when the event ends,
/// or at its own time if that is earlier. Both ends: from `opens` on, before `closes`. An event for which one does not
/// register is closed.
pub(super) fn registration_state(event: &Event, seats: Option<&Quota>, now: Timestamp) -> RegistrationState {
    if event.registration_mode == RegistrationMode::None && event.status == EventStatus::Published {
        return RegistrationState::Closed;
    }
    // Elsewhere, we know when one registers, not whether there are seats.
    let seats = seats.filter(|_| event.registration_mode == RegistrationMode::BuiltIn);
    let closes = event.registration_closes_at.unwrap_or(event.ends_at).min(event.ends_at);
    match event.status {
        EventStatus::Draft => RegistrationState::NotOpen,
        EventStatus::Cancelled | EventStatus::Archived => RegistrationState::Closed,
        EventStatus::Published if now >= closes => RegistrationState::Closed,
        EventStatus::Published if event.registration_opens_at.is_some_and(|opens| now < opens) => {
            RegistrationState::NotOpen
        }
        EventStatus::Published => match seats {
            Some(seats) if seats.available() == Some(0) => match event.waitlist {
                Waitlist::Off => RegistrationState::Full,
                Waitlist::Auto | Waitlist::Offer => RegistrationState::Waitlist,
            },
            _ => RegistrationState::Open,
        },
    }
}
