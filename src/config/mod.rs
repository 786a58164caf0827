//! Settings: defaults, then a TOML file, then environment variables and flags.

mod database;
mod http;
mod log;
mod mail;
mod secret_key;

use std::path::{Path, PathBuf};

use anyhow::Context;
use figment::Figment;
use figment::error::Kind;
use figment::providers::{Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

pub use database::Database;
pub use http::Http;
pub use log::{Log, LogFormat};
pub use mail::Mail;
pub use secret_key::secret_key;

/// Everything that an operator can set.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The folder for everything that is kept in files.
    pub data_dir: DataDir,
    /// `[database]`
    pub database: Database,
    /// `[http]`
    pub http: Http,
    /// `[mail]`
    pub mail: Mail,
    /// `[log]`
    pub log: Log,
}

/// The folder for everything that is kept in files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DataDir(PathBuf);

impl Default for DataDir {
    fn default() -> Self {
        Self(PathBuf::from("./turnout-data"))
    }
}

impl Settings {
    /// Reads the settings: `overrides` (flags and environment) win over the file, the file over the defaults.
    ///
    /// # Errors
    /// A sentence that names the setting.
    pub fn load(file: Option<&Path>, overrides: &impl Serialize) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            anyhow::ensure!(file.is_file(), "cannot read the settings file {}", file.display());
            figment = figment.merge(Toml::file_exact(file));
        }
        let settings: Self = figment.merge(Serialized::defaults(overrides)).extract().map_err(one_sentence)?;
        settings.check()?;
        Ok(settings)
    }

    /// The data folder.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir.0
    }

    /// The data folder, made if it was missing, for its owner's eyes.
    pub fn make_data_dir(&self) -> anyhow::Result<&Path> {
        use std::os::unix::fs::DirBuilderExt;
        let path = self.data_dir();
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .and_then(|()| std::fs::read_dir(path).map(drop))
            .with_context(|| format!("cannot use the data folder {} (--data-dir)", path.display()))?;
        Ok(path)
    }

    fn check(&self) -> anyhow::Result<()> {
        self.http.public_url()?;
        self.mail.from()?;
        Ok(())
    }
}

fn one_sentence(error: figment::Error) -> anyhow::Error {
    let Some(error) = error.into_iter().next() else { return anyhow::anyhow!("the settings are wrong") };
    let key = error.path.join(".");
    let file = error.metadata.as_ref().and_then(|metadata| metadata.source.as_ref()?.file_path());
    let place = match (file, key.as_str()) {
        (Some(file), "") => file.display().to_string(),
        (Some(file), key) => format!("{key} in {}", file.display()),
        (None, key) => key.to_owned(),
    };
    if let Kind::UnknownField(_, known) = &error.kind {
        return anyhow::anyhow!("the settings are wrong: there is no {place}; there are {}", known.join(", "));
    }
    // Lines with a bar quote the file, and point into it: of no use in one line.
    let said = error.kind.to_string();
    let words: Vec<&str> = said.lines().filter(|line| !line.contains('|')).map(str::trim).collect();
    anyhow::anyhow!("the settings are wrong: {place}: {}", words.join(" ").trim())
}
