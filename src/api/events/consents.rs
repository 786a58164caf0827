//! The texts to which attendees of an event consent.

use std::collections::BTreeMap;

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{Deed, may};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::text;
use crate::api::reply::Reply;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{self, ConsentDraft, ConsentPurpose, ConsentText, Event, Held, Host};
use crate::registrations::Vias;
use crate::store::{Db, Page};
use crate::values::{Fault, Key, Prose, Words, words};

/// A text to which people consent, in its last edition.
#[derive(Serialize, ToSchema)]
#[schema(as = ConsentText)]
pub(crate) struct ConsentTextObject {
    /// By what registrations name it.
    key: String,
    purpose: ConsentPurpose,
    /// The slug of the host with which data is shared.
    organization: Option<String>,
    /// From 1; what `If-Match` speaks of.
    edition: i64,
    /// By language.
    #[schema(value_type = BTreeMap<String, String>)]
    text: Words,
    /// Whether nobody registers without it.
    required: bool,
    /// Since when nobody is asked any more.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    retired_at: Option<Timestamp>,
    /// When this edition was made.
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
}

/// A new text.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct NewConsent {
    /// 1 to 40 characters of a-z, 0-9 and _, a letter first.
    #[serde(default)]
    #[schema(value_type = String)]
    key: Field<String>,
    #[serde(default)]
    #[schema(value_type = ConsentPurpose)]
    purpose: Field<String>,
    /// The slug of a host, for `share_with_host`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    organization: Field<String>,
    /// In every language of the event, at most 2,000 characters each.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    text: Field<BTreeMap<String, String>>,
    /// False if not given.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    required: Field<bool>,
}

/// What is to change in a text; what is not given stays.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct ConsentFields {
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    text: Field<BTreeMap<String, String>>,
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    required: Field<bool>,
}

/// The texts to which people are asked to consent when they register.
#[utoipa::path(get, path = "/api/v1/events/{event}/consents", tag = "Consents", security((), ("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, body = inline(ConsentList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn consents(call: Call, event: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeEvent, &event)?;
        let data = ConsentText::asked(db, event.id)?;
        Reply::page(&Page { data: consent_objects(db, data)?, next_cursor: None })
    })
    .await
}

/// All editions of a text, newest first, whether people are still asked or not: what somebody once consented to.
#[utoipa::path(get, path = "/api/v1/events/{event}/consents/{key}/editions", tag = "Consents",
    security((), ("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("key" = String, Path)),
    responses((status = 200, body = inline(ConsentList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn consent_editions(call: Call, path: Path<(String, String)>) -> Answer {
    let (event, key) = path.into_inner();
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeEvent, &event)?;
        let mut editions = ConsentText::of_event(db, event.id)?;
        editions.retain(|text| text.key == key);
        if editions.is_empty() {
            return Err(Error::NotFound("consent"));
        }
        editions.reverse();
        Reply::page(&Page { data: consent_objects(db, editions)?, next_cursor: None })
    })
    .await
}

/// Add a text. It is never ticked beforehand: who does not name it in a registration does not consent.
#[utoipa::path(post, path = "/api/v1/events/{event}/consents", tag = "Consents", request_body = NewConsent,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = ConsentTextObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn add_consent(call: Call, event: Path<String>, body: Body<NewConsent>) -> Answer {
    let (mut issues, fields) = (body.issues, body.json);
    let key = issues.required("/key", fields.key, text::<Key>);
    let purpose = issues.required("/purpose", fields.purpose, text::<ConsentPurpose>);
    let organization = issues.optional("/organization", fields.organization, Ok);
    let text = issues.required("/text", fields.text, words::<Prose<2000>>);
    let required = issues.optional("/required", fields.required, Ok).unwrap_or_default();
    let queue = call.api.key_of_event(&event).await;
    call.write(queue, &body.bytes, move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        let host = organization.as_ref().map(|slug| Host::accepted(db, held.event.id, slug)).transpose()?.flatten();
        if organization.is_some() && host.is_none() {
            issues.add("/organization", Fault::new("not_a_host", "no organization of this name hosts the event"));
        }
        let (key, (purpose, text)) = issues.finish_with(key.zip(purpose.zip(text)), "", "a field is missing")?;
        let draft = ConsentDraft { key, purpose, organization: host, text, required };
        let text = events::add_consent(db, &caller.actor(), &held, draft, now)?;
        let address = format!("/api/v1/events/{}/consents/{}", held.event.id, text.key);
        Ok(reply(db, text)?.created(&address))
    })
    .await
}

/// Change a text, which makes a new edition of it. Who consented to an old one has consented to that one.
#[utoipa::path(patch, path = "/api/v1/events/{event}/consents/{key}", tag = "Consents", request_body = ConsentFields,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("key" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ConsentTextObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revise_consent(call: Call, path: Path<(String, String)>, body: Body<ConsentFields>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let (event, key) = path.into_inner();
    let (mut issues, fields) = (body.issues, body.json);
    let text = issues.change("/text", fields.text, words::<Prose<2000>>);
    let required = issues.change("/required", fields.required, Ok);
    let queue = call.api.key_of_event(&event).await;
    call.write(queue, &body.bytes, move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        issues.finish()?;
        let before = ConsentText::last(db, held.event.id, &key)?;
        let change = (text, required);
        let text = events::revise_consent(db, &caller.actor(), &held, before, change, expected, now)?;
        reply(db, text)
    })
    .await
}

/// Ask nobody for this consent any more. Who has given it has, and can withdraw it.
#[utoipa::path(delete, path = "/api/v1/events/{event}/consents/{key}", tag = "Consents", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("key" = String, Path),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn retire_consent(call: Call, path: Path<(String, String)>) -> Answer {
    let expected = call.expected_version()?;
    let (event, key) = path.into_inner();
    let queue = call.api.key_of_event(&event).await;
    call.write(queue, &[], move |db, caller, now| {
        let held = Held::by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &held.event)?;
        let text = ConsentText::last(db, held.event.id, &key)?;
        events::retire_consent(db, &caller.actor(), &held, &text, expected, now)?;
        Ok(Reply::done())
    })
    .await
}

/// The texts of an event, as they go over the wire.
pub(crate) fn consent_objects(db: &mut Db, texts: Vec<ConsentText>) -> Result<Vec<ConsentTextObject>> {
    let mut slugs = Vias::default();
    slugs.learn_of(db, texts.iter().filter_map(|text| text.organization_id))?;
    let object = |text: ConsentText| ConsentTextObject {
        organization: slugs.slug(text.organization_id).cloned(),
        key: text.key,
        purpose: text.purpose,
        edition: text.edition,
        text: text.text.0,
        required: text.required,
        retired_at: text.retired_at,
        created_at: text.created_at,
    };
    Ok(texts.into_iter().map(object).collect())
}

fn reply(db: &mut Db, text: ConsentText) -> Result<Reply> {
    let edition = text.edition;
    let object = consent_objects(db, vec![text])?.pop().ok_or(Error::NotFound("consent"))?;
    Reply::object(&object, edition)
}

/// The texts of an event.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct ConsentList {
    data: Vec<ConsentTextObject>,
    /// Always null: all are on one page.
    next_cursor: Option<String>,
}
