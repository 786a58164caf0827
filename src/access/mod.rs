//! Who is calling, and may they do this to that event?

mod account;
mod account_trail;
mod actors;
mod caller;
mod devices;
mod link;
mod manage_token;
mod may;
mod may_at_list;
mod may_organization;
mod members;
mod part;
mod password;
mod password_reset;
mod refusal;
mod scope;
mod second_factor;
mod sign_in;
mod token;
mod unsubscribe_token;
mod uses;

pub use account::{Account, AccountRevision, choose_password, open_account, revise_account};
pub use actors::{Actors, Known};
pub use caller::{Caller, Credentials, Granted, Identity, Membership, SignedIn, authenticate};
pub use devices::{Device, DeviceDraft, DeviceState, Paired, open_pairing, pair, rename_device, revoke_device};
pub use link::{InvitationToken, InviteToken, KnownDevice, ResetToken};
pub use manage_token::ManageToken;
pub use may::{
    Deed, OrganizationDeed, acting_for, look_in_vain, may, may_as_attendee, may_as_lead, may_as_member,
    may_as_organizer, may_at_organization, organization_permissions, permissions, registers_by_hand, viewer,
};
pub use may_at_list::{may_at_list, may_undo};
pub use may_organization::{
    Wanted, may_found, may_grant, may_remove_member, may_report_bounces, may_require_second_factor, own_organizations,
};
pub use members::{
    Invite, InviteState, Invited, Member, accept_invite, add_member, change_role, check_role, invite, remove_member,
    revoke_invite,
};
pub use password::{Hasher, Password, PasswordHash};
pub use password_reset::{PasswordReset, ask_for_reset, begin_reset, complete_reset};
pub use refusal::{AccessRefusal, CODES};
pub use scope::{Scopes, TokenScope};
pub use second_factor::{Enrolment, Proof, begin_second_factor, confirm_second_factor, remove_second_factor};
pub use sign_in::{Attempt, Entry, SignIn, fail_sign_in, forget_sign_ins, sign_in, sign_out, sign_out_everywhere};
pub use token::{ApiToken, Grant, issue_token, revoke_token};
pub use unsubscribe_token::UnsubscribeToken;
pub use uses::{LastUses, Uses, note_uses};
