//! Personal invitations to an event: somebody is asked by letter, and says yes or no.
//!
//! Whoever was invited need not wait for registration to open, nor be looked at, nor show that the address is theirs: the
//! organizers have chosen them, and the link of the letter shows the rest.

mod answer;
mod end;
mod forget;
mod invitation;
mod invite;
mod refusal;
mod resend;
mod revoke;
mod seat;

pub use answer::{Yes, accept_invitation, decline_invitation};
pub use end::{due_invitations, end_invitations};
pub use forget::erase_invitation;
pub(super) use forget::forget_invitations;
pub use invitation::{Invitation, InvitationFilter, InvitationState};
pub use invite::{Guest, GuestTerms, NotInvited, invite_guests};
pub use refusal::{CODES as INVITATION_CODES, InvitationRefusal};
pub use resend::resend_invitation;
pub use revoke::revoke_invitation;
