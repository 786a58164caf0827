//! Who is calling, and may they do this to that event?

mod caller;
mod manage_token;
mod may;
mod part;
mod refusal;
mod scope;
mod token;

pub use caller::{Caller, Credentials, Granted, Identity, Membership, SignedIn, authenticate};
pub use manage_token::ManageToken;
pub use may::{
    Deed, OrganizationDeed, acting_for, may, may_as_attendee, may_at_organization, organization_permissions,
    permissions, viewer,
};
pub use refusal::{AccessRefusal, CODES};
pub use scope::{Scopes, TokenScope};
pub use token::{ApiToken, Grant, TokenUses, issue_token, note_use};
