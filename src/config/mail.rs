//! `[mail]`

use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};

use crate::values::Secret;

/// How mail leaves.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// `smtps://user:pass@host`, `smtp://host:587?tls=required`, a folder's path, or nothing for `mail` in the data folder.
    pub url: Option<String>,
    /// The sender: `Digital Day <hello@events.example>`.
    pub from: String,
    /// How many seconds a mail server may take to answer.
    pub timeout_seconds: u64,
    /// How many letters an instance sends in any minute, at most; 0: no limit.
    pub rate: u32,
    /// How many letters an instance sends at once, each on a connection of its own: 1 to 100.
    pub connections: u32,
    /// The file with the private key with which letters are signed; none: they are not signed.
    pub dkim_key: Option<PathBuf>,
    /// Under which name its other half is published.
    pub dkim_selector: String,
    /// At which domain; none: the sender's.
    pub dkim_domain: Option<String>,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            url: None,
            from: "Turnout <turnout@localhost>".to_owned(),
            timeout_seconds: 30,
            rate: 0,
            connections: 4,
            dkim_key: None,
            dkim_selector: "turnout".to_owned(),
            dkim_domain: None,
        }
    }
}

impl Mail {
    /// Where mail goes, as text; it may hold a password.
    pub fn destination(&self, data_dir: &Path) -> Secret {
        Secret::new(self.url.clone().unwrap_or_else(|| data_dir.join("mail").display().to_string()))
    }

    /// How long a mail server may take to answer: 1 to 120 seconds, so that a letter never takes longer than its lease.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.clamp(1, 120))
    }

    /// How many letters are sent at once: 1 to 100.
    pub fn connections(&self) -> u32 {
        self.connections.clamp(1, 100)
    }

    /// The domain in whose name letters are signed.
    pub fn dkim_domain(&self) -> anyhow::Result<String> {
        Ok(match &self.dkim_domain {
            Some(domain) => domain.clone(),
            None => self.from()?.email.domain().to_owned(),
        })
    }

    /// The sender.
    ///
    /// # Errors
    /// A sentence for the operator if it is no mailbox.
    pub fn from(&self) -> anyhow::Result<Mailbox> {
        self.from.parse().map_err(|_| {
            anyhow::anyhow!("the sender {} is not of the form Name <address@host> (--mail-from)", self.from)
        })
    }
}
