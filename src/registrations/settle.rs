//! Where who comes together ends up: with seats, or on the waiting list.

use super::party::{Choice, Member};
use super::transition::needs_seat;
use super::{RegistrationRefusal, RegistrationStatus, reserve};
use crate::error::Result;
use crate::events::{AccessCode, Held, Waitlist};
use crate::store::Db;

/// Whether [`settle`] refuses nobody, whoever else is there: somebody comes alone, and a seat is free wherever they stand.
/// Said of an event whose seats are as they were when it was taken hold of.
pub(super) fn is_certain(held: &Held, members: &[Member]) -> bool {
    let free = |member: &Member| member.choice.quotas(held).all(|quota| quota.available() != Some(0));
    matches!(members, [member] if free(member))
}

/// Where the members of a party end up, `wanted` being where who gets a seat does; takes the seats that they need there,
/// for all or for none.
pub(super) fn settle(
    db: &mut Db,
    held: &Held,
    members: &[Member],
    wanted: impl Fn(&Choice) -> RegistrationStatus,
    (mut code, force): (Option<&mut AccessCode>, bool),
) -> Result<Vec<RegistrationStatus>> {
    let event = &held.event;
    let mut seated: Vec<&Choice> = Vec::new();
    for choice in members.iter().map(|member| &member.choice).filter(|choice| needs_seat(event, wanted(choice))) {
        if reserve::take(db, held, choice.quotas(held), code.as_deref_mut(), force)? {
            seated.push(choice);
            continue;
        }
        for choice in seated {
            reserve::give_back(db, held, choice.quotas(held), code.as_deref_mut())?;
        }
        return match event.waitlist {
            Waitlist::Off => Err(RegistrationRefusal::SoldOut.into()),
            Waitlist::Auto | Waitlist::Offer => Ok(vec![RegistrationStatus::Waitlisted; members.len()]),
        };
    }
    Ok(members.iter().map(|member| wanted(&member.choice)).collect())
}
