//! `turnout mail test`

use tracing_subscriber::layer::SubscriberExt;

use super::dialogue::Dialogue;
use crate::app;
use crate::clock::Clock;
use crate::config::Settings;
use crate::mail::{Address, Failure, Step, Transport, trial};
use crate::values::EmailAddress;

/// Sends a letter to `recipient`, and shows what is said meanwhile.
pub(super) fn test(settings: &Settings, recipient: &EmailAddress) -> anyhow::Result<()> {
    let destination = settings.mail.destination(settings.data_dir());
    let address = Address::parse(destination.reveal(), settings.mail.timeout())?;
    let sender = app::sender(settings)?;
    let (message, letter) = trial(recipient, Clock::system().now());
    let mail = sender.write(&letter, &message, message.created_at)?;
    println!("to {address}, for {recipient}");
    let login = match &address {
        Address::Smtp(server) => server.login.as_ref().map(|(user, password)| (user.as_str(), password.reveal())),
        Address::Folder(_) => None,
    };
    let spoken = tracing_subscriber::registry().with(Dialogue::new(login));
    let tried = tracing::subscriber::with_default(spoken, || {
        actix_web::rt::System::new()
            .block_on(async { anyhow::Ok(Transport::open(&address, 1)?.try_out(message.id, &mail).await) })
    })?;
    match tried {
        Ok(words) => {
            println!("taken: {words}");
            Ok(())
        }
        Err(failure) => anyhow::bail!(explained(&failure, settings, recipient)),
    }
}

/// What is wrong, and where to look.
fn explained(failure: &Failure, settings: &Settings, recipient: &EmailAddress) -> String {
    let said = &failure.said;
    match failure.step {
        Step::Name => format!("the mail server's name is not found: {said}. Look at the host in --mail-url"),
        Step::Connection => {
            format!("no connection to the mail server: {said}. Is the port in --mail-url right, and open?")
        }
        Step::Hello => format!("the mail server does not want to talk to us: {said}"),
        Step::Encryption => format!(
            "no encrypted connection comes about: {said}. The host in --mail-url has to be the name in the server's \
             certificate; smtps:// is for port 465, smtp://…?tls=required for port 587"
        ),
        Step::Login => format!(
            "the mail server does not take the login: {said}. Look at the user name and the password in --mail-url; \
             signs such as @ and / are written as %40 and %2F there"
        ),
        Step::Sender => format!(
            "the mail server refuses the sender {}: {said}. Set --mail-from to an address that it may send for",
            settings.mail.from
        ),
        Step::Recipient => format!("the mail server refuses the recipient {recipient}: {said}"),
        Step::Letter => format!("the letter was not taken: {said}"),
    }
}
