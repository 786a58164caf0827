//! Columns that an organization chooses again and again.

use std::collections::HashSet;

use diesel::prelude::*;
use serde_json::json;

use super::{AttendanceColumn, Column, ParticipantColumn, TransferRefusal};
use crate::audit::{self, Actor, Changes, Scope};
use crate::clock::Timestamp;
use crate::error::{Error, Result, expect_version};
use crate::events::Event;
use crate::store::schema::column_sets;
use crate::store::{ColumnSetId, Db, Json, OrganizationId, Page, Paging, unless_taken};
use crate::text_enum;
use crate::values::{Fault, Line, Slug};

/// How many columns a set has at most.
const MOST: usize = 200;

text_enum! {
    /// What a file tells of.
    pub enum FileKind {
        /// A row for each registration.
        Participants = "participants",
        /// Who was at which check-in list.
        Attendance = "attendance",
    }
}

/// Columns in their order, under a name.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = column_sets)]
pub struct ColumnSet {
    /// Its id.
    pub id: ColumnSetId,
    /// Whose it is.
    pub organization_id: OrganizationId,
    /// Its name in addresses; unique in the organization.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// For which files; never changed.
    pub kind: FileKind,
    /// The columns, as `columns` names them.
    pub column_keys: Json<Vec<String>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

/// A column set that is to be made.
#[derive(Debug, Clone)]
pub struct ColumnSetDraft {
    /// Its name for people.
    pub name: Line<100>,
    /// Its name in addresses; made from the name, if not given.
    pub slug: Option<Slug>,
    /// For which files.
    pub kind: FileKind,
    /// The columns.
    pub columns: Vec<String>,
}

/// What is to change in a column set; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct ColumnSetRevision {
    /// Its name for people.
    pub name: Option<Line<100>>,
    /// Its name in addresses.
    pub slug: Option<Slug>,
    /// The columns.
    pub columns: Option<Vec<String>>,
}

impl ColumnSet {
    /// The column set of an organization with this id or slug.
    pub fn find(db: &mut Db, organization: OrganizationId, id_or_slug: &str) -> Result<Self> {
        let of_organization = Self::query().filter(column_sets::organization_id.eq(organization)).into_boxed();
        let named = match (id_or_slug.parse::<ColumnSetId>(), id_or_slug.parse::<Slug>()) {
            (Ok(id), _) => of_organization.filter(column_sets::id.eq(id)),
            (Err(_), Ok(slug)) => of_organization.filter(column_sets::slug.eq(slug.to_string())),
            (Err(_), Err(_)) => return Err(Error::NotFound("column set")),
        };
        named.first(db).optional()?.ok_or(Error::NotFound("column set"))
    }

    /// The column sets of an organization, in the order in which they were made.
    pub fn of_organization(
        db: &mut Db,
        organization: OrganizationId,
        updated_since: Option<Timestamp>,
        paging: &Paging,
    ) -> Result<Page<Self>> {
        let list = format!("column sets {organization} {updated_since:?}");
        let mut query = Self::query().filter(column_sets::organization_id.eq(organization)).into_boxed();
        if let Some(since) = updated_since {
            query = query.filter(column_sets::updated_at.ge(since));
        }
        if let Some(after) = paging.after::<uuid::Uuid>(&list)? {
            query = query.filter(column_sets::id.gt(ColumnSetId::from(after)));
        }
        let rows = query.order(column_sets::id).limit(paging.rows()).load(db)?;
        paging.page(&list, rows, |one| one.id.uuid())
    }

    /// Its columns, without those that an event does not have: not every event asks the same.
    ///
    /// # Errors
    /// `Invalid` if it is for other files, or the event has none of its columns: `not_for_this_file`, `unknown_column`.
    pub fn at<C: Column>(&self, db: &mut Db, event: &Event) -> Result<Vec<C>> {
        if self.kind != C::KIND {
            let detail = format!("this column set is for files of {}", self.kind);
            return Err(Error::invalid("column_set", "not_for_this_file", detail));
        }
        let mut all = C::fixed();
        all.extend(C::of_event(db, event)?.into_iter().map(|own| own.column));
        let named = self.column_keys.0.iter().filter_map(|name| name.parse().ok());
        let columns: Vec<C> = named.filter(|column| all.contains(column)).collect();
        if columns.is_empty() {
            let detail = "this event has none of the columns of this set";
            return Err(Error::invalid("column_set", "unknown_column", detail));
        }
        Ok(columns)
    }
}

