//! One attendee's place, or wish for one, at one event.

pub mod answers;
mod approve;
mod at_the_door;
mod attended;
mod brief;
mod bulk;
mod by_name;
mod cancel;
mod consents;
mod duplicates;
mod edit;
mod erase;
mod expire;
mod explain;
mod group;
mod invitations;
mod kept;
mod offers;
mod party;
mod place;
mod prioritize;
mod promote;
mod refusal;
mod registration;
mod resend;
mod reserve;
mod restore;
mod retention;
mod said;
mod search;
mod seats;
mod ticket;
mod transfer;
mod transition;
mod verify;
mod via;
mod waitlist;

pub use approve::{Verdict, approve, approve_all, reject, reject_all};
pub use at_the_door::{Coverage, answer, count_seated};
pub use brief::Brief;
pub use bulk::{BulkDeed, Outcome, bulk};
pub use by_name::NameSearch;
pub use cancel::{cancel, cancel_group};
pub use consents::{Consent, GivenConsent, give_consent, withdraw_consent};
pub use duplicates::possible_duplicates;
pub use edit::{Edit, edit};
pub use erase::erase;
pub use expire::{due, expire};
pub use explain::{Blocking, Explanation, explain};
pub use group::hides_group;
pub use invitations::{
    Guest, GuestTerms, INVITATION_CODES, Invitation, InvitationFilter, InvitationRefusal, InvitationState, NotInvited,
    Yes, accept_invitation, decline_invitation, due_invitations, end_invitations, erase_invitation, invite_guests,
    resend_invitation, revoke_invitation,
};
pub use kept::{GivenConsent as KeptConsent, Parts};
pub use offers::{accept, decline};
pub use party::Party;
pub use place::{ByHand, Placed, PlacedParty, Wish, place, place_party};
pub use prioritize::{Priority, prioritize};
pub use promote::promote;
pub use refusal::{CODES, RegistrationRefusal};
pub use registration::{Answers, Attendee, Registration, RegistrationStatus, Source};
pub use resend::resend;
pub use restore::restore;
pub use retention::{Outdated, forget_answers, outdated_answers};
pub use search::Filter;
pub use seats::{Miscount, find_miscounts};
pub use ticket::Ticket;
pub use transfer::transfer;
pub use transition::{Hand, Transition};
pub use verify::verify;
pub use via::Vias;
pub use waitlist::{move_up, position, positions, waiting};
