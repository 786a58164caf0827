//! An organization, as it goes over the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{Caller, OrganizationDeed, organization_permissions};
use crate::api::body::Field;
use crate::api::issues::{Issues, text};
use crate::clock::Timestamp;
use crate::organizations::{Organization, Revision};
use crate::values::{Language, Line};

/// An organization, as its members see it. Whoever belongs to one of its events alone, or has not shown the second factor
/// that it requires, is told no more than what it is called.
#[derive(Serialize, ToSchema)]
#[schema(as = Organization)]
pub(crate) struct OrganizationObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    slug: String,
    name: String,
    /// Whether its members need a second factor for anything they do there.
    second_factor_required: bool,
    /// What the caller may do there.
    permissions: Vec<OrganizationDeed>,
    version: i64,
    /// Left out for who may not `read_organization`.
    #[serde(flatten)]
    settings: Option<OrganizationSettings>,
}

/// What an organization has set up.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationSettings {
    /// Whom to ask, if an event does not say.
    contact_email: Option<String>,
    /// The language of events that do not say.
    default_language: Language,
    /// The zone of events that do not say.
    default_timezone: String,
    /// In whose name its letters come; null: in the installation's.
    mail_sender_name: Option<String>,
    /// Where answers to its letters go, unless the event has a contact of its own; null: to the contact.
    mail_reply_to: Option<String>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
}

impl OrganizationObject {
    /// An organization, for `caller`.
    pub(crate) fn of(organization: Organization, caller: &Caller) -> Self {
        let permissions = organization_permissions(caller, organization.id);
        let settings = permissions.contains(&OrganizationDeed::ReadOrganization).then_some(OrganizationSettings {
            contact_email: organization.contact_email,
            default_language: organization.default_language,
            default_timezone: organization.default_timezone,
            mail_sender_name: organization.mail_sender_name,
            mail_reply_to: organization.mail_reply_to,
            created_at: organization.created_at,
            updated_at: organization.updated_at,
        });
        Self {
            id: organization.id.to_string(),
            slug: organization.slug,
            name: organization.name,
            second_factor_required: organization.second_factor_required,
            permissions,
            version: organization.version,
            settings,
        }
    }

    /// What `If-Match` speaks of.
    pub(crate) fn version(&self) -> i64 {
        self.version
    }

    /// Where it is read.
    pub(crate) fn address(&self) -> String {
        format!("/api/v1/organizations/{}", self.id)
    }
}

/// What a request says of an organization.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct OrganizationFields {
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub name: Field<String>,
    /// Made from the name if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub slug: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub contact_email: Field<String>,
    /// `en` if not given.
    #[serde(default)]
    #[schema(value_type = Option<Language>)]
    pub default_language: Field<String>,
    /// An IANA name; `Europe/Luxembourg` if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub default_timezone: Field<String>,
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub mail_sender_name: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub mail_reply_to: Field<String>,
    /// Set by who has signed in with a second factor themselves.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub second_factor_required: Field<bool>,
}

impl OrganizationFields {
    /// What is to change, and what is wrong with it.
    pub(super) fn read(self, issues: &mut Issues) -> Revision {
        Revision {
            name: issues.change("/name", self.name, text::<Line<200>>),
            slug: issues.change("/slug", self.slug, text),
            contact_email: issues.clearable("/contact_email", self.contact_email, text),
            default_language: issues.change("/default_language", self.default_language, text),
            default_timezone: issues.change("/default_timezone", self.default_timezone, text),
            mail_sender_name: issues.clearable("/mail_sender_name", self.mail_sender_name, text),
            mail_reply_to: issues.clearable("/mail_reply_to", self.mail_reply_to, text),
            second_factor_required: issues.change("/second_factor_required", self.second_factor_required, Ok),
        }
    }
}
