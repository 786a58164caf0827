//! Participants in, from CSV and XLSX.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Path, Payload};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Answer, Call};
use super::gather::gather;
use super::problem::Problem;
use super::query::Query;
use super::reply::Reply;
use super::sharing::sees_everybody;
use super::state::Api;
use crate::access::{Caller, Deed, may};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::store::{Db, EventId, ImportId};
use crate::transfer::{
    Dialect, FileFormat, Import, ImportMode, ImportOptions, ImportState, Mapping, Plan, Report, Table, plan, run_import,
};
use crate::values::Fault;

/// How many bytes a file may have.
const MOST: usize = 32 * 1024 * 1024;
/// How long it may take to come: less than any request may take.
const PATIENCE: Duration = Duration::from_secs(25);
/// How many rows are imported before the answer; more are imported behind it.
const AT_ONCE: usize = 1_000;

/// What becomes of a file.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportReport)]
pub(super) struct ReportObject {
    mode: ImportMode,
    /// Whether this was a look alone, and nothing was done.
    dry_run: bool,
    /// How many rows the file has, the names of the columns aside.
    rows: u64,
    /// New registrations.
    created: u64,
    /// Registrations that change.
    updated: u64,
    /// People who are marked as having come.
    attended: u64,
    /// Rows that change nothing.
    unchanged: u64,
    /// The rows that change something: the first 500.
    verdicts: Vec<VerdictObject>,
    /// How many things are wrong; if any is, nothing is done.
    error_count: u64,
    /// What is wrong: the first 200.
    errors: Vec<ProblemObject>,
    /// Columns of the file that are not read.
    ignored_columns: Vec<String>,
}

/// A row that changes something.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportVerdict)]
pub(super) struct VerdictObject {
    /// Its number, as spreadsheets count them: the names of the columns are row 1.
    row: u64,
    /// `created`, `updated` or `attended`.
    verdict: String,
    /// The columns that change, of a registration that there is.
    columns: Vec<String>,
}

/// Something that is wrong in a file.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportProblem)]
pub(super) struct ProblemObject {
    /// `/rows/{row}/{column}`, or `/rows/{row}`.
    pointer: String,
    row: u64,
    /// As `columns` of an export names it, or its name in the file.
    column: Option<String>,
    /// A stable word for programs.
    code: String,
    detail: String,
}

/// An import that was begun.
#[derive(Serialize, ToSchema)]
#[schema(as = Import)]
pub(super) struct ImportObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    /// `running`; `done`: all of it; `failed`: nothing was changed.
    state: ImportState,
    /// How many rows that change something are done; what is done counts once all are. Known where it runs.
    progress: Option<u64>,
    report: ReportObject,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    created_at: Timestamp,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    updated_at: Timestamp,
    version: i64,
}

/// What is answered before anything is done, or once all of it is.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "two shapes of an answer, for the OpenAPI document")]
pub(super) enum ImportAnswer {
    /// With `dry_run`.
    Look(ReportObject),
    /// Without.
    Done(ImportObject),
}

impl ReportObject {
    fn new(mode: ImportMode, dry_run: bool, report: Report) -> Self {
        let errors = report.problems.into_iter().map(|problem| ProblemObject {
            pointer: problem.pointer(),
            row: problem.row,
            column: problem.column,
            code: problem.code.into_owned(),
            detail: problem.detail,
        });
        let verdicts = report.verdicts.into_iter().map(|verdict| VerdictObject {
            row: verdict.row,
            verdict: verdict.verdict,
            columns: verdict.columns,
        });
        Self {
            mode,
            dry_run,
            rows: report.rows,
            created: report.created,
            updated: report.updated,
            attended: report.attended,
            unchanged: report.unchanged,
            verdicts: verdicts.collect(),
            error_count: report.problem_count,
            errors: errors.collect(),
            ignored_columns: report.ignored_columns,
        }
    }
}

impl ImportObject {
    fn of(import: &Import, progress: Option<u64>, now: Timestamp) -> Result<Self> {
        Ok(Self {
            id: import.id.to_string(),
            state: import.state_at(now),
            progress,
            report: ReportObject::new(import.mode, false, import.told()?),
            created_at: import.created_at,
            updated_at: import.updated_at,
            version: import.version,
        })
    }
}

