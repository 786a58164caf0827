//! `GET /api/v1/events/{event}/evacuation`, `….csv`, `….html`

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT;
use actix_web::web::Path;
use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::words::Words;
use super::{STYLE, moment, page};
use crate::access::{Deed, may};
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::api::sharing::sees_everybody;
use crate::api::state::Api;
use crate::audit::{self, Actor};
use crate::checkins::{self, Evacuation, ZoneInside};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::transfer::{Dialect, evacuation_csv};
use crate::values::Language;

/// Who is inside an event now.
#[derive(Serialize, ToSchema)]
#[schema(as = Evacuation)]
pub(crate) struct EvacuationObject {
    #[schema(value_type = uuid::Uuid)]
    event_id: String,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    as_of: Timestamp,
    /// How many people are inside; each is in one zone, where they came in last.
    inside: usize,
    zones: Vec<ZoneObject>,
}

/// Who is inside a zone.
#[derive(Serialize, ToSchema)]
#[schema(as = ZoneInside)]
pub(crate) struct ZoneObject {
    /// Its name; that of the check-in list, where a list has no zone.
    zone: String,
    inside: usize,
    /// By last name.
    names: Vec<String>,
}

impl From<ZoneInside> for ZoneObject {
    fn from(zone: ZoneInside) -> Self {
        Self { zone: zone.zone, inside: zone.names.len(), names: zone.names }
    }
}

#[derive(Template)]
#[template(path = "evacuation.html")]
struct EvacuationPage<'a> {
    style: &'static str,
    words: &'static Words,
    event: &'a str,
    as_of: String,
    inside: usize,
    zones: &'a [ZoneInside],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Csv,
    Html,
}

impl Form {
    /// What `Accept` names first of those that there are.
    fn accepted(request: &HttpRequest) -> Self {
        let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let form = |one: &str| match one.split(';').next().unwrap_or_default().trim() {
            "application/json" | "*/*" => Some(Self::Json),
            "text/csv" => Some(Self::Csv),
            "text/html" => Some(Self::Html),
            _ => None,
        };
        accept.split(',').find_map(form).unwrap_or(Self::Json)
    }
}

/// Who is inside now, by zone: names only. As JSON, CSV or a page for print, as `Accept` says, or the end of the address.
/// Waits for no write, however many there are: the trail is told afterwards.
#[utoipa::path(get, path = "/api/v1/events/{event}/evacuation", tag = "Check-ins", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, content(
            (EvacuationObject = "application/json"), (String = "text/csv"), (String = "text/html"))),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn evacuation(call: Call, request: HttpRequest, event: Path<String>) -> Answer {
    answer(call, event, Form::accepted(&request)).await
}

/// Who is inside now, as CSV: `zone,name`.
#[utoipa::path(get, path = "/api/v1/events/{event}/evacuation.csv", tag = "Check-ins", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("dialect" = inline(Option<Dialect>), Query, description = "`rfc4180` if not given"),
        ("locale" = Option<String>, Query, description = "`excel` puts semicolons for fr, de and lb"),
    ),
    responses((status = 200, content_type = "text/csv", body = String),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn evacuation_file(call: Call, event: Path<String>) -> Answer {
    answer(call, event, Form::Csv).await
}

/// Who is inside now, for print, with boxes to tick, in the language that `Accept-Language` likes best.
#[utoipa::path(get, path = "/api/v1/events/{event}/evacuation.html", tag = "Check-ins", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, content_type = "text/html", body = String),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn evacuation_page(call: Call, event: Path<String>) -> Answer {
    answer(call, event, Form::Html).await
}

async fn answer(call: Call, event: Path<String>, form: Form) -> Answer {
    let mut query = call.query();
    let dialect = query.word("dialect").unwrap_or(Dialect::Rfc4180);
    let locale = query.parsed("locale", Language::from_tag).unwrap_or(match form {
        Form::Html => call.language(),
        Form::Json | Form::Csv => Language::English,
    });
    let wrong = query.finish();
    let api = call.api.clone();
    let found = call.look(move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        let allowed = may(db, caller, Deed::ReadCheckIns, &event);
        api.watched(db, allowed, caller, now)?;
        wrong?;
        sees_everybody(db, caller, Deed::ReadCheckIns, &event)?;
        let inside = checkins::evacuation(db, &event, now)?;
        Ok((tell(&event, inside, form, (dialect, locale), now)?, caller.actor(), event, now))
    });
    let (reply, actor, event, now) = found.await?;
    // Nobody waits for the trail where there is a fire.
    actix_web::rt::spawn(record(call.api, actor, event, now));
    Ok(reply)
}

fn tell(
    event: &Event,
    evacuation: Evacuation,
    form: Form,
    (dialect, language): (Dialect, Language),
    now: Timestamp,
) -> Result<Reply> {
    match form {
        Form::Json => Reply::json(&EvacuationObject {
            event_id: event.id.to_string(),
            as_of: now,
            inside: evacuation.inside,
            zones: evacuation.zones.into_iter().map(Into::into).collect(),
        }),
        Form::Csv => {
            let mut file = Vec::new();
            evacuation_csv(&mut file, (dialect, language), &evacuation)?;
            let file = String::from_utf8(file).map_err(Error::internal)?;
            // The slug has only letters, digits and hyphens: it is safe in a header, and in every file system.
            let name = format!("attachment; filename=\"{}-evacuation.csv\"", event.slug);
            Ok(Reply::of_type("text/csv; charset=utf-8; header=present", file).with("Content-Disposition", &name))
        }
        Form::Html => page(&EvacuationPage {
            style: STYLE,
            words: Words::of(language),
            event: &event.title,
            as_of: moment(now, event),
            inside: evacuation.inside,
            zones: &evacuation.zones,
        }),
    }
}

/// Writes down who took the names, as soon as there is a place in the queue.
async fn record(api: Arc<Api>, actor: Actor, event: Event, now: Timestamp) {
    const TRIES: u32 = 600;
    let (scope, id) = (event.scope(), event.id.uuid());
    for _ in 0..TRIES {
        let write = move |db: &mut crate::store::Db| audit::record(db, &actor, scope, "evacuation.taken", id, now);
        match api.store.write(id, write).await {
            Ok(()) => return,
            Err(Error::Busy) => tokio::time::sleep(Duration::from_secs(1)).await,
            Err(error) => {
                tracing::warn!(event = %event.id, %error, "the trail does not know of an evacuation list");
                return;
            }
        }
    }
    tracing::warn!(event = %event.id, "the trail does not know of an evacuation list: the queue was full for too long");
}
