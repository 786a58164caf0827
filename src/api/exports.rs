//! Participants and attendance as files, streamed.

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
use crate::clock::Timestamp;
use crate::error::{Error, Result, both, if_found};
use crate::events::Event;
use crate::organizations::Organization;
use crate::store::{Db, OrganizationId};
use crate::transfer::{self, AttendanceFile, Column, ColumnSet, Export, FileKind, Layout, Prepared, read_columns};
use crate::values::Language;

/// How long a reader may stand still: meanwhile the export keeps a connection to the database.
const PATIENCE: Duration = Duration::from_mins(1);
/// How many bytes are sent at a time.
const CHUNK: usize = 64 * 1024;
/// How many chunks may wait for a slow reader: together with the batch being read, all the memory that an export takes.
const CHUNKS: usize = 4;

/// What every export takes.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "the parameters of several routes, for the OpenAPI document")]
pub(super) struct ExportParameters {
    /// With commas between them; their order is kept. All of them if not given, but for those of sensitive questions and
    /// those that are only asked for by name.
    columns: Option<String>,
    /// Slug or id of a column set of the organization for which the caller acts, instead of `columns`. Columns that the
    /// event does not have are left out.
    column_set: Option<String>,
    /// What stands in the first row: `keys`, which programs know, if not given, or `labels` in the language of `locale`.
    #[param(inline)]
    headers: Option<transfer::Headers>,
    /// For readers of which language: `en` (if not given), `fr`, `de`, `lb`. `excel` puts semicolons for the last three.
    locale: Option<String>,
    /// As for the list of registrations.
    status: Option<String>,
    /// As for the list of registrations.
    q: Option<String>,
    /// As for the list of registrations.
    attended: Option<bool>,
    /// As for the list of registrations.
    external_ref: Option<String>,
    /// As for the list of registrations.
    updated_since: Option<chrono::DateTime<chrono::Utc>>,
    /// As for the list of registrations.
    via: Option<String>,
    /// As for the list of registrations.
    ticket_type: Option<String>,
    /// As for the list of registrations.
    session: Option<String>,
    /// As for the list of registrations.
    tag: Option<String>,
    /// As for the list of registrations.
    group: Option<String>,
    /// As for the list of registrations.
    #[param(rename = "answer.{key}")]
    answer: Option<String>,
}

