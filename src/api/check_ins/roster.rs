//! `GET /api/v1/check-in-lists/{list}/roster`

use actix_web::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use data_encoding::BASE64URL_NOPAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use utoipa::ToSchema;

use super::lists::find_for;
use super::roster_object::RosterObject;
use crate::access::Deed;
use crate::api::call::Call;
use crate::api::problem::Problem;
use crate::api::sharing::sees_everybody;
use crate::audit::{self, Actor, Scope};
use crate::checkins::{Roster, RosterCursor, RosterEdition};
use crate::clock::Timestamp;
use crate::error::{Error, Result, both};
use crate::events::Event;
use crate::keys::Keys;
use crate::store::CheckInListId;

/// A roster, and what shows that it is ours.
#[derive(Serialize, ToSchema)]
#[schema(as = Roster)]
pub(crate) struct SignedRoster {
    /// JSON, as text: what is signed are its bytes in UTF-8. `docs/ROSTER.md` says what is in it.
    roster: String,
    /// The name of the key, as `GET /api/v1/keys` has it.
    kid: String,
    /// The Ed25519 signature in base64url.
    signature: String,
}

/// What is answered.
enum Packed {
    /// The caller has it already.
    Same,
    /// The body; for the trail, who takes everybody along from which list.
    New(Vec<u8>, Option<(Actor, Scope, CheckInListId, Timestamp)>),
}

/// What a device needs to check people in at a list without a network: signed, with as little about people as will do.
/// With the cursor of an earlier roster, what has changed since. `docs/ROSTER.md` says how it is read.
#[utoipa::path(get, path = "/api/v1/check-in-lists/{list}/roster", tag = "Check-ins",
    security(("bearer" = []), ("device" = [])),
    params(
        ("list" = uuid::Uuid, Path),
        ("since" = Option<String>, Query, description = "The cursor of an earlier roster of this list"),
        ("If-None-Match" = Option<String>, Header),
        ("Accept-Encoding" = Option<String>, Header, description = "`gzip` makes it a third as long"),
    ),
    responses((status = 200, body = SignedRoster), (status = 304),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn roster(call: Call, request: HttpRequest, list: Path<String>) -> Result<HttpResponse, Problem> {
    let mut query = call.query();
    let since = query.text("since", 200).map(|text| RosterCursor::read(&text)).transpose();
    let since = both(since, query.finish()).map(|(since, ())| since);
    let (known, key) = (call.if_none_match().map(ToOwned::to_owned), call.api.key_of_list(&list).await);
    let (api, gzip) = (call.api.clone(), takes_gzip(&request));
    let packed = call.look(move |db, caller, now| {
        let found = find_for(db, caller, Deed::CheckIn, &list);
        let list = api.watched(db, found, caller, now)?;
        let since = since?;
        let event = Event::find(db, list.event_id)?;
        sees_everybody(db, caller, Deed::CheckIn, &event)?;
        let edition = RosterEdition::now(db, &event, &list)?;
        // Weak: it says when it was made, and is not byte for byte the same.
        let etag = format!("W/\"{}\"", edition.name());
        if known.is_some_and(|known| known.split(',').any(|one| one.trim() == etag)) {
            return Ok((etag, Packed::Same));
        }
        let roster = Roster::pack(db, &api.keys, (&event, &list), &edition, since.as_ref(), now)?;
        let taken = roster.whole.then(|| (caller.actor(), event.scope(), list.id, now));
        let object = RosterObject::new(&api.keys, (&event, list), (roster, &edition), now);
        let body = serde_json::to_vec(&sign(&api.keys, &object)?).map_err(Error::internal)?;
        Ok((etag, Packed::New(if gzip { compress(&body)? } else { body }, taken)))
    });
    let (etag, packed) = packed.await?;
    let Packed::New(body, taken) = packed else {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, etag)).finish());
    };
    if let Some((actor, scope, list, now)) = taken {
        // Everybody's names leave: the trail says to whom, before they do.
        let record =
            move |db: &mut crate::store::Db| audit::record(db, &actor, scope, "roster.taken", list.uuid(), now);
        call.api.store.write(key, record).await?;
    }
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((VARY, "Authorization, Cookie, Accept-Encoding"))
        .insert_header((ETAG, etag));
    if gzip {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(response.body(body))
}

fn sign(keys: &Keys, object: &RosterObject) -> Result<SignedRoster> {
    let roster = serde_json::to_string(object).map_err(Error::internal)?;
    let signature = BASE64URL_NOPAD.encode(&keys.sign_roster(roster.as_bytes()));
    Ok(SignedRoster { roster, kid: keys.public_roster().id(), signature })
}

/// Whether the client takes gzip (RFC 9110 §12.5.3).
fn takes_gzip(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let refused = |weight: &str| weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
    accepted.split(',').any(|one| {
        let mut parts = one.split(';');
        parts.next().is_some_and(|name| name.trim().eq_ignore_ascii_case("gzip")) && !parts.any(refused)
    })
}

/// Hashes cannot be compressed: trying hard is in vain.
fn compress(body: &[u8]) -> Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::with_capacity(body.len() / 2), Compression::fast());
    std::io::Write::write_all(&mut gzip, body).and_then(|()| gzip.finish()).map_err(Error::internal)
}
