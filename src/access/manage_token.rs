//! The link in the mail with which an attendee reads and cancels.

use super::link::Purpose;
use crate::keys::Keys;
use crate::store::RegistrationId;
use crate::values::Secret;

/// Proof that somebody got the mail about a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ManageToken {
    /// Which registration.
    pub registration: RegistrationId,
    /// Good as long as the registration's ticket has this epoch.
    pub epoch: u16,
}

impl ManageToken {
    const PURPOSE: Purpose = Purpose { prefix: "M1.", word: b"manage" };

    /// `M1.` and the registration's id, epoch and MAC in base64url.
    pub fn text(&self, keys: &Keys) -> Secret {
        let says = [self.registration.uuid().as_bytes().as_slice(), &self.epoch.to_be_bytes()].concat();
        Self::PURPOSE.sign(keys, &says)
    }

    /// Reads a token, if it is one of ours.
    pub fn read(keys: &Keys, text: &str) -> Option<Self> {
        let says: [u8; 18] = Self::PURPOSE.read(keys, text)?;
        let (id, epoch) = says.split_first_chunk::<16>()?;
        Some(Self {
            registration: uuid::Uuid::from_bytes(*id).into(),
            epoch: u16::from_be_bytes(epoch.try_into().ok()?),
        })
    }
}
