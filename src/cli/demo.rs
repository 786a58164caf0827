//! `turnout demo`

use clap::Args;

use super::settings::Flags;

#[derive(Args)]
pub(super) struct Demo {
    /// Start over: throw the folder of the last demo away
    #[arg(long)]
    fresh: bool,
}

impl Demo {
    pub(super) fn run(&self, flags: &Flags) -> anyhow::Result<()> {
        let _ = (self.fresh, flags);
        Ok(())
    }
}
