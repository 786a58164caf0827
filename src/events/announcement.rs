//! What is to be told to many: one row here, in the transaction of what it tells about; letters follow, some hundred at a
//! time.

use chrono::TimeDelta;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Event, EventStatus, Held, LetterSettings, Location, Session};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::mail::MessageKind;
use crate::store::schema::{announcements, events, letter_settings};
use crate::store::{AnnouncementId, Db, EventId, Json, RegistrationId, SessionId};

/// How late thanks are sent at most: after that, nobody waits for them any more.
const THANKS_WITHIN: TimeDelta = TimeDelta::days(7);

/// A letter to many.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = announcements, treat_none_as_default_value = false)]
pub struct Announcement {
    /// Its id.
    pub id: AnnouncementId,
    /// About which event.
    pub event_id: EventId,
    /// What it tells.
    pub kind: MessageKind,
    /// What tells it from others of its kind; each is announced once.
    pub occasion: String,
    /// How things stood before, if they changed.
    pub previously: Option<Json<Told>>,
    /// How a session stood before it changed.
    pub session: Option<Json<ToldSession>>,
    /// Who registered later knows it already.
    pub announced_at: Timestamp,
    /// The last registration that was told, in the order in which they came in.
    pub reached: Option<RegistrationId>,
    /// When all were told.
    pub finished_at: Option<Timestamp>,
}

/// When and where an event takes place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// The IANA name of its zone.
    pub timezone: String,
    /// Where.
    pub location: Location,
}

impl Told {
    /// As it is now.
    pub fn of(event: &Event) -> Self {
        Self {
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            timezone: event.timezone.clone(),
            location: event.location.0.clone(),
        }
    }
}

/// When and where a session takes place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldSession {
    /// Which one.
    pub id: SessionId,
    /// Its name.
    pub title: String,
    /// Where in the house.
    pub room: Option<String>,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

impl ToldSession {
    /// As it is now.
    pub fn of(session: &Session) -> Self {
        Self {
            id: session.id,
            title: session.title.clone(),
            room: session.room.clone(),
            starts_at: session.starts_at,
            ends_at: session.ends_at,
        }
    }

    /// Whether it is at the same time in the same room as it was.
    pub fn is_where_it_was(&self, before: &Self) -> bool {
        let place = |told: &Self| (told.starts_at, told.ends_at, told.room.clone());
        place(self) == place(before)
    }
}

impl Announcement {
    /// The one with this id.
    pub fn find(db: &mut Db, id: AnnouncementId) -> Result<Self> {
        let found = Self::query().filter(announcements::id.eq(id)).first(db).optional()?;
        found.ok_or(Error::NotFound("announcement"))
    }

    /// Notes that everybody up to `reached` was told; all, if `finished`.
    pub fn reach(&self, db: &mut Db, reached: Option<RegistrationId>, finished: bool, now: Timestamp) -> Result<()> {
        diesel::update(announcements::table.filter(announcements::id.eq(self.id)))
            .set((announcements::reached.eq(reached), announcements::finished_at.eq(finished.then_some(now))))
            .execute(db)?;
        Ok(())
    }

    fn new(event: EventId, kind: MessageKind, occasion: String, now: Timestamp) -> Self {
        Self {
            id: AnnouncementId::new(),
            event_id: event,
            kind,
            occasion,
            previously: None,
            session: None,
            announced_at: now,
            reached: None,
            finished_at: None,
        }
    }

    /// Announces this, unless it was before.
    fn insert(&self, db: &mut Db) -> Result<()> {
        let before = announcements::table
            .filter(announcements::event_id.eq(self.event_id))
            .filter(announcements::kind.eq(self.kind))
            .filter(announcements::occasion.eq(&self.occasion));
        if before.count().get_result::<i64>(db)? == 0 {
            diesel::insert_into(announcements::table).values(self).execute(db)?;
        }
        Ok(())
    }
}

/// Tells everybody who is registered that a published event is at another time or place than `before`; nobody, if it is not
/// or if it is over.
pub(super) fn announce_change(db: &mut Db, before: Told, event: &Event, now: Timestamp) -> Result<()> {
    let over = now >= before.ends_at.max(event.ends_at);
    if event.status != EventStatus::Published || over || before == Told::of(event) {
        return Ok(());
    }
    // Whom an earlier change has not reached yet need not hear of it apart from this one.
    let unfinished: Option<Announcement> = Announcement::query()
        .filter(announcements::event_id.eq(event.id))
        .filter(announcements::kind.eq(MessageKind::EventChanged))
        .filter(announcements::finished_at.is_null())
        .first(db)
        .optional()?;
    if let Some(unfinished) = &unfinished {
        unfinished.reach(db, unfinished.reached, true, now)?;
    }
    let before = unfinished.and_then(|unfinished| unfinished.previously).map_or(before, |previously| previously.0);
    let announcement = Announcement::new(event.id, MessageKind::EventChanged, format!("v{}", event.version), now);
    Announcement { previously: Some(Json(before)), ..announcement }.insert(db)
}

