//! `POST /api/v1/events/{event}/duplicate`

use actix_web::web::Path;
use serde::Deserialize;
use utoipa::ToSchema;

use super::object::EventObject;
use crate::access::{Deed, OrganizationDeed, may, may_at_organization};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::text;
use crate::api::reply::Reply;
use crate::checkins::copy_lists;
use crate::clock::Timestamp;
use crate::error::Error;
use crate::events::{self, Copy, EditionNumber, Event};
use crate::letters::copy_wordings;

/// What a copy has of its own.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct CopyFields {
    /// When it begins: all other dates move by the same distance on the clocks of the event's zone.
    #[serde(default)]
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    starts_at: Field<String>,
    /// The same, if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    title: Field<String>,
    /// Made from the title, if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    slug: Field<String>,
    /// Which edition it is, if the event belongs to a series; the next one, if not given.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    edition: Field<i64>,
}

/// Draft a copy of an event at another time: with everything but the people. The other hosts are asked again. The copy of
/// an edition of a series is the next one.
#[utoipa::path(post, path = "/api/v1/events/{event}/duplicate", tag = "Events", request_body = CopyFields,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = EventObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn duplicate(call: Call, event: Path<String>, body: Body<CopyFields>) -> Answer {
    let mut issues = body.issues;
    let starts_at = issues.required("/starts_at", body.json.starts_at, text::<Timestamp>);
    let title = issues.optional("/title", body.json.title, text);
    let slug = issues.optional("/slug", body.json.slug, text);
    let edition = issues.optional("/edition", body.json.edition, EditionNumber::try_from);
    let copy = issues.finish_with(starts_at, "/starts_at", "this is required").map(|starts_at| Copy {
        starts_at,
        title,
        slug,
        edition,
    });
    // A new event has no queue of its own yet.
    call.write(uuid::Uuid::nil(), &body.bytes, move |db, caller, now| {
        let original = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &original)?;
        // It will be its owner's: a host does not draft events for another organization.
        may_at_organization(caller, OrganizationDeed::DraftEvents, original.organization_id).map_err(|error| {
            match error.shown() {
                Error::NotFound(_) => Error::Forbidden,
                other => other,
            }
        })?;
        let event = events::duplicate(db, &caller.actor(), original.id, copy?, now)?;
        copy_lists(db, &caller.actor(), &original, &event, now)?;
        copy_wordings(db, &original, &event, now)?;
        let object = EventObject::of(db, caller, event, now)?;
        Ok(Reply::object(&object, object.version())?.created(&object.address()))
    })
    .await
}
