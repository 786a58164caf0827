//! Flags and environment variables that every command understands.

#![allow(clippy::doc_markdown, rustdoc::bare_urls, reason = "these comments are what --help prints: no Markdown")]

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::config::{LogFormat, Settings};

/// Flags win over environment variables, these over the settings file, that over the defaults.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "Settings")]
pub(super) struct Flags {
    /// Folder for the database, the secret and the mail [default: ./turnout-data]
    #[arg(long, env = "TURNOUT_DATA_DIR", global = true, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// postgres://user:password@host/database, or a SQLite file [default: turnout.sqlite in the data folder]
    #[arg(long, env = "TURNOUT_DATABASE_URL", hide_env_values = true, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "TURNOUT_BIND", global = true, value_name = "ADDRESS:PORT")]
    pub bind: Option<SocketAddr>,
    /// What links in letters begin with, such as https://events.example [default: http://ADDRESS:PORT]
    #[arg(long, env = "TURNOUT_PUBLIC_URL", global = true, value_name = "URL")]
    pub public_url: Option<String>,
    /// smtps://user:password@host, smtp://host:587?tls=required, or a folder [default: mail in the data folder]
    #[arg(long, env = "TURNOUT_MAIL_URL", hide_env_values = true, global = true, value_name = "URL")]
    pub mail_url: Option<String>,
    /// Sender of letters, such as "Digital Day <hello@events.example>"
    #[arg(long, env = "TURNOUT_MAIL_FROM", global = true, value_name = "MAILBOX")]
    pub mail_from: Option<String>,
    /// Seconds that a mail server may take to answer, 1 to 120 [default: 30]
    #[arg(long, env = "TURNOUT_MAIL_TIMEOUT", global = true, value_name = "SECONDS")]
    pub mail_timeout: Option<u64>,
    /// Letters that may leave in any minute; 0 is no limit [default: 0]
    #[arg(long, env = "TURNOUT_MAIL_RATE", global = true, value_name = "N")]
    pub mail_rate: Option<u32>,
    /// Letters that may be on their way at once, 1 to 100 [default: 4]
    #[arg(long, env = "TURNOUT_MAIL_CONNECTIONS", global = true, value_name = "N")]
    pub mail_connections: Option<u32>,
    /// File with the private key (PEM) with which letters are signed [default: they are not signed]
    #[arg(long, env = "TURNOUT_DKIM_KEY", global = true, value_name = "FILE")]
    pub dkim_key: Option<PathBuf>,
    /// Name under which the public key is in the DNS [default: turnout]
    #[arg(long, env = "TURNOUT_DKIM_SELECTOR", global = true, value_name = "NAME")]
    pub dkim_selector: Option<String>,
    /// Domain in whose name letters are signed [default: the sender's]
    #[arg(long, env = "TURNOUT_DKIM_DOMAIN", global = true, value_name = "DOMAIN")]
    pub dkim_domain: Option<String>,
    /// Registrations a minute that one client address may ask for; 0 is no limit [default: 60]
    #[arg(long, env = "TURNOUT_REGISTRATION_RATE_LIMIT", global = true, value_name = "N")]
    pub registration_rate_limit: Option<u32>,
    /// Sign-ins a minute that one client address may try; 0 is no limit [default: 30]
    #[arg(long, env = "TURNOUT_SIGN_IN_RATE_LIMIT", global = true, value_name = "N")]
    pub sign_in_rate_limit: Option<u32>,
    /// Address of a proxy whose X-Forwarded-For is believed; may be given several times, or with commas
    #[arg(long, env = "TURNOUT_TRUSTED_PROXIES", global = true, value_name = "ADDRESS", value_delimiter = ',')]
    pub trusted_proxy: Option<Vec<IpAddr>>,
    /// Form of the log on standard error: text or json [default: text]
    #[arg(long, env = "TURNOUT_LOG_FORMAT", global = true, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// error, warn, info, debug, or a filter such as info,turnout::mail=debug [default: info,actix_server=warn]
    #[arg(long, env = "TURNOUT_LOG_LEVEL", global = true, value_name = "LEVEL")]
    pub log_level: Option<String>,
    /// Settings file (TOML) with the sections [database], [http], [mail] and [log]
    #[arg(long, env = "TURNOUT_CONFIG", global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Flags {
    /// All settings.
    pub(super) fn settings(&self) -> anyhow::Result<Settings> {
        Settings::load(self.config.as_deref(), &self.overrides())
    }

    fn overrides(&self) -> Overrides {
        let flags = self.clone();
        Overrides {
            data_dir: flags.data_dir,
            database: Database { url: flags.database_url },
            http: Http {
                bind: flags.bind,
                public_url: flags.public_url,
                trusted_proxies: flags.trusted_proxy,
                registration_rate_limit: flags.registration_rate_limit,
                sign_in_rate_limit: flags.sign_in_rate_limit,
            },
            mail: Mail {
                url: flags.mail_url,
                from: flags.mail_from,
                timeout_seconds: flags.mail_timeout,
                rate: flags.mail_rate,
                connections: flags.mail_connections,
                dkim_key: flags.dkim_key,
                dkim_selector: flags.dkim_selector,
                dkim_domain: flags.dkim_domain,
            },
            log: Log { format: flags.log_format, level: flags.log_level },
        }
    }
}

/// What was said on the command line, in the shape of the settings; what was not said is left out.
#[derive(Serialize)]
struct Overrides {
    #[serde(skip_serializing_if = "Option::is_none")]
    data_dir: Option<PathBuf>,
    database: Database,
    http: Http,
    mail: Mail,
    log: Log,
}

#[derive(Serialize)]
struct Database {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Http {
    #[serde(skip_serializing_if = "Option::is_none")]
    bind: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trusted_proxies: Option<Vec<IpAddr>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_rate_limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in_rate_limit: Option<u32>,
}

#[derive(Serialize)]
struct Mail {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connections: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dkim_key: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dkim_selector: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dkim_domain: Option<String>,
}

#[derive(Serialize)]
struct Log {
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<LogFormat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<String>,
}
