//! Series: events that come again, and which one of them an event is.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::{Event, EventRefusal};
use crate::audit::{self, Actor, Changes, Scope};
use crate::clock::Timestamp;
use crate::error::{Error, Result, expect_version};
use crate::store::schema::{events, series};
use crate::store::{Db, EventId, OrganizationId, Page, Paging, SeriesId, unless_taken};
use crate::values::{Fault, Line, Slug};

/// Events that come again, such as every year.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = series)]
pub struct Series {
    /// Its id.
    pub id: SeriesId,
    /// Whose it is: its editions are this organization's events.
    pub organization_id: OrganizationId,
    /// Its name in addresses; unique.
    pub slug: String,
    /// Its name for people.
    pub title: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

/// Which one of a series an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    /// Of which series.
    pub series: SeriesId,
    /// From 1; the next one, if not given.
    pub number: Option<EditionNumber>,
}

/// The number of an edition: 1 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EditionNumber(i64);

impl TryFrom<i64> for EditionNumber {
    type Error = Fault;

    fn try_from(number: i64) -> Result<Self, Fault> {
        if (1..=10_000).contains(&number) {
            Ok(Self(number))
        } else {
            Err(Fault::new("out_of_range", "an edition is a whole number from 1 to 10000"))
        }
    }
}

/// What is to change in a series; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct SeriesRevision {
    /// Its name for people.
    pub title: Option<Line<200>>,
    /// Its name in addresses.
    pub slug: Option<Slug>,
}

impl Series {
    /// The series of an organization with this id or slug.
    pub fn find(db: &mut Db, organization: OrganizationId, id_or_slug: &str) -> Result<Self> {
        let of_organization = Self::query().filter(series::organization_id.eq(organization)).into_boxed();
        let named = match (id_or_slug.parse::<SeriesId>(), id_or_slug.parse::<Slug>()) {
            (Ok(id), _) => of_organization.filter(series::id.eq(id)),
            (Err(_), Ok(slug)) => of_organization.filter(series::slug.eq(slug.to_string())),
            (Err(_), Err(_)) => return Err(Error::NotFound("series")),
        };
        named.first(db).optional()?.ok_or(Error::NotFound("series"))
    }

    /// The id of the series with this slug, whosever it is.
    pub fn id_by_slug(db: &mut Db, slug: &Slug) -> Result<Option<SeriesId>> {
        Ok(series::table.filter(series::slug.eq(slug.as_str())).select(series::id).first(db).optional()?)
    }

    /// The series of an organization, in the order in which they were made.
    pub fn of_organization(
        db: &mut Db,
        organization: OrganizationId,
        updated_since: Option<Timestamp>,
        paging: &Paging,
    ) -> Result<Page<Self>> {
        let list = format!("series {organization} {updated_since:?}");
        let mut query = Self::query().filter(series::organization_id.eq(organization)).into_boxed();
        if let Some(since) = updated_since {
            query = query.filter(series::updated_at.ge(since));
        }
        if let Some(after) = paging.after::<uuid::Uuid>(&list)? {
            query = query.filter(series::id.gt(SeriesId::from(after)));
        }
        let rows = query.order(series::id).limit(paging.rows()).load(db)?;
        paging.page(&list, rows, |one| one.id.uuid())
    }

    /// The series of these events, by their ids.
    pub fn of_events(db: &mut Db, of: &[Event]) -> Result<HashMap<SeriesId, Self>> {
        let ids: Vec<SeriesId> = of.iter().filter_map(|event| event.series_id).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<Self> = Self::query().filter(series::id.eq_any(ids)).load(db)?;
        Ok(rows.into_iter().map(|one| (one.id, one)).collect())
    }

    /// How many events each of these has, drafts among them; of whom there is none is left out.
    pub fn counts(db: &mut Db, of: &[Self]) -> Result<HashMap<SeriesId, i64>> {
        let ids: Vec<SeriesId> = of.iter().map(|one| one.id).collect();
        let rows: Vec<(SeriesId, i64)> = events::table
            .filter(events::series_id.eq_any(ids))
            .group_by(events::series_id)
            .select((events::series_id.assume_not_null(), diesel::dsl::count_star()))
            .load(db)?;
        Ok(rows.into_iter().collect())
    }

