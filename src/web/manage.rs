//! The page behind the link in an attendee's letter.
//!
//! The token stands behind the `#` of the link: browsers do not send it with the page's address, so no log has it, and
//! a mail scanner that follows the link changes nothing. The page's script shows it to the API.

use actix_web::HttpResponse;

/// `GET /manage/{registration}`
pub(super) async fn page() -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(include_str!("manage.html"))
}

/// `GET /manage.js`
pub(super) async fn script() -> HttpResponse {
    HttpResponse::Ok().content_type("text/javascript; charset=utf-8").body(include_str!("manage.js"))
}

/// `GET /manage.css`
pub(super) async fn style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(include_str!("manage.css"))
}