/// Tells everybody who has chosen a session of a published event that it is at another time or in another room than
/// `before`; nobody, if it is not or if it is over.
pub(super) fn announce_session_change(
    db: &mut Db,
    event: &Event,
    before: ToldSession,
    session: &Session,
    now: Timestamp,
) -> Result<()> {
    let over = now >= before.ends_at.max(session.ends_at);
    if event.status != EventStatus::Published || over || ToldSession::of(session).is_where_it_was(&before) {
        return Ok(());
    }
    let unfinished: Vec<Announcement> = Announcement::query()
        .filter(announcements::event_id.eq(event.id))
        .filter(announcements::kind.eq(MessageKind::SessionChanged))
        .filter(announcements::finished_at.is_null())
        .load(db)?;
    let about_it = |one: &Announcement| one.session.as_ref().is_some_and(|told| told.0.id == session.id);
    let unfinished = unfinished.into_iter().find(about_it);
    if let Some(unfinished) = &unfinished {
        unfinished.reach(db, unfinished.reached, true, now)?;
    }
    let before = unfinished.and_then(|unfinished| unfinished.session).map_or(before, |told| told.0);
    let occasion = format!("{} v{}", session.id, session.version);
    let announcement = Announcement::new(event.id, MessageKind::SessionChanged, occasion, now);
    Announcement { session: Some(Json(before)), ..announcement }.insert(db)
}

/// Tells everybody who is registered that an event does not take place; nobody, if it is over.
pub(super) fn announce_cancellation(db: &mut Db, event: &Event, now: Timestamp) -> Result<()> {
    if now >= event.ends_at {
        return Ok(());
    }
    Announcement::new(event.id, MessageKind::EventCancelled, String::new(), now).insert(db)
}

/// Announcements of which not everybody was told, with their events; the oldest hundred.
pub fn unfinished_announcements(db: &mut Db) -> Result<Vec<(AnnouncementId, EventId)>> {
    Ok(announcements::table
        .filter(announcements::finished_at.is_null())
        .order(announcements::id)
        .select((announcements::id, announcements::event_id))
        .limit(100)
        .load(db)?)
}

/// Events that have to remind of themselves, or to give thanks, and have not done so.
pub fn due_announcements(db: &mut Db, now: Timestamp) -> Result<Vec<EventId>> {
    let longest = TimeDelta::days(15);
    let candidates: Vec<EventId> = letter_settings::table
        .inner_join(events::table.on(events::id.eq(letter_settings::event_id)))
        .filter(events::status.eq_any([EventStatus::Published, EventStatus::Archived]))
        .filter(events::starts_at.le(now.plus(longest)))
        .filter(events::ends_at.ge(now.plus(-longest)))
        .select(letter_settings::event_id)
        .load(db)?;
    let mut due = Vec::new();
    for id in candidates {
        let event = Event::find(db, id)?;
        let settings = LetterSettings::of(db, id)?;
        for announcement in wanted(&event, &settings, now) {
            let made = announcements::table
                .filter(announcements::event_id.eq(id))
                .filter(announcements::kind.eq(announcement.kind))
                .filter(announcements::occasion.eq(announcement.occasion));
            if made.count().get_result::<i64>(db)? == 0 {
                due.push(id);
                break;
            }
        }
    }
    Ok(due)
}

/// Announces what is due at an event and was not announced yet: looked at again under its lock.
pub fn begin_announcements(db: &mut Db, event: EventId, now: Timestamp) -> Result<()> {
    let event = Held::by_id(db, event)?.event;
    let settings = LetterSettings::of(db, event.id)?;
    wanted(&event, &settings, now).iter().try_for_each(|announcement| announcement.insert(db))
}

/// The reminders whose moment has come, and the thanks.
///
/// A reminder goes to those who had registered by its moment. It is sent once for each day on which the event was to begin,
/// late by half of its distance to the event at most, and not if it was chosen after its moment.
fn wanted(event: &Event, settings: &LetterSettings, now: Timestamp) -> Vec<Announcement> {
    let mut wanted = Vec::new();
    if event.status == EventStatus::Published && now < event.starts_at {
        let day = event.starts_at.local(event.tz()).date_naive();
        for reminder in &settings.reminders.0 {
            let moment = event.starts_at.plus(-reminder.ahead());
            if moment <= now && now < moment.plus(reminder.ahead() / 2) && settings.since <= moment {
                let occasion = format!("{reminder} {day}");
                wanted.push(Announcement::new(event.id, MessageKind::Reminder, occasion, moment));
            }
        }
    }
    if let Some(hours) = settings.thanks_after_hours {
        let moment = event.ends_at.plus(TimeDelta::hours(hours));
        let held = matches!(event.status, EventStatus::Published | EventStatus::Archived);
        if held && moment <= now && now < moment.plus(THANKS_WITHIN) {
            wanted.push(Announcement::new(event.id, MessageKind::ThankYou, String::new(), now));
        }
    }
    wanted
}
