//! A mail server, spoken to verb by verb: what is lost before the letter is handed over can be tried again, what is
//! lost after it cannot.

use std::fmt;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use tokio::time::timeout;

use super::Outcome;
use super::address::{Encryption, Server};
use super::failure::{Failure, Step, is, short};

/// A mail server, and the connections to it that are free.
pub struct Smtp {
    server: Server,
    tls: Option<TlsParameters>,
    /// How many free connections are kept.
    most: usize,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

impl Smtp {
    pub(super) fn new(server: Server, most: usize) -> anyhow::Result<Self> {
        let tls = match server.encryption {
            Encryption::None => None,
            _ => Some(TlsParameters::new(server.host.clone())?),
        };
        Ok(Self { server, tls, most, idle: Mutex::default() })
    }

    pub(super) async fn send(&self, mail: &lettre::Message) -> Outcome {
        let mut connection = match self.connection().await {
            Ok(connection) => connection,
            Err(failure) => return failure.outcome(),
        };
        let outcome = self.hand_over(&mut connection, mail).await;
        if matches!(outcome, Outcome::Sent(_)) {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < self.most {
                idle.push(connection);
            }
        } else if !matches!(outcome, Outcome::Unknown(_)) {
            let _ = timeout(Duration::from_secs(1), connection.abort()).await;
        }
        outcome
    }

    pub(super) async fn check(&self) -> Result<(), Failure> {
        let mut connection = self.connect().await?;
        let _ = timeout(Duration::from_secs(1), connection.quit()).await;
        Ok(())
    }

    /// Sends on a connection of its own, which ends with it, and says at which step it failed.
    pub(super) async fn try_out(&self, mail: &lettre::Message) -> Result<String, Failure> {
        let mut connection = self.connect().await?;
        let outcome = async {
            let bytes = mail.formatted();
            self.announce(&mut connection, mail, &bytes).await?;
            match self.give(&mut connection, &bytes).await {
                Outcome::Sent(words) => Ok(words),
                Outcome::Final(said) | Outcome::Undeliverable(said) => Err(Failure::final_at(Step::Letter, said)),
                Outcome::Passing(said) | Outcome::LoginRefused(said) | Outcome::Unknown(said) => {
                    Err(Failure::passing(Step::Letter, said))
                }
            }
        };
        let outcome = outcome.await;
        let _ = timeout(Duration::from_secs(1), connection.abort()).await;
        outcome
    }

    async fn hand_over(&self, connection: &mut AsyncSmtpConnection, mail: &lettre::Message) -> Outcome {
        let bytes = mail.formatted();
        match self.announce(connection, mail, &bytes).await {
            Ok(()) => self.give(connection, &bytes).await,
            Err(failure) => failure.outcome(),
        }
    }

