//! What an event says of its letters.

use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::json;

use super::{Event, Held};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result, expect_version};
use crate::store::schema::letter_settings;
use crate::store::{Db, EventId, Json};
use crate::text_enum;

text_enum! {
    /// How long before an event who has a place is reminded of it.
    pub enum Reminder {
        /// A week.
        Week = "7_days",
        /// A day.
        Day = "1_day",
        /// Two hours.
        Hours = "2_hours",
    }
}

text_enum! {
    /// How the calendar files in letters present themselves (RFC 5546 §1.4).
    pub enum CalendarMethod {
        /// As something to know of.
        Publish = "publish",
        /// As an invitation: many programs enter it by themselves.
        Request = "request",
    }
}

impl Reminder {
    /// How long before the event.
    pub fn ahead(self) -> TimeDelta {
        match self {
            Self::Week => TimeDelta::days(7),
            Self::Day => TimeDelta::days(1),
            Self::Hours => TimeDelta::hours(2),
        }
    }
}

/// The longest that an event waits with its thanks, in hours.
const LONGEST_WAIT: i64 = 168;

/// Which letters an event sends by itself, and how.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = letter_settings, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct LetterSettings {
    /// Of which event.
    pub event_id: EventId,
    /// When those who have a place are reminded of it; none unless somebody has chosen.
    pub reminders: Json<Vec<Reminder>>,
    /// How many hours after its end those who attended are thanked; none: they are not.
    pub thanks_after_hours: Option<i64>,
    /// How calendar files present themselves.
    pub calendar_method: CalendarMethod,
    /// When reminders were last chosen: one whose moment was over by then is not made up for.
    pub since: Timestamp,
    /// When they were last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1; 0: nobody has chosen.
    pub version: i64,
}

/// What is to change; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct SettingsDraft {
    /// When people are reminded.
    pub reminders: Option<Vec<Reminder>>,
    /// How many hours after its end they are thanked: 0 to 168.
    #[allow(clippy::option_option, reason = "it stays, it is emptied, or it is replaced")]
    pub thanks_after_hours: Option<Option<i64>>,
    /// How calendar files present themselves.
    pub calendar_method: Option<CalendarMethod>,
}

impl LetterSettings {
    /// What an event says; unless somebody has chosen, it sends no letter that nobody asked for.
    pub fn of(db: &mut Db, event: EventId) -> Result<Self> {
        let chosen = Self::query().filter(letter_settings::event_id.eq(event)).first(db).optional()?;
        Ok(chosen.unwrap_or(Self {
            event_id: event,
            reminders: Json(Vec::new()),
            thanks_after_hours: None,
            calendar_method: CalendarMethod::Publish,
            since: Timestamp::from_micros(0),
            updated_at: Timestamp::from_micros(0),
            version: 0,
        }))
    }

    fn told(&self) -> serde_json::Value {
        json!({
            "reminders": self.reminders.0,
            "thanks_after_hours": self.thanks_after_hours,
            "calendar_method": self.calendar_method,
        })
    }

    fn write(&self, db: &mut Db) -> Result<()> {
        if self.version == 1 {
            diesel::insert_into(letter_settings::table).values(self).execute(db)?;
        } else {
            let of_event = letter_settings::table.filter(letter_settings::event_id.eq(self.event_id));
            diesel::update(of_event).set(self).execute(db)?;
        }
        Ok(())
    }
}

/// Changes what an event that is held says of its letters.
///
/// # Errors
/// `VersionMismatch`; `Invalid`: `out_of_range`.
pub fn revise_letter_settings(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    draft: SettingsDraft,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<LetterSettings> {
    let before = LetterSettings::of(db, held.event.id)?;
    expect_version(expected, before.version)?;
    if draft.thanks_after_hours.flatten().is_some_and(|hours| !(0..=LONGEST_WAIT).contains(&hours)) {
        let detail = format!("this is between 0 and {LONGEST_WAIT} hours");
        let pointer = "/thanks_after_hours".to_owned();
        return Err(Error::Invalid(vec![FieldIssue { pointer, code: "out_of_range", detail }]));
    }
    let mut reminders = draft.reminders.unwrap_or_else(|| before.reminders.0.clone());
    reminders.sort_unstable();
    reminders.dedup();
    let mut after = LetterSettings {
        reminders: Json(reminders),
        thanks_after_hours: draft.thanks_after_hours.unwrap_or(before.thanks_after_hours),
        calendar_method: draft.calendar_method.unwrap_or(before.calendar_method),
        updated_at: now,
        version: before.version + 1,
        ..before.clone()
    };
    if after.reminders != before.reminders {
        after.since = now;
    }
    after.write(db)?;
    let changes = Changes::between(&before.told(), &after.told());
    audit::record_changes(db, by, held.event.scope(), "letter_settings.revised", held.event.id.uuid(), changes, now)?;
    Ok(after)
}

/// A copy of an event says the same of its letters.
pub(super) fn copy_letter_settings(db: &mut Db, original: &Event, copy: &Event, now: Timestamp) -> Result<()> {
    let settings = LetterSettings::of(db, original.id)?;
    if settings.version > 0 {
        LetterSettings { event_id: copy.id, since: now, updated_at: now, version: 1, ..settings }.write(db)?;
    }
    Ok(())
}
