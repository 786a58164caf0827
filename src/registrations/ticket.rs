//! The signed text in the QR code that proves a registration.

use data_encoding::BASE32_NOPAD;

use super::{Registration, RegistrationRefusal, RegistrationStatus};
use crate::keys::Keys;
use crate::store::RegistrationId;

const PREFIX: &str = "T1.";

/// What a ticket says: which registration, and in which issue. Any device with the public key can check it offline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// Which registration.
    pub registration: RegistrationId,
    /// Good as long as the registration has this epoch.
    pub epoch: u16,
}

impl Ticket {
    /// The ticket of a confirmed registration.
    ///
    /// # Errors
    /// `no_ticket`.
    pub fn of(registration: &Registration) -> Result<Self, RegistrationRefusal> {
        if registration.status != RegistrationStatus::Confirmed {
            return Err(RegistrationRefusal::NoTicket { status: registration.status.as_str() });
        }
        Ok(Self { registration: registration.id, epoch: registration.epoch() })
    }

    /// `T1.`, then the registration's id (16 bytes), the epoch (2) and an Ed25519 signature over both (64) in base32
    /// (RFC 4648 §6): upper-case letters and digits alone make the smallest QR code of all texts.
    pub fn text(&self, keys: &Keys) -> String {
        let payload = self.payload();
        let signature = keys.sign_ticket(&payload);
        format!("{PREFIX}{}", BASE32_NOPAD.encode(&[&payload[..], &signature].concat()))
    }

    /// Reads a ticket, if it is one of ours. Takes any bytes that a scanner may see.
    pub fn read(keys: &Keys, text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let bytes = BASE32_NOPAD.decode(text.strip_prefix(PREFIX)?.as_bytes()).ok()?;
        let (payload, signature) = bytes.split_at_checked(18)?;
        if !keys.verify_ticket(payload, signature.try_into().ok()?) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Secret;

    fn keys() -> Keys {
        Keys::derive(&Secret::new("0123456789abcdef0123456789abcdef")).unwrap()
    }

    #[test]
    fn a_ticket_reads_back() {
        let ticket = Ticket { registration: RegistrationId::new(), epoch: 3 };
        assert_eq!(Ticket::read(&keys(), &ticket.text(&keys())), Some(ticket));
    }

    #[test]
    fn one_changed_letter_makes_it_no_ticket() {
        let text = Ticket { registration: RegistrationId::new(), epoch: 1 }.text(&keys());
        for place in 0..text.len() {
            let mut letters: Vec<char> = text.chars().collect();
            letters[place] = if letters[place] == 'A' { 'B' } else { 'A' };
            let changed: String = letters.into_iter().collect();
            assert_eq!(Ticket::read(&keys(), &changed), None, "letter {place}");
        }
    }

    #[test]
    fn another_installation_does_not_know_it() {
        let text = Ticket { registration: RegistrationId::new(), epoch: 1 }.text(&keys());
        let others = Keys::derive(&Secret::new("another secret of thirty-two characters")).unwrap();
        assert_eq!(Ticket::read(&others, &text), None);
    }
}
