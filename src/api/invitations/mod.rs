//! Personal invitations to an event: what organizers do with them, and how they are answered.

mod answer;
mod invite;
mod manage;
mod object;
mod question;

pub(super) use answer::*;
pub(super) use invite::*;
pub(super) use manage::*;
pub(super) use question::*;