/// Everybody who registered, a line each, in the order in which they came in. Behind the columns that every event has
/// stand `ticket_type`, `session.<id>` for each session (true, false), `answer.<key>` for each question, but for sensitive
/// ones, which are chosen by name, and `consent.<key>` for each consent (true, false). `tags` and `note` are chosen by
/// name. Several words in a cell have `|` between them; a `|` or a `\` in a word has a `\` before it. Times have the offset
/// of the event; for people, `created_date`, `created_time` and their like stand beside them in the dialect `excel`, or
/// where they are chosen. A host with whom people share their data by consent gets those who have given it.
#[utoipa::path(get, path = "/api/v1/events/{event}/participants.csv", tag = "Exports", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("dialect" = inline(Option<transfer::Dialect>), Query, description = "`rfc4180` if not given"),
        ExportParameters,
    ),
    responses((status = 200, content_type = "text/csv", body = String),
        (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn participants_csv(call: Call, event: Path<String>) -> Result<HttpResponse, Problem> {
    let mut query = call.query();
    let dialect = query.word("dialect").unwrap_or(transfer::Dialect::Rfc4180);
    let wanted = read(query, dialect);
    let file = (FileKind::Participants, CSV);
    export(call, event.into_inner(), file, wanted, |db, event, wanted, _, out| {
        transfer::participants(db, event, wanted, out)
    })
    .await
}

/// Who was let in where and when. `layout=long`: a line for each registration and check-in list; `wide`: a line for each
/// registration, with columns for each list, such as `attended.<id of the list>`. Tells of those who have a seat and of
/// those who came in. `expected`, `attended`, `entries`, `exits`, `minutes_inside` and `no_show` are those of the list's
/// numbers. A host with whom people share their data by consent gets those who have given it.
#[utoipa::path(get, path = "/api/v1/events/{event}/attendance.csv", tag = "Exports", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("layout" = inline(Option<transfer::Layout>), Query, description = "`long` if not given"),
        ("dialect" = inline(Option<transfer::Dialect>), Query, description = "`rfc4180` if not given"),
        ExportParameters,
    ),
    responses((status = 200, content_type = "text/csv", body = String),
        (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn attendance_csv(call: Call, event: Path<String>) -> Result<HttpResponse, Problem> {
    let mut query = call.query();
    let layout = query.word("layout").unwrap_or(Layout::Long);
    let dialect = query.word("dialect").unwrap_or(transfer::Dialect::Rfc4180);
    let wanted = read_attendance(query, dialect, layout);
    let file = (FileKind::Attendance, CSV);
    export(call, event.into_inner(), file, wanted, move |db, event, export, now, out| {
        transfer::attendance(db, event, &AttendanceFile { export, layout, now }, out)
    })
    .await
}

/// The same as `participants.csv` as an XLSX workbook: dates, times, numbers and yes or no are cells of their type, and every
/// text is a text. Times are on the clocks of the event. The first row stays in sight and filters the rest. Beyond
/// 1,048,575 people it goes on in another sheet.
#[utoipa::path(get, path = "/api/v1/events/{event}/participants.xlsx", tag = "Exports", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ExportParameters),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>),
        (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn participants_xlsx(call: Call, event: Path<String>) -> Result<HttpResponse, Problem> {
    let wanted = read(call.query(), transfer::Dialect::Rfc4180);
    let file = (FileKind::Participants, XLSX);
    export(call, event.into_inner(), file, wanted, |db, event, wanted, _, out| {
        transfer::participants_xlsx(db, event, wanted, out)
    })
    .await
}

/// The same as `attendance.csv` as an XLSX workbook, as `participants.xlsx` is one.
#[utoipa::path(get, path = "/api/v1/events/{event}/attendance.xlsx", tag = "Exports", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("layout" = inline(Option<transfer::Layout>), Query, description = "`long` if not given"),
        ExportParameters,
    ),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>),
        (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn attendance_xlsx(call: Call, event: Path<String>) -> Result<HttpResponse, Problem> {
    let mut query = call.query();
    let layout = query.word("layout").unwrap_or(Layout::Long);
    let wanted = read_attendance(query, transfer::Dialect::Rfc4180, layout);
    let file = (FileKind::Attendance, XLSX);
    export(call, event.into_inner(), file, wanted, move |db, event, export, now, out| {
        transfer::attendance_xlsx(db, event, &AttendanceFile { export, layout, now }, out)
    })
    .await
}

/// An export that is asked for, and the column set that names its columns.
struct Wanted<C> {
    export: Export<C>,
    column_set: Option<String>,
}

fn read<C: Column>(mut query: Query, dialect: transfer::Dialect) -> Result<Wanted<C>> {
    let headers = query.word("headers").unwrap_or(transfer::Headers::Keys);
    let columns = query.text("columns", 5000).map(|columns| read_columns(&columns)).transpose();
    let column_set = query.text("column_set", 200);
    if column_set.is_some() && matches!(columns, Ok(Some(_)) | Err(_)) {
        query.refuse("column_set", "choose columns, or a column set");
    }
    let locale = query.parsed("locale", Language::from_tag).unwrap_or(Language::English);
    let filter = filter(&mut query);
    both(columns, query.finish())
        .map(|(columns, ())| Wanted { export: Export { filter, columns, headers, dialect, locale }, column_set })
}

fn read_attendance(
    query: Query,
    dialect: transfer::Dialect,
    layout: Layout,
) -> Result<Wanted<transfer::AttendanceColumn>> {
    let wanted: Wanted<transfer::AttendanceColumn> = read(query, dialect)?;
    layout.takes(wanted.export.columns.as_deref())?;
    Ok(wanted)
}

/// How a file is sent.
#[derive(Clone, Copy)]
struct Format {
    media_type: &'static str,
    extension: &'static str,
}

const CSV: Format = Format { media_type: "text/csv; charset=utf-8; header=present", extension: "csv" };
const XLSX: Format =
    Format { media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", extension: "xlsx" };

/// Streams a file from one snapshot. What is wrong is said before the first byte; what breaks after it breaks the
/// connection, so that half a file never looks like a whole one. Whoever asks for the headers alone takes nothing out.
async fn export<C: Column + Send>(
    call: Call,
    event: String,
    (what, format): (FileKind, Format),
    wanted: Result<Wanted<C>>,
    write: impl Fn(&mut Db, &Event, &Prepared<C>, Timestamp, &mut BufWriter<Pipe>) -> Result<u64> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let (begin, outset) = oneshot::channel();
    let (pipe, chunks) = mpsc::channel::<Bytes>(CHUNKS);
    let whole = Arc::new(AtomicBool::new(false));
    let (api, shown, now) = (call.api.clone(), call.shown().clone(), call.api.clock.now());
    let (headers_only, ended) = (call.headers_only(), whole.clone());
    let work = move |db: &mut Db| -> Result<()> {
        let prepared = prepare(db, &api, &shown, &event, now).and_then(|(caller, event, organization)| {
            let Wanted { mut export, column_set } = wanted?;
            if let Some(column_set) = column_set {
                let owner = organization.as_ref().map_or(event.organization_id, |organization| organization.id);
                export.columns = Some(named_columns(db, owner, &column_set, &event)?);
            }
            let mut wanted = export.for_event(db, &event)?;
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
        let told = wanted.told(organization.as_ref().map(|organization| organization.slug.as_str()));
        if begin.send(Ok((caller, event.clone(), told))).is_err() {
            return Ok(());
        }
        if headers_only {
            ended.store(true, Ordering::Release);
            return Ok(());
        }
        let mut out = BufWriter::with_capacity(CHUNK, Pipe { chunks: pipe, patience: PATIENCE });
        match write(db, &event, &wanted, now, &mut out).and_then(|_| out.flush().map_err(Error::internal)) {
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
    let deed = match what {
        FileKind::Participants => "export.participants",
        FileKind::Attendance => "export.attendance",
    };
    if !headers_only {
        call.api.store.write(id, move |db| audit::record_changes(db, &actor, scope, deed, id, told, now)).await?;
    }
    // The slug has only letters, digits and hyphens: it is safe in a header, and in every file system.
    let name = format!("attachment; filename=\"{}-{what}.{}\"", event.slug, format.extension);
    let body = stream::unfold(Some((chunks, whole)), |left| async move {
        let (mut chunks, whole) = left?;
        match chunks.recv().await {
            Some(chunk) => Some((Ok(chunk), Some((chunks, whole)))),
            None if whole.load(Ordering::Acquire) => None,
            None => Some((Err(io::Error::other("the export broke off")), None)),
        }
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, format.media_type))
        .insert_header((CONTENT_DISPOSITION, name))
        .streaming(body))
}

fn prepare(
    db: &mut Db,
    api: &super::state::Api,
    shown: &Credentials,
    event: &str,
    now: Timestamp,
) -> Result<(Caller, Event, Option<Organization>)> {
    let caller = api.recognize(db, shown, now)?;
    let found = Event::find_by_name(db, event).and_then(|event| {
        may(db, &caller, Deed::ExportRegistrations, &event)?;
        Ok(event)
    });
    let event = api.watched(db, found, &caller, now)?;
    // Several organizations run an event: the trail says which of them took the file.
    let organization = acting_for(db, &caller, Deed::ExportRegistrations, &event)?;
    let organization = organization.map(|id| Organization::find(db, id)).transpose()?;
    Ok((caller, event, organization))
}

/// The columns of a column set of an organization that an event has.
fn named_columns<C: Column>(db: &mut Db, owner: OrganizationId, set: &str, event: &Event) -> Result<Vec<C>> {
    let unknown = || Error::invalid("column_set", "unknown_value", "the organization has no such column set");
    if_found(ColumnSet::find(db, owner, set))?.ok_or_else(unknown)?.at(db, event)
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
