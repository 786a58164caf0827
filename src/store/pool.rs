//! Connections for reading, kept open.

use std::time::Duration;

use diesel::connection::TransactionManager;

use super::{Db, Location};

/// Makes connections for the pool.
pub(super) struct Connections(Location);

impl r2d2::ManageConnection for Connections {
    type Connection = Db;
    type Error = std::io::Error;

    fn connect(&self) -> Result<Db, Self::Error> {
        Db::connect(&self.0).map_err(std::io::Error::other)
    }

    fn is_valid(&self, _: &mut Db) -> Result<(), Self::Error> {
        Ok(())
    }

    /// A connection that did not come back from its last transaction is not used again.
    fn has_broken(&self, db: &mut Db) -> bool {
        Db::is_broken_transaction_manager(db)
            || Db::transaction_manager_status_mut(db).transaction_depth().map_or(true, |depth| depth.is_some())
    }
}

/// A pool for reading. Waits up to ten seconds for a free connection.
pub(super) fn open(location: &Location) -> anyhow::Result<r2d2::Pool<Connections>> {
    Ok(r2d2::Pool::builder()
        .max_size(location.readers())
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(Duration::from_secs(10))
        .error_handler(Box::new(LogErrors))
        .build(Connections(location.clone()))?)
}

#[derive(Debug)]
struct LogErrors;

impl r2d2::HandleError<std::io::Error> for LogErrors {
    fn handle_error(&self, error: std::io::Error) {
        tracing::warn!(%error, "no connection to the database");
    }
}
