//! `turnout organization`

use clap::Subcommand;

use crate::audit::Actor;
use crate::organizations;
use crate::store::Store;
use crate::values::{Line, Slug};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Add an organization, and print its slug.
    Add {
        /// Its name, such as "Luxembourg ICT Cluster"
        name: Line<200>,
        /// Its name in addresses and commands [default: made from the name]
        #[arg(long)]
        slug: Option<Slug>,
    },
}

impl Command {
    pub(super) fn run(self, store: &Store) -> anyhow::Result<()> {
        let Self::Add { name, slug } = self;
        let added =
            super::write(store, move |db, now| organizations::found(db, &Actor::COMMAND_LINE, name, slug, now))?;
        println!("{}", added.slug);
        Ok(())
    }
}
