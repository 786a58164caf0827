//! The only file where the two databases are told apart.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use diesel::backend::Backend;
use diesel::connection::{AnsiTransactionManager, Connection, SimpleConnection, TransactionManager};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::{ExpressionMethods, PgConnection, QueryDsl, RunQueryDsl, SqliteConnection};

use super::schema::{messages, organizations, quotas};
use super::{CatalogId, Db, EventId, Location, MessageId, OrganizationId, QuotaId, SessionId, TicketTypeId};
use crate::clock::Timestamp;

/// Runs a query on the connection to whichever database it is, compiled once for each.
///
/// A query run on a [`Db`] is put into words three times each time it is run; one run on a connection itself is found
/// again by its type, and prepared once. What every registration and every check-in does is worth that.
macro_rules! on_each_database {
    ($db:expr, |$connection:ident| $query:expr) => {
        match $db {
            $crate::store::Db::Postgres($connection) => $query,
            $crate::store::Db::Sqlite($connection) => $query,
        }
    };
}
pub(crate) use on_each_database;

/// Makes a statement that inserts one row, in words that are made once: `insertion!(Place: Registration in registrations
/// { id, event_id })` is `Place(&registration)`.
///
/// Through its own INSERT diesel goes column by column three times whenever it is run, which takes as long as SQLite does.
/// What every registration and every check-in writes is worth this. Each field of the row has to be named, or it does not
/// compile.
macro_rules! insertion {
    ($name:ident: $row:ident in $table:ident { $first:ident $(, $column:ident)* $(,)? }) => {
        struct $name<'a>(&'a $row);

        impl diesel::query_builder::QueryId for $name<'_> {
            type QueryId = $name<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl<Conn> diesel::RunQueryDsl<Conn> for $name<'_> {}

        $crate::store::insertion!(@walk diesel::sqlite::Sqlite, $name: $row in $table { $first $(, $column)* });
        $crate::store::insertion!(@walk diesel::pg::Pg, $name: $row in $table { $first $(, $column)* });
    };
    (@walk $database:ty, $name:ident: $row:ident in $table:ident { $first:ident $(, $column:ident)* }) => {
        impl diesel::query_builder::QueryFragment<$database> for $name<'_> {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, $database>,
            ) -> diesel::QueryResult<()> {
                let $row { $first $(, $column)* } = self.0;
                let words = concat!(
                    "INSERT INTO ", stringify!($table), " (", stringify!($first) $(, ", ", stringify!($column))*, ") VALUES ("
                );
                out.push_sql(words);
                out.push_bind_param::<diesel::dsl::SqlTypeOf<$table::$first>, _>($first)?;
                $(
                    out.push_sql(", ");
                    out.push_bind_param::<diesel::dsl::SqlTypeOf<$table::$column>, _>($column)?;
                )*
                out.push_sql(")");
                Ok(())
            }
        }
    };
}
pub(crate) use insertion;

/// Which of the two a connection leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One file, one writer.
    Sqlite,
    /// A server, several writers.
    Postgres,
}

impl Location {
    /// Which database is there.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Sqlite(_) => Kind::Sqlite,
            Self::Postgres(_) => Kind::Postgres,
        }
    }

    /// How many threads write at once: SQLite has one writer by nature.
    pub(super) fn writers(&self) -> usize {
        match self {
            Self::Sqlite(_) => 1,
            Self::Postgres(_) => 4,
        }
    }

    /// How many connections read at once.
    pub(super) fn readers(&self) -> u32 {
        match self {
            Self::Sqlite(_) => 4,
            Self::Postgres(_) => 8,
        }
    }
}

