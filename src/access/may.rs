//! May they? The only place that decides.

use super::TokenScope::{
    CheckInsWrite, EventsRead, EventsWrite, ExportsRead, MembersWrite, MessagesWrite, RegistrationsRead,
    RegistrationsWrite,
};
use super::part::Part;
use super::{AccessRefusal, Caller, Identity, SignedIn, TokenScope};
use crate::error::{Denial, Error, Result, if_found};
use crate::events::{DataAccess, Event, Host, Viewer};
use crate::organizations::Role;
use crate::store::{Db, EventId, OrganizationId, RegistrationId};
use crate::text_enum;

text_enum! {
    /// What somebody may want to do to an event or to an organization.
    pub enum Deed {
        /// Read an event that is not announced.
        SeeEvent = "see_event",
        /// Read its numbers: seats, attendance, where people come from; no names.
        SeeNumbers = "see_numbers",
        /// Revise, publish and cancel it.
        WriteEvent = "write_event",
        /// Delete its draft.
        DeleteEvent = "delete_event",
        /// Invite, change and remove its hosts.
        WriteHosts = "write_hosts",
        /// Read registrations with names and addresses.
        ReadRegistrations = "read_registrations",
        /// Take them out as a file.
        ExportRegistrations = "export_registrations",
        /// Change registrations for their attendees.
        WriteRegistrations = "write_registrations",
        /// Read the outbox.
        ReadMessages = "read_messages",
        /// Send a message again.
        WriteMessages = "write_messages",
        /// Read the check-in lists, with names.
        ReadCheckIns = "read_check_ins",
        /// Check people in and out.
        CheckIn = "check_in",
        /// Follow a list as people come and go, with their names.
        FollowCheckIns = "follow_check_ins",
        /// Register people at the door, and let them in.
        WalkIn = "walk_in",
        /// Pair devices, see them, shut them out.
        WriteDevices = "write_devices",
        /// Take a check-in back.
        AnnulCheckIn = "annul_check_in",
        /// Read who did what at the event.
        ReadAudit = "read_audit",
    }
}

text_enum! {
    /// What somebody may want to do to an organization.
    pub enum OrganizationDeed {
        /// Read what it is called, and its events as far as the caller may read them.
        SeeOrganization = "see_organization",
        /// Read its settings, its series and its column sets.
        ReadOrganization = "read_organization",
        /// Change its name, its contact, what its events begin with.
        WriteOrganization = "write_organization",
        /// Draft events for it.
        DraftEvents = "draft_events",
        /// Read which events of others it hosts or was asked to host.
        ReadHosting = "read_hosting",
        /// Accept or decline to host other organizations' events.
        AnswerHosting = "answer_hosting",
        /// Read who its members are.
        ReadMembers = "read_members",
        /// Invite, change and remove members.
        WriteMembers = "write_members",
        /// Issue and revoke API tokens.
        WriteTokens = "write_tokens",
        /// Read who did what.
        ReadOrganizationAudit = "read_organization_audit",
        /// Read the outbox of all its events.
        ReadOrganizationMessages = "read_organization_messages",
    }
}

const O: bool = true;
const X: bool = false;

