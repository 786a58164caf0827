//! The numbers of an event over HTTP.

use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Answer, Call};
use super::events::SeatsObject;
use super::reply::Reply;
use crate::access::{Deed, may};
use crate::checkins::CheckInList;
use crate::clock::Timestamp;
use crate::events::{Event, Part};
use crate::registrations::InvitationState;
use crate::statistics::{self, Detail, Statistics};

/// The numbers of an event, all of one moment.
#[derive(Serialize, ToSchema)]
#[schema(as = Statistics)]
pub(super) struct StatisticsObject {
    seats: SeatsObject,
    /// Where they have gone, such as `350 = 338 confirmed + 8 offered + 4 held for codes`.
    capacity_explained: String,
    registrations: RegistrationCounts,
    /// By the slug of the host through which people came; those who came by themselves are last.
    by_via: Vec<ViaCount>,
    /// In the order in which the event shows them.
    by_ticket_type: Vec<PartCounts>,
    /// In the order in which the event shows them.
    by_session: Vec<PartCounts>,
    /// Live registrations, by the attendee's country, the most frequent first. For who may not read
    /// names, countries of fewer than five people are together under `other`.
    by_country: Vec<CountryCount>,
    /// Live registrations, by the organization that the attendee named, the most frequent first: a hundred of them. For
    /// who may not read names, organizations of fewer than five people are among the others.
    by_organization: Vec<OrganizationCount>,
    /// By the day in the event's zone on which they came in; days without are left out.
    by_day: Vec<DayCount>,
    /// Registrations that attended, by the event's attendance rule.
    attended: i64,
    /// Invitations, by what has become of them.
    invitations: InvitationCounts,
    /// Oldest first.
    check_in_lists: Vec<ListCounts>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    as_of: Timestamp,
}

/// All registrations that there ever were.
#[derive(Serialize, ToSchema)]
struct RegistrationCounts {
    /// By where they stand now.
    by_status: StatusCounts,
}

/// Registrations, by where they stand now.
#[derive(Serialize, ToSchema)]
struct StatusCounts {
    /// Those whose address is not verified yet.
    pending_verification: i64,
    /// Those that somebody has to look at.
    pending_approval: i64,
    /// Those that have a place.
    confirmed: i64,
    /// Those that wait for a seat.
    waitlisted: i64,
    /// Those for which a seat is held.
    offered: i64,
    /// Those that were given up.
    cancelled: i64,
    /// Those that were not accepted.
    rejected: i64,
    /// Those that nobody verified or took in time.
    expired: i64,
}

/// Invitations, by what has become of them.
#[derive(Serialize, ToSchema, Default)]
struct InvitationCounts {
    /// Those that nobody has answered yet.
    invited: i64,
    accepted: i64,
    declined: i64,
    revoked: i64,
    /// Those that nobody answered in time.
    expired: i64,
}

/// Registrations that came through one host.
#[derive(Serialize, ToSchema)]
struct ViaCount {
    /// The host's slug; null: by themselves.
    organization: Option<String>,
    #[serde(flatten)]
    counts: StatusCounts,
}

/// The numbers of a ticket type or a session.
#[derive(Serialize, ToSchema)]
struct PartCounts {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    name: String,
    /// None: no limit of its own.
    capacity: Option<i64>,
    /// Seats that registrations hold.
    taken: i64,
    #[serde(flatten)]
    counts: StatusCounts,
}

/// Registrations of people from one country.
#[derive(Serialize, ToSchema)]
struct CountryCount {
    /// Two letters, or `other`; null: they did not say.
    country: Option<String>,
    registrations: i64,
}

/// Registrations of people of one organization.
#[derive(Serialize, ToSchema)]
struct OrganizationCount {
    /// As most of them wrote it; null: they named none, or, with `others`, another one.
    organization: Option<String>,
    /// Whether these are all others together.
    others: bool,
    registrations: i64,
}

/// Registrations that came in on one day.
#[derive(Serialize, ToSchema)]
struct DayCount {
    date: chrono::NaiveDate,
    /// Whatever became of them.
    registered: i64,
}

