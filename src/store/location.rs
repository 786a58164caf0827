//! Where a store is.

use std::path::{Path, PathBuf};

use crate::values::Secret;

/// Where a store is.
#[derive(Debug, Clone)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database: a `postgres://` address with its password.
    Postgres(Secret),
}

impl Location {
    /// Reads `postgres://…`, `sqlite://path` or a path; nothing means the file `turnout.sqlite` in the data folder.
    ///
    /// # Errors
    /// A sentence for the operator if the URL is of another kind; the URL itself may hold a password, and is not in it.
    pub fn parse(url: Option<&str>, data_dir: &Path) -> anyhow::Result<Self> {
        match url {
            None => Ok(Self::Sqlite(data_dir.join("turnout.sqlite"))),
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                // Checked here, because the database driver's own words would show the password.
                url::Url::parse(url)
                    .map_err(|e| anyhow::anyhow!("the database URL is not a URL: {e} (--database-url)"))?;
                Ok(Self::Postgres(Secret::new(url)))
            }
            Some(url) => match url.strip_prefix("sqlite://").or((!url.contains("://")).then_some(url)) {
                Some(path) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
                _ => anyhow::bail!(
                    "the database URL begins with {}: use postgres://… or a SQLite file's path (--database-url)",
                    url.split_inclusive("://").next().unwrap_or_default()
                ),
            },
        }
    }
}