impl Db {
    /// Connects and sets the connection up.
    pub(super) fn connect(location: &Location) -> anyhow::Result<Self> {
        match location {
            Location::Sqlite(path) => {
                let path_text = path.to_string_lossy();
                make_file(path).map_err(|e| anyhow::anyhow!("cannot open the database {path_text}: {e}"))?;
                let mut sqlite = SqliteConnection::establish(&path_text)
                    .map_err(|e| anyhow::anyhow!("cannot open the database {path_text}: {e}"))?;
                // busy_timeout first: the switch to WAL itself needs a lock.
                sqlite
                    .batch_execute(
                        "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                         PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000; \
                         PRAGMA temp_store = MEMORY;",
                    )
                    .map_err(|e| anyhow::anyhow!("cannot use {path_text} as a database: {e}"))?;
                Ok(Self::Sqlite(sqlite))
            }
            Location::Postgres(url) => {
                let mut postgres = PgConnection::establish(url.reveal()).map_err(|e| {
                    anyhow::anyhow!("cannot reach the PostgreSQL database: {}", one_line(&e.to_string()))
                })?;
                postgres.batch_execute("SET client_min_messages = warning; SET timezone = 'UTC'")?;
                Ok(Self::Postgres(postgres))
            }
        }
    }

    /// The same for a writer thread, whose commits somebody else sees to the disk (see `disk`).
    pub(super) fn connect_to_write(location: &Location) -> anyhow::Result<Self> {
        let mut db = Self::connect(location)?;
        if let Self::Sqlite(sqlite) = &mut db {
            sqlite.batch_execute("PRAGMA synchronous = NORMAL")?;
        }
        Ok(db)
    }

    /// Which database this leads to.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Postgres(_) => Kind::Postgres,
            Self::Sqlite(_) => Kind::Sqlite,
        }
    }
}

/// Makes the file of a database if it is missing: SQLite itself would let others read it.
///
/// One that is there is left alone: when this process closes it, all locks go that SQLite has on it
/// (<https://sqlite.org/howtocorrupt.html>, §2.2), and the next program that comes by takes its log away.
fn make_file(path: &Path) -> std::io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Begins a transaction that will write. On SQLite it takes the write lock at once: a transaction that reads first
/// and writes later can fail although it waits.
pub(super) fn begin_write(db: &mut Db) -> diesel::QueryResult<()> {
    match db {
        Db::Postgres(postgres) => AnsiTransactionManager::begin_transaction_sql(postgres, "BEGIN"),
        Db::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE"),
    }
}

/// Begins a job of a transaction: what it writes can be undone alone.
///
/// A savepoint of our own, whose words are prepared once: diesel would have them parsed for each job anew.
pub(super) fn begin_job(db: &mut Db) -> diesel::QueryResult<()> {
    on_each_database!(db, |c| BeginJob.execute(c)).map(drop)
}

/// Ends the job that [`begin_job`] began, and keeps what it wrote.
pub(super) fn keep_job(db: &mut Db) -> diesel::QueryResult<()> {
    on_each_database!(db, |c| KeepJob.execute(c)).map(drop)
}

/// Ends the job that [`begin_job`] began, and undoes what it wrote.
pub(super) fn undo_job(db: &mut Db) -> diesel::QueryResult<()> {
    on_each_database!(db, |c| UndoJob.execute(c))?;
    keep_job(db)
}

/// Words for both databases that are prepared once for each connection.
macro_rules! statement {
    ($name:ident, $words:literal) => {
        #[derive(QueryId)]
        struct $name;

        impl<DB: Backend> QueryFragment<DB> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> diesel::QueryResult<()> {
                out.push_sql($words);
                Ok(())
            }
        }

        impl<Conn> RunQueryDsl<Conn> for $name {}
    };
}
statement!(BeginJob, "SAVEPOINT job");
statement!(KeepJob, "RELEASE SAVEPOINT job");
statement!(UndoJob, "ROLLBACK TO SAVEPOINT job");

/// Begins a transaction that sees one state of the database throughout.
pub(super) fn begin_read(db: &mut Db) -> diesel::QueryResult<()> {
    match db {
        Db::Postgres(postgres) => AnsiTransactionManager::begin_transaction_sql(
            postgres,
            "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
        ),
        Db::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN DEFERRED"),
    }
}

/// Ends what [`begin_read`] began. A connection on which even that fails is not used again.
pub(super) fn end_read(db: &mut Db) {
    let _ = Db::rollback_transaction(db);
}

