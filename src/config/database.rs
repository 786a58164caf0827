//! `[database]`

use serde::{Deserialize, Serialize};

/// Where the rows are.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://…`, a SQLite file's path, or nothing for `turnout.sqlite` in the data folder.
    pub url: Option<String>,
}
