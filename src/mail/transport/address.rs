//! Where mail goes, as an operator writes it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::values::Secret;

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum Address {
    /// Into this folder.
    Folder(PathBuf),
    /// To this mail server.
    Smtp(Server),
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// User name and password, if it wants them.
    pub login: Option<(String, Secret)>,
    /// How long it may take to answer a verb; four times as long to take a letter.
    pub timeout: Duration,
}

/// How a connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all: for servers on this machine.
    None,
    /// By STARTTLS if the server offers it (RFC 3207).
    Opportunistic,
    /// By STARTTLS, or not at all.
    Required,
    /// From the first byte (RFC 8314 §3.3).
    Wrapper,
}

impl Address {
    /// Reads a lettre connection URL: `smtps://user:pass@host`, `smtp://host:587?tls=required`, or a folder's path.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn parse(text: &str, timeout: Duration) -> anyhow::Result<Self> {
        if !text.contains("://") {
            return Ok(Self::Folder(PathBuf::from(text)));
        }
        // The URL itself holds a password: it is not in what we say of it.
        let url = Url::parse(text).map_err(|e| anyhow::anyhow!("the mail URL (--mail-url) is not a URL: {e}"))?;
        let tls = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value.into_owned());
        let (encryption, port) = match (url.scheme(), tls.as_deref()) {
            ("smtp", None) => (Encryption::None, 25),
            ("smtp", Some("opportunistic")) => (Encryption::Opportunistic, 587),
            ("smtp", Some("required")) => (Encryption::Required, 587),
            ("smtps", None) => (Encryption::Wrapper, 465),
            ("smtp" | "smtps", Some(other)) => {
                anyhow::bail!(
                    "the mail URL (--mail-url) says tls={other}: use smtps://…, or smtp://… with tls=required or tls=opportunistic"
                )
            }
            (scheme, _) => {
                anyhow::bail!(
                    "the mail URL (--mail-url) begins with {scheme}://: use smtps://, smtp:// or a folder's path"
                )
            }
        };
        let host = url.host_str().ok_or_else(|| anyhow::anyhow!("the mail URL (--mail-url) names no host"))?.to_owned();
        let decode = |text: &str| {
            percent_encoding::percent_decode_str(text)
                .decode_utf8()
                .map(std::borrow::Cow::into_owned)
                .map_err(|_| anyhow::anyhow!("the mail URL's user name or password is not UTF-8 after decoding %xx"))
        };
        let login = match (url.username(), url.password()) {
            ("", _) => None,
            (user, password) => Some((decode(user)?, Secret::new(decode(password.unwrap_or_default())?))),
        };
        Ok(Self::Smtp(Server { host, port: url.port().unwrap_or(port), encryption, login, timeout }))
    }
}

impl fmt::Display for Address {
    /// For people: without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "the folder {}", path.display()),
            Self::Smtp(server) => write!(f, "the mail server {}:{}", server.host, server.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> (String, u16, Encryption) {
        match Address::parse(text, Duration::from_secs(30)).unwrap() {
            Address::Smtp(server) => (server.host, server.port, server.encryption),
            Address::Folder(path) => panic!("a folder: {}", path.display()),
        }
    }

    #[test]
    fn connection_urls_are_read_as_lettre_reads_them() {
        assert_eq!(server("smtp://localhost"), ("localhost".into(), 25, Encryption::None));
        assert_eq!(server("smtp://mail.example:2525"), ("mail.example".into(), 2525, Encryption::None));
        assert_eq!(server("smtp://mail.example?tls=required"), ("mail.example".into(), 587, Encryption::Required));
        assert_eq!(server("smtps://u:p@mail.example"), ("mail.example".into(), 465, Encryption::Wrapper));
    }

    #[test]
    fn passwords_are_decoded_and_never_shown() {
        let address =
            Address::parse("smtps://jos%40x.example:p%2Fw%3A1@mail.example", Duration::from_secs(30)).unwrap();
        let shown = format!("{address} {address:?}");
        let Address::Smtp(Server { login: Some((user, password)), .. }) = address else { panic!("no login") };
        assert_eq!((user.as_str(), password.reveal()), ("jos@x.example", "p/w:1"));
        assert!(!shown.contains("p/w:1"), "{shown}");
    }

    #[test]
    fn what_cannot_be_meant_is_said_in_words() {
        for (text, said) in [
            (
                "http://mail.example",
                "the mail URL (--mail-url) begins with http://: use smtps://, smtp:// or a folder's path",
            ),
            (
                "smtp://mail.example?tls=maybe",
                "the mail URL (--mail-url) says tls=maybe: use smtps://…, or smtp://… with tls=required or tls=opportunistic",
            ),
        ] {
            assert_eq!(Address::parse(text, Duration::from_secs(30)).unwrap_err().to_string(), said);
        }
    }
}