/// Deed, roles at the owner, roles at a host with full access, aggregate, none, scopes.
type AtEvent = (Deed, [bool; 4], [bool; 4], bool, bool, &'static [TokenScope]);

/// Who may do what at an event: by role at the organization that owns it; by role at a host that sees everything; at a
/// host that sees numbers; at one that sees nothing. A program needs one of the scopes as well.
#[rustfmt::skip]
const AT_EVENTS: &[AtEvent] = &[
    //                           owner of the event         full access
    //                           owner edit. door  viewer   owner edit. door viewer  aggr. none
    (Deed::SeeEvent,            [O, O, O, O],               [O, O, O, O],             O,    O, &[EventsRead]),
    (Deed::SeeNumbers,          [O, O, O, O],               [O, O, O, O],             O,    X, &[EventsRead, CheckInsWrite]),
    (Deed::WriteEvent,          [O, O, X, X],               [O, O, X, X],             X,    X, &[EventsWrite]),
    (Deed::DeleteEvent,         [O, O, X, X],               [X, X, X, X],             X,    X, &[EventsWrite]),
    (Deed::WriteHosts,          [O, X, X, X],               [X, X, X, X],             X,    X, &[EventsWrite]),
    (Deed::ReadRegistrations,   [O, O, X, O],               [O, O, X, O],             X,    X, &[RegistrationsRead]),
    (Deed::ExportRegistrations, [O, O, X, O],               [O, O, X, O],             X,    X, &[ExportsRead]),
    (Deed::WriteRegistrations,  [O, O, X, X],               [O, O, X, X],             X,    X, &[RegistrationsWrite]),
    (Deed::ReadMessages,        [O, O, X, O],               [O, O, X, O],             X,    X, &[RegistrationsRead, MessagesWrite]),
    (Deed::WriteMessages,       [O, O, X, X],               [O, O, X, X],             X,    X, &[MessagesWrite]),
    (Deed::ReadCheckIns,        [O, O, O, O],               [O, O, O, O],             X,    X, &[RegistrationsRead, CheckInsWrite]),
    (Deed::CheckIn,             [O, O, O, X],               [O, O, O, X],             X,    X, &[CheckInsWrite]),
    (Deed::FollowCheckIns,      [O, O, O, O],               [O, O, O, O],             X,    X, &[RegistrationsRead, CheckInsWrite]),
    (Deed::WalkIn,              [O, O, O, X],               [O, O, O, X],             X,    X, &[CheckInsWrite]),
    (Deed::WriteDevices,        [O, O, X, X],               [X, X, X, X],             X,    X, &[CheckInsWrite]),
    (Deed::AnnulCheckIn,        [O, O, X, X],               [O, O, X, X],             X,    X, &[CheckInsWrite]),
    (Deed::ReadAudit,           [O, X, X, X],               [O, X, X, X],             X,    X, &[MembersWrite]),
];

/// Who may do what at their own organization.
#[rustfmt::skip]
const AT_ORGANIZATIONS: &[(OrganizationDeed, [bool; 4], &[TokenScope])] = &[
    //                                          owner edit. door  viewer
    (OrganizationDeed::SeeOrganization,         [O, O, O, O], &[EventsRead, MembersWrite]),
    (OrganizationDeed::ReadOrganization,        [O, O, O, O], &[EventsRead, MembersWrite]),
    (OrganizationDeed::WriteOrganization,       [O, X, X, X], &[MembersWrite]),
    (OrganizationDeed::DraftEvents,             [O, O, X, X], &[EventsWrite]),
    (OrganizationDeed::ReadHosting,             [O, O, X, O], &[EventsRead, EventsWrite]),
    (OrganizationDeed::AnswerHosting,           [O, O, X, X], &[EventsWrite]),
    (OrganizationDeed::ReadMembers,             [O, O, X, X], &[MembersWrite]),
    (OrganizationDeed::WriteMembers,            [O, X, X, X], &[MembersWrite]),
    (OrganizationDeed::WriteTokens,             [O, X, X, X], &[MembersWrite]),
    (OrganizationDeed::ReadOrganizationAudit,   [O, X, X, X], &[MembersWrite]),
    (OrganizationDeed::ReadOrganizationMessages,[O, O, X, O], &[RegistrationsRead, MessagesWrite]),
];

fn column(role: Role) -> usize {
    match role {
        Role::Owner => 0,
        Role::Editor => 1,
        Role::Door => 2,
        Role::Viewer => 3,
    }
}

impl Part {
    fn allows(&self, deed: Deed) -> bool {
        AT_EVENTS.iter().filter(|row| row.0 == deed).any(|(_, own, full, aggregate, none, _)| match self.access {
            None => own[column(self.role)],
            Some(DataAccess::Full) => full[column(self.role)],
            Some(DataAccess::Aggregate) => *aggregate,
            Some(DataAccess::None) => *none,
        })
    }
}

fn in_scope(caller: &Caller, scopes: &[TokenScope]) -> bool {
    match &caller.identity {
        Identity::Token(token) => token.scopes.any(scopes),
        _ => true,
    }
}

fn event_scopes(deed: Deed) -> &'static [TokenScope] {
    AT_EVENTS.iter().find(|row| row.0 == deed).map_or(&[], |row| row.5)
}

