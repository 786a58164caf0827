//! Cookies, and what a browser has to show besides them.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::http::header::ORIGIN;

use super::problem::Problem;
use super::state::Api;
use crate::access::KnownDevice;
use crate::keys::Keys;
use crate::values::Secret;

/// The cookie of a session.
pub(super) const SESSION: &str = "turnout_session";

/// The cookie of a device from which somebody signed in before.
const DEVICE: &str = "turnout_device";

/// The session's token that a request brings.
pub(super) fn session(request: &HttpRequest) -> Option<String> {
    Some(request.cookie(SESSION)?.value().to_owned()).filter(|token| !token.is_empty())
}

/// The device that a request comes from, if somebody signed in from there before.
pub(super) fn device(request: &HttpRequest, keys: &Keys) -> Option<KnownDevice> {
    KnownDevice::read(keys, request.cookie(DEVICE)?.value())
}

/// `Set-Cookie` of a session: not for scripts, not in the clear, not along with requests of other sites, gone with the
/// browser's own session.
pub(super) fn set_session(token: &Secret) -> String {
    cookie(SESSION, token.reveal(), "/", None)
}

/// `Set-Cookie` that takes a session away.
pub(super) fn clear_session() -> String {
    cookie(SESSION, "", "/", Some(Duration::ZERO))
}

/// `Set-Cookie` of a device: for signing in alone, for a year.
pub(super) fn set_device(device: &KnownDevice, keys: &Keys) -> String {
    cookie(DEVICE, device.text(keys).reveal(), "/api/v1/sessions", Some(Duration::days(365)))
}

fn cookie(name: &str, value: &str, path: &str, max_age: Option<Duration>) -> String {
    let mut cookie =
        Cookie::build(name, value).http_only(true).secure(true).same_site(SameSite::Lax).path(path).finish();
    cookie.set_max_age(max_age);
    cookie.to_string()
}

/// Whose page a browser says that it sends a request for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Site {
    Ours,
    Another,
    /// It says nothing: an old browser, or none.
    Unknown,
}

/// By `Origin` (RFC 6454 §7), or by Fetch Metadata where there is none.
fn site(request: &HttpRequest, api: &Api) -> Site {
    if let Some(origin) = request.headers().get(ORIGIN) {
        return if origin.as_bytes() == api.origin.as_bytes() { Site::Ours } else { Site::Another };
    }
    match request.headers().get("Sec-Fetch-Site") {
        Some(site) if site.as_bytes() == b"same-origin" => Site::Ours,
        Some(_) => Site::Another,
        None => Site::Unknown,
    }
}

/// What is changed by a cookie is changed from a page of ours: nobody else's page may do it in somebody's name.
///
/// # Errors
/// 403 `cross_origin`.
pub(super) fn check_same_origin(request: &HttpRequest, api: &Api) -> Result<(), Problem> {
    if site(request, api) == Site::Ours { Ok(()) } else { Err(cross_origin()) }
}

/// What needs no cookie may come from a program; from a browser, it comes from a page of ours.
///
/// # Errors
/// 403 `cross_origin`.
pub(super) fn check_not_cross_origin(request: &HttpRequest, api: &Api) -> Result<(), Problem> {
    if site(request, api) == Site::Another { Err(cross_origin()) } else { Ok(()) }
}

fn cross_origin() -> Problem {
    let detail = "this is taken from our own pages only";
    Problem::new(StatusCode::FORBIDDEN, "cross_origin", detail)
}
