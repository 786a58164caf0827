//! All keys of an installation, derived from its one master secret (HKDF, RFC 5869).

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, Payload};
use curve25519_dalek::Scalar;
use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::hazmat::ExpandedSecretKey;
use ed25519_dalek::{Signer, SigningKey};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use rand::TryRng;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use crate::error::{Error, Result};
use crate::values::Secret;

/// Signs tickets and links, seals what must be read again; cheap to clone behind an `Arc`.
pub struct Keys {
    tickets: SigningKey,
    /// The same, as the scalar and the prefix that it stands for.
    ticket_scalar: ExpandedSecretKey,
    rosters: SigningKey,
    links: [u8; 32],
    seals: [u8; 32],
}

impl Keys {
    /// Derives everything from the master secret (any text of at least 32 characters).
    pub fn derive(master: &Secret) -> Result<Self> {
        let master = master.reveal().trim();
        if master.len() < 32 {
            return Err(Error::internal(anyhow::anyhow!("the secret key must have at least 32 characters")));
        }
        let hkdf = Hkdf::<Sha256>::new(Some(b"turnout"), master.as_bytes());
        let key = |purpose: &str| -> Result<[u8; 32]> {
            let mut key = [0; 32];
            hkdf.expand(purpose.as_bytes(), &mut key)
                .map_err(|_| Error::internal(anyhow::anyhow!("cannot derive the key for {purpose}")))?;
            Ok(key)
        };
        let tickets = SigningKey::from_bytes(&key("tickets v1")?);
        Ok(Self {
            ticket_scalar: ExpandedSecretKey::from(tickets.as_bytes()),
            tickets,
            rosters: SigningKey::from_bytes(&key("rosters v1")?),
            links: key("manage tokens v1")?,
            seals: key("sealed secrets v1")?,
        })
    }

    /// An Ed25519 signature (RFC 8032) over what a ticket says.
    pub fn sign_ticket(&self, payload: &[u8]) -> [u8; 64] {
        self.tickets.sign(payload).to_bytes()
    }

    /// Whether `signature` is ours over `payload`.
    ///
    /// A signature is R, then S = r + SHA-512(R, A, payload) · s, of which r and s are known to who has the key alone (RFC 8032
    /// §5.1.6). So S says everything to us: whoever finds the S that goes with an R has it from us, or knows s. To multiply
    /// the base point by it, as others have to, would take twenty times as long.
    pub fn verify_ticket(&self, payload: &[u8], signature: &[u8; 64]) -> bool {
        let (r, s) = signature.split_at(32);
        let key = &self.ticket_scalar;
        let scalar = |parts: &[&[u8]]| {
            let hash = parts.iter().fold(Sha512::new(), Sha512::chain_update);
            Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
        };
        let nonce = scalar(&[&key.hash_prefix, payload]);
        let challenge = scalar(&[r, self.tickets.verifying_key().as_bytes(), payload]);
        (nonce + challenge * key.scalar).as_bytes().ct_eq(s).into()
    }

    /// An Ed25519 signature (RFC 8032) over what a roster says.
    pub fn sign_roster(&self, payload: &[u8]) -> [u8; 64] {
        self.rosters.sign(payload).to_bytes()
    }

    /// With which others verify tickets.
    pub fn public_ticket(&self) -> PublicKey {
        PublicKey { purpose: "tickets", bytes: self.tickets.verifying_key().to_bytes() }
    }

    /// With which others verify rosters.
    pub fn public_roster(&self) -> PublicKey {
        PublicKey { purpose: "rosters", bytes: self.rosters.verifying_key().to_bytes() }
    }