/// The numbers of a check-in list.
#[derive(Serialize, ToSchema)]
struct ListCounts {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    name: String,
    /// People who came in at least once.
    attended: i64,
    /// People who are inside now.
    inside: i64,
    /// Accepted entries.
    entries: i64,
    /// Accepted exits.
    exits: i64,
    /// Scans that were turned away.
    denied: i64,
}

impl From<statistics::StatusCounts> for StatusCounts {
    fn from(counts: statistics::StatusCounts) -> Self {
        Self {
            pending_verification: counts.pending_verification,
            pending_approval: counts.pending_approval,
            confirmed: counts.confirmed,
            waitlisted: counts.waitlisted,
            offered: counts.offered,
            cancelled: counts.cancelled,
            rejected: counts.rejected,
            expired: counts.expired,
        }
    }
}

impl From<Vec<(InvitationState, i64)>> for InvitationCounts {
    fn from(rows: Vec<(InvitationState, i64)>) -> Self {
        let mut counts = Self::default();
        for (state, count) in rows {
            *match state {
                InvitationState::Invited => &mut counts.invited,
                InvitationState::Accepted => &mut counts.accepted,
                InvitationState::Declined => &mut counts.declined,
                InvitationState::Revoked => &mut counts.revoked,
                InvitationState::Expired => &mut counts.expired,
            } += count;
        }
        counts
    }
}

impl From<statistics::PartCount> for PartCounts {
    fn from(row: statistics::PartCount) -> Self {
        let id = match row.part {
            Part::TicketType(id) => id.to_string(),
            Part::Session(id) => id.to_string(),
        };
        Self { id, name: row.name, capacity: row.capacity, taken: row.taken, counts: row.counts.into() }
    }
}

impl ListCounts {
    fn new(list: CheckInList, as_of: Timestamp) -> Self {
        let tally = list.tally();
        Self {
            id: list.id.to_string(),
            name: list.name,
            attended: tally.attended,
            inside: tally.inside_at(list.automatic_exit_at, as_of),
            entries: tally.entries,
            exits: tally.exits,
            denied: tally.denied,
        }
    }
}

impl StatisticsObject {
    fn new(all: Statistics, as_of: Timestamp) -> Self {
        let via = |row: statistics::ViaCount| ViaCount { organization: row.organization, counts: row.counts.into() };
        let country =
            |row: statistics::CountryCount| CountryCount { country: row.country, registrations: row.registrations };
        let organization = |row: statistics::OrganizationCount| OrganizationCount {
            organization: row.organization,
            others: row.others,
            registrations: row.registrations,
        };
        let day = |row: statistics::DayCount| DayCount { date: row.date, registered: row.registered };
        Self {
            seats: SeatsObject::new(Some(&all.seats), all.waitlisted),
            capacity_explained: all.capacity_explained,
            by_ticket_type: all.by_ticket_type.into_iter().map(Into::into).collect(),
            by_session: all.by_session.into_iter().map(Into::into).collect(),
            registrations: RegistrationCounts { by_status: all.by_status.into() },
            by_via: all.by_via.into_iter().map(via).collect(),
            by_country: all.by_country.into_iter().map(country).collect(),
            by_organization: all.by_organization.into_iter().map(organization).collect(),
            by_day: all.by_day.into_iter().map(day).collect(),
            check_in_lists: all.check_in_lists.into_iter().map(|list| ListCounts::new(list, as_of)).collect(),
            attended: all.attended,
            invitations: all.invitations.into(),
            as_of,
        }
    }
}

/// The numbers of an event: no names, also for hosts that see no names.
#[utoipa::path(get, path = "/api/v1/events/{event}/statistics", tag = "Statistics", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, body = StatisticsObject), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn statistics(call: Call, event: Path<String>) -> Answer {
    call.read(move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeNumbers, &event)?;
        let reads_names = may(db, caller, Deed::ReadRegistrations, &event).is_ok();
        let detail = if reads_names { Detail::Exact } else { Detail::Grouped };
        Reply::json(&StatisticsObject::new(Statistics::of(db, &event, detail)?, now))
    })
    .await
}