    /// The letter itself. From here on, what is lost may have arrived.
    async fn give(&self, connection: &mut AsyncSmtpConnection, bytes: &[u8]) -> Outcome {
        // Some servers scan a letter before they say that they take it (RFC 5321 §4.5.3.2.6).
        let handing_over = async {
            match Whole::of(bytes) {
                Some(letter) => connection.command(letter).await,
                None => connection.message(bytes).await,
            }
        };
        match timeout(self.server.timeout * 4, handing_over).await {
            Ok(Ok(response)) if is(Severity::PositiveCompletion, &response) => Outcome::Sent(words(&response)),
            Ok(Ok(response)) => Outcome::Unknown(format!("the server answered to the letter: {}", words(&response))),
            Ok(Err(error)) if error.status().is_some() => Failure::at(Step::Letter, &error).outcome(),
            Ok(Err(error)) => Outcome::Unknown(short(&format!("the answer to the letter was lost: {error}"))),
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
                let said = "the server cannot take addresses with letters beyond ASCII (no SMTPUTF8)";
                return Err(Failure::final_at(Step::Sender, said));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !bytes.is_ascii() {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let (done, go_ahead) = (Severity::PositiveCompletion, Severity::PositiveIntermediate);
        let sender = Mail::new(envelope.from().cloned(), parameters);
        self.exchange(Step::Sender, done, connection.command(sender)).await?;
        for to in envelope.to() {
            let recipient = Rcpt::new(to.clone(), Vec::new());
            self.exchange(Step::Recipient, done, connection.command(recipient)).await?;
        }
        self.exchange(Step::Letter, go_ahead, connection.command(Data)).await
    }

    /// A command and its reply, which is a yes of the kind that is wanted.
    async fn exchange(
        &self,
        step: Step,
        wanted: Severity,
        exchange: impl Future<Output = Result<Response, lettre::transport::smtp::Error>>,
    ) -> Result<(), Failure> {
        let response = self.patiently(step, exchange, |error| Failure::at(step, error)).await?;
        if is(wanted, &response) {
            return Ok(());
        }
        Err(Failure::passing(step, format!("the server answers out of turn: {}", words(&response))))
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
        let mut connection = self.call().await?;
        if let Some((user, password)) = &self.server.login {
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            let login = connection.auth(DEFAULT_MECHANISMS, &credentials);
            self.exchange(Step::Login, Severity::PositiveCompletion, login).await?;
        }
        Ok(connection)
    }

    /// A connection that is open, and encrypted as it has to be.
    async fn call(&self) -> Result<AsyncSmtpConnection, Failure> {
        let (name, host, port) = (ClientId::default(), self.server.host.as_str(), self.server.port);
        let looked_up = timeout(self.server.timeout, tokio::net::lookup_host((host, port))).await;
        let addresses: Vec<_> = match looked_up {
            Ok(Ok(addresses)) => addresses.collect(),
            Ok(Err(error)) => return Err(Failure::passing(Step::Name, format!("{host}: {error}"))),
            Err(_) => return Err(Failure::passing(Step::Name, format!("nobody answered where {host} is, in time"))),
        };
        let wrapper = self.tls.clone().filter(|_| self.server.encryption == Encryption::Wrapper);
        let patience = Some(self.server.timeout);
        let connecting = AsyncSmtpConnection::connect_tokio1(&*addresses, patience, &name, wrapper, None);
        let mut connection = self.patiently(Step::Connection, connecting, Failure::opening).await?;
        if let Some(tls) = self.tls.clone().filter(|_| self.server.encryption != Encryption::Wrapper) {
            if connection.can_starttls() {
                let encrypting = connection.starttls(tls, &name);
                self.patiently(Step::Encryption, encrypting, |error| Failure::at(Step::Encryption, error)).await?;
            } else if self.server.encryption == Encryption::Required {
                let said = "the server does not offer STARTTLS, which the mail URL requires";
                return Err(Failure::passing(Step::Encryption, said));
            }
        }
        Ok(connection)
    }

    async fn patiently<T>(
        &self,
        step: Step,
        exchange: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
        failed: impl FnOnce(&lettre::transport::smtp::Error) -> Failure,
    ) -> Result<T, Failure> {
        match timeout(self.server.timeout, exchange).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(failed(&error)),
            Err(_) => Err(Failure::passing(step, "the server did not answer in time")),
        }
    }
}

/// A letter and its end, in one write: of two, the second would wait for the other side to acknowledge the first, which
/// takes its time as it waits for the end (RFC 1122 §4.2.3.2, §4.2.3.4).
struct Whole(String);

impl Whole {
    /// With a dot before each line that begins with one (RFC 5321 §4.5.2); none of what is no text.
    fn of(letter: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(letter).ok()?;
        let first = if text.starts_with('.') { "." } else { "" };
        let end = if text.ends_with("\r\n") { ".\r\n" } else { "\r\n.\r\n" };
        Some(Self(format!("{first}{}{end}", text.replace("\r\n.", "\r\n.."))))
    }
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn words(response: &Response) -> String {
    let said = response.message().collect::<Vec<_>>().join(" ");
    short(&format!("{} {said}", response.code()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_ends_with_a_dot_and_no_line_of_it_looks_like_that() {
        for (letter, sent) in
            [("a\r\nb\r\n", "a\r\nb\r\n.\r\n"), ("a", "a\r\n.\r\n"), (".\r\n.\r\n..x\r\n", "..\r\n..\r\n...x\r\n.\r\n")]
        {
            assert_eq!(Whole::of(letter.as_bytes()).unwrap().0, sent);
        }
        assert!(Whole::of(b"\xff").is_none());
    }
}
