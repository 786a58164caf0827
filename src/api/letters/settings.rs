//! Which letters an event sends by itself, and how.

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{Deed, may};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, text};
use crate::api::reply::Reply;
use crate::error::{Error, Result};
use crate::events::{CalendarMethod, Event, Held, LetterSettings, Reminder, SettingsDraft, revise_letter_settings};

/// Which letters an event sends by itself, and how.
#[derive(Serialize, ToSchema)]
#[schema(as = LetterSettings)]
pub(crate) struct SettingsObject {
    /// How long before the event those who have a place are reminded of it.
    reminders: Vec<Reminder>,
    /// How many hours after its end those who attended are thanked, which confirms that they did; null: they are not.
    thanks_after_hours: Option<i64>,
    /// How calendar files in letters present themselves.
    calendar_method: CalendarMethod,
    version: i64,
}

/// What is to change; what is not given stays.
#[derive(Deserialize, ToSchema, Default)]
#[schema(as = LetterSettingsFields)]
pub(crate) struct SettingsFields {
    #[serde(default)]
    #[schema(value_type = Option<Vec<Reminder>>)]
    reminders: Field<Vec<String>>,
    /// 0 to 168; null: nobody is thanked.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    thanks_after_hours: Field<i64>,
    #[serde(default)]
    #[schema(value_type = Option<CalendarMethod>)]
    calendar_method: Field<String>,
}

impl From<LetterSettings> for SettingsObject {
    fn from(settings: LetterSettings) -> Self {
        Self {
            reminders: settings.reminders.0,
            thanks_after_hours: settings.thanks_after_hours,
            calendar_method: settings.calendar_method,
            version: settings.version,
        }
    }
}

/// Which letters an event sends by itself, and how.
#[utoipa::path(get, path = "/api/v1/events/{event}/letter-settings", tag = "Letters", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, body = SettingsObject), (status = 304), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn letter_settings(call: Call, event: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeNumbers, &event)?;
        reply(LetterSettings::of(db, event.id)?)
    })
    .await
}

/// Change which letters an event sends by itself. A reminder whose moment was over when it was chosen is not sent.
#[utoipa::path(patch, path = "/api/v1/events/{event}/letter-settings", tag = "Letters", request_body = SettingsFields,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("If-Match" = String, Header)),
    responses((status = 200, body = SettingsObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revise_settings(call: Call, event: Path<String>, body: Body<SettingsFields>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let key = call.api.key_of_event(&event).await;
    let draft = read(body.json, body.issues);
    call.write(key, &body.bytes, move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        reply(revise_letter_settings(db, &caller.actor(), &held, draft?, expected, now)?)
    })
    .await
}

fn read(fields: SettingsFields, mut issues: Issues) -> Result<SettingsDraft> {
    let draft = SettingsDraft {
        reminders: issues.changed_words::<Reminder, 3>("/reminders", fields.reminders),
        thanks_after_hours: issues.clearable("/thanks_after_hours", fields.thanks_after_hours, Ok),
        calendar_method: issues.change("/calendar_method", fields.calendar_method, text),
    };
    issues.finish()?;
    Ok(draft)
}

fn reply(settings: LetterSettings) -> Result<Reply> {
    let object = SettingsObject::from(settings);
    Reply::object(&object, object.version)
}
