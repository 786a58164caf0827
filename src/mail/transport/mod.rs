//! Ways out of the house: an SMTP server, or a folder.

mod address;
mod failure;
mod folder;
mod smtp;

use crate::store::MessageId;

pub use address::Address;
pub use failure::{Failure, Step};
use folder::Folder;
use smtp::Smtp;

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Taken, with these words.
    Sent(String),
    /// Refused for now: the server is busy, away, or says 4xx.
    Passing(String),
    /// Refused for good: the server says 5xx to this letter.
    Final(String),
    /// Refused for good: the server says 5xx to its recipient.
    Undeliverable(String),
    /// The server does not take our login: that says nothing about the letter.
    LoginRefused(String),
    /// Handed over, and the answer was lost.
    Unknown(String),
}

/// A way out of the house.
pub enum Transport {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a folder, as `.eml` files.
    Folder(Folder),
}

impl Transport {
    /// Opens the way to `address`, on which up to `connections` letters go at once.
    ///
    /// # Errors
    /// A sentence for the operator: the folder cannot be made, the server's name cannot stand in a certificate.
    pub fn open(address: &Address, connections: usize) -> anyhow::Result<Self> {
        Ok(match address {
            Address::Folder(path) => Self::Folder(Folder::open(path)?),
            Address::Smtp(server) => Self::Smtp(Smtp::new(server.clone(), connections)?),
        })
    }

    /// Sends one letter.
    pub async fn send(&self, id: MessageId, mail: &lettre::Message) -> Outcome {
        match self {
            Self::Smtp(smtp) => smtp.send(mail).await,
            Self::Folder(folder) => folder.send(id, mail),
        }
    }

    /// Whether letters would be taken: opens a connection and logs in, without sending anything.
    pub async fn check(&self) -> Result<(), Failure> {
        match self {
            Self::Smtp(smtp) => smtp.check().await,
            Self::Folder(folder) => folder.check(),
        }
    }

    /// Sends one letter and says what the server said to it, or at which step it failed.
    pub async fn try_out(&self, id: MessageId, mail: &lettre::Message) -> Result<String, Failure> {
        match self {
            Self::Smtp(smtp) => smtp.try_out(mail).await,
            Self::Folder(folder) => match folder.send(id, mail) {
                Outcome::Sent(words) => Ok(words),
                Outcome::Passing(said)
                | Outcome::Final(said)
                | Outcome::Undeliverable(said)
                | Outcome::LoginRefused(said)
                | Outcome::Unknown(said) => Err(Failure::passing(Step::Letter, said)),
            },
        }
    }

    /// Whether sending the same message twice is the same as sending it once.
    pub fn repeats_harmlessly(&self) -> bool {
        matches!(self, Self::Folder(_))
    }
}
