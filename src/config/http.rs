//! `[http]`

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};
use url::Url;

/// How Turnout is reached.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Where to listen.
    pub bind: SocketAddr,
    /// What people type into their browser, if that is something else: `https://events.example`.
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// How many registrations a minute one client address may ask for; 0: no limit.
    pub registration_rate_limit: u32,
    /// How many times a minute one client address may try to sign in or ask for a new password; 0: no limit.
    pub sign_in_rate_limit: u32,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            public_url: None,
            trusted_proxies: Vec::new(),
            registration_rate_limit: 60,
            sign_in_rate_limit: 30,
        }
    }
}

impl Http {
    /// What links begin with, without a slash at the end.
    ///
    /// # Errors
    /// A sentence for the operator if it is no web address.
    pub fn public_url(&self) -> anyhow::Result<String> {
        let Some(text) = &self.public_url else { return Ok(format!("http://{}", self.bind)) };
        match Url::parse(text) {
            Ok(url)
                if matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none() =>
            {
                Ok(text.trim_end_matches('/').to_owned())
            }
            _ => anyhow::bail!(
                "the public URL {text} is not a web address such as https://events.example (--public-url)"
            ),
        }
    }
}