/// Keeps other instances from migrating the same database at the same time, while `work` runs.
pub(super) fn alone<T>(db: &mut Db, work: impl FnOnce(&mut Db) -> anyhow::Result<T>) -> anyhow::Result<T> {
    // An arbitrary number that only Turnout uses.
    const LOCK: i64 = 0x7475_726e_6f75_7400;
    begin_write(db)?;
    if let Db::Postgres(postgres) = db {
        postgres.batch_execute(&format!("SELECT pg_advisory_xact_lock({LOCK})"))?;
    }
    match work(db) {
        Ok(done) => {
            Db::commit_transaction(db)?;
            Ok(done)
        }
        Err(error) => {
            let _ = Db::rollback_transaction(db);
            Err(error)
        }
    }
}

/// Takes the place of a request in the queue of `key`, for all instances: those behind it wait until the end of the
/// transaction.
///
/// The queue of an event is its lock, and that of an organization its own; requests without either share one lock,
/// which comes before those of events in every transaction.
pub fn lock_queue(db: &mut Db, key: uuid::Uuid) -> diesel::QueryResult<()> {
    const LOCK: i64 = 0x7475_726e_6f75_7401;
    if !key.is_nil() {
        // Every event has a quota: a key without one is an organization's.
        return if lock_quotas(db, key.into())?.is_empty() { lock_organization(db, key.into()) } else { Ok(()) };
    }
    match db {
        Db::Postgres(postgres) => postgres.batch_execute(&format!("SELECT pg_advisory_xact_lock({LOCK})")),
        Db::Sqlite(_) => Ok(()),
    }
}

/// A quota that was locked: its id, its capacity, how many are taken, whose seats they are, how many are held,
/// how many more were let in, the stamp of the catalog.
pub type QuotaRow = (QuotaId, Option<i64>, i64, Option<TicketTypeId>, Option<SessionId>, i64, i64, Option<CatalogId>);

/// Locks the quotas of an event until the end of the transaction, in the order of their ids, and reads them.
///
/// Every write on an event does this first: it is the one lock that an event has. SQLite has one writer, which is
/// lock enough; on PostgreSQL the rows are locked, so that instances take turns.
pub fn lock_quotas(db: &mut Db, event: EventId) -> diesel::QueryResult<Vec<QuotaRow>> {
    let of_event = quotas::table.filter(quotas::event_id.eq(event)).order(quotas::id).select((
        quotas::id,
        quotas::capacity,
        quotas::taken,
        quotas::ticket_type_id,
        quotas::session_id,
        quotas::held,
        quotas::allowed,
        quotas::catalog,
    ));
    match db {
        Db::Postgres(postgres) => of_event.for_update().load(postgres),
        Db::Sqlite(sqlite) => of_event.load(sqlite),
    }
}

/// Messages that are due at `now`, oldest first. On PostgreSQL they are locked until the end of the transaction, and
/// those that somebody else has locked are left alone: nobody waits for one while holding another.
pub fn lock_due_messages(db: &mut Db, limit: i64, now: Timestamp) -> diesel::QueryResult<Vec<MessageId>> {
    let due =
        messages::table.filter(messages::due_at.le(now)).order(messages::due_at).limit(limit).select(messages::id);
    match db {
        Db::Postgres(postgres) => due.for_update().skip_locked().load(postgres),
        Db::Sqlite(sqlite) => due.load(sqlite),
    }
}

/// Locks an organization until the end of the transaction, so that instances take turns with its members and invites.
///
/// On PostgreSQL the lock leaves alone whoever only refers to the organization, such as a new event of it.
pub fn lock_organization(db: &mut Db, organization: OrganizationId) -> diesel::QueryResult<()> {
    let row = organizations::table.filter(organizations::id.eq(organization)).select(organizations::id);
    match db {
        Db::Postgres(postgres) => row.for_no_key_update().load::<OrganizationId>(postgres).map(drop),
        Db::Sqlite(_) => Ok(()),
    }
}