    fn scope(&self) -> Scope {
        Scope::organization(self.organization_id)
    }
}

/// Makes a series; without a slug, one is made from the title.
///
/// # Errors
/// `slug_taken` if another series has that slug.
pub fn add_series(
    db: &mut Db,
    by: &Actor,
    organization: OrganizationId,
    (title, slug): (Line<200>, Option<Slug>),
    now: Timestamp,
) -> Result<Series> {
    let slug = slug.unwrap_or_else(|| Slug::from_title(&title, "series"));
    let added = Series {
        id: SeriesId::new(),
        organization_id: organization,
        slug: slug.to_string(),
        title: title.into(),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    unless_taken(db, |db| diesel::insert_into(series::table).values(&added).execute(db))?
        .ok_or(EventRefusal::SeriesSlugTaken { slug: added.slug.clone() })?;
    audit::record(db, by, added.scope(), "series.added", added.id.uuid(), now)?;
    Ok(added)
}

/// Changes a series.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `slug_taken`.
pub fn revise_series(
    db: &mut Db,
    by: &Actor,
    before: &Series,
    revision: SeriesRevision,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Series> {
    expect_version(expected, before.version)?;
    let described = |one: &Series| json!({ "title": one.title, "slug": one.slug });
    let after = Series {
        title: revision.title.map_or_else(|| before.title.clone(), Into::into),
        slug: revision.slug.map_or_else(|| before.slug.clone(), |slug| slug.to_string()),
        updated_at: now,
        version: before.version + 1,
        ..before.clone()
    };
    let row = series::table.filter(series::id.eq(after.id)).filter(series::version.eq(before.version));
    let saved = unless_taken(db, |db| diesel::update(row).set(&after).execute(db))?;
    match saved {
        None => return Err(EventRefusal::SeriesSlugTaken { slug: after.slug }.into()),
        Some(0) => return Err(Error::Busy),
        Some(_) => {}
    }
    let changes = Changes::between(&described(before), &described(&after));
    audit::record_changes(db, by, after.scope(), "series.revised", after.id.uuid(), changes, now)?;
    Ok(after)
}

/// Removes a series that has no events.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `series_in_use`.
pub fn remove_series(db: &mut Db, by: &Actor, removed: &Series, expected: Option<i64>, now: Timestamp) -> Result<()> {
    expect_version(expected, removed.version)?;
    let editions = events::table.filter(events::series_id.eq(removed.id));
    if diesel::select(diesel::dsl::exists(editions)).get_result(db)? {
        return Err(EventRefusal::SeriesInUse.into());
    }
    diesel::delete(series::table.filter(series::id.eq(removed.id))).execute(db)?;
    audit::record(db, by, removed.scope(), "series.removed", removed.id.uuid(), now)
}

/// Makes an event that is written down an edition of a series, or of none. Its version stays.
///
/// # Errors
/// `edition_taken` if another event of the series has the number.
pub(super) fn join(db: &mut Db, event: &mut Event, edition: Option<Edition>) -> Result<()> {
    let number = match edition {
        None => None,
        Some(Edition { number: Some(EditionNumber(number)), .. }) => Some(number),
        Some(Edition { series, number: None }) if event.series_id == Some(series) => event.edition,
        Some(Edition { series, number: None }) => Some(next_number(db, series, event.id)?),
    };
    event.series_id = edition.map(|edition| edition.series);
    event.edition = number;
    let joined = (events::series_id.eq(event.series_id), events::edition.eq(event.edition));
    let row = events::table.filter(events::id.eq(event.id));
    unless_taken(db, |db| diesel::update(row).set(joined).execute(db))?
        .ok_or(EventRefusal::EditionTaken { edition: number.unwrap_or_default() })?;
    Ok(())
}

fn next_number(db: &mut Db, of: SeriesId, but: EventId) -> Result<i64> {
    let last: Option<i64> = events::table
        .filter(events::series_id.eq(of))
        .filter(events::id.ne(but))
        .filter(events::edition.is_not_null())
        .order(events::edition.desc())
        .select(events::edition.assume_not_null())
        .first(db)
        .optional()?;
    Ok(last.unwrap_or(0) + 1)
}
