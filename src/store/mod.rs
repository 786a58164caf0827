//! Where rows are kept: one door for reads, one for writes, two databases behind them. Knows no rule.
//!
//! - [`Store::read`] runs a closure in one read transaction (a snapshot) on a pooled connection.
//! - [`Store::write`] runs a closure in a savepoint of a group commit (see `writer`) and answers once it is durable.

mod db;
mod differences;
mod disk;
mod id;
mod json;
mod kept_reply;
mod location;
mod migrations;
mod page;
mod pool;
pub mod schema;
pub mod sql_types;
mod timestamp;
mod writer;

use std::sync::Arc;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use prometheus::Histogram;
use uuid::Uuid;

use crate::error::{Error, Result};

pub use db::{Db, MultiBackend};
pub use differences::{Kind, QuotaRow, lock_due_messages, lock_organization, lock_queue, lock_quotas};
pub(crate) use differences::{insertion, on_each_database};
pub use id::{
    AccessCodeId, AccountId, AnnouncementId, ApiTokenId, AuditId, CampaignId, CatalogId, CheckInId, CheckInListId,
    ColumnSetId, ConsentId, ConsentTextId, DeviceId, EventId, GuestInvitationId, Id, ImportId, InviteId, MemberId,
    MessageId, OrganizationId, PasswordResetId, QuestionId, QuotaId, RegistrationId, SeriesId, SessionId, SignInId,
    TicketTypeId,
};
pub use json::Json;
pub use kept_reply::KeptReply;
pub use location::Location;
pub use page::{Cursor, Page, Paging};
pub use writer::sure_from_here;

/// Both doors to the database; cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    location: Location,
    readers: r2d2::Pool<pool::Connections>,
    writer: writer::Writer,
}

impl Store {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// A sentence for the operator: it cannot be opened or reached, or is newer than this program.
    pub fn open(location: Location) -> anyhow::Result<Self> {
        migrations::run(&mut Db::connect(&location)?)?;
        let readers = pool::open(&location)?;
        let writer = writer::Writer::start(&location)?;
        Ok(Self(Arc::new(Inner { location, readers, writer })))
    }

    /// One snapshot of the database, on a thread where blocking is fine.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&mut Db) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.read_here(work)).await.map_err(Error::internal)?
    }

    /// The same as [`Store::read`], blocking the calling thread.
    pub fn read_here<T>(&self, work: impl FnOnce(&mut Db) -> Result<T>) -> Result<T> {
        let mut db = self.0.readers.get().map_err(|_| Error::Busy)?;
        differences::begin_read(&mut db)?;
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&mut db)));
        differences::end_read(&mut db);
        drop(db);
        self.0.writer.wait_until_durable();
        outcome.unwrap_or_else(|_| Err(Error::internal(anyhow::anyhow!("a read panicked"))))
    }

    /// Runs `work` in the next group commit and answers when it is durable.
    ///
    /// All writes on one event carry its id as `key`: they run one after the other, in the order of arrival.
    ///
    /// # Errors
    /// [`Error::Busy`] at once when the queue is full, or when the commit failed: nothing was kept.
    pub async fn write<T, F>(&self, key: Uuid, work: F) -> Result<T>
    where
        F: FnOnce(&mut Db) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.0.writer.submit(key, writer::Undo::Alone, work)?.await.map_err(|_| Error::Busy)?
    }

    /// The same as [`Store::write`], for work that may say where it is sure ([`sure_from_here`]).
    pub async fn write_until_sure<T, F>(&self, key: Uuid, work: F) -> Result<T>
    where
        F: FnOnce(&mut Db) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.0.writer.submit(key, writer::Undo::UntilSure, work)?.await.map_err(|_| Error::Busy)?
    }

    /// The same as [`Store::write`], in a commit that is shared with nobody: for work that writes tens of thousands of rows,
    /// which takes much longer beside others. What came before it and what comes behind it keep their order.
    pub async fn write_alone<T, F>(&self, key: Uuid, work: F) -> Result<T>
    where
        F: FnOnce(&mut Db) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.0.writer.submit_alone(key, work)?.await.map_err(|_| Error::Busy)?
    }

    /// The same as [`Store::write`], without waiting for it: what was queued before the answer to a request is there
    /// for the next one. A failure is logged by nobody: for what may be lost when the program is.
    pub fn write_unawaited<F>(&self, key: Uuid, work: F) -> Result<()>
    where
        F: FnOnce(&mut Db) -> Result<()> + Send + 'static,
    {
        self.0.writer.submit(key, writer::Undo::Alone, work).map(drop)
    }

    /// The same as [`Store::write`], blocking the calling thread, which must not be one of an async runtime.
    pub fn write_here<T, F>(&self, key: Uuid, work: F) -> Result<T>
    where
        F: FnOnce(&mut Db) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.0.writer.submit(key, writer::Undo::Alone, work)?.blocking_recv().map_err(|_| Error::Busy)?
    }

    /// The same as [`Store::write_alone`], blocking the calling thread, which must not be one of an async runtime.
    pub fn write_alone_here<T, F>(&self, key: Uuid, work: F) -> Result<T>
    where
        F: FnOnce(&mut Db) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.0.writer.submit_alone(key, work)?.blocking_recv().map_err(|_| Error::Busy)?
    }

    /// How many writes wait for their commit.
    pub fn queue_length(&self) -> usize {
        self.0.writer.queue_length()
    }

    /// How many writes were committed together, as a histogram.
    pub fn batch_sizes(&self) -> &Histogram {
        self.0.writer.batch_sizes()
    }

    /// Where the rows are.
    pub fn location(&self) -> &Location {
        &self.0.location
    }

    /// Takes no more writes, commits what waits, and returns when that is done.
    pub fn close(&self) {
        self.0.writer.close();
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(
                // A unique key that nobody looked for first was lost in a race, or is a random one that came up twice
                // (one code in 10^11): the next try has another.
                DatabaseErrorKind::SerializationFailure
                | DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UniqueViolation,
                _,
            ) => Self::Busy,
            other => Self::Internal(other.into()),
        }
    }
}

/// Runs `work` so that its failure undoes what it wrote, and nothing that was written before.
pub fn undone_on_failure<T, E: From<DieselError>>(
    db: &mut Db,
    work: impl FnOnce(&mut Db) -> Result<T, E>,
) -> Result<T, E> {
    diesel::Connection::transaction(db, work)
}

/// Runs `work`, and undoes what it wrote, whatever came of it.
pub fn undone<T>(db: &mut Db, work: impl FnOnce(&mut Db) -> T) -> diesel::QueryResult<T> {
    let mut came_to = None;
    let undone = diesel::Connection::transaction(db, |db| {
        came_to = Some(work(db));
        Err::<(), _>(DieselError::RollbackTransaction)
    });
    match undone {
        Ok(()) | Err(DieselError::RollbackTransaction) => came_to.ok_or(DieselError::RollbackTransaction),
        Err(error) => Err(error),
    }
}

/// Runs an insert that may meet a row with the same unique key: `Ok(None)` if it did, and nothing has changed.
pub fn unless_taken<T>(
    db: &mut Db,
    insert: impl FnOnce(&mut Db) -> diesel::QueryResult<T>,
) -> diesel::QueryResult<Option<T>> {
    use diesel::Connection;
    match db.transaction(insert) {
        Ok(done) => Ok(Some(done)),
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(None),
        Err(other) => Err(other),
    }
}