/// Import participants from CSV or an XLSX workbook (its first sheet), of at most 32 MiB and 50,000 rows. Encoding (UTF-8,
/// UTF-16 with a mark, Windows-1252), separator and the guard of spreadsheets are recognized. Columns are called as
/// `columns` of an export names them, or by their labels in any language; others need a mapping. Nothing is done unless
/// `dry_run=false`, and then all of it or nothing. Whoever is found by `id`, `code`, `external_ref` or `email` is not
/// registered again: the same file twice changes nothing. Up to 1,000 rows that change something are done before the answer (200);
/// more are done behind it (202, with the address of the import). Statuses, times and attendance are not imported.
#[utoipa::path(post, path = "/api/v1/events/{event}/imports", tag = "Imports", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("mode" = inline(ImportMode), Query, description = "`create` leaves who is registered alone; `upsert` changes what differs; `mark_attended` lets in who is named"),
        ("dry_run" = Option<bool>, Query, description = "`true` if not given: a look alone"),
        ("dialect" = inline(Option<Dialect>), Query, description = "Whether a `'` before a formula is a guard (`excel`) or part of the value (`rfc4180`); recognized if not given"),
        ("mapping" = Option<String>, Query, description = "A JSON object: what a column of the file is, such as `{\"Nom de famille\": \"last_name\", \"Remarks\": null}`; null leaves it out"),
        ("force" = Option<bool>, Query, description = "Over the capacity, outside the time of registration, and without required answers"),
        ("send" = Option<bool>, Query, description = "With letters to the people concerned; none if not given"),
        ("list" = Option<uuid::Uuid>, Query, description = "`mark_attended`: at which check-in list; the event's first if not given"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    request_body(content((String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, description = "A report (`dry_run`), or the import that is done", body = ImportAnswer),
        (status = 202, body = ImportObject), (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn import(call: Call, request: HttpRequest, event: Path<String>, payload: Payload) -> Answer {
    let wanted = read(call.query());
    // Who may not import has no file read.
    let (name, mark) =
        (event.clone(), matches!(&wanted, Ok(wanted) if wanted.options.mode == ImportMode::MarkAttended));
    let api = call.api.clone();
    let looked = call.look(move |db, caller, now| {
        let allowed = may_import(db, caller, &name, mark);
        api.watched(db, allowed, caller, now)
    });
    let event = looked.await?;
    let Wanted { options, dialect, dry_run } = wanted?;
    let format = format_of(&request)?;
    let _turn = call.api.imports.turn()?;
    let bytes = gather(payload, 64 * 1024, MOST, PATIENCE).await.map_err(|problem| match problem.code {
        "body_too_large" => problem.with_detail("a file has at most 32 MiB"),
        _ => problem,
    })?;
    let (file, planned_by) = (bytes.clone(), options.clone());
    let planned = call.look(move |db, _, now| {
        let table = Table::read(&file, format, dialect)?;
        let event = Event::find(db, event)?;
        plan(db, event, &table, &planned_by, now)
    });
    let planned = planned.await?;
    if dry_run {
        return Ok(Reply::json(&ReportObject::new(options.mode, true, planned.report))?);
    }
    if planned.report.problem_count > 0 {
        return Err(Error::Invalid(planned.report.issues()).into());
    }
    carry_out(call, &bytes, event, planned, options).await
}

/// Carries a plan out, before the answer or behind it.
async fn carry_out(call: Call, bytes: &Bytes, event: EventId, planned: Plan, options: ImportOptions) -> Answer {
    if planned.len() <= AT_ONCE {
        return call
            .write(event.uuid(), bytes, move |db, caller, now| {
                let event = still_allowed(db, caller, event, options.mode)?;
                let begun = Import::begin(db, &event, options.mode, &planned.report, now)?;
                let report = run_import(db, caller, event.id, planned, &options, now, &AtomicU64::new(0))?;
                let done = begun.done(db, &caller.actor(), &event, &report, now)?;
                Reply::object(&ImportObject::of(&done, None, now)?, done.version)
            })
            .await;
    }
    let api = call.api.clone();
    // A request that came before is answered as it was then, and not carried out again.
    let begun = Arc::new(Mutex::new(None));
    let (note, report, mode) = (begun.clone(), planned.report.clone(), options.mode);
    let answer = call
        .write(event.uuid(), bytes, move |db, caller, now| {
            let event = still_allowed(db, caller, event, mode)?;
            let import = Import::begin(db, &event, mode, &report, now)?;
            let object = ImportObject::of(&import, Some(0), now)?;
            let address = format!("/api/v1/events/{}/imports/{}", event.id, import.id);
            let reply = Reply { status: 202, ..Reply::object(&object, import.version)? };
            *note.lock().unwrap_or_else(PoisonError::into_inner) = Some((import, event, caller.clone()));
            Ok(reply.with("Location", &address))
        })
        .await?;
    let noted = begun.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((import, event, caller)) = noted {
        actix_web::rt::spawn(behind_the_answer(api, caller, event, import, planned, options));
    }
    Ok(answer)
}

/// Carries out a long import in one write, and writes down what came of it.
async fn behind_the_answer(
    api: Arc<Api>,
    caller: Caller,
    event: Event,
    import: Import,
    planned: Plan,
    options: ImportOptions,
) {
    let (id, key, now) = (import.id, event.id.uuid(), api.clock.now());
    let progress = api.imports.begin(id);
    let begun = import.clone();
    let work = move |db: &mut Db| {
        let report = run_import(db, &caller, event.id, planned, &options, now, &progress)?;
        begun.done(db, &caller.actor(), &event, &report, now).map(drop)
    };
    if let Err(error) = api.store.write_alone(key, work).await {
        tracing::warn!(import = %id, %error, "an import came to nothing");
        let failed = api.store.write(key, move |db| import.failed(db, &error, now).map(drop)).await;
        if let Err(error) = failed {
            // Its time runs out: then it counts as failed.
            tracing::warn!(import = %id, %error, "that an import came to nothing was not written down");
        }
    }
    api.imports.end(id);
}

/// Read an import: where it stands, and what became of each row.
#[utoipa::path(get, path = "/api/v1/events/{event}/imports/{import}", tag = "Imports", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("import" = uuid::Uuid, Path)),
    responses((status = 200, body = ImportObject), (status = 304),
        (status = "4XX", body = super::problem::ProblemDocument)))]
pub(super) async fn read_import(call: Call, path: Path<(String, String)>) -> Answer {
    let api = call.api.clone();
    call.read(move |db, caller, now| {
        let (event, import) = path.into_inner();
        let event = may_import(db, caller, &event, false)?;
        let id: ImportId = import.parse().map_err(|_| Error::NotFound("import"))?;
        let import = Import::find(db, event, id)?;
        Reply::json(&ImportObject::of(&import, api.imports.progress(id), now)?)
    })
    .await
}

/// The event with this id or slug, if the caller may import there: whoever does finds out who is registered.
fn may_import(db: &mut Db, caller: &Caller, event: &str, mark: bool) -> Result<EventId> {
    let event = Event::find_by_name(db, event)?;
    may(db, caller, Deed::WriteRegistrations, &event)?;
    if mark {
        may(db, caller, Deed::CheckIn, &event)?;
    }
    sees_everybody(db, caller, Deed::WriteRegistrations, &event)?;
    Ok(event.id)
}

/// The same once more, where it is written: a role may have gone while the file came.
fn still_allowed(db: &mut Db, caller: &Caller, event: EventId, mode: ImportMode) -> Result<Event> {
    may_import(db, caller, &event.to_string(), mode == ImportMode::MarkAttended)?;
    Event::find(db, event)
}

struct Wanted {
    options: ImportOptions,
    dialect: Option<Dialect>,
    dry_run: bool,
}

fn read(mut query: Query) -> Result<Wanted> {
    let mode = query.required("mode");
    let mapping = query.parsed("mapping", mapping).unwrap_or_default();
    let dialect = query.word("dialect");
    let dry_run = query.flag("dry_run").unwrap_or(true);
    let force = query.flag("force").unwrap_or_default();
    let send = query.flag("send").unwrap_or_default();
    let list = query.id("list");
    query.finish()?;
    // What is missing has been said.
    let mode = mode.unwrap_or(ImportMode::Create);
    Ok(Wanted { options: ImportOptions { mode, mapping, force, send, list }, dialect, dry_run })
}

fn mapping(text: &str) -> Result<Mapping, Fault> {
    if text.len() > 20_000 {
        return Err(Fault::new("too_long", "a mapping has at most 20000 bytes"));
    }
    let no_mapping =
        |_| Fault::new("invalid_type", "this is a JSON object with a name of a column, or null, for each name");
    serde_json::from_str(text).map_err(no_mapping)
}

fn format_of(request: &HttpRequest) -> Result<FileFormat, Problem> {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "text/csv" => Ok(FileFormat::Csv),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => Ok(FileFormat::Xlsx),
        _ => {
            let detail = "send a file, with Content-Type: text/csv, or that of an XLSX workbook";
            Err(Problem::unsupported_media_type().with_detail(detail))
        }
    }
}