/// Whether the caller may do `deed` to `event`.
///
/// # Errors
/// `Unauthenticated` for anyone; `NotFound` for a stranger, who may not know what is there; `Forbidden` for who belongs
/// there with another role; `second_factor_required`.
pub fn may(db: &mut Db, caller: &Caller, deed: Deed, event: &Event) -> Result<()> {
    let denial = Denial {
        organization: event.organization_id.uuid(),
        event: Some(event.id.uuid()),
        deed: deed.as_str(),
        subject: event.id.uuid(),
    };
    decide(db, caller, deed, event).map_err(|error| denied(error, denial))
}

/// The trail is told of what was tried on something that exists, by somebody who has said who they are.
fn denied(error: Error, denial: Denial) -> Error {
    match error {
        Error::NotFound(_) | Error::Forbidden | Error::Refused(_) => Error::Denied { shown: Box::new(error), denial },
        other => other,
    }
}

fn decide(db: &mut Db, caller: &Caller, deed: Deed, event: &Event) -> Result<()> {
    if deed == Deed::SeeEvent && event.is_announced() {
        return Ok(());
    }
    match &caller.identity {
        Identity::CommandLine => return Ok(()),
        // What is not announced is not there, not even for who has not said who they are.
        Identity::Anonymous if event.is_announced() => return Err(Error::Unauthenticated),
        // What a device may do is at its lists: see `may_at_list`.
        Identity::Device(device) if device.event == event.id => return Err(Error::Forbidden),
        Identity::Anonymous | Identity::Attendee(_) | Identity::Device(_) => return Err(Error::NotFound("event")),
        Identity::Token(_) | Identity::Member(_) => {}
    }
    let parts = Part::of(db, caller, event)?;
    if parts.is_empty() {
        return Err(Error::NotFound("event"));
    }
    let mut allowing = parts.iter().filter(|part| part.allows(deed)).peekable();
    if allowing.peek().is_none() {
        return Err(Error::Forbidden);
    }
    if !in_scope(caller, event_scopes(deed)) {
        return Err(AccessRefusal::ScopeRequired(event_scopes(deed)).into());
    }
    if allowing.all(|part| part.second_factor_missing) {
        return Err(AccessRefusal::SecondFactorRequired.into());
    }
    Ok(())
}

/// Looks as long for what is not there as for what is there and the caller may not know of: how long it takes until they
/// are told that there is no such `what` tells nothing.
///
/// # Errors
/// Those of the database alone.
pub fn look_in_vain(db: &mut Db, caller: &Caller, what: &str) -> Result<()> {
    let nothing = EventId::from(uuid::Uuid::nil());
    if what != "event" {
        if_found(Event::find(db, nothing))?;
    }
    let organizations: Vec<OrganizationId> = match &caller.identity {
        Identity::Token(token) => vec![token.organization],
        Identity::Member(member) => member.memberships.iter().map(|membership| membership.organization).collect(),
        // A device is compared with its lists alone.
        Identity::Anonymous | Identity::Attendee(_) | Identity::Device(_) | Identity::CommandLine => return Ok(()),
    };
    Host::access_of(db, &[nothing], &organizations).map(drop)
}

/// Which events a list shows the caller beside the public ones: those that [`may`] lets them see.
pub fn viewer(caller: &Caller) -> Viewer {
    if !in_scope(caller, event_scopes(Deed::SeeEvent)) {
        return Viewer::default();
    }
    let mut caller = caller.clone();
    if let Identity::Member(member) = &mut caller.identity {
        let shown = member.second_factor;
        member.memberships.retain(|membership| shown || !membership.second_factor_required);
    }
    caller.viewer()
}

