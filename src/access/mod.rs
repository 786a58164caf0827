//! Who is calling, and may they do this to that event?

mod account;
mod caller;
mod manage_token;
mod may;
mod may_organization;
mod members;
mod password;
mod refusal;
mod scope;
mod token;

pub use account::{Account, choose_password, open_account};
pub use caller::{Caller, Credentials, Granted, Identity, Membership, SignedIn, authenticate};
pub use manage_token::ManageToken;
pub use may::{
    Deed, OrganizationDeed, may, may_as_attendee, may_at_organization, organization_permissions, permissions,
};
pub use may_organization::{
    Wanted, may_found, may_grant, may_remove_member, may_require_second_factor, own_organizations,
};
pub use members::{Member, add_member, change_role, remove_member};
pub use password::{Hasher, Password, PasswordHash};
pub use refusal::{AccessRefusal, CODES};
pub use scope::{Scopes, TokenScope};
pub use token::{ApiToken, Grant, TokenUses, issue_token, note_use, revoke_token};
