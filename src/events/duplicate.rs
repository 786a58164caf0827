//! The same event once more, at another time: everything but the people.

use std::collections::HashMap;

use chrono::{LocalResult, NaiveDateTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use diesel::prelude::*;

use super::draft::{insert, search_key_of};
use super::hosts::insert_host;
use super::letter_settings::copy_letter_settings;
use super::series::join;
use super::{
    ConsentText, DataAccess, Edition, EditionNumber, Event, EventStatus, Host, HostRole, HostState, Part, Question,
    Quota, Session, TicketType,
};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::{consent_texts, event_sessions, event_tags, questions, quotas, ticket_types};
use crate::store::{ConsentTextId, Db, EventId, Json, QuestionId, SessionId, TicketTypeId};
use crate::values::{Line, Slug};

/// What a copy has of its own.
#[derive(Debug, Clone)]
pub struct Copy {
    /// When it begins.
    pub starts_at: Timestamp,
    /// Its name for people; the same, if not given.
    pub title: Option<Line<200>>,
    /// Its name in addresses; made from the title, if not given.
    pub slug: Option<Slug>,
    /// Which edition it is of the original's series: the next one, if not given.
    pub edition: Option<EditionNumber>,
}

/// Drafts a copy of an event: all dates move by the same distance on the clocks of its zone, the other hosts are asked
/// again, and nobody is registered. The copy of an edition of a series is another one.
///
/// # Errors
/// `slug_taken` if a slug was asked for that another event has; `edition_taken`.
pub fn duplicate(db: &mut Db, by: &Actor, original: EventId, copy: Copy, now: Timestamp) -> Result<Event> {
    let original = Event::find(db, original)?;
    let shift = Shift::between(original.starts_at, copy.starts_at, original.tz());
    let title = copy.title.map_or_else(|| original.title.clone(), Into::into);
    let asked_for_slug = copy.slug.is_some();
    let slug = copy.slug.unwrap_or_else(|| Slug::from_title(&title, "event"));
    let mut event = Event {
        id: EventId::new(),
        slug: slug.to_string(),
        title,
        status: EventStatus::Draft,
        starts_at: copy.starts_at,
        ends_at: shift.of(original.ends_at),
        registration_opens_at: original.registration_opens_at.map(|at| shift.of(at)),
        registration_closes_at: original.registration_closes_at.map(|at| shift.of(at)),
        edit_until: original.edit_until.map(|at| shift.of(at)),
        series_id: None,
        edition: None,
        published_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
        ..original.clone()
    };
    event.search_key = search_key_of(&event);
    insert(db, &mut event, &slug, asked_for_slug)?;
    if let Some(series) = original.series_id {
        join(db, &mut event, Some(Edition { series, number: copy.edition }))?;
    }
    let tags: Vec<String> =
        event_tags::table.filter(event_tags::event_id.eq(original.id)).select(event_tags::tag).load(db)?;
    for tag in tags {
        let row = (event_tags::event_id.eq(event.id), event_tags::tag.eq(tag));
        diesel::insert_into(event_tags::table).values(row).execute(db)?;
    }
    copy_hosts(db, &original, &event)?;
    let types = copy_parts(db, &original, &event, &shift, now)?;
    copy_questions(db, &original, &event, &types, now)?;
    copy_consents(db, &original, &event, now)?;
    copy_letter_settings(db, &original, &event, now)?;
    audit::record(db, by, event.scope(), "event.duplicated", event.id.uuid(), now)?;
    Ok(event)
}

/// When something happens at a copy that happens at `at` at the original: as far from its beginning on the clocks of the
/// original's zone.
pub fn moved_to_copy(original: &Event, copy: &Event, at: Timestamp) -> Timestamp {
    Shift::between(original.starts_at, copy.starts_at, original.tz()).of(at)
}

fn copy_hosts(db: &mut Db, original: &Event, event: &Event) -> Result<()> {
    let owner = (HostRole::Owner, DataAccess::Full);
    insert_host(db, event.id, event.organization_id, owner, HostState::Accepted, event.created_at)?;
    for host in Host::all_of(db, original.id)? {
        if host.role != HostRole::Owner && host.state == HostState::Accepted {
            // They have agreed to host that event, not this one.
            insert_host(
                db,
                event.id,
                host.organization,
                (host.role, host.data_access),
                HostState::Invited,
                event.created_at,
            )?;
        }
    }
    Ok(())
}

/// Which ticket type of the copy stands for which of the original.
type Types = HashMap<TicketTypeId, TicketTypeId>;

fn copy_parts(db: &mut Db, original: &Event, event: &Event, shift: &Shift, now: Timestamp) -> Result<Types> {
    let own = Quota::of(db, original.id)?;
    insert_quota(db, event.id, None, own.capacity)?;
    let parts = Quota::of_parts(db, original.id)?;
    let capacity = |part: Part| parts.iter().find(|quota| quota.part_of_event() == Some(part)).and_then(|q| q.capacity);
    let mut sessions: HashMap<SessionId, SessionId> = HashMap::new();
    for session in Session::of_event(db, original.id)? {
        let before = session.id;
        let copied = Session {
            id: SessionId::new(),
            event_id: event.id,
            starts_at: shift.of(session.starts_at),
            ends_at: shift.of(session.ends_at),
            created_at: now,
            updated_at: now,
            version: 1,
            ..session
        };
        diesel::insert_into(event_sessions::table).values(&copied).execute(db)?;
        insert_quota(db, event.id, Some(Part::Session(copied.id)), capacity(Part::Session(before)))?;
        sessions.insert(before, copied.id);
    }
    let mut types = Types::new();
    for kind in TicketType::of_event(db, original.id)? {
        let before = kind.id;
        let copied = TicketType {
            id: TicketTypeId::new(),
            event_id: event.id,
            opens_at: kind.opens_at.map(|at| shift.of(at)),
            closes_at: kind.closes_at.map(|at| shift.of(at)),
            sessions: Json(kind.sessions.0.iter().filter_map(|id| sessions.get(id).copied()).collect()),
            created_at: now,
            updated_at: now,
            version: 1,
            ..kind
        };
        diesel::insert_into(ticket_types::table).values(&copied).execute(db)?;
        insert_quota(db, event.id, Some(Part::TicketType(copied.id)), capacity(Part::TicketType(before)))?;
        types.insert(before, copied.id);
    }
    Ok(types)
}

/// What is still asked, of the same kinds of admission.
fn copy_questions(db: &mut Db, original: &Event, event: &Event, types: &Types, now: Timestamp) -> Result<()> {
    for question in Question::of_event(db, original.id)?.into_iter().filter(|question| question.retired_at.is_none()) {
        let of_copy =
            |ids: Json<Vec<TicketTypeId>>| Json(ids.0.iter().filter_map(|id| types.get(id).copied()).collect());
        let copied = Question {
            id: QuestionId::new(),
            event_id: event.id,
            ticket_types: question.ticket_types.map(of_copy),
            created_at: now,
            updated_at: now,
            version: 1,
            ..question
        };
        diesel::insert_into(questions::table).values(&copied).execute(db)?;
    }
    Ok(())
}

/// The last edition of each text that is not retired: the first one of the copy.
fn copy_consents(db: &mut Db, original: &Event, event: &Event, now: Timestamp) -> Result<()> {
    for text in ConsentText::asked(db, original.id)? {
        let copied = ConsentText { id: ConsentTextId::new(), event_id: event.id, edition: 1, created_at: now, ..text };
        diesel::insert_into(consent_texts::table).values(&copied).execute(db)?;
    }
    Ok(())
}

fn insert_quota(db: &mut Db, event: EventId, part: Option<Part>, capacity: Option<i64>) -> Result<()> {
    diesel::insert_into(quotas::table).values(&Quota::new(event, part, capacity)).execute(db)?;
    Ok(())
}

/// A distance on the clocks of a zone: nine o'clock stays nine o'clock when the clocks change in between.
struct Shift {
    zone: Tz,
    distance: TimeDelta,
}

impl Shift {
    fn between(from: Timestamp, to: Timestamp, zone: Tz) -> Self {
        Self { zone, distance: to.local(zone).naive_local() - from.local(zone).naive_local() }
    }

    fn of(&self, at: Timestamp) -> Timestamp {
        let on_the_clock = at.local(self.zone).naive_local() + self.distance;
        instant(on_the_clock, self.zone)
    }
}

/// When the clocks of a zone show this; the first time, if they show it twice; an hour later, if they leave it out.
fn instant(on_the_clock: NaiveDateTime, zone: Tz) -> Timestamp {
    let local = match zone.from_local_datetime(&on_the_clock) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at),
        LocalResult::None => zone.from_local_datetime(&(on_the_clock + TimeDelta::hours(1))).earliest(),
    };
    local.map_or_else(|| on_the_clock.and_utc(), |at| at.to_utc()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse::<chrono::DateTime<chrono::Utc>>().unwrap().into()
    }

    fn moved(from: &str, to: &str, time: &str) -> String {
        Shift::between(at(from), at(to), chrono_tz::Europe::Luxembourg).of(at(time)).to_string()
    }

    #[test]
    fn nine_o_clock_stays_nine_o_clock_over_a_change_of_the_clocks() {
        // From 9:00 in winter (UTC+1) to 9:00 in summer (UTC+2): what ended at 17:00 ends at 17:00.
        assert_eq!(
            moved("2026-03-02T08:00:00Z", "2026-06-08T07:00:00Z", "2026-03-02T16:00:00Z"),
            "2026-06-08T15:00:00Z"
        );
    }

    #[test]
    fn an_hour_that_is_left_out_is_the_next_one() {
        // 2:30 on the night of 29 March 2026 is on no clock.
        assert_eq!(
            moved("2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-28T01:30:00Z"),
            "2026-03-29T01:30:00Z"
        );
    }

    #[test]
    fn an_hour_that_comes_twice_is_the_first_one() {
        // 2:30 on the night of 25 October 2026 is on the clocks twice.
        assert_eq!(
            moved("2026-10-23T22:00:00Z", "2026-10-24T22:00:00Z", "2026-10-24T00:30:00Z"),
            "2026-10-25T00:30:00Z"
        );
    }
}