/// All that the caller may do to each of these events, in their order, as words. One query for all of them.
pub fn permissions(db: &mut Db, caller: &Caller, events: &[Event]) -> Result<Vec<Vec<Deed>>> {
    let everything = caller.identity == Identity::CommandLine;
    let of_one = |(event, parts): (&Event, Vec<Part>)| {
        let may = |deed: Deed| {
            everything
                || deed == Deed::SeeEvent && event.is_announced()
                || in_scope(caller, event_scopes(deed))
                    && parts.iter().any(|part| part.allows(deed) && !part.second_factor_missing)
        };
        Deed::ALL.iter().copied().filter(|deed| may(*deed)).collect()
    };
    Ok(events.iter().zip(Part::of_all(db, caller, events)?).map(of_one).collect())
}

/// By which organization the caller may do `deed` to `event`: its owner before its hosts; none for who belongs to none.
pub fn acting_for(db: &mut Db, caller: &Caller, deed: Deed, event: &Event) -> Result<Option<OrganizationId>> {
    let mut parts = Part::of(db, caller, event)?;
    parts.retain(|part| part.allows(deed) && !part.second_factor_missing);
    parts.sort_by_key(|part| part.access.is_some());
    Ok(parts.first().map(|part| part.organization))
}

/// Whether the caller may do `deed` to an organization.
///
/// # Errors
/// `Unauthenticated` for anyone; `NotFound` for a stranger; `Forbidden` for who belongs there with another role;
/// `second_factor_required`.
pub fn may_at_organization(caller: &Caller, deed: OrganizationDeed, organization: OrganizationId) -> Result<()> {
    let (organization_id, subject) = (organization.uuid(), organization.uuid());
    let denial = Denial { organization: organization_id, event: None, deed: deed.as_str(), subject };
    decide_at_organization(caller, deed, organization).map_err(|error| denied(error, denial))
}

fn decide_at_organization(caller: &Caller, deed: OrganizationDeed, organization: OrganizationId) -> Result<()> {
    let row = AT_ORGANIZATIONS.iter().find(|row| row.0 == deed);
    let allows = |role: Role| row.is_some_and(|row| row.1[column(role)]);
    let answer = |allowed: bool| if allowed { Ok(()) } else { Err(Error::Forbidden) };
    match &caller.identity {
        Identity::CommandLine => Ok(()),
        Identity::Anonymous => Err(Error::Unauthenticated),
        Identity::Token(token) if token.organization == organization => {
            // A token for a few events is no token for the organization.
            let everywhere = token.events.is_none() || deed == OrganizationDeed::SeeOrganization;
            answer(allows(token.role) && everywhere)?;
            match row {
                Some(row) if !token.scopes.any(row.2) => Err(AccessRefusal::ScopeRequired(row.2).into()),
                _ => Ok(()),
            }
        }
        Identity::Member(member) => {
            let here: Vec<_> = member.memberships.iter().filter(|m| m.organization == organization).collect();
            if here.is_empty() {
                return Err(Error::NotFound("organization"));
            }
            // Who belongs to one event alone may learn whose it is, no more.
            let whole = |m: &&&super::Membership| m.event.is_none() || deed == OrganizationDeed::SeeOrganization;
            let mut allowing = here.iter().filter(whole).filter(|m| allows(m.role)).peekable();
            answer(allowing.peek().is_some())?;
            if allowing.all(|m| m.second_factor_required && !member.second_factor) {
                return Err(AccessRefusal::SecondFactorRequired.into());
            }
            Ok(())
        }
        Identity::Token(_) | Identity::Attendee(_) | Identity::Device(_) => Err(Error::NotFound("organization")),
    }
}

/// The person who calls, for what is a person's own: their account, their sessions.
///
/// # Errors
/// `Unauthenticated` for anyone; `Forbidden` for who is no person that signed in.
pub fn may_as_member(caller: &Caller) -> Result<&SignedIn> {
    match &caller.identity {
        Identity::Member(member) => Ok(member),
        Identity::Anonymous => Err(Error::Unauthenticated),
        Identity::Attendee(_) | Identity::Token(_) | Identity::Device(_) | Identity::CommandLine => {
            Err(Error::Forbidden)
        }
    }
}

