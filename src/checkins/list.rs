//! Where people are checked in.

use std::collections::HashMap;

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType};

use super::settings::{Admits, Directions, PersonField, RosterNames, ShownField, WhenFull};
use super::{CheckIn, CheckInResult, Fact, Presence, Tally};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Quota;
use crate::store::schema::{check_in_lists, check_ins};
use crate::store::sql_types::Uuid;
use crate::store::{CheckInListId, Db, EventId, Json, RegistrationId, SessionId, TicketTypeId, on_each_database};

/// A list at which people are checked in.
///
/// Its numbers sum up its rows; they change in the transaction that adds one, and `turnout doctor` counts them again.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = check_in_lists, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct CheckInList {
    /// Its id.
    pub id: CheckInListId,
    /// Of which event.
    pub event_id: EventId,
    /// Its name for people.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    attended: i64,
    inside: i64,
    entries: i64,
    exits: i64,
    denied: i64,
    /// The room to which it is a door: whoever enters another zone has left this one.
    pub zone: Option<String>,
    /// Who is let in, by the kind of admission; empty: everybody.
    pub ticket_types: Json<Vec<TicketTypeId>>,
    /// Who is let in, by the sessions that they chose, one of these at least; empty: everybody.
    pub sessions: Json<Vec<SessionId>>,
    /// From when on people are let in.
    pub opens_at: Option<Timestamp>,
    /// Until when, itself excluded.
    pub closes_at: Option<Timestamp>,
    /// How often it lets somebody in.
    pub admits: Admits,
    /// Which ways it counts.
    pub directions: Directions,
    /// How many the room holds; none: no limit.
    pub capacity: Option<i64>,
    /// What happens when it is full.
    pub when_full: WhenFull,
    /// When everybody who is inside counts as gone.
    pub automatic_exit_at: Option<Timestamp>,
    /// What door staff are shown beside a name: words of [`ShownField`].
    pub fields: Json<Vec<String>>,
    /// The questions, by their keys, that staff ask whoever comes in and has not answered them.
    pub questions: Json<Vec<String>>,
    /// How much of a name a device takes along.
    pub roster_names: RosterNames,
    inside_later: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

/// The numbers of a list at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Confirmed registrations that the list covers.
    pub expected: i64,
    /// What happened.
    pub tally: Tally,
}

impl CheckInList {
    /// The list with this id.
    pub fn find(db: &mut Db, id: CheckInListId) -> Result<Self> {
        let found = on_each_database!(db, |c| Self::query().filter(check_in_lists::id.eq(id)).first(c));
        found.optional()?.ok_or(Error::NotFound("check-in list"))
    }

    /// One list of an event.
    pub fn find_of(db: &mut Db, event: EventId, id: CheckInListId) -> Result<Self> {
        let list = Self::find(db, id)?;
        if list.event_id == event { Ok(list) } else { Err(Error::NotFound("check-in list")) }
    }

    /// A list of an event at which nothing has happened, with no name yet: it covers everybody who has a place, admits
    /// them once, and again after an exit.
    pub(super) fn new(event: EventId, now: Timestamp) -> Self {
        Self {
            id: CheckInListId::new(),
            event_id: event,
            name: String::new(),
            created_at: now,
            attended: 0,
            inside: 0,
            entries: 0,
            exits: 0,
            denied: 0,
            zone: None,
            ticket_types: Json::default(),
            sessions: Json::default(),
            opens_at: None,
            closes_at: None,
            admits: Admits::Reentry,
            directions: Directions::Both,
            capacity: None,
            when_full: WhenFull::Warn,
            automatic_exit_at: None,
            fields: Json(vec![PersonField::TicketType.to_string(), PersonField::Note.to_string()]),
            questions: Json::default(),
            roster_names: RosterNames::Full,
            inside_later: 0,
            updated_at: now,
            version: 1,
        }
    }

    /// What door staff are shown beside a name.
    pub fn shown_fields(&self) -> Vec<ShownField> {
        self.fields.0.iter().filter_map(|word| word.parse().ok()).collect()
    }

    /// The lists of an event, oldest first.
    pub fn of_event(db: &mut Db, event: EventId) -> Result<Vec<Self>> {
        Ok(Self::query().filter(check_in_lists::event_id.eq(event)).order(check_in_lists::id).load(db)?)
    }

    /// What happened at it.
    pub fn tally(&self) -> Tally {
        Tally {
            attended: self.attended,
            inside: self.inside,
            entries: self.entries,
            exits: self.exits,
            denied: self.denied,
        }
    }

    /// Its numbers, beside the seats of its event.
    pub fn status(&self, seats: &Quota) -> Status {
        Status { expected: seats.taken, tally: self.tally() }
    }

    /// Adds to its numbers.
    pub(super) fn add(&mut self, db: &mut Db, change: Tally) -> Result<()> {
        on_each_database!(db, |c| AddTally { list: self.id, change }.execute(c))?;
        self.set(self.tally() + change);
        Ok(())
    }

    fn set(&mut self, tally: Tally) {
        self.attended = tally.attended;
        self.inside = tally.inside;
        self.entries = tally.entries;
        self.exits = tally.exits;
        self.denied = tally.denied;
    }
}

/// The statement, in words of its own: every check-in runs it, and diesel prepares its own UPDATEs each time.
#[derive(QueryId)]
struct AddTally {
    list: CheckInListId,
    change: Tally,
}

impl<DB> QueryFragment<DB> for AddTally
where
    DB: Backend + HasSqlType<Uuid> + HasSqlType<BigInt>,
    CheckInListId: ToSql<Uuid, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE check_in_lists SET attended = attended + ");
        out.push_bind_param::<BigInt, _>(&self.change.attended)?;
        out.push_sql(", inside = inside + ");
        out.push_bind_param::<BigInt, _>(&self.change.inside)?;
        out.push_sql(", entries = entries + ");
        out.push_bind_param::<BigInt, _>(&self.change.entries)?;
        out.push_sql(", exits = exits + ");
        out.push_bind_param::<BigInt, _>(&self.change.exits)?;
        out.push_sql(", denied = denied + ");
        out.push_bind_param::<BigInt, _>(&self.change.denied)?;
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<Uuid, _>(&self.list)
    }
}

impl<Conn> RunQueryDsl<Conn> for AddTally {}

/// A list whose numbers are not what its rows say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistally {
    /// The list.
    pub list: CheckInListId,
    /// What it says.
    pub says: Tally,
    /// What its rows say.
    pub counted: Tally,
}

/// Counts all lists again and names those whose numbers are wrong: there should be none.
pub fn find_mistallies(db: &mut Db) -> Result<Vec<Mistally>> {
    let mut mistallies = Vec::new();
    for list in CheckInList::query().order(check_in_lists::id).load::<CheckInList>(db)? {
        let rows: Vec<CheckIn> = CheckIn::query().filter(check_ins::list_id.eq(list.id)).load(db)?;
        let denied = rows.iter().filter(|row| row.result == CheckInResult::Denied).count();
        let mut people: HashMap<RegistrationId, Vec<CheckIn>> = HashMap::new();
        for row in rows {
            if let Some(registration) = row.registration_id {
                people.entry(registration).or_default().push(row);
            }
        }
        let none = Tally { denied: i64::try_from(denied).unwrap_or(i64::MAX), ..Tally::default() };
        let counted = people.values().fold(none, |sum, rows| sum + Presence::after(&Fact::of(rows)).tally());
        if counted != list.tally() {
            mistallies.push(Mistally { list: list.id, says: list.tally(), counted });
        }
    }
    Ok(mistallies)
}
