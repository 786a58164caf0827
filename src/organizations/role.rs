//! What people are at an organization.

use crate::text_enum;

text_enum! {
    /// What somebody is at an organization, or at one event of it.
    pub enum Role {
        /// Answers for it.
        Owner = "owner",
        /// Prepares its events.
        Editor = "editor",
        /// Checks people in.
        Door = "door",
        /// Looks.
        Viewer = "viewer",
    }
}
