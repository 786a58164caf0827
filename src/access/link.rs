//! Links that prove something: an id that we signed. Not stored; a link for one purpose is none for another.

use data_encoding::BASE64URL_NOPAD;

use crate::keys::Keys;
use crate::store::{AccountId, GuestInvitationId, InviteId, PasswordResetId};
use crate::values::Secret;

/// What a link is for: what its text begins with, and what is signed along.
pub(super) struct Purpose {
    pub prefix: &'static str,
    pub word: &'static [u8],
}

impl Purpose {
    /// The prefix, and what is said with its MAC in base64url.
    pub(super) fn sign(&self, keys: &Keys, says: &[u8]) -> Secret {
        let mac = keys.mac_link(&[self.word, says].concat());
        Secret::new(format!("{}{}", self.prefix, BASE64URL_NOPAD.encode(&[says, &mac].concat())))
    }

    /// What a text of ours says in `LENGTH` bytes.
    pub(super) fn read<const LENGTH: usize>(&self, keys: &Keys, text: &str) -> Option<[u8; LENGTH]> {
        let bytes = BASE64URL_NOPAD.decode(text.strip_prefix(self.prefix)?.as_bytes()).ok()?;
        let (says, mac) = bytes.split_first_chunk::<LENGTH>()?;
        keys.verify_link(&[self.word, says].concat(), mac).then_some(*says)
    }
}

/// Proof that somebody got the mail with an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InviteToken {
    /// Which invitation.
    pub invite: InviteId,
}

impl InviteToken {
    /// The page where it is accepted. Behind the `#`, the token stays in the browser: no server and no proxy gets to log
    /// it.
    pub fn link(&self, keys: &Keys, public_url: &str) -> String {
        format!("{public_url}/invite#{}", self.text(keys).reveal())
    }

    const PURPOSE: Purpose = Purpose { prefix: "I1.", word: b"invite" };

    /// The text in the link.
    pub fn text(&self, keys: &Keys) -> Secret {
        Self::PURPOSE.sign(keys, self.invite.uuid().as_bytes())
    }

    /// Reads a token, if it is one of ours.
    pub fn read(keys: &Keys, text: &str) -> Option<Self> {
        let id = Self::PURPOSE.read(keys, text)?;
        Some(Self { invite: uuid::Uuid::from_bytes(id).into() })
    }
}

/// Proof that somebody got the mail with an invitation to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvitationToken {
    /// Which invitation.
    pub invitation: GuestInvitationId,
}

impl InvitationToken {
    /// The page where it is answered; the token stays in the browser there, too.
    pub fn link(&self, keys: &Keys, public_url: &str) -> String {
        format!("{public_url}/invitation#{}", self.text(keys).reveal())
    }

    const PURPOSE: Purpose = Purpose { prefix: "G1.", word: b"invitation" };

    /// The text in the link.
    pub fn text(&self, keys: &Keys) -> Secret {
        Self::PURPOSE.sign(keys, self.invitation.uuid().as_bytes())
    }

    /// Reads a token, if it is one of ours.
    pub fn read(keys: &Keys, text: &str) -> Option<Self> {
        let id = Self::PURPOSE.read(keys, text)?;
        Some(Self { invitation: uuid::Uuid::from_bytes(id).into() })
    }
}

/// Proof that somebody got the mail with which a password is chosen anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetToken {
    /// Which time that it was asked for.
    pub reset: PasswordResetId,
}

impl ResetToken {
    /// The page where the password is chosen; the token stays in the browser there, too.
    pub fn link(&self, keys: &Keys, public_url: &str) -> String {
        format!("{public_url}/password-reset#{}", self.text(keys).reveal())
    }

    const PURPOSE: Purpose = Purpose { prefix: "R1.", word: b"reset" };

    /// The text in the link.
    pub fn text(&self, keys: &Keys) -> Secret {
        Self::PURPOSE.sign(keys, self.reset.uuid().as_bytes())
    }

    /// Reads a token, if it is one of ours.
    pub fn read(keys: &Keys, text: &str) -> Option<Self> {
        let id = Self::PURPOSE.read(keys, text)?;
        Some(Self { reset: uuid::Uuid::from_bytes(id).into() })
    }
}

/// Proof that somebody signed in to an account from this device before (OWASP, "Slow Down Online Guessing Attacks with
/// Device Cookies"): strangers who try passwords do not slow them down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KnownDevice {
    /// To which account.
    pub account: AccountId,
    /// Which device.
    pub id: [u8; 16],
}

impl KnownDevice {
    const PURPOSE: Purpose = Purpose { prefix: "D1.", word: b"device" };

    /// A device that was not known before.
    pub fn new(account: AccountId) -> Self {
        Self { account, id: crate::keys::random_bytes() }
    }

    /// What the device keeps.
    pub fn text(&self, keys: &Keys) -> Secret {
        Self::PURPOSE.sign(keys, &[self.account.uuid().as_bytes().as_slice(), &self.id].concat())
    }

    /// Reads what a device shows, if it is of ours.
    pub fn read(keys: &Keys, text: &str) -> Option<Self> {
        let says: [u8; 32] = Self::PURPOSE.read(keys, text)?;
        let (account, id) = says.split_first_chunk::<16>()?;
        Some(Self { account: uuid::Uuid::from_bytes(*account).into(), id: id.try_into().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::ManageToken;

    #[test]
    fn a_link_for_one_purpose_is_none_for_another() {
        let keys = Keys::derive(&Secret::new("0123456789abcdef0123456789abcdef")).unwrap();
        let id = uuid::Uuid::from_u128(7);
        let (invite, reset) = (InviteToken { invite: id.into() }, ResetToken { reset: id.into() });
        let device = KnownDevice::new(id.into());
        let (invited, asked) = (invite.text(&keys), reset.text(&keys));
        assert_eq!(InviteToken::read(&keys, invited.reveal()), Some(invite));
        assert_eq!(InvitationToken::read(&keys, &invited.reveal().replace("I1.", "G1.")), None);
        assert_eq!(ResetToken::read(&keys, asked.reveal()), Some(reset));
        assert_eq!(KnownDevice::read(&keys, device.text(&keys).reveal()), Some(device));
        let renamed = invited.reveal().replace("I1.", "R1.");
        for text in [invited.reveal(), &renamed, "R1.", "", &asked.reveal()[..30], &format!("{}AA", asked.reveal())] {
            assert_eq!(ResetToken::read(&keys, text), None, "{text}");
        }
        assert_eq!(ManageToken::read(&keys, &asked.reveal().replace("R1.", "M1.")), None);
        let others = Keys::derive(&Secret::new("another master secret of 32 characters")).unwrap();
        assert_eq!(ResetToken::read(&others, asked.reveal()), None);
    }
}