    /// An HMAC-SHA-256 over what a link says and what it is for, cut to 16 bytes (RFC 2104 §5).
    pub fn mac_link(&self, payload: &[u8]) -> [u8; 16] {
        let mut short = [0; 16];
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.links) {
            mac.update(payload);
            short.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        }
        short
    }

    /// Whether `mac` is ours over `payload`; compared in constant time.
    pub fn verify_link(&self, payload: &[u8], mac: &[u8]) -> bool {
        self.mac_link(payload).ct_eq(mac).into()
    }

    /// Seals a secret that has to be read again, for one owner: XChaCha20-Poly1305 (RFC 8439 with a longer nonce), nonce
    /// first, in base64url.
    pub fn seal(&self, secret: &[u8], owner: &[u8]) -> Result<String> {
        let nonce = random_bytes::<24>();
        let sealed = XChaCha20Poly1305::new(&self.seals.into())
            .encrypt(&nonce.into(), Payload { msg: secret, aad: owner })
            .map_err(|_| Error::internal(anyhow::anyhow!("cannot seal a secret")))?;
        Ok(BASE64URL_NOPAD.encode(&[nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what was sealed for this owner.
    ///
    /// # Errors
    /// A fault of ours if it is not: another master secret, another owner, a row that somebody changed.
    pub fn unseal(&self, sealed: &str, owner: &[u8]) -> Result<Vec<u8>> {
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).map_err(Error::internal)?;
        let opened = bytes.split_first_chunk::<24>().and_then(|(nonce, msg)| {
            XChaCha20Poly1305::new(&self.seals.into()).decrypt(&(*nonce).into(), Payload { msg, aad: owner }).ok()
        });
        opened.ok_or_else(|| {
            Error::internal(anyhow::anyhow!("a sealed secret cannot be opened: was the secret key changed?"))
        })
    }
}

/// An Ed25519 key with which others verify (RFC 8032).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey {
    /// What it signs: `tickets` or `rosters`.
    pub purpose: &'static str,
    /// The key.
    pub bytes: [u8; 32],
}

impl PublicKey {
    /// Its name: what it signs, and the begin of its fingerprint.
    pub fn id(&self) -> String {
        format!("{}-{}", self.purpose, &fingerprint(&self.bytes)[..16])
    }
}

/// Random bytes from the operating system.
///
/// # Panics
/// If it gives none: without them, no secret is safe.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[allow(clippy::expect_used, reason = "without randomness no secret is safe: nothing sensible can follow")]
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A new bearer token: `prefix` and 256 random bits in base64url (RFC 4648 §5).
pub fn new_token(prefix: &str) -> Secret {
    Secret::new(format!("{prefix}{}", BASE64URL_NOPAD.encode(&random_bytes::<32>())))
}

/// What is stored of a token: SHA-256 in hex. A token has 256 random bits, so a slow hash would add nothing.
pub fn hash_token(token: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// SHA-256 in hex of anything, to recognize it again.
pub fn fingerprint(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_was_signed_is_ours_and_nothing_else(payload: [u8; 18], place in 0..82_usize, bit in 0..8_u8) {
            let keys = Keys::derive(&Secret::new("0123456789abcdef0123456789abcdef")).unwrap();
            let mut both = [&payload[..], &keys.sign_ticket(&payload)].concat();
            let ours = |both: &[u8]| keys.verify_ticket(&both[..18], both[18..].try_into().unwrap());
            let theirs = |both: &[u8]| {
                let signature = ed25519_dalek::Signature::from_slice(&both[18..]).unwrap();
                keys.tickets.verifying_key().verify_strict(&both[..18], &signature).is_ok()
            };
            proptest::prop_assert!(ours(&both) && theirs(&both));
            both[place] ^= 1 << bit;
            proptest::prop_assert!(!ours(&both) && !theirs(&both));
        }
    }

    #[test]
    fn what_is_sealed_opens_for_its_owner_alone() {
        let keys = |master: &str| Keys::derive(&Secret::new(master)).unwrap();
        let ours = keys("0123456789abcdef0123456789abcdef");
        let sealed = ours.seal(b"secret", b"camille").unwrap();
        assert_eq!(ours.unseal(&sealed, b"camille").unwrap(), b"secret");
        assert_ne!(ours.seal(b"secret", b"camille").unwrap(), sealed);
        assert!(ours.unseal(&sealed, b"jos").is_err());
        assert!(ours.unseal("", b"camille").is_err());
        assert!(keys("another master secret of 32 characters").unseal(&sealed, b"camille").is_err());
    }
}
