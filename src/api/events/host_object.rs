//! A host, as it goes over the wire.

use serde::Serialize;
use utoipa::ToSchema;

use crate::events::{DataAccess, Host, HostRole, HostState};

/// An organization's part in an event.
#[derive(Serialize, ToSchema)]
#[schema(as = Host)]
pub(crate) struct HostObject {
    organization: HostOrganization,
    role: HostRole,
    data_access: DataAccess,
}

impl From<Host> for HostObject {
    fn from(host: Host) -> Self {
        Self {
            organization: HostOrganization { slug: host.slug, name: host.name },
            role: host.role,
            data_access: host.data_access,
        }
    }
}

/// An organization, as everybody may know it.
#[derive(Serialize, ToSchema)]
pub(crate) struct HostOrganization {
    pub slug: String,
    pub name: String,
}

/// An organization's part in an event, whether it has agreed or not.
#[derive(Serialize, ToSchema)]
pub(crate) struct HostInEvent {
    organization: HostOrganization,
    role: HostRole,
    data_access: DataAccess,
    state: HostState,
    /// What `If-Match` speaks of.
    version: i64,
}

impl From<Host> for HostInEvent {
    fn from(host: Host) -> Self {
        Self {
            organization: HostOrganization { slug: host.slug, name: host.name },
            role: host.role,
            data_access: host.data_access,
            state: host.state,
            version: host.version,
        }
    }
}
