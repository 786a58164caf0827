//! What the trail and the letters say of somebody leads from nothing to where they stand, and no letter tells nothing.

use turnout::mail::MessageKind::{
    self, Approved, OfferExpired, Pending, Promoted, Transferred, TransferredAway, Verify,
};
use turnout::registrations::RegistrationStatus::{
    self, Cancelled, Confirmed, Expired, Offered, PendingApproval, PendingVerification, Rejected, Waitlisted,
};

/// What the trail and the letter say of a change of a status.
type Way = (Option<RegistrationStatus>, RegistrationStatus, &'static str, Option<MessageKind>);

/// All changes that there are.
#[rustfmt::skip]
pub(super) const WAYS: &[Way] = &[
    (None, PendingVerification, "placed", Some(Verify)),
    (None, PendingApproval, "placed", Some(Pending)),
    (None, Confirmed, "placed", Some(MessageKind::Confirmed)),
    (None, Waitlisted, "placed", Some(MessageKind::Waitlisted)),
    (Some(PendingVerification), PendingApproval, "verified", Some(Pending)),
    (Some(PendingVerification), Confirmed, "verified", Some(MessageKind::Confirmed)),
    (Some(PendingVerification), Waitlisted, "verified", Some(MessageKind::Waitlisted)),
    (Some(PendingVerification), Expired, "expired", None),
    (Some(PendingVerification), Cancelled, "cancelled", None),
    (Some(PendingApproval), Confirmed, "approved", Some(Approved)),
    (Some(PendingApproval), Rejected, "rejected", Some(MessageKind::Rejected)),
    (Some(PendingApproval), Cancelled, "cancelled", Some(MessageKind::Cancelled)),
    (Some(Waitlisted), Confirmed, "promoted", Some(Promoted)),
    (Some(Waitlisted), PendingApproval, "promoted", Some(Pending)),
    (Some(Waitlisted), Offered, "offered", Some(MessageKind::Offered)),
    (Some(Waitlisted), Cancelled, "cancelled", Some(MessageKind::Cancelled)),
    (Some(Offered), Confirmed, "offer_accepted", Some(MessageKind::Confirmed)),
    (Some(Offered), Confirmed, "promoted", Some(Promoted)),
    (Some(Offered), Cancelled, "offer_declined", Some(MessageKind::Cancelled)),
    (Some(Offered), Cancelled, "cancelled", Some(MessageKind::Cancelled)),
    (Some(Offered), Expired, "offer_expired", Some(OfferExpired)),
    (Some(Confirmed), Cancelled, "cancelled", Some(MessageKind::Cancelled)),
    (Some(Cancelled), Confirmed, "restored", Some(MessageKind::Confirmed)),
    (Some(Rejected), Confirmed, "restored", Some(MessageKind::Confirmed)),
    (Some(Expired), Confirmed, "restored", Some(MessageKind::Confirmed)),
];

/// A change, as [`WAYS`] has it, in words.
pub(super) fn told((from, to, deed, _): &Way) -> String {
    format!("{deed}: {} to {to}", from.map_or("nothing", RegistrationStatus::as_str))
}

/// The letter that says where somebody stands.
fn letter_about(status: RegistrationStatus) -> MessageKind {
    match status {
        PendingVerification => Verify,
        PendingApproval => Pending,
        Confirmed => MessageKind::Confirmed,
        Waitlisted => MessageKind::Waitlisted,
        Offered => MessageKind::Offered,
        Rejected => MessageKind::Rejected,
        Expired => OfferExpired,
        Cancelled => MessageKind::Cancelled,
    }
}

/// The changes of a status which these rows, each at most `apart` places from where it was done, and exactly these
/// letters tell.
pub(super) fn explained(
    at: Option<RegistrationStatus>,
    rows: &[String],
    letters: &[MessageKind],
    goal: RegistrationStatus,
    apart: usize,
) -> Option<Vec<String>> {
    if rows.is_empty() {
        return (at == Some(goal) && letters.is_empty()).then(Vec::new);
    }
    for index in 0..apart.min(rows.len()) {
        let mut rest = rows.to_vec();
        let row = rest.remove(index);
        for way in WAYS.iter().filter(|way| way.0 == at && way.2 == row) {
            // Who is erased gets no letter any more.
            let silent = row == "cancelled" && rest.iter().any(|later| later == "erased");
            let told_by: Vec<Vec<MessageKind>> =
                if silent { vec![Vec::new(), way.3.into_iter().collect()] } else { vec![way.3.into_iter().collect()] };
            for left in told_by.iter().filter_map(|told_by| without(letters, told_by)) {
                if let Some(mut others) = explained(Some(way.1), &rest, &left, goal, apart) {
                    others.push(told(way));
                    return Some(others);
                }
            }
        }
        let Some(status) = at else { continue };
        for left in keeping(&row, status).iter().filter_map(|told_by| without(letters, told_by)) {
            if let Some(others) = explained(at, &rest, &left, goal, apart) {
                return Some(others);
            }
        }
    }
    None
}

/// Which letters a deed may bring that changes no status.
fn keeping(deed: &str, status: RegistrationStatus) -> Vec<Vec<MessageKind>> {
    match deed {
        "prioritized" | "regrouped" | "erased" => vec![Vec::new()],
        "edited" => vec![Vec::new(), vec![if status == PendingVerification { Verify } else { MessageKind::Changed }]],
        "transferred" => vec![vec![Transferred, TransferredAway]],
        "letter_resent" => vec![vec![letter_about(status)]],
        "asked_again" => vec![Vec::new(), vec![letter_about(status)]],
        _ => Vec::new(),
    }
}

/// These letters without some; none if they are not all there.
fn without(letters: &[MessageKind], some: &[MessageKind]) -> Option<Vec<MessageKind>> {
    let mut left = letters.to_vec();
    for kind in some {
        left.remove(left.iter().position(|one| one == kind)?);
    }
    Some(left)
}
