//! All numbers of an event, from one snapshot.

use super::{
    CountryCount, DayCount, Detail, OrganizationCount, PartCount, StatusCounts, ViaCount, countries, days,
    organizations, parts, registered,
};
use crate::checkins::CheckInList;
use crate::error::Result;
use crate::events::{Event, Quota};
use crate::registrations::{self, Filter, Invitation, InvitationState};
use crate::store::Db;

/// All numbers of an event.
#[derive(Debug)]
pub struct Statistics {
    /// Seats that there are and that registrations hold.
    pub seats: Quota,
    /// Where they have gone, such as `350 = 338 confirmed + 8 offered + 4 held for codes`.
    pub capacity_explained: String,
    /// Registrations that wait for a seat.
    pub waitlisted: i64,
    /// All registrations there ever were, by where they stand now.
    pub by_status: StatusCounts,
    /// The same, by the host through which people came, by its slug; who came by themselves are last.
    pub by_via: Vec<ViaCount>,
    /// The ticket types, in their order.
    pub by_ticket_type: Vec<PartCount>,
    /// The sessions, in their order.
    pub by_session: Vec<PartCount>,
    /// Registrations that are not cancelled, by the attendee's country, the most frequent first.
    pub by_country: Vec<CountryCount>,
    /// Registrations that are not cancelled, by the organization that people named, the most frequent first.
    pub by_organization: Vec<OrganizationCount>,
    /// All registrations there ever were, by the day on the event's clocks on which they came in; days without are left out.
    pub by_day: Vec<DayCount>,
    /// Registrations that attended, by the event's attendance rule.
    pub attended: i64,
    /// Invitations, by what has become of them, those of which there are any.
    pub invitations: Vec<(InvitationState, i64)>,
    /// The check-in lists, oldest first, with their numbers.
    pub check_in_lists: Vec<CheckInList>,
}

impl Statistics {
    /// The numbers of an event: run it inside one read.
    pub fn of(db: &mut Db, event: &Event, detail: Detail) -> Result<Self> {
        let counts = registered::count(db, event.id)?;
        let waiting = registrations::waiting(db, &[event.id])?;
        let (seats, quotas) = (Quota::of(db, event.id)?, Quota::of_parts(db, event.id)?);
        Ok(Self {
            capacity_explained: parts::capacity_explained(db, event, &seats)?,
            by_ticket_type: parts::by_ticket_type(db, event.id, &quotas)?,
            by_session: parts::by_session(db, event.id, &quotas)?,
            seats,
            waitlisted: waiting.first().map_or(0, |(_, count)| *count),
            by_status: counts.by_status(),
            by_via: counts.by_via(db)?,
            by_country: countries::by_country(counts.countries(), detail),
            by_organization: organizations::by_organization(db, event.id, detail)?,
            by_day: days::by_day(db, event)?,
            attended: Filter { attended: Some(true), ..Filter::default() }.count(db, event.id)?,
            invitations: Invitation::counts(db, event.id)?,
            check_in_lists: CheckInList::of_event(db, event.id)?,
        })
    }
}
