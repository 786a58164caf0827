//! Pages: the whole map on this page. They are part of the binary, and act through the API.

use actix_web::HttpResponse;
use actix_web::web::{ServiceConfig, get};

/// What every answer carries: nothing is guessed, framed or leaked (OWASP Secure Headers).
pub const SAFE_HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("cache-control", "no-store"),
];

/// Every page and what it needs: where it is, what it is, its text.
///
/// The token of a link stands behind its `#`: browsers do not send it with the address, so no log has it, and a mail
/// scanner that follows the link changes nothing. The page's script shows it to the API.
const PAGES: &[(&str, &str, &str)] = &[
    ("/manage/{registration}", HTML, include_str!("manage.html")),
    ("/manage.js", SCRIPT, include_str!("manage.js")),
    ("/self_service.js", SCRIPT, include_str!("self_service.js")),
    ("/manage.css", STYLE, include_str!("manage.css")),
    ("/invite", HTML, include_str!("invite.html")),
    ("/invite.js", SCRIPT, include_str!("invite.js")),
    ("/invitation", HTML, include_str!("invitation.html")),
    ("/invitation.js", SCRIPT, include_str!("invitation.js")),
    ("/questions.js", SCRIPT, include_str!("questions.js")),
    ("/password-reset", HTML, include_str!("password_reset.html")),
    ("/password-reset.js", SCRIPT, include_str!("password_reset.js")),
    ("/link.js", SCRIPT, include_str!("link.js")),
];

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// All pages.
pub fn configure(config: &mut ServiceConfig) {
    for (path, media_type, text) in PAGES {
        config.route(path, get().to(|| async { HttpResponse::Ok().content_type(*media_type).body(*text) }));
    }
}
