//! A database for one test.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use tempfile::TempDir;

/// The server on which PostgreSQL tests make a schema each; `scripts/test` sets it.
const SERVER: &str = "TURNOUT_TEST_POSTGRES_URL";

/// A database for one test, and a folder for its files. Both are gone when it is dropped.
pub struct Database {
    folder: TempDir,
    schema: Option<String>,
}

impl Database {
    /// A SQLite file.
    pub fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), schema: None }
    }

    /// A schema on the PostgreSQL server.
    pub fn postgres() -> Self {
        let schema = format!("t_{}", uuid::Uuid::new_v4().simple());
        server().batch_execute(&format!("CREATE SCHEMA {schema}")).unwrap();
        Self { folder: tempfile::tempdir().unwrap(), schema: Some(schema) }
    }

    /// Whether there is a PostgreSQL server to test on.
    pub fn postgres_is_there() -> bool {
        std::env::var_os(SERVER).is_some()
    }

    /// The folder for files.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// As `--database-url` takes it.
    pub fn url(&self) -> String {
        match &self.schema {
            None => self.folder.path().join("turnout.sqlite").display().to_string(),
            Some(schema) => format!("{}?options=-csearch_path%3D{schema}", server_url()),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(schema) = &self.schema {
            let _ = server().batch_execute(&format!("SET client_min_messages = error; DROP SCHEMA {schema} CASCADE"));
        }
    }
}

fn server_url() -> String {
    std::env::var(SERVER).unwrap_or_else(|_| panic!("{SERVER} is not set: run scripts/test, which starts a server"))
}

fn server() -> PgConnection {
    PgConnection::establish(&server_url()).unwrap()
}
