//! Where people are checked in.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType};

use super::Tally;
use super::settings::{Admits, Directions, PersonField, RosterNames, ShownField, WhenFull};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{EventRefusal, Part};
use crate::store::schema::check_in_lists;
use crate::store::sql_types::Uuid;
use crate::store::{CheckInListId, Db, EventId, Json, SessionId, TicketTypeId, on_each_database};

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
    pub fn new(event: EventId, now: Timestamp) -> Self {
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

    /// Fails if a list of an event is for people with this part of it.
    ///
    /// # Errors
    /// `part_in_use`.
    pub fn none_is_for(db: &mut Db, event: EventId, part: Part) -> Result<()> {
        let is_for = |list: Self| match part {
            Part::TicketType(id) => list.ticket_types.0.contains(&id),
            Part::Session(id) => list.sessions.0.contains(&id),
        };
        if Self::of_event(db, event)?.into_iter().any(is_for) { Err(EventRefusal::PartInUse.into()) } else { Ok(()) }
    }

    /// What happened at it.
    pub fn tally(&self) -> Tally {
        Tally {
            attended: self.attended,
            inside: self.inside,
            inside_later: self.inside_later,
            entries: self.entries,
            exits: self.exits,
            denied: self.denied,
        }
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
        self.inside_later = tally.inside_later;
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
        out.push_sql(", inside_later = inside_later + ");
        out.push_bind_param::<BigInt, _>(&self.change.inside_later)?;
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
