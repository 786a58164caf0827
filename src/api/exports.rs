//! Participants and attendance as CSV, streamed.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Bytes, Path};
use futures_util::stream;
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::sync::{mpsc, oneshot};

use super::call::Call;
use super::problem::Problem;
use super::query::Query;
use super::registrations::filter;
use super::sharing::sharing;
use crate::access::{Caller, Credentials, Deed, acting_for, may};
use crate::audit;
use crate::error::{Error, Result, both};
use crate::events::Event;
use crate::organizations::Organization;
use crate::store::Db;
use crate::transfer::{self, Column, Export, read_columns};
use crate::values::Language;

/// How long a reader may stand still: meanwhile the export keeps a connection to the database.
const PATIENCE: Duration = Duration::from_mins(1);
/// How many bytes are sent at a time.
const CHUNK: usize = 64 * 1024;
/// How many chunks may wait for a slow reader: together with the batch being read, all the memory that an export takes.
const CHUNKS: usize = 4;

/// Everybody who registered, a line each, in the order in which they came in. Behind the columns that every event has
/// stand `answer.<key>` for each question, but for sensitive ones, which are chosen by name, and `consent.<key>`
/// (true, false) for each consent. Of several options, the keys have `|` between them. A host with whom people share
/// their data by consent gets those who have given it.
#[utoipa::path(get, path = "/api/v1/events/{event}/participants.csv", tag = "Exports", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("dialect" = inline(Option<transfer::Dialect>), Query, description = "`rfc4180` if not given"),
        ("columns" = Option<String>, Query, description = "With commas between them; their order is kept"),
        ("locale" = Option<String>, Query, description = "`excel` puts semicolons for fr, de and lb"),
        ("status" = Option<String>, Query, description = "As for the list of registrations"),
        ("q" = Option<String>, Query, description = "As for the list of registrations"),
        ("attended" = Option<bool>, Query, description = "As for the list of registrations"),
        ("external_ref" = Option<String>, Query, description = "As for the list of registrations"),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "As for the list of registrations"),
        ("via" = Option<String>, Query, description = "As for the list of registrations"),
        ("ticket_type" = Option<String>, Query, description = "As for the list of registrations"),
        ("session" = Option<String>, Query, description = "As for the list of registrations"),
        ("tag" = Option<String>, Query, description = "As for the list of registrations"),
        ("group" = Option<String>, Query, description = "As for the list of registrations"),
        ("answer.{key}" = Option<String>, Query, description = "As for the list of registrations"),
    ),
    responses((status = 200, content_type = "text/csv", body = String),
        (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn participants_csv(call: Call, event: Path<String>) -> Result<HttpResponse, Problem> {
    let wanted = read(call.query());
    export(call, event.into_inner(), "participants", wanted, |db, event, wanted, out| {
        transfer::participants(db, event, wanted, out)
    })
    .await
}

/// Who was let in where and when: a line for each registration and check-in list. A host with whom people share their
/// data by consent gets those who have given it.
#[utoipa::path(get, path = "/api/v1/events/{event}/attendance.csv", tag = "Exports", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("layout" = Option<String>, Query, description = "`long`"),
        ("dialect" = inline(Option<transfer::Dialect>), Query, description = "`rfc4180` if not given"),
        ("columns" = Option<String>, Query, description = "With commas between them; their order is kept"),
        ("locale" = Option<String>, Query, description = "`excel` puts semicolons for fr, de and lb"),
        ("status" = Option<String>, Query, description = "As for the list of registrations"),
        ("q" = Option<String>, Query, description = "As for the list of registrations"),
        ("attended" = Option<bool>, Query, description = "As for the list of registrations"),
        ("external_ref" = Option<String>, Query, description = "As for the list of registrations"),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "As for the list of registrations"),
        ("via" = Option<String>, Query, description = "As for the list of registrations"),
        ("ticket_type" = Option<String>, Query, description = "As for the list of registrations"),
        ("session" = Option<String>, Query, description = "As for the list of registrations"),
        ("tag" = Option<String>, Query, description = "As for the list of registrations"),
        ("group" = Option<String>, Query, description = "As for the list of registrations"),
        ("answer.{key}" = Option<String>, Query, description = "As for the list of registrations"),
    ),
    responses((status = 200, content_type = "text/csv", body = String),
        (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn attendance_csv(call: Call, event: Path<String>) -> Result<HttpResponse, Problem> {
    let mut query = call.query();
    let _: Option<Layout> = query.word("layout");
    let wanted = read(query);
    export(call, event.into_inner(), "attendance", wanted, |db, event, wanted, out| {
        transfer::attendance(db, event, wanted, out)
    })
    .await
}

crate::text_enum! {
    /// What a line of an attendance file is.
    pub enum Layout {
        /// One registration at one list.
        Long = "long",
    }
}

fn read<C: Column>(mut query: Query) -> Result<Export<C>> {
    let dialect = query.word("dialect").unwrap_or(transfer::Dialect::Rfc4180);
    let columns = query.text("columns", 5000).map(|columns| read_columns(&columns)).transpose();
    let locale = query.parsed("locale", Language::from_tag).unwrap_or(Language::English);
    let filter = filter(&mut query);
    both(columns, query.finish()).map(|(columns, ())| Export { filter, columns, dialect, locale })
}

/// Streams a file from one snapshot. What is wrong is said before the first byte; what breaks after it breaks the
/// connection, so that half a file never looks like a whole one. Whoever asks for the headers alone takes nothing out.
async fn export<C: Column + Send>(
    call: Call,
    event: String,
    what: &'static str,
    wanted: Result<Export<C>>,
    write: impl Fn(&mut Db, &Event, &Export<C>, &mut BufWriter<Pipe>) -> Result<u64> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let (begin, outset) = oneshot::channel();
    let (pipe, chunks) = mpsc::channel::<Bytes>(CHUNKS);
    let whole = Arc::new(AtomicBool::new(false));
    let (api, shown, now) = (call.api.clone(), call.shown().clone(), call.api.clock.now());
    let (headers_only, ended) = (call.headers_only(), whole.clone());
    let work = move |db: &mut Db| -> Result<()> {
        let prepared = prepare(db, &api, &shown, &event, now).and_then(|(caller, event, organization)| {
            let mut wanted = wanted?.for_event(db, event.id)?;
            wanted.filter.consented = sharing(db, &caller, Deed::ExportRegistrations, &event)?;
            Ok((caller, event, organization, wanted))
        });
        let (caller, event, organization, wanted) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                let _ = begin.send(Err(error));
                return Ok(());
            }
        };
        let told = wanted.told(organization.as_deref());
        if begin.send(Ok((caller, event.clone(), told))).is_err() {
            return Ok(());
        }
        if headers_only {
            ended.store(true, Ordering::Release);
            return Ok(());
        }
        let mut out = BufWriter::with_capacity(CHUNK, Pipe { chunks: pipe, patience: PATIENCE });
        match write(db, &event, &wanted, &mut out).and_then(|_| out.flush().map_err(Error::internal)) {
            Ok(()) => ended.store(true, Ordering::Release),
            Err(error) => tracing::warn!(event = %event.id, %error, "an export broke off"),
        }
        // Not dropped as it is: it would wait once more for a reader who stands still.
        drop(out.into_parts());
        Ok(())
    };
    let store = call.api.store.clone();
    actix_web::rt::spawn(async move { store.read(work).await });
    let (caller, event, told) = outset.await.map_err(|_| Problem::from(Error::Busy))??;
    let (actor, scope, id) = (caller.actor(), event.scope(), event.id.uuid());
    let deed = if what == "participants" { "export.participants" } else { "export.attendance" };
    if !headers_only {
        call.api.store.write(id, move |db| audit::record_changes(db, &actor, scope, deed, id, told, now)).await?;
    }
    // The slug has only letters, digits and hyphens: it is safe in a header, and in every file system.
    let name = format!("attachment; filename=\"{}-{what}.csv\"", event.slug);
    let body = stream::unfold(Some((chunks, whole)), |left| async move {
        let (mut chunks, whole) = left?;
        match chunks.recv().await {
            Some(chunk) => Some((Ok(chunk), Some((chunks, whole)))),
            None if whole.load(Ordering::Acquire) => None,
            None => Some((Err(io::Error::other("the export broke off")), None)),
        }
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
        .insert_header((CONTENT_DISPOSITION, name))
        .streaming(body))
}

fn prepare(
    db: &mut Db,
    api: &super::state::Api,
    shown: &Credentials,
    event: &str,
    now: crate::clock::Timestamp,
) -> Result<(Caller, Event, Option<String>)> {
    let caller = api.recognize(db, shown, now)?;
    let found = Event::find_by_name(db, event).and_then(|event| {
        may(db, &caller, Deed::ExportRegistrations, &event)?;
        Ok(event)
    });
    let event = api.watched(db, found, &caller, now)?;
    // Several organizations run an event: the trail says which of them took the file.
    let organization = acting_for(db, &caller, Deed::ExportRegistrations, &event)?;
    let slug = organization.map(|id| Ok::<_, Error>(Organization::find(db, id)?.slug)).transpose()?;
    Ok((caller, event, slug))
}

/// Carries bytes from the thread that reads the database to the connection.
struct Pipe {
    chunks: mpsc::Sender<Bytes>,
    patience: Duration,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.chunks.send_timeout(Bytes::copy_from_slice(bytes), self.patience);
        match Handle::current().block_on(sent) {
            Ok(()) => Ok(bytes.len()),
            Err(SendTimeoutError::Closed(_)) => {
                Err(io::Error::new(io::ErrorKind::BrokenPipe, "the reader has gone away"))
            }
            Err(SendTimeoutError::Timeout(_)) => {
                Err(io::Error::new(io::ErrorKind::TimedOut, "the reader stands still"))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writes(read_after: usize) -> Vec<Result<usize, io::ErrorKind>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (chunks, mut reader) = mpsc::channel(2);
            let writing = tokio::task::spawn_blocking(move || {
                let mut pipe = Pipe { chunks, patience: Duration::from_millis(50) };
                (0..4).map(|_| pipe.write(b"abc").map_err(|error| error.kind())).collect()
            });
            for _ in 0..read_after {
                reader.recv().await.unwrap();
            }
            if read_after == 0 {
                let written = writing.await.unwrap();
                drop(reader);
                return written;
            }
            drop(reader);
            writing.await.unwrap()
        })
    }

    #[test]
    fn a_reader_who_stands_still_is_not_waited_for_for_ever() {
        assert_eq!(writes(0), [Ok(3), Ok(3), Err(io::ErrorKind::TimedOut), Err(io::ErrorKind::TimedOut)]);
    }

    #[test]
    fn a_reader_who_goes_away_is_not_waited_for_at_all() {
        assert_eq!(writes(1).last(), Some(&Err(io::ErrorKind::BrokenPipe)));
    }
}
