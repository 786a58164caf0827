//! A letter before it is sent.

use actix_web::web::Path;

use super::wordings::{WordingFields, known, read};
use crate::access::{Caller, Deed, may};
use crate::api::body::Body;
use crate::api::call::{Answer, Call};
use crate::api::query::Query;
use crate::api::registrations::find_for_organizer;
use crate::api::reply::Reply;
use crate::api::state::Api;
use crate::clock::Timestamp;
use crate::error::{Error, Result, both, if_found};
use crate::events::Event;
use crate::letters::{self, Wording};
use crate::mail::MessageKind;
use crate::store::{Db, RegistrationId};
use crate::text_enum;
use crate::values::Language;

text_enum! {
    /// How a letter is shown.
    pub enum LetterFormat {
        /// As it reads without HTML.
        Text = "text",
        /// As it looks.
        Html = "html",
        /// As it travels, with what is attached (RFC 5322).
        Eml = "eml",
    }
}

/// What is asked for.
struct Asked {
    format: LetterFormat,
    registration: Option<RegistrationId>,
}

impl Asked {
    fn of(query: &mut Query) -> Self {
        Self { format: query.word("format").unwrap_or(LetterFormat::Html), registration: query.id("registration") }
    }
}

/// A letter with the words that were saved, or with those of Turnout, before it is sent: to somebody made up, or to
/// whoever is behind a registration, as it would stand then. The link and the ticket in it open nothing.
#[utoipa::path(get, path = "/api/v1/events/{event}/letters/{kind}/{language}/preview", tag = "Letters",
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("kind" = MessageKind, Path), ("language" = Language, Path),
        ("format" = inline(Option<LetterFormat>), Query, description = "`html` if not given"),
        ("registration" = Option<uuid::Uuid>, Query, description = "Of the event; somebody made up, if not given")),
    responses((status = 200, content_type = "text/html", body = String),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn preview(call: Call, path: Path<(String, String, String)>) -> Answer {
    let (event, kind, language) = path.into_inner();
    let mut query = call.query();
    let asked = Asked::of(&mut query);
    let (wrong, api) = (query.finish(), call.api.clone());
    call.read(move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeNumbers, &event)?;
        wrong?;
        let (kind, language) = known(&kind, &language)?;
        let wording = if_found(Wording::find(db, event.id, kind, language))?;
        shown(db, &api, caller, event, (kind, language), wording, &asked, now)
    })
    .await
}

/// The same with words that were not saved; nothing is.
#[utoipa::path(post, path = "/api/v1/events/{event}/letters/{kind}/{language}/preview", tag = "Letters",
    request_body = WordingFields, security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("kind" = MessageKind, Path), ("language" = Language, Path),
        ("format" = inline(Option<LetterFormat>), Query, description = "`html` if not given"),
        ("registration" = Option<uuid::Uuid>, Query, description = "Of the event; somebody made up, if not given")),
    responses((status = 200, content_type = "text/html", body = String),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn preview_unsaved(
    call: Call,
    path: Path<(String, String, String)>,
    body: Body<WordingFields>,
) -> Answer {
    let (event, kind, language) = path.into_inner();
    let mut query = call.query();
    let asked = Asked::of(&mut query);
    let (wrong, api) = (query.finish(), call.api.clone());
    let draft = read(body.json, body.issues);
    call.read(move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::WriteEvent, &event)?;
        let ((), draft) = both(wrong, draft)?;
        let what = known(&kind, &language)?;
        let wording = Wording::unsaved(event.id, what, draft, now)?;
        shown(db, &api, caller, event, what, Some(wording), &asked, now)
    })
    .await
}

#[allow(clippy::too_many_arguments, reason = "what both ways of asking have in common")]
fn shown(
    db: &mut Db,
    api: &Api,
    caller: &Caller,
    event: Event,
    what: (MessageKind, Language),
    wording: Option<Wording>,
    asked: &Asked,
    now: Timestamp,
) -> Result<Reply> {
    let registration = match asked.registration {
        None => None,
        Some(id) => {
            let (found, of) = find_for_organizer(db, caller, Deed::ReadRegistrations, &id.to_string())?;
            if of.id != event.id || found.is_erased() {
                return Err(Error::NotFound("registration"));
            }
            Some(found)
        }
    };
    let previewed = letters::preview(db, &api.public_url, event, what, wording, registration, now)?;
    Ok(match asked.format {
        LetterFormat::Text => Reply::of_type("text/plain; charset=utf-8", previewed.letter.text),
        // A page of its own, in which nothing is done and nothing is fetched.
        LetterFormat::Html => Reply::of_type("text/html; charset=utf-8", previewed.letter.html)
            .with("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"),
        LetterFormat::Eml => {
            let mail = previewed.letter.to_mail(&previewed.message, &api.sender, now)?;
            let mail = String::from_utf8(mail.formatted()).map_err(Error::internal)?;
            Reply::of_type("message/rfc822", mail).with("Content-Disposition", "attachment; filename=\"letter.eml\"")
        }
    })
}
