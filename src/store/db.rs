//! One connection, whichever database it leads to.

#![allow(missing_docs, clippy::pedantic, unreachable_pub, reason = "the derive writes most of this file")]

use diesel::{PgConnection, SqliteConnection};

/// A connection. Queries written against it run on both databases.
#[derive(diesel::MultiConnection)]
pub enum Db {
    /// To a PostgreSQL server.
    Postgres(PgConnection),
    /// To a SQLite file.
    Sqlite(SqliteConnection),
}
