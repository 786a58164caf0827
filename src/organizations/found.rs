//! A new organization.

use diesel::prelude::*;

use super::{Organization, OrganizationRefusal, Revision};
use crate::audit::{self, Actor, Scope};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::schema::organizations;
use crate::store::{Db, OrganizationId, unless_taken};
use crate::values::{Language, Line, Slug};

/// Founds an organization; without a slug, one is made from the name.
///
/// # Errors
/// `slug_taken` if another organization has that slug.
pub fn found(db: &mut Db, by: &Actor, name: Line<200>, slug: Option<Slug>, now: Timestamp) -> Result<Organization> {
    found_with(db, by, name, Revision { slug, ..Revision::default() }, now)
}

/// The same, with whatever else is known of it from the start.
pub fn found_with(db: &mut Db, by: &Actor, name: Line<200>, details: Revision, now: Timestamp) -> Result<Organization> {
    let slug = Slug::from_title(&name, "organization");
    let mut organization = Organization {
        id: OrganizationId::new(),
        slug: slug.to_string(),
        name: name.into(),
        created_at: now,
        updated_at: now,
        version: 1,
        contact_email: None,
        default_language: Language::English,
        default_timezone: "Europe/Luxembourg".to_owned(),
        mail_sender_name: None,
        mail_reply_to: None,
        second_factor_required: false,
    };
    details.apply(&mut organization);
    unless_taken(db, |db| diesel::insert_into(organizations::table).values(&organization).execute(db))?
        .ok_or(OrganizationRefusal::SlugTaken { slug: organization.slug.clone() })?;
    audit::record(db, by, Scope::organization(organization.id), "organization.founded", organization.id.uuid(), now)?;
    Ok(organization)
}
