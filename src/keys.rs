//! All keys of an installation, derived from its one master secret (HKDF, RFC 5869).

use ed25519_dalek::{Signature, Signer, SigningKey};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use rand::TryRng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::error::{Error, Result};
use crate::values::Secret;

/// Signs tickets and manage tokens; cheap to clone behind an `Arc`.
pub struct Keys {
    tickets: SigningKey,
    manage_tokens: [u8; 32],
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
        Ok(Self { tickets: SigningKey::from_bytes(&key("tickets v1")?), manage_tokens: key("manage tokens v1")? })
    }

    /// An Ed25519 signature (RFC 8032) over what a ticket says.
    pub fn sign_ticket(&self, payload: &[u8]) -> [u8; 64] {
        self.tickets.sign(payload).to_bytes()
    }

    /// Whether `signature` is ours over `payload`.
    pub fn verify_ticket(&self, payload: &[u8], signature: &[u8; 64]) -> bool {
        self.tickets.verify(payload, &Signature::from_bytes(signature)).is_ok()
    }

    /// An HMAC-SHA-256 over what a manage token says, cut to 16 bytes (RFC 2104 §5).
    pub fn mac_manage_token(&self, payload: &[u8]) -> [u8; 16] {
        let mut short = [0; 16];
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.manage_tokens) {
            mac.update(payload);
            short.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        }
        short
    }

    /// Whether `mac` is ours over `payload`; compared in constant time.
    pub fn verify_manage_token(&self, payload: &[u8], mac: &[u8]) -> bool {
        self.mac_manage_token(payload).ct_eq(mac).into()
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
    Secret::new(format!("{prefix}{}", data_encoding::BASE64URL_NOPAD.encode(&random_bytes::<32>())))
}

/// What is stored of a token: SHA-256 in hex. A token has 256 random bits, so a slow hash would add nothing.
pub fn hash_token(token: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// SHA-256 in hex of anything, to recognize it again.
pub fn fingerprint(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}
