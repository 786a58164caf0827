//! `turnout mail`

mod dialogue;
mod list;
mod test;

use clap::Subcommand;

use super::settings::Flags;
use crate::mail::MessageState;
use crate::values::EmailAddress;

/// What can be done with mail.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Send a letter to ADDRESS and show the whole exchange with the mail server, without passwords.
    ///
    /// Says in words what is wrong, if anything is; then the exit code is 1.
    Test {
        /// To whom.
        address: EmailAddress,
    },
    /// List messages of the outbox, of all organizations, the newest last.
    List {
        /// Only those in this state: queued, sending, sent, retrying, failed, withdrawn or unknown.
        #[arg(long)]
        state: Option<MessageState>,
        /// How many at most, of the newest.
        #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=500))]
        limit: u16,
    },
}

impl Command {
    /// Does it.
    pub(super) fn run(self, flags: &Flags) -> anyhow::Result<()> {
        match self {
            Self::Test { address } => test::test(&flags.settings()?, &address),
            Self::List { state, limit } => list::list(&super::open(flags)?, state, limit),
        }
    }
}
