//! How one registers for an event.

use super::{Event, RegistrationMode};
use crate::clock::Timestamp;
use crate::error::FieldIssue;
use crate::values::Fault;

/// How long an offered seat is held: 1 to 720 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferHours(i64);

impl TryFrom<i64> for OfferHours {
    type Error = Fault;

    fn try_from(hours: i64) -> Result<Self, Fault> {
        if (1..=720).contains(&hours) {
            Ok(Self(hours))
        } else {
            Err(Fault::new("out_of_range", "an offer stands for 1 to 720 hours"))
        }
    }
}

/// What is said of how one registers; what is `None` stays, or is as usual.
#[derive(Debug, Clone, Default)]
pub struct RegistrationRules {
    /// Here, elsewhere or not at all; here, if never said.
    pub mode: Option<RegistrationMode>,
    /// Where one registers, if elsewhere: a web address.
    pub external_url: Option<Option<String>>,
    /// Whether somebody looks at each registration first; no, if never said.
    pub approval: Option<bool>,
    /// Whether who waits for that has a seat meanwhile; yes, if never said.
    pub pending_holds_seat: Option<bool>,
    /// Whether addresses are verified first; no, if never said.
    pub verify_email: Option<bool>,
    /// How long an offered seat is held; 24 hours, if never said.
    pub offer_hours: Option<OfferHours>,
    /// Until when attendees change their registration themselves; until the event begins, if never said.
    pub edit_until: Option<Option<Timestamp>>,
}

impl RegistrationRules {
    /// Makes them the rules of an event.
    pub(super) fn apply(self, event: &mut Event) {
        event.registration_mode = self.mode.unwrap_or(event.registration_mode);
        event.approval = self.approval.unwrap_or(event.approval);
        event.pending_holds_seat = self.pending_holds_seat.unwrap_or(event.pending_holds_seat);
        event.verify_email = self.verify_email.unwrap_or(event.verify_email);
        event.offer_hours = self.offer_hours.map_or(event.offer_hours, |hours| hours.0);
        if let Some(url) = self.external_url {
            event.external_url = url;
        }
        if let Some(until) = self.edit_until {
            event.edit_until = until;
        }
    }
}

/// What is wrong with a mode that leads elsewhere, and with nowhere to go.
pub fn check_mode(mode: RegistrationMode, external_url: Option<&str>) -> Option<FieldIssue> {
    (mode == RegistrationMode::External && external_url.is_none()).then(|| FieldIssue {
        pointer: "/registration/external_url".to_owned(),
        code: "required",
        detail: "say where one registers".to_owned(),
    })
}
