//! For those who run Turnout: is it alive, is it ready, how busy is it?

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::problem::Problem;
use super::state::Api;
use crate::error::Error;
use crate::mail::{MessageState, outbox};
use crate::telemetry::Metrics;

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    database: &'static str,
    writer: &'static str,
}

/// `GET /healthz`: the process answers.
pub(super) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain")).body("ok\n")
}

/// `GET /readyz`: the database can be read, and the writer commits.
pub(super) async fn readyz(api: web::Data<Api>) -> HttpResponse {
    let patience = Duration::from_secs(5);
    let read = tokio::time::timeout(patience, api.store.read(|_| Ok(()))).await;
    let write = tokio::time::timeout(patience, api.store.write(uuid::Uuid::nil(), |_| Ok(()))).await;
    let word = |outcome: Result<Result<(), Error>, _>| if matches!(outcome, Ok(Ok(()))) { "ok" } else { "unavailable" };
    let (database, writer) = (word(read), word(write));
    let ready = database == "ok" && writer == "ok";
    let mut response = if ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    response.json(Readiness { ready, database, writer })
}

/// `GET /metrics`: numbers in Prometheus' text format.
pub(super) async fn metrics(api: web::Data<Api>, metrics: web::Data<Arc<Metrics>>) -> Result<HttpResponse, Problem> {
    let counts = api.store.read(outbox::count_by_state).await?;
    let mut text = metrics.text().map_err(Error::Internal)?;
    text.push_str("# HELP turnout_writer_queue_length Writes that wait for their commit\n");
    text.push_str("# TYPE turnout_writer_queue_length gauge\n");
    let _ = writeln!(text, "turnout_writer_queue_length {}", api.store.queue_length());
    text.push_str("# HELP turnout_outbox_messages Messages by state\n# TYPE turnout_outbox_messages gauge\n");
    for state in MessageState::ALL {
        let count = counts.iter().find(|(known, _)| known == state).map_or(0, |(_, count)| *count);
        let _ = writeln!(text, "turnout_outbox_messages{{state=\"{state}\"}} {count}");
    }
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain; version=0.0.4")).body(text))
}
