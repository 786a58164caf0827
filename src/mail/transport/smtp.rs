//! A mail server, spoken to verb by verb: what is lost before the letter is handed over can be tried again, what is
//! lost after it cannot.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::time::timeout;

use super::Outcome;
use super::address::{Encryption, Server};

/// How many idle connections are kept.
const IDLE: usize = 4;

/// A mail server, and the connections to it that are free.
pub struct Smtp {
    server: Server,
    tls: Option<TlsParameters>,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

impl Smtp {
    pub(super) fn new(server: Server) -> anyhow::Result<Self> {
        let tls = match server.encryption {
            Encryption::None => None,
            _ => Some(TlsParameters::new(server.host.clone())?),
        };
        Ok(Self { server, tls, idle: Mutex::default() })
    }

    pub(super) async fn send(&self, mail: &lettre::Message) -> Outcome {
        let mut connection = match self.connection().await {
            Ok(connection) => connection,
            // A server that does not want us at all says nothing about this letter.
            Err(error) => return Outcome::Passing(error.said),
        };
        let outcome = self.hand_over(&mut connection, mail).await;
        if matches!(outcome, Outcome::Sent(_)) {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < IDLE {
                idle.push(connection);
            }
        } else if !matches!(outcome, Outcome::Unknown(_)) {
            let _ = timeout(Duration::from_secs(1), connection.abort()).await;
        }
        outcome
    }

    pub(super) async fn check(&self) -> anyhow::Result<()> {
        let mut connection = self.connect().await.map_err(|failure| anyhow::anyhow!(failure.said))?;
        let _ = timeout(Duration::from_secs(1), connection.quit()).await;
        Ok(())
    }

    async fn hand_over(&self, connection: &mut AsyncSmtpConnection, mail: &lettre::Message) -> Outcome {
        let bytes = mail.formatted();
        if let Err(error) = self.announce(connection, mail, &bytes).await {
            return error.outcome();
        }
        // Some servers scan a letter before they say that they take it (RFC 5321 §4.5.3.2.6).
        match timeout(self.server.timeout * 4, connection.message(&bytes)).await {
            Ok(Ok(response)) => Outcome::Sent(words(&response)),
            Ok(Err(error)) if error.status().is_some() => Failure::from(error).outcome(),
            Ok(Err(error)) => Outcome::Unknown(format!("the answer to the letter was lost: {error}")),
            Err(_) => Outcome::Unknown("the server did not answer to the letter in time".to_owned()),
        }
    }

    /// Everything before the letter itself.
    async fn announce(
        &self,
        connection: &mut AsyncSmtpConnection,
        mail: &lettre::Message,
        bytes: &[u8],
    ) -> Result<(), Failure> {
        let envelope = mail.envelope();
        let mut parameters = Vec::new();
        if envelope.to().iter().chain(envelope.from()).any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Failure::refused(
                    "the server cannot take addresses with letters beyond ASCII (no SMTPUTF8)",
                ));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !bytes.is_ascii() {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        self.patiently(connection.command(Mail::new(envelope.from().cloned(), parameters))).await?;
        for to in envelope.to() {
            self.patiently(connection.command(Rcpt::new(to.clone(), Vec::new()))).await?;
        }
        self.patiently(connection.command(Data)).await?;
        Ok(())
    }

    /// A connection that is open and logged in: a free one if it still answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Failure> {
        loop {
            let free = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match free {
                Some(mut connection) => {
                    if timeout(Duration::from_secs(5), connection.test_connected()).await == Ok(true) {
                        return Ok(connection);
                    }
                }
                None => return self.connect().await,
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let name = ClientId::default();
        let address = (self.server.host.as_str(), self.server.port);
        let wrapper = self.tls.clone().filter(|_| self.server.encryption == Encryption::Wrapper);
        let connecting = AsyncSmtpConnection::connect_tokio1(address, Some(self.server.timeout), &name, wrapper, None);
        let mut connection = self.patiently(connecting).await?;
        if let Some(tls) = self.tls.clone().filter(|_| self.server.encryption != Encryption::Wrapper) {
            if connection.can_starttls() {
                self.patiently(connection.starttls(tls, &name)).await?;
            } else if self.server.encryption == Encryption::Required {
                return Err(Failure::passing("the server does not offer STARTTLS, which the mail URL requires"));
            }
        }
        if let Some((user, password)) = &self.server.login {
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            self.patiently(connection.auth(DEFAULT_MECHANISMS, &credentials)).await?;
        }
        Ok(connection)
    }

    async fn patiently<T>(
        &self,
        exchange: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
    ) -> Result<T, Failure> {
        match timeout(self.server.timeout, exchange).await {
            Ok(result) => result.map_err(Failure::from),
            Err(_) => Err(Failure::passing("the server did not answer in time")),
        }
    }
}

/// Why a letter could not be handed over.
struct Failure {
    said: String,
    for_good: bool,
}

impl Failure {
    fn passing(said: &str) -> Self {
        Self { said: said.to_owned(), for_good: false }
    }

    fn refused(said: &str) -> Self {
        Self { said: said.to_owned(), for_good: true }
    }

    fn outcome(self) -> Outcome {
        if self.for_good { Outcome::Final(self.said) } else { Outcome::Passing(self.said) }
    }
}

impl From<lettre::transport::smtp::Error> for Failure {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        use std::error::Error;
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        let said = match error.status() {
            Some(code) => format!("{code}{}", cause.strip_prefix(':').unwrap_or_default()),
            None => format!("{error}"),
        };
        Self { said: said.chars().take(1000).collect(), for_good: error.is_permanent() }
    }
}

fn words(response: &Response) -> String {
    let said = response.message().collect::<Vec<_>>().join(" ");
    format!("{} {said}", response.code()).chars().take(1000).collect()
}
