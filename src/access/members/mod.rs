//! The people of an organization.

mod add;
mod change;
mod member;
mod remove;

pub use add::add_member;
pub use change::change_role;
pub use member::Member;
pub use remove::remove_member;