/// All that the caller may do to an organization, as words.
pub fn organization_permissions(caller: &Caller, organization: OrganizationId) -> Vec<OrganizationDeed> {
    let may = |deed: &OrganizationDeed| decide_at_organization(caller, *deed, organization).is_ok();
    OrganizationDeed::ALL.iter().copied().filter(may).collect()
}

/// Whether the caller registers people for `event` as its organizers do: by hand, also where others cannot.
pub fn registers_by_hand(db: &mut Db, caller: &Caller, event: &Event) -> Result<bool> {
    match decide(db, caller, Deed::WriteRegistrations, event) {
        Ok(()) => Ok(true),
        Err(Error::NotFound(_) | Error::Forbidden | Error::Unauthenticated | Error::Refused(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Whether the caller may do `deed` to a registration for `event`: by a role, or because it is their own.
///
/// # Errors
/// As [`may`], speaking of a registration.
pub fn may_as_attendee(
    db: &mut Db,
    caller: &Caller,
    deed: Deed,
    event: &Event,
    registration: RegistrationId,
    epoch: i64,
) -> Result<()> {
    match &caller.identity {
        Identity::Attendee(token) if token.registration == registration && i64::from(token.epoch) == epoch => Ok(()),
        Identity::Anonymous => Err(Error::Unauthenticated),
        _ => may(db, caller, deed, event).map_err(|error| error.speaking_of("registration")),
    }
}

/// Whether the caller may do `deed` to a registration of a group for `event`: as [`may_as_attendee`], or because they lead
/// the group. Registrations are named by id and epoch.
///
/// # Errors
/// As [`may_as_attendee`].
pub fn may_as_lead(
    db: &mut Db,
    caller: &Caller,
    deed: Deed,
    event: &Event,
    (own, own_epoch): (RegistrationId, i64),
    (lead, lead_epoch): (RegistrationId, i64),
) -> Result<()> {
    match &caller.identity {
        Identity::Attendee(token) if token.registration == lead && i64::from(token.epoch) == lead_epoch => Ok(()),
        _ => may_as_attendee(db, caller, deed, event, own, own_epoch),
    }
}

/// Whether the caller may do `deed` to a registration for `event` by a role: not because it is their own.
///
/// # Errors
/// As [`may_as_attendee`]; `Forbidden` for its attendee.
pub fn may_as_organizer(
    db: &mut Db,
    caller: &Caller,
    deed: Deed,
    event: &Event,
    registration: RegistrationId,
    epoch: i64,
) -> Result<()> {
    may_as_attendee(db, caller, deed, event, registration, epoch)?;
    if let Identity::Attendee(_) = caller.identity { Err(Error::Forbidden) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deed_has_one_row() {
        for deed in Deed::ALL {
            assert_eq!(AT_EVENTS.iter().filter(|row| row.0 == *deed).count(), 1, "{deed}");
        }
        for deed in OrganizationDeed::ALL {
            assert_eq!(AT_ORGANIZATIONS.iter().filter(|row| row.0 == *deed).count(), 1, "{deed}");
        }
    }

    #[test]
    fn a_full_host_may_what_the_owner_may_but_delete_it_and_change_its_hosts_and_devices() {
        for (deed, own, full, aggregate, none, _) in AT_EVENTS {
            // A device sees everybody; a host may not.
            let kept = matches!(deed, Deed::DeleteEvent | Deed::WriteHosts | Deed::WriteDevices);
            assert_eq!(*full, if kept { [X; 4] } else { *own }, "{deed}");
            assert_eq!(*aggregate, matches!(deed, Deed::SeeEvent | Deed::SeeNumbers), "{deed}");
            assert_eq!(*none, *deed == Deed::SeeEvent, "{deed}");
        }
    }
}
