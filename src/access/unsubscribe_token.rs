//! The link in a letter with which its reader wants no more of its kind (RFC 8058).

use super::link::Purpose;
use crate::keys::Keys;
use crate::store::RegistrationId;

/// Proof that somebody got a letter that nobody needs. It is good for that one thing, so it may stand in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsubscribeToken {
    /// Which registration.
    pub registration: RegistrationId,
    /// Good as long as the registration's ticket has this epoch: whoever has the place then decides anew.
    pub epoch: u16,
}

impl UnsubscribeToken {
    const PURPOSE: Purpose = Purpose { prefix: "U1.", word: b"unsubscribe" };

    /// Where mail programs and people go with it.
    pub fn link(&self, keys: &Keys, public_url: &str) -> String {
        let says = [self.registration.uuid().as_bytes().as_slice(), &self.epoch.to_be_bytes()].concat();
        format!("{public_url}/api/v1/unsubscribe/{}", Self::PURPOSE.sign(keys, &says).reveal())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::ManageToken;
    use crate::values::Secret;

    #[test]
    fn it_opens_nothing_but_what_it_is_for() {
        let keys = Keys::derive(&Secret::new("0123456789abcdef0123456789abcdef")).unwrap();
        let token = UnsubscribeToken { registration: uuid::Uuid::from_u128(7).into(), epoch: 3 };
        let link = token.link(&keys, "https://turnout.example");
        let text = link.strip_prefix("https://turnout.example/api/v1/unsubscribe/").unwrap();
        assert_eq!(UnsubscribeToken::read(&keys, text), Some(token));
        assert_eq!(ManageToken::read(&keys, &text.replace("U1.", "M1.")), None);
        assert_eq!(UnsubscribeToken::read(&keys, &text[..text.len() - 1]), None);
        let others = Keys::derive(&Secret::new("another master secret of 32 characters")).unwrap();
        assert_eq!(UnsubscribeToken::read(&others, text), None);
    }
}
