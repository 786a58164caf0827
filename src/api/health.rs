//! For those who run Turnout: is it alive, is it ready, how busy is it?

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::problem::Problem;
use super::state::Api;
use crate::clock::Timestamp;
use crate::error::Error;
use crate::mail::{MessageState, Pause, outbox};
use crate::telemetry::Metrics;

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    database: &'static str,
    writer: &'static str,
    /// `ok` or `paused`: an alert that takes nobody out of service.
    mail: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mail_paused: Option<PauseObject>,
}

/// Why no mail is sent.
#[derive(Serialize)]
struct PauseObject {
    reply: String,
    since: Timestamp,
    next_try_at: Timestamp,
}

impl From<Pause> for PauseObject {
    fn from(pause: Pause) -> Self {
        Self { reply: pause.reply, since: pause.since, next_try_at: pause.probe_at }
    }
}

/// `GET /healthz`: the process answers.
pub(super) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain")).body("ok\n")
}

/// `GET /readyz`: the database can be read, and the writer commits; whether the outbox is paused.
pub(super) async fn readyz(api: web::Data<Api>) -> HttpResponse {
    let patience = Duration::from_secs(5);
    let (read, pause) = match tokio::time::timeout(patience, api.store.read(Pause::current)).await {
        Ok(Ok(pause)) => (true, pause),
        Ok(Err(_)) | Err(_) => (false, None),
    };
    let write = tokio::time::timeout(patience, api.store.write(uuid::Uuid::nil(), |_| Ok(()))).await;
    let word = |fine: bool| if fine { "ok" } else { "unavailable" };
    let write = matches!(write, Ok(Ok(())));
    let (database, writer, ready) = (word(read), word(write), read && write);
    let mail = if pause.is_some() { "paused" } else { "ok" };
    let mut response = if ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    response.json(Readiness { ready, database, writer, mail, mail_paused: pause.map(Into::into) })
}

/// `GET /metrics`: numbers in Prometheus' text format.
pub(super) async fn metrics(api: web::Data<Api>, metrics: web::Data<Arc<Metrics>>) -> Result<HttpResponse, Problem> {
    let counted = api.store.read(|db| Ok((outbox::count_by_state(db)?, Pause::current(db)?))).await?;
    let (counts, pause) = counted;
    let mut text = metrics.text().map_err(Error::Internal)?;
    text.push_str("# HELP turnout_writer_queue_length Writes that wait for their commit\n");
    text.push_str("# TYPE turnout_writer_queue_length gauge\n");
    let _ = writeln!(text, "turnout_writer_queue_length {}", api.store.queue_length());
    text.push_str("# HELP turnout_outbox_messages Messages by state\n# TYPE turnout_outbox_messages gauge\n");
    for state in MessageState::ALL {
        let count = counts.iter().find(|(known, _)| known == state).map_or(0, |(_, count)| *count);
        let _ = writeln!(text, "turnout_outbox_messages{{state=\"{state}\"}} {count}");
    }
    text.push_str("# HELP turnout_mail_paused Whether no mail is sent, as the mail server does not take our login\n");
    text.push_str("# TYPE turnout_mail_paused gauge\n");
    let _ = writeln!(text, "turnout_mail_paused {}", u8::from(pause.is_some()));
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain; version=0.0.4")).body(text))
}
