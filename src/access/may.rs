//! May they? The only place that decides.

use super::Caller;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::store::{OrganizationId, RegistrationId};
use crate::text_enum;

text_enum! {
    /// What somebody is at an organization.
    pub enum Role {
        /// Answers for it.
        Owner = "owner",
        /// Prepares its events.
        Editor = "editor",
        /// Checks people in.
        Door = "door",
        /// Looks.
        Viewer = "viewer",
    }
}

/// What somebody may want to do to an event of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Read an event that is not announced.
    SeeEvent,
    /// Draft, revise, publish, cancel and delete events.
    WriteEvents,
    /// Read registrations with names and addresses, export them.
    ReadRegistrations,
    /// Change registrations for their attendees.
    WriteRegistrations,
    /// Read the outbox.
    ReadMessages,
    /// Send a message again.
    WriteMessages,
    /// Read the check-in lists, their logs and numbers.
    ReadCheckIns,
    /// Check people in and out.
    CheckIn,
    /// Take a check-in back.
    AnnulCheckIn,
}

/// Who may do what at their own organization.
#[rustfmt::skip]
const TABLE: &[(Deed, [bool; 4])] = &[
    //                            owner  editor door   viewer
    (Deed::SeeEvent,             [true,  true,  true,  true]),
    (Deed::WriteEvents,          [true,  true,  false, false]),
    (Deed::ReadRegistrations,    [true,  true,  false, true]),
    (Deed::WriteRegistrations,   [true,  true,  false, false]),
    (Deed::ReadMessages,         [true,  true,  false, true]),
    (Deed::WriteMessages,        [true,  true,  false, false]),
    (Deed::ReadCheckIns,         [true,  true,  true,  true]),
    (Deed::CheckIn,              [true,  true,  true,  false]),
    (Deed::AnnulCheckIn,         [true,  true,  false, false]),
];

fn table(deed: Deed, role: Role) -> bool {
    let column = match role {
        Role::Owner => 0,
        Role::Editor => 1,
        Role::Door => 2,
        Role::Viewer => 3,
    };
    TABLE.iter().any(|(row, columns)| *row == deed && columns[column])
}

/// Whether the caller may do `deed` at an organization, and at which: their own.
///
/// # Errors
/// `Unauthenticated` for anyone; `Forbidden` for who has another role.
pub fn may_for_organization(caller: &Caller, deed: Deed) -> Result<OrganizationId> {
    match caller {
        Caller::Token { organization, role, .. } if table(deed, *role) => Ok(*organization),
        Caller::Anonymous => Err(Error::Unauthenticated),
        Caller::Token { .. } | Caller::Attendee(_) | Caller::CommandLine => Err(Error::Forbidden),
    }
}

/// Whether the caller may do `deed` to `event`.
///
/// # Errors
/// `Unauthenticated` for anyone; `NotFound` for a stranger, who may not know what is there; `Forbidden` for who belongs
/// there with another role.
pub fn may(caller: &Caller, deed: Deed, event: &Event) -> Result<()> {
    if deed == Deed::SeeEvent && event.is_announced() {
        return Ok(());
    }
    match caller {
        Caller::CommandLine => Ok(()),
        Caller::Token { organization, role, .. } if *organization == event.organization_id => {
            if table(deed, *role) {
                Ok(())
            } else {
                Err(Error::Forbidden)
            }
        }
        // What is not announced is not there, not even for who has not said who they are.
        Caller::Anonymous if event.is_announced() => Err(Error::Unauthenticated),
        Caller::Anonymous | Caller::Attendee(_) | Caller::Token { .. } => Err(Error::NotFound("event")),
    }
}

/// Whether the caller may do `deed` to a registration for `event`: by a role, or because it is their own.
///
/// # Errors
/// As [`may`], speaking of a registration.
pub fn may_as_attendee(
    caller: &Caller,
    deed: Deed,
    event: &Event,
    registration: RegistrationId,
    epoch: i64,
) -> Result<()> {
    match caller {
        Caller::Attendee(token) if token.registration == registration && i64::from(token.epoch) == epoch => Ok(()),
        Caller::Anonymous => Err(Error::Unauthenticated),
        _ => may(caller, deed, event).map_err(|error| error.speaking_of("registration")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deed_has_one_row() {
        use Deed::*;
        for deed in [
            SeeEvent,
            WriteEvents,
            ReadRegistrations,
            WriteRegistrations,
            ReadMessages,
            WriteMessages,
            ReadCheckIns,
            CheckIn,
            AnnulCheckIn,
        ] {
            assert_eq!(TABLE.iter().filter(|(row, _)| *row == deed).count(), 1, "{deed:?}");
        }
    }
}
