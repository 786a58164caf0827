//! The link in the mail with which an attendee reads and cancels.

use data_encoding::BASE64URL_NOPAD;

use crate::keys::Keys;
use crate::store::RegistrationId;
use crate::values::Secret;

const PREFIX: &str = "M1.";
const PURPOSE: &[u8] = b"manage";

/// Proof that somebody got the mail about a registration. Not stored: signed with a key of this installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ManageToken {
    /// Which registration.
    pub registration: RegistrationId,
    /// Good as long as the registration's ticket has this epoch.
    pub epoch: u16,
}

impl ManageToken {
    /// `M1.` and the registration's id, epoch and MAC in base64url.
    pub fn text(&self, keys: &Keys) -> Secret {
        let mut bytes = self.payload();
        bytes.extend(keys.mac_manage_token(&[PURPOSE, &bytes].concat()));
        Secret::new(format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bytes)))
    }

    /// Reads a token, if it is one of ours.
    pub fn read(keys: &Keys, text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.strip_prefix(PREFIX)?.as_bytes()).ok()?;
        let (payload, mac) = bytes.split_at_checked(18)?;
        if !keys.verify_manage_token(&[PURPOSE, payload].concat(), mac) {
            return None;
        }
        let (id, epoch) = payload.split_at_checked(16)?;
        Some(Self {
            registration: uuid::Uuid::from_slice(id).ok()?.into(),
            epoch: u16::from_be_bytes(epoch.try_into().ok()?),
        })
    }

    fn payload(&self) -> Vec<u8> {
        let mut bytes = self.registration.uuid().as_bytes().to_vec();
        bytes.extend(self.epoch.to_be_bytes());
        bytes
    }
}
