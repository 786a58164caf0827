//! Pages: the whole map on this page. They are part of the binary, and act through the API.

mod manage;

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

/// All pages.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/manage/{registration}", get().to(manage::page))
        .route("/manage.js", get().to(manage::script))
        .route("/manage.css", get().to(manage::style));
}
