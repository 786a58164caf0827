//! An organization.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::store::schema::organizations;
use crate::store::{Db, OrganizationId, Page, Paging};
use crate::values::{Language, Slug, TimeZone};

/// A cluster, a museum, a ministry.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = organizations, treat_none_as_null = true, treat_none_as_default_value = false)]
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
    /// Whom to ask, if an event does not say.
    pub contact_email: Option<String>,
    /// The language of events that do not say.
    pub default_language: Language,
    /// The IANA name of the zone of events that do not say.
    pub default_timezone: String,
    /// In whose name its letters come.
    pub mail_sender_name: Option<String>,
    /// Where answers to its letters go, unless the event has a contact of its own.
    pub mail_reply_to: Option<String>,
    /// Whether its members need a second factor for anything they do there.
    pub second_factor_required: bool,
}

impl Organization {
    /// Where answers to its letters go: to the contact of what a letter is about, where that has one of its own; or else
    /// where the organization wants them, or else to its contact. An event that was drafted without a contact has that of
    /// the organization, and none of its own.
    pub fn reply_to(&self, own: Option<&str>) -> Option<String> {
        let same = |own: &&str| self.contact_email.as_deref().is_some_and(|contact| contact.eq_ignore_ascii_case(own));
        let own = own.filter(|own| !same(own)).map(ToOwned::to_owned);
        own.or_else(|| self.mail_reply_to.clone()).or_else(|| self.contact_email.clone())
    }

    /// The zone in which it says times that are no event's.
    pub fn tz(&self) -> chrono_tz::Tz {
        self.default_timezone.parse().map_or(chrono_tz::UTC, TimeZone::tz)
    }

    /// The one with this id.
    pub fn find(db: &mut Db, id: OrganizationId) -> Result<Self> {
        Self::query().filter(organizations::id.eq(id)).first(db).optional()?.ok_or(Error::NotFound("organization"))
    }

    /// The one with this slug.
    pub fn find_by_slug(db: &mut Db, slug: &str) -> Result<Self> {
        Self::query().filter(organizations::slug.eq(slug)).first(db).optional()?.ok_or(Error::NotFound("organization"))
    }

    /// The one with this id or slug.
    pub fn find_by_name(db: &mut Db, id_or_slug: &str) -> Result<Self> {
        if let Ok(id) = id_or_slug.parse() {
            return Self::find(db, id);
        }
        // What is no slug names nothing, and is not asked for: PostgreSQL does not take every text.
        let slug: Slug = id_or_slug.parse().map_err(|_| Error::NotFound("organization"))?;
        Self::find_by_slug(db, slug.as_str())
    }

    /// Slug and name of each of these.
    pub fn names_of(db: &mut Db, ids: &[OrganizationId]) -> Result<HashMap<OrganizationId, (String, String)>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let names = organizations::table.filter(organizations::id.eq_any(ids)).select((
            organizations::id,
            organizations::slug,
            organizations::name,
        ));
        let rows: Vec<(OrganizationId, String, String)> = names.load(db)?;
        Ok(rows.into_iter().map(|(id, slug, name)| (id, (slug, name))).collect())
    }

    /// Those of these that there are, in the order in which they were founded.
    pub fn of_ids(
        db: &mut Db,
        ids: &[OrganizationId],
        updated_since: Option<Timestamp>,
        paging: &Paging,
    ) -> Result<Page<Self>> {
        let list = format!("organizations {ids:?} {updated_since:?}");
        let mut query = Self::query().filter(organizations::id.eq_any(ids)).into_boxed();
        if let Some(since) = updated_since {
            query = query.filter(organizations::updated_at.ge(since));
        }
        if let Some(after) = paging.after::<uuid::Uuid>(&list)? {
            query = query.filter(organizations::id.gt(OrganizationId::from(after)));
        }
        let rows = query.order(organizations::id).limit(paging.rows()).load(db)?;
        paging.page(&list, rows, |organization| organization.id.uuid())
    }
}
