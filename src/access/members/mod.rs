//! The people of an organization, and who was invited to become one of them.

mod accept;
mod add;
mod change;
mod invite;
mod member;
mod remove;
mod revoke;
mod send;

pub use accept::{Invited, accept_invite};
pub use add::{add_member, check_role};
pub use change::change_role;
pub use invite::{Invite, InviteState};
pub use member::Member;
pub use remove::remove_member;
pub use revoke::revoke_invite;
pub use send::invite;
