//! The series of an organization: events that come again.

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{Caller, OrganizationDeed};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::text;
use crate::api::organizations::organization_for;
use crate::api::reply::Reply;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{Series, SeriesRevision, add_series, remove_series, revise_series};
use crate::store::{Db, Page};
use crate::values::{Line, Slug};

/// Events that come again. Its editions are `GET /api/v1/events?series={slug}`.
#[derive(Serialize, ToSchema)]
#[schema(as = Series)]
pub(crate) struct SeriesObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    slug: String,
    title: String,
    /// How many events it has, drafts among them.
    editions: i64,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
    version: i64,
}

/// What a request says of a series.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct SeriesFields {
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    title: Field<String>,
    /// Made from the title if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    slug: Field<String>,
}

impl SeriesObject {
    fn of(db: &mut Db, series: Vec<Series>) -> Result<Vec<Self>> {
        let counts = Series::counts(db, &series)?;
        let object = |one: Series| Self {
            id: one.id.to_string(),
            editions: counts.get(&one.id).copied().unwrap_or_default(),
            slug: one.slug,
            title: one.title,
            created_at: one.created_at,
            updated_at: one.updated_at,
            version: one.version,
        };
        Ok(series.into_iter().map(object).collect())
    }
}

/// The series of an organization, in the order in which they were made.
#[utoipa::path(get, path = "/api/v1/organizations/{organization}/series", tag = "Series", security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(SeriesList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn series(call: Call, organization: Path<String>) -> Answer {
    let mut query = call.query();
    let (updated_since, paging) = (query.word("updated_since"), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        let organization = organization_for(db, caller, OrganizationDeed::ReadOrganization, &organization)?;
        wrong?;
        let page = Series::of_organization(db, organization.id, updated_since, &paging)?;
        Reply::page(&Page { data: SeriesObject::of(db, page.data)?, next_cursor: page.next_cursor })
    })
    .await
}

/// Make a series.
#[utoipa::path(post, path = "/api/v1/organizations/{organization}/series", tag = "Series", request_body = SeriesFields,
    security(("bearer" = [])),
    params(("organization" = String, Path, description = "Id or slug"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = SeriesObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn new_series(call: Call, organization: Path<String>, body: Body<SeriesFields>) -> Answer {
    let mut issues = body.issues;
    let title = issues.required("/title", body.json.title, text::<Line<200>>);
    let slug = issues.optional("/slug", body.json.slug, text::<Slug>);
    let title = issues.finish_with(title, "/title", "this is required");
    let key = call.api.key_of_organization(&organization).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let organization = organization_for(db, caller, OrganizationDeed::DraftEvents, &organization)?;
        let added = add_series(db, &caller.actor(), organization.id, (title?, slug), now)?;
        let address = format!("/api/v1/organizations/{}/series/{}", organization.id, added.id);
        Ok(reply(db, added)?.created(&address))
    })
    .await
}

/// Read a series.
#[utoipa::path(get, path = "/api/v1/organizations/{organization}/series/{series}", tag = "Series",
    security(("bearer" = [])),
    params(("organization" = String, Path, description = "Id or slug"), ("series" = String, Path, description = "Id or slug")),
    responses((status = 200, body = SeriesObject), (status = 304),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn one_series(call: Call, path: Path<(String, String)>) -> Answer {
    call.read(move |db, caller, _| {
        let found = series_for(db, caller, OrganizationDeed::ReadOrganization, &path)?;
        reply(db, found)
    })
    .await
}

/// Change a series. What is not given stays.
#[utoipa::path(patch, path = "/api/v1/organizations/{organization}/series/{series}", tag = "Series",
    request_body = SeriesFields, security(("bearer" = [])),
    params(("organization" = String, Path, description = "Id or slug"), ("series" = String, Path, description = "Id or slug"),
        ("If-Match" = String, Header)),
    responses((status = 200, body = SeriesObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn change_series(call: Call, path: Path<(String, String)>, body: Body<SeriesFields>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let mut issues = body.issues;
    let revision = SeriesRevision {
        title: issues.change("/title", body.json.title, text),
        slug: issues.change("/slug", body.json.slug, text),
    };
    let (wrong, key) = (issues.finish(), call.api.key_of_organization(&path.0).await);
    call.write(key, &body.bytes, move |db, caller, now| {
        let found = series_for(db, caller, OrganizationDeed::DraftEvents, &path)?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        wrong?;
        let revised = revise_series(db, &caller.actor(), &found, revision, expected, now)?;
        reply(db, revised)
    })
    .await
}

/// Remove a series that has no events.
#[utoipa::path(delete, path = "/api/v1/organizations/{organization}/series/{series}", tag = "Series",
    security(("bearer" = [])),
    params(("organization" = String, Path, description = "Id or slug"), ("series" = String, Path, description = "Id or slug"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn drop_series(call: Call, path: Path<(String, String)>) -> Answer {
    let expected = call.expected_version()?;
    let key = call.api.key_of_organization(&path.0).await;
    call.write(key, &[], move |db, caller, now| {
        let found = series_for(db, caller, OrganizationDeed::DraftEvents, &path)?;
        remove_series(db, &caller.actor(), &found, expected, now)?;
        Ok(Reply::done())
    })
    .await
}

fn series_for(
    db: &mut Db,
    caller: &Caller,
    deed: OrganizationDeed,
    (organization, series): &(String, String),
) -> Result<Series> {
    let organization = organization_for(db, caller, deed, organization)?;
    Series::find(db, organization.id, series)
}

fn reply(db: &mut Db, series: Series) -> Result<Reply> {
    let version = series.version;
    let object = SeriesObject::of(db, vec![series])?.pop().ok_or(Error::NotFound("series"))?;
    Reply::object(&object, version)
}

/// A page of series.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct SeriesList {
    data: Vec<SeriesObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
