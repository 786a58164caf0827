//! `GET /problems/{code}`: what a problem means, for whoever follows its `type`.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Path;

use super::problem::{self, Problem};
use crate::error::Error;
use crate::{access, campaigns, checkins, events, mail, organizations, registrations};

/// All codes, of this door and of the domains.
pub fn codes() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    [
        problem::CODES,
        organizations::CODES,
        events::CODES,
        access::CODES,
        registrations::CODES,
        registrations::INVITATION_CODES,
        checkins::CODES,
        campaigns::CODES,
        mail::CODES,
    ]
    .into_iter()
    .flatten()
}

/// What the code of a problem means.
pub(super) async fn explain(code: Path<String>) -> Result<HttpResponse, Problem> {
    let known = codes().find(|(known, _)| *known == code.as_str());
    let (code, meaning) = known.ok_or(Error::NotFound("kind of problem"))?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body(format!("{code}\n\n{meaning}\n")))
}
