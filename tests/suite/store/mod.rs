//! Where rows are kept.

mod schema;
mod writer;

use turnout::store::{Location, Store};

use crate::support::Database;

fn location(database: &Database) -> Location {
    Location::parse(Some(&database.url()), database.folder()).unwrap()
}

fn open(database: &Database) -> Store {
    Store::open(location(database)).unwrap()
}
