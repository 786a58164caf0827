//! Who is calling, and may they do this to that event?

mod caller;
mod manage_token;
mod may;
mod token;

pub use caller::{Caller, authenticate};
pub use manage_token::ManageToken;
pub use may::{Deed, Role, may, may_as_attendee, may_for_organization};
pub use token::{ApiToken, TokenUses, issue_token, note_use};
