//! Who attended, as a filter. `checkins::attendance_of` answers the same for single people; a test compares.

use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::at_the_door::{Condition, covered};
use crate::error::Result;
use crate::store::schema::{attendance_rules, check_in_lists, check_ins, registrations};
use crate::store::{CheckInListId, Db, EventId, Json, SessionId, TicketTypeId};

/// At how many lists somebody has to have been.
pub(super) enum Rule {
    /// At so many.
    AtLeast(i64),
    /// At all of these that are for them.
    All(Vec<(CheckInListId, Vec<TicketTypeId>, Vec<SessionId>)>),
}

/// A list, with the ticket types and the sessions of those whom it is for.
type ListRow = (CheckInListId, Json<Vec<TicketTypeId>>, Json<Vec<SessionId>>);

impl Rule {
    /// The rule of an event.
    pub(super) fn of(db: &mut Db, event: EventId) -> Result<Self> {
        let chosen = attendance_rules::table.filter(attendance_rules::event_id.eq(event));
        let chosen: Option<Option<i64>> = chosen.select(attendance_rules::lists).first(db).optional()?;
        if let Some(lists) = chosen.unwrap_or(Some(1)) {
            return Ok(Self::AtLeast(lists));
        }
        let of_event = check_in_lists::table.filter(check_in_lists::event_id.eq(event));
        let parts = (check_in_lists::id, check_in_lists::ticket_types, check_in_lists::sessions);
        let lists: Vec<ListRow> = of_event.select(parts).load(db)?;
        Ok(Self::All(lists.into_iter().map(|(id, types, sessions)| (id, types.0, sessions.0)).collect()))
    }
}

/// That a registration of an event attended, or that it did not.
pub(super) fn has_attended(event: EventId, rule: &Rule, attended: bool) -> Condition {
    let met: Condition = match rule {
        Rule::AtLeast(1) => Box::new(exists(entries(event)).nullable()),
        Rule::AtLeast(lists) => Box::new(
            sql::<Bool>(
                "(SELECT COUNT(DISTINCT one.list_id) FROM check_ins one WHERE one.event_id = registrations.event_id \
                 AND one.registration_id = registrations.id AND one.visit IS NOT NULL \
                 AND NOT EXISTS (SELECT 1 FROM check_ins other WHERE other.annuls_id = one.id)) >= ",
            )
            .bind::<BigInt, _>(*lists)
            .sql("")
            .nullable(),
        ),
        Rule::All(lists) => {
            let mut some: Condition = Box::new(registrations::id.is_null().nullable());
            let mut all: Condition = Box::new(registrations::id.is_not_null().nullable());
            for (list, types, sessions) in lists {
                some = Box::new(some.or(covered((types, sessions))));
                let came = exists(entries(event).filter(check_ins::list_id.eq(*list)));
                all = Box::new(all.and(not(covered((types, sessions))).or(came.nullable())));
            }
            Box::new(some.and(all))
        }
    };
    if attended { met } else { Box::new(not(met)) }
}

/// The entries of a registration that stand.
#[diesel::dsl::auto_type(no_type_alias)]
fn entries(event: EventId) -> _ {
    let annulled = annulments.filter(annulments.field(check_ins::annuls_id).eq(check_ins::id.nullable()));
    check_ins::table
        .filter(check_ins::event_id.eq(event))
        .filter(check_ins::registration_id.eq(registrations::id.nullable()))
        .filter(check_ins::visit.is_not_null())
        .filter(not(exists(annulled)))
}

diesel::alias!(const annulments: Alias<Annulments> = check_ins as annulments);
