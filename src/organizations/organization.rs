//! An organization.

use diesel::prelude::*;

use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::store::schema::organizations;
use crate::store::{Db, OrganizationId};

/// A cluster, a museum, a ministry.
#[derive(Debug, Clone, HasQuery, Insertable)]
#[diesel(table_name = organizations, treat_none_as_default_value = false)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name in addresses; unique.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// When it was founded here.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

impl Organization {
    /// The one with this slug.
    pub fn find_by_slug(db: &mut Db, slug: &str) -> Result<Self> {
        Self::query().filter(organizations::slug.eq(slug)).first(db).optional()?.ok_or(Error::NotFound("organization"))
    }
}