/// Makes a column set.
///
/// # Errors
/// `slug_taken`; `Invalid` for columns that there cannot be: `required`, `too_many`, `unknown_column`, `duplicate_column`.
pub fn add_column_set(
    db: &mut Db,
    by: &Actor,
    organization: OrganizationId,
    draft: ColumnSetDraft,
    now: Timestamp,
) -> Result<ColumnSet> {
    check(draft.kind, &draft.columns)?;
    let slug = draft.slug.unwrap_or_else(|| Slug::from_title(&draft.name, "columns"));
    let added = ColumnSet {
        id: ColumnSetId::new(),
        organization_id: organization,
        slug: slug.to_string(),
        name: draft.name.into(),
        kind: draft.kind,
        column_keys: Json(draft.columns),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    unless_taken(db, |db| diesel::insert_into(column_sets::table).values(&added).execute(db))?
        .ok_or(TransferRefusal::SlugTaken { slug: added.slug.clone() })?;
    audit::record(db, by, Scope::organization(organization), "column_set.added", added.id.uuid(), now)?;
    Ok(added)
}

/// Changes a column set.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; as [`add_column_set`].
pub fn revise_column_set(
    db: &mut Db,
    by: &Actor,
    before: &ColumnSet,
    revision: ColumnSetRevision,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<ColumnSet> {
    expect_version(expected, before.version)?;
    if let Some(columns) = &revision.columns {
        check(before.kind, columns)?;
    }
    let described = |one: &ColumnSet| json!({ "name": one.name, "slug": one.slug, "columns": one.column_keys.0 });
    let after = ColumnSet {
        name: revision.name.map_or_else(|| before.name.clone(), Into::into),
        slug: revision.slug.map_or_else(|| before.slug.clone(), |slug| slug.to_string()),
        column_keys: revision.columns.map_or_else(|| before.column_keys.clone(), Json),
        updated_at: now,
        version: before.version + 1,
        ..before.clone()
    };
    let row = column_sets::table.filter(column_sets::id.eq(after.id)).filter(column_sets::version.eq(before.version));
    match unless_taken(db, |db| diesel::update(row).set(&after).execute(db))? {
        None => return Err(TransferRefusal::SlugTaken { slug: after.slug }.into()),
        Some(0) => return Err(Error::Busy),
        Some(_) => {}
    }
    let changes = Changes::between(&described(before), &described(&after));
    let scope = Scope::organization(after.organization_id);
    audit::record_changes(db, by, scope, "column_set.revised", after.id.uuid(), changes, now)?;
    Ok(after)
}

/// Removes a column set.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`.
pub fn remove_column_set(
    db: &mut Db,
    by: &Actor,
    removed: &ColumnSet,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    expect_version(expected, removed.version)?;
    diesel::delete(column_sets::table.filter(column_sets::id.eq(removed.id))).execute(db)?;
    let scope = Scope::organization(removed.organization_id);
    audit::record(db, by, scope, "column_set.removed", removed.id.uuid(), now)
}

fn check(kind: FileKind, columns: &[String]) -> Result<()> {
    if columns.is_empty() {
        return Err(Error::invalid("/columns", "required", "choose a column at least"));
    }
    if columns.len() > MOST {
        return Err(Error::invalid("/columns", "too_many", format!("there can be at most {MOST} of these")));
    }
    let is_one = |name: &str| -> Result<(), Fault> {
        let known = match kind {
            FileKind::Participants => name.parse::<ParticipantColumn>().is_ok(),
            FileKind::Attendance => name.parse::<AttendanceColumn>().is_ok(),
        };
        if known { Ok(()) } else { Err(Fault::new("unknown_column", "there is no such column")) }
    };
    let mut seen = HashSet::new();
    let mut issues = Vec::new();
    for (index, name) in columns.iter().enumerate() {
        let fault = match is_one(name) {
            Err(fault) => fault,
            Ok(()) if !seen.insert(name) => Fault::new("duplicate_column", "this column is chosen twice"),
            Ok(()) => continue,
        };
        let pointer = format!("/columns/{index}");
        issues.push(crate::error::FieldIssue { pointer, code: fault.code, detail: fault.detail });
    }
    if issues.is_empty() { Ok(()) } else { Err(Error::Invalid(issues)) }
}
