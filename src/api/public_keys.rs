//! `GET /api/v1/keys`

use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Answer, Call};
use super::reply::Reply;
use crate::keys::PublicKey;

/// The keys with which tickets and rosters are verified (a JWK set, RFC 7517 §5).
#[derive(Serialize, ToSchema)]
pub(super) struct KeySet {
    keys: Vec<KeyObject>,
}

/// An Ed25519 key (RFC 8037 §2).
#[derive(Serialize, ToSchema)]
#[schema(as = PublicKey)]
pub(super) struct KeyObject {
    /// Its name.
    kid: String,
    /// What it signs: `tickets` or `rosters`.
    purpose: &'static str,
    /// Always `OKP`.
    kty: &'static str,
    /// Always `Ed25519`.
    crv: &'static str,
    /// Always `sig`.
    r#use: &'static str,
    /// The 32 bytes in base64url.
    x: String,
}

impl From<PublicKey> for KeyObject {
    fn from(key: PublicKey) -> Self {
        let x = BASE64URL_NOPAD.encode(&key.bytes);
        Self { kid: key.id(), purpose: key.purpose, kty: "OKP", crv: "Ed25519", r#use: "sig", x }
    }
}

/// The public keys of this installation: with them, tickets and rosters are verified without asking it.
#[utoipa::path(get, path = "/api/v1/keys", tag = "Keys", security(()), responses((status = 200, body = KeySet)))]
pub(super) async fn keys(call: Call) -> Answer {
    let keys = [call.api.keys.public_ticket(), call.api.keys.public_roster()].map(KeyObject::from);
    Reply::json(&KeySet { keys: keys.into() }).map_err(Into::into)
}
