//! `turnout token`

use clap::Subcommand;

use crate::access::{self, Grant, Scopes};
use crate::audit::Actor;
use crate::organizations::{Organization, Role};
use crate::store::Store;
use crate::values::Line;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Issue an API token, and print it: it is shown this once, and not kept.
    Add {
        /// The organization's slug
        #[arg(long)]
        organization: String,
        /// What it may do: owner, editor, door or viewer
        #[arg(long, default_value = "owner")]
        role: Role,
        /// What it is for, in your words
        #[arg(long, default_value = "command line")]
        name: Line<100>,
        /// What it is for, such as `check_ins:write,events:read` [default: all that the role may do]
        #[arg(long)]
        scopes: Option<Scopes>,
    },
}

impl Command {
    pub(super) fn run(self, store: &Store) -> anyhow::Result<()> {
        let Self::Add { organization, role, name, scopes } = self;
        let token = super::write(store, move |db, now| {
            let organization = Organization::find_by_slug(db, &organization)?;
            let grant = Grant { scopes, ..Grant::whole(name, role) };
            Ok(access::issue_token(db, &Actor::COMMAND_LINE, organization.id, grant, now)?.1)
        })?;
        println!("{}", token.reveal());
        Ok(())
    }
}
