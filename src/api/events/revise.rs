//! `PATCH /api/v1/events/{event}`

use std::mem::take;

use actix_web::web::Path;

use super::object::{EditionFields, EventFields, EventObject, rules};
use crate::access::{Deed, may};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, text};
use crate::api::reply::Reply;
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::{Error, Result, both};
use crate::events::{self, Capacity, Event, Revision};
use crate::registrations;
use crate::values::{Language, Slug};

/// Change an event. What is not given stays; null empties what can be empty; `location` is replaced as a whole.
/// Raising the capacity confirms those who wait. Everybody who is registered gets a letter about another time or place.
#[utoipa::path(patch, path = "/api/v1/events/{event}", tag = "Events", request_body = EventFields, security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("force" = Option<bool>, Query, description = "Lower the capacity below what is taken: the event is overbooked then"),
        ("notify" = Option<bool>, Query, description = "Whether those who are registered are told of another time or place; true if not given"),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, body = EventObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revise(call: Call, event: Path<String>, body: Body<EventFields>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let mut query = call.query();
    let force = query.flag("force").unwrap_or_default();
    let quietly = query.flag("notify").is_some_and(|notify| !notify);
    let wrong = query.finish();
    let mut fields = body.json;
    let mut issues = body.issues;
    let edition = EditionFields::read(take(&mut fields.series), take(&mut fields.edition), &mut issues);
    let renames = fields.slug != Field::Missing;
    let (revision, key) = (read(fields, issues, force), call.api.key_of_event(&event).await);
    let api = call.api.clone();
    let answer = call.write(key, &body.bytes, move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &event)?;
        wrong?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        let (revision, edition) = both(revision, edition.of(db, event.organization_id, event.series_id))?;
        let revision = Revision { edition, quietly, ..revision };
        let event = events::revise(db, &caller.actor(), event.id, revision, expected, now)?;
        registrations::move_up(db, &Actor::SYSTEM, event.id, now)?;
        let object = EventObject::of(db, caller, event, now)?;
        Reply::object(&object, object.version())
    });
    let answer = answer.await;
    if renames {
        api.forget_names();
    }
    answer
}

fn read(fields: EventFields, mut issues: Issues, force: bool) -> Result<Revision> {
    let mut window = fields.registration.take("/registration", &mut issues).unwrap_or_default();
    let revision = Revision {
        title: issues.change("/title", fields.title, text),
        slug: issues.change("/slug", fields.slug, text),
        summary: issues.change("/summary", fields.summary, text),
        description: issues.change("/description", fields.description, text),
        visibility: issues.change("/visibility", fields.visibility, text),
        starts_at: issues.change("/starts_at", fields.starts_at, text::<Timestamp>),
        ends_at: issues.change("/ends_at", fields.ends_at, text::<Timestamp>),
        timezone: issues.change("/timezone", fields.timezone, text),
        location: fields.location.take("/location", &mut issues).map(|place| place.read(&mut issues)),
        languages: issues.changed_words::<Language, 4>("/languages", fields.languages),
        contact_email: issues.clearable("/contact_email", fields.contact_email, text),
        capacity: issues.clearable("/capacity", fields.capacity, Capacity::try_from),
        registration_opens_at: issues.clearable(
            "/registration/opens_at",
            std::mem::take(&mut window.opens_at),
            text::<Timestamp>,
        ),
        registration_closes_at: issues.clearable(
            "/registration/closes_at",
            std::mem::take(&mut window.closes_at),
            text::<Timestamp>,
        ),
        waitlist: issues.change("/registration/waitlist", std::mem::take(&mut window.waitlist), text),
        rules: rules(window, &mut issues),
        tags: issues.changed_words::<Slug, 20>("/tags", fields.tags),
        edition: None,
        force,
        quietly: false,
    };
    issues.finish()?;
    Ok(revision)
}
