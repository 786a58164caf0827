//! A change to an organization.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{Organization, OrganizationRefusal};
use crate::audit::{self, Actor, Changes, Scope};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::store::schema::organizations;
use crate::store::{Db, OrganizationId, lock_organization, unless_taken};
use crate::values::{EmailAddress, Language, Line, Slug, TimeZone};

/// What is to change; what is `None` stays. A field that can be emptied is an option in an option.
#[derive(Debug, Clone, Default)]
pub struct Revision {
    /// Its name for people.
    pub name: Option<Line<200>>,
    /// Its name in addresses.
    pub slug: Option<Slug>,
    /// Whom to ask, if an event does not say.
    pub contact_email: Option<Option<EmailAddress>>,
    /// The language of events that do not say.
    pub default_language: Option<Language>,
    /// The zone of events that do not say.
    pub default_timezone: Option<TimeZone>,
    /// In whose name its letters come.
    pub mail_sender_name: Option<Option<Line<100>>>,
    /// Where answers to its letters go, if the event has no contact.
    pub mail_reply_to: Option<Option<EmailAddress>>,
    /// Whether its members need a second factor.
    pub second_factor_required: Option<bool>,
}

/// Changes an organization.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `slug_taken`.
pub fn revise(
    db: &mut Db,
    by: &Actor,
    id: OrganizationId,
    revision: Revision,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Organization> {
    lock_organization(db, id)?;
    let mut organization = Organization::find(db, id)?;
    expect_version(expected, organization.version)?;
    let before = describe(&organization);
    revision.apply(&mut organization);
    organization.updated_at = now;
    organization.version += 1;
    let row = organizations::table.filter(organizations::id.eq(id));
    unless_taken(db, |db| diesel::update(row).set(&organization).execute(db))?
        .ok_or(OrganizationRefusal::SlugTaken { slug: organization.slug.clone() })?;
    let changes = Changes::between(&before, &describe(&organization));
    audit::record_changes(db, by, Scope::organization(id), "organization.revised", id.uuid(), changes, now)?;
    Ok(organization)
}

impl Revision {
    pub(super) fn apply(self, organization: &mut Organization) {
        fn set<T>(field: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *field = value;
            }
        }
        let address = |address: Option<EmailAddress>| address.map(|address| address.to_string());
        set(&mut organization.name, self.name.map(Into::into));
        set(&mut organization.slug, self.slug.map(|slug| slug.to_string()));
        set(&mut organization.contact_email, self.contact_email.map(address));
        set(&mut organization.default_language, self.default_language);
        set(&mut organization.default_timezone, self.default_timezone.map(|zone| zone.name().to_owned()));
        set(&mut organization.mail_sender_name, self.mail_sender_name.map(|name| name.map(Into::into)));
        set(&mut organization.mail_reply_to, self.mail_reply_to.map(address));
        set(&mut organization.second_factor_required, self.second_factor_required);
    }
}

/// As the audit trail tells of it.
fn describe(organization: &Organization) -> Value {
    json!({
        "name": organization.name,
        "slug": organization.slug,
        "contact_email": organization.contact_email,
        "default_language": organization.default_language,
        "default_timezone": organization.default_timezone,
        "mail_sender_name": organization.mail_sender_name,
        "mail_reply_to": organization.mail_reply_to,
        "second_factor_required": organization.second_factor_required,
    })
}
