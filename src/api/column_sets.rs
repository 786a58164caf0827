//! The column sets of an organization: columns that it chooses again and again.

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Body, Field};
use super::call::{Answer, Call};
use super::issues::text;
use super::organizations::organization_for;
use super::reply::Reply;
use crate::access::{Caller, OrganizationDeed};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::store::Db;
use crate::transfer::{
    ColumnSet, ColumnSetDraft, ColumnSetRevision, FileKind, add_column_set, remove_column_set, revise_column_set,
};
use crate::values::{Line, Slug};

/// Columns in their order, under a name: `?column_set={slug}` of an export.
#[derive(Serialize, ToSchema)]
#[schema(as = ColumnSet)]
pub(super) struct ColumnSetObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    slug: String,
    name: String,
    /// For which files.
    kind: FileKind,
    /// As `columns` of an export names them. Those that an event does not have are left out there.
    columns: Vec<String>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
    version: i64,
}

impl From<ColumnSet> for ColumnSetObject {
    fn from(set: ColumnSet) -> Self {
        Self {
            id: set.id.to_string(),
            slug: set.slug,
            name: set.name,
            kind: set.kind,
            columns: set.column_keys.0,
            created_at: set.created_at,
            updated_at: set.updated_at,
            version: set.version,
        }
    }
}

/// What a request says of a column set.
#[derive(Deserialize, ToSchema, Default)]
pub(super) struct ColumnSetFields {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Field<String>,
    /// Made from the name if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    slug: Field<String>,
    /// `participants` or `attendance`; it stays what it is.
    #[serde(default)]
    #[schema(value_type = Option<FileKind>)]
    kind: Field<String>,
    /// 1 to 200 columns, as `columns` of an export names them.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    columns: Field<Vec<String>>,
}

/// The column sets of an organization, in the order in which they were made.
#[utoipa::path(get, path = "/api/v1/organizations/{organization}/column-sets", tag = "Exports",
    security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(ColumnSetList)),
        (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn list(call: Call, organization: Path<String>) -> Answer {
    let mut query = call.query();
    let (updated_since, paging) = (query.word("updated_since"), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        let organization = organization_for(db, caller, OrganizationDeed::ReadOrganization, &organization)?;
        wrong?;
        let page = ColumnSet::of_organization(db, organization.id, updated_since, &paging)?;
        Reply::page(&page.map(ColumnSetObject::from))
    })
    .await
}

/// Make a column set.
#[utoipa::path(post, path = "/api/v1/organizations/{organization}/column-sets", tag = "Exports",
    request_body = ColumnSetFields, security(("bearer" = [])),
    params(("organization" = String, Path, description = "Id or slug"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = ColumnSetObject), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn add(call: Call, organization: Path<String>, body: Body<ColumnSetFields>) -> Answer {
    let mut issues = body.issues;
    let name = issues.required("/name", body.json.name, text::<Line<100>>);
    let slug = issues.optional("/slug", body.json.slug, text::<Slug>);
    let kind = issues.required("/kind", body.json.kind, text::<FileKind>);
    let columns = issues.required("/columns", body.json.columns, Ok);
    let draft = name.zip(kind).zip(columns);
    let draft = draft.map(|((name, kind), columns)| ColumnSetDraft { name, slug, kind, columns });
    let draft = issues.finish_with(draft, "/name", "this is required");
    let key = call.api.key_of_organization(&organization).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let organization = organization_for(db, caller, OrganizationDeed::DraftEvents, &organization)?;
        let added = add_column_set(db, &caller.actor(), organization.id, draft?, now)?;
        let address = format!("/api/v1/organizations/{}/column-sets/{}", organization.id, added.id);
        Ok(reply(added)?.created(&address))
    })
    .await
}

/// Read a column set.
#[utoipa::path(get, path = "/api/v1/organizations/{organization}/column-sets/{column_set}", tag = "Exports",
    security(("bearer" = [])),
    params(("organization" = String, Path, description = "Id or slug"),
        ("column_set" = String, Path, description = "Id or slug")),
    responses((status = 200, body = ColumnSetObject), (status = 304),
        (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn read(call: Call, path: Path<(String, String)>) -> Answer {
    call.read(move |db, caller, _| reply(set_for(db, caller, OrganizationDeed::ReadOrganization, &path)?)).await
}

/// Change a column set. What is not given stays.
#[utoipa::path(patch, path = "/api/v1/organizations/{organization}/column-sets/{column_set}", tag = "Exports",
    request_body = ColumnSetFields, security(("bearer" = [])),
    params(("organization" = String, Path, description = "Id or slug"),
        ("column_set" = String, Path, description = "Id or slug"), ("If-Match" = String, Header)),
    responses((status = 200, body = ColumnSetObject), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn revise(call: Call, path: Path<(String, String)>, body: Body<ColumnSetFields>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let mut issues = body.issues;
    let kind = issues.change("/kind", body.json.kind, text::<FileKind>);
    let revision = ColumnSetRevision {
        name: issues.change("/name", body.json.name, text),
        slug: issues.change("/slug", body.json.slug, text),
        columns: issues.change("/columns", body.json.columns, Ok),
    };
    let (wrong, key) = (issues.finish(), call.api.key_of_organization(&path.0).await);
    call.write(key, &body.bytes, move |db, caller, now| {
        let found = set_for(db, caller, OrganizationDeed::DraftEvents, &path)?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        wrong?;
        if kind.is_some_and(|kind| kind != found.kind) {
            return Err(Error::invalid("/kind", "fixed", "a column set stays for the files that it is for"));
        }
        reply(revise_column_set(db, &caller.actor(), &found, revision, expected, now)?)
    })
    .await
}

/// Remove a column set.
#[utoipa::path(delete, path = "/api/v1/organizations/{organization}/column-sets/{column_set}", tag = "Exports",
    security(("bearer" = [])),
    params(("organization" = String, Path, description = "Id or slug"),
        ("column_set" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn remove(call: Call, path: Path<(String, String)>) -> Answer {
    let expected = call.expected_version()?;
    let key = call.api.key_of_organization(&path.0).await;
    call.write(key, &[], move |db, caller, now| {
        let found = set_for(db, caller, OrganizationDeed::DraftEvents, &path)?;
        remove_column_set(db, &caller.actor(), &found, expected, now)?;
        Ok(Reply::done())
    })
    .await
}

fn set_for(
    db: &mut Db,
    caller: &Caller,
    deed: OrganizationDeed,
    (organization, set): &(String, String),
) -> Result<ColumnSet> {
    let organization = organization_for(db, caller, deed, organization)?;
    ColumnSet::find(db, organization.id, set)
}

fn reply(set: ColumnSet) -> Result<Reply> {
    let version = set.version;
    Reply::object(&ColumnSetObject::from(set), version)
}

/// A page of column sets.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(super) struct ColumnSetList {
    data: Vec<ColumnSetObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
